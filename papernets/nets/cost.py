"""What a part of a network costs by itself: for numbers that a paper prints of a whole block."""

from __future__ import annotations

from ..spec import Aux, Chain, Concat, Layer, Part, Shape


def cost(part: Part, s: Shape) -> tuple[Shape, int, int]:
    """What a part gives for an input, its parameters, and its multiply-adds; heads apart."""
    if isinstance(part, Chain):
        params = macs = 0
        for _, inner in part.parts:
            s, more, uses = cost(inner, s)
            params, macs = params + more, macs + uses
        return s, params, macs
    if isinstance(part, Concat):
        ends = [cost(inner, s) for _, inner in part.branches]
        (_, height, width), maps = ends[0][0], sum(end[0][0] for end in ends)
        return (maps, height, width), sum(e[1] for e in ends), sum(e[2] for e in ends)
    if isinstance(part, Aux):
        return s, 0, 0
    assert isinstance(part, Layer)
    return part.shape(s), part.params(s), part.macs(s)


def depth(part: Part, *kinds: type[Layer]) -> int:
    """How many layers of these kinds lie one after another on the longest way."""
    if isinstance(part, Chain):
        return sum(depth(inner, *kinds) for _, inner in part.parts)
    if isinstance(part, Concat):
        return max(depth(inner, *kinds) for _, inner in part.branches)
    return int(isinstance(part, kinds))

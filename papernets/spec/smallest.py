"""The smallest input of a network, found by its shapes alone."""

from __future__ import annotations

from .joins import Add, Aux, Chain, Concat, Part
from .net import Net
from .window import Pair, Shape


def smallest_input(net: Net, limit: int = 1024, heads: bool = True) -> Pair | None:
    """The smallest input (height, width) on which every layer fits; None where none up to `limit`.

    Auxiliary heads have to fit too, unless `heads` is False. Height and width do not touch each
    other, so each is found for itself.
    """

    def fits(height: int, width: int) -> bool:
        try:
            _shape(net.body, (net.input[0], height, width), heads)
        except ValueError:
            return False
        return True

    side = next((n for n in range(1, limit + 1) if fits(n, n)), None)
    if side is None:
        return None
    height = next(n for n in range(1, side + 1) if fits(n, side))
    return height, next(n for n in range(1, side + 1) if fits(height, n))


def what_works(net: Net) -> str:
    """The smallest input in a sentence, with the auxiliary heads and without where these differ."""
    smallest = smallest_input(net)
    bare = smallest_input(net, heads=False) if net.aux_weights else smallest
    words = (
        f"the smallest input of {net.name} is {smallest[0]}x{smallest[1]}"
        if smallest
        else "no larger input works either"
    )
    if bare and bare != smallest:
        words += f" ({bare[0]}x{bare[1]} without auxiliary heads: aux=False)"
    return words


def _shape(part: Part, s: Shape, heads: bool) -> Shape:
    """What a part gives for an input; ValueError where it does not fit, or cannot be joined.

    The walk checks the same and says where; this only has to be quick.
    """
    if isinstance(part, Chain):
        for _, inner in part.parts:
            s = _shape(inner, s, heads)
        return s
    if isinstance(part, Aux):
        if heads:
            _shape(part.head, s, heads)
        return s
    if isinstance(part, Concat | Add):
        ends = [_shape(inner, s, heads) for _, inner in part.branches]
        alike = {end[1:] if isinstance(part, Concat) else end for end in ends}
        if len(alike) != 1:
            raise ValueError("the branches cannot be joined")
        maps = sum(end[0] for end in ends) if isinstance(part, Concat) else ends[0][0]
        return (maps, *ends[0][1:])
    part.check(s)
    s = part.shape(s)
    if min(s) < 1:
        raise ValueError("a window does not fit")
    return s

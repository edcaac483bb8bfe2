"""Pooling swapped: windows that overlap, as AlexNet's, or as large as their step."""

from __future__ import annotations

from dataclasses import replace

from ..spec import Chain, Net, Pair, Part, Pool, Row, each_part, pair, rebuilt, walk

POOLINGS = ("overlapping", "plain")


def pooled(net: Net, word: str) -> Net:
    """The network with each pooling that has a step swapped; itself where all are so already.

    plain: windows as large as their step (AlexNet's 3x3/2 becomes 2x2/2). overlapping: windows as
    large as their step become one pixel larger. What a pooling gives stays of the same size
    wherever some padding, or a last partial window, makes it so; else the sizes after it change. A
    pooling over the whole map, and one with step 1, stays. ValueError where branches no longer fit.
    """
    for name, part in list(each_part(net.body)):
        if not isinstance(part, Pool) or (kernel := _kernel(part, word)) is None:
            continue
        row = next(row for row in walk(net) if row.name == name)
        if row.out[1:] == (1, 1):
            continue
        other = _like(row, part, kernel)
        changed = rebuilt(net.body, lambda own, p, at=name, new=other: new if own == at else p)  # type: ignore[misc]
        assert isinstance(changed, Chain)
        net = net.with_body(changed)
        try:
            walk(net)
        except ValueError as error:
            raise ValueError(f"pooling={word} does not fit {net.name}: {error}") from None
    return net


def _kernel(pool: Pool, word: str) -> Pair | None:
    """The window that a pooling gets; None where it stays."""
    window = pool.window()
    sides = list(zip(window.kernel, window.stride, strict=True))
    if min(window.stride) < 2:
        return None
    if word == "plain":
        return window.stride if any(k > s for k, s in sides) else None
    return (window.stride[0] + 1, window.stride[1] + 1) if all(k == s for k, s in sides) else None


def _like(row: Row, pool: Pool, kernel: Pair) -> Part:
    """The pooling with this window whose output is of the same size, or, if none is, the nearest.

    Tried in turn: no padding, then a last partial window, then the old padding, then `same`.
    """
    stride = pool.window().stride
    tried = [
        replace(pool, kernel=_short(kernel), stride=_short(stride), padding=padding, ceil=ceil)
        for padding, ceil in ((0, False), (0, True), (pool.padding, pool.ceil), ("same", False))
    ]
    if isinstance(pool.padding, str):
        tried.insert(0, tried.pop(2))  # for inputs of every size
    size, wanted = row.input[1:], row.out[1:]

    def miss(one: Pool) -> int:
        sides = zip(one.window().out(size), wanted, strict=True)
        return sum(abs(a - b) for a, b in sides)

    return min(tried, key=miss)  # the first of those alike


def _short(sides: Pair) -> int | Pair:
    return sides[0] if sides[0] == sides[1] else pair(sides)

"""What a part of a network costs by itself: for numbers that a paper prints of a whole block."""

from __future__ import annotations

from collections.abc import Sequence

from ..spec import Add, Concat, Layer, Part, Shape, Visitor, rows_of, totals


def cost(part: Part, s: Shape) -> tuple[Shape, int, int]:
    """What a part gives for an input, its parameters, and its multiply-adds; heads apart."""
    rows = tuple(row for row in rows_of(part, s) if not row.aux)
    sums = totals(rows)
    return rows[-1].out, sums.params, sums.macs


class _Depth(Visitor[int]):
    def __init__(self, kinds: tuple[type[Layer], ...]):
        self._kinds = kinds

    def layer(self, name: str, layer: Layer, value: int) -> int:
        return value + isinstance(layer, self._kinds)

    def join(self, name: str, join: Concat | Add, value: int, ends: Sequence[int]) -> int:
        return max(ends)


def depth(part: Part, *kinds: type[Layer]) -> int:
    """How many layers of these kinds lie one after another on the longest way."""
    return _Depth(kinds).through(part, 0)

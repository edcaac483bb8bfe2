"""The smallest input of a network, found by its shapes alone."""

from __future__ import annotations

from collections.abc import Sequence

from .joins import Add, Aux, Concat
from .layer import Layer
from .net import Net
from .tree import Visitor
from .window import Pair, Shape


def smallest_input(net: Net, limit: int = 1024, heads: bool = True) -> Pair | None:
    """The smallest input (height, width) on which every layer fits; None where none up to `limit`.

    Auxiliary heads have to fit too, unless `heads` is False. Height and width do not touch each
    other, so each is found for itself.
    """
    fit = _Fits(heads)

    def fits(height: int, width: int) -> bool:
        try:
            fit.through(net.body, (net.input[0], height, width))
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


class _Fits(Visitor[Shape]):
    """ValueError where a part does not fit, or branches cannot be joined.

    The walk checks the same and says where; this only has to be quick.
    """

    def __init__(self, heads: bool):
        self._heads = heads

    def layer(self, name: str, layer: Layer, value: Shape) -> Shape:
        layer.check(value)
        out = layer.shape(value)
        if min(out) < 1:
            raise ValueError("a window does not fit")
        return out

    def join(self, name: str, join: Concat | Add, value: Shape, ends: Sequence[Shape]) -> Shape:
        return join.shape(ends)

    def head(self, name: str, aux: Aux, value: Shape) -> None:
        if self._heads:
            super().head(name, aux, value)

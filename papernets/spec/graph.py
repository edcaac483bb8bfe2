"""Which row takes what: the edges of a network, from the picture to its outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .joins import Add, Concat
from .layer import Layer
from .net import Net
from .tree import Visitor

PICTURE = ""
"""What stands for the network's input among the sources of a row."""


def sources(net: Net) -> Mapping[str, tuple[str, ...]]:
    """The names of the rows that each row takes, by its name and in the order of its branches.

    `PICTURE` stands for the input. A join may take one row several times; a branch without layers
    passes on what the join is given. The order of the names is that of `walk(net)`.
    """
    edges = _Edges()
    edges.through(net.body, PICTURE)
    return edges.found


def outputs(net: Net) -> tuple[str, ...]:
    """The rows that nothing takes: what the network answers with, and then its auxiliary heads."""
    taken = {name for several in sources(net).values() for name in several}
    rows = [name for name in sources(net) if name not in taken]
    last = _Edges().through(net.body, PICTURE)
    return (last, *(name for name in rows if name != last))


class _Edges(Visitor[str]):
    """Carries the name of the row that was computed last."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[str, ...]] = {}

    def layer(self, name: str, layer: Layer, value: str) -> str:
        self.found[name] = (value,)
        return name

    def join(self, name: str, join: Concat | Add, value: str, ends: Sequence[str]) -> str:
        self.found[name] = tuple(ends)
        return name

"""A network with its rows and edges at hand, and the layer or block that a word means in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ..spec import PICTURE, Net, Row, Shape, sources, walk
from ..words import brief, did_you_mean, listed, plain

MOST_LISTED = 8
"""Names that an error lists where none is like the one that was given."""


@dataclass(frozen=True)
class Graph:
    """The rows of a network by their names, and what each takes."""

    net: Net
    rows: Mapping[str, Row]
    sources: Mapping[str, tuple[str, ...]]

    @cached_property
    def takers(self) -> Mapping[str, tuple[str, ...]]:
        """The rows that take a row, or the picture, each once."""
        found: dict[str, list[str]] = {name: [] for name in (PICTURE, *self.rows)}
        for name, several in self.sources.items():
            for source in dict.fromkeys(several):
                found[source].append(name)
        return {name: tuple(several) for name, several in found.items()}

    def shape(self, name: str) -> Shape:
        """What a row gives; of `PICTURE` the network's input."""
        return self.net.input if name == PICTURE else self.rows[name].out

    def source(self, name: str) -> str:
        """The one row, or picture, that a row takes; the first of a join's."""
        return self.sources[name][0]


def graph(net: Net) -> Graph:
    """A network's graph; ValueError as from `walk`."""
    return Graph(net, {row.name: row for row in walk(net)}, sources(net))


@dataclass(frozen=True)
class Place:
    """A layer, or a block: rows whose names begin alike; `end` is the row that leaves it."""

    name: str
    rows: tuple[Row, ...]
    end: Row
    start: str
    """The row that it takes, or `PICTURE`."""

    @property
    def is_block(self) -> bool:
        """False for a single row under its own name."""
        return len(self.rows) > 1 or self.rows[0].name != self.name

    @property
    def aux(self) -> bool:
        """True where all of it belongs to an auxiliary head."""
        return all(row.aux for row in self.rows)

    @property
    def counted(self) -> tuple[Row, ...]:
        """The rows that are summed: without those of auxiliary heads, unless all are."""
        return self.rows if self.aux else tuple(row for row in self.rows if not row.aux)


def place(graph: Graph, name: str) -> Place:
    """The layer or block of this name; ValueError, with the nearest name, where there is none.

    `-`, `_` and case are the same where that leaves no doubt.
    """
    known = block_names(graph)
    if name not in known:
        alike = [one for one in known if plain(one) == plain(name)]
        if len(alike) != 1:
            begin = [o for o in known if "." not in o and plain(o).startswith(plain(name))]
            if len(begin) > 1 and len(name) > 2:
                raise ValueError(
                    f"{graph.net.name} has no layer or block {brief(name)}, but "
                    f"{listed(begin, MOST_LISTED)}. All that begin so: papernets explain "
                    f"{graph.net.name} --only {name}"
                )
            near = did_you_mean(name, known, loosely=True)
            raise ValueError(
                f"{graph.net.name} has no layer or block {brief(name)}."
                f"{near or f' It has {listed(known, MOST_LISTED)}.'} "
                f"All layers: papernets explain {graph.net.name} --depth all"
            )
        name = alike[0]
    rows = tuple(r for r in graph.rows.values() if r.name == name or within(r.name, name))
    inside = {row.name for row in rows}
    main = [row for row in rows if not row.aux] or rows
    ends = [r for r in main if not set(graph.takers[r.name]) & inside] or main[-1:]
    start = next(s for row in rows for s in graph.sources[row.name] if s not in inside)
    return Place(name, rows, ends[-1], start)


def within(name: str, block: str) -> bool:
    """True where a row belongs to a block by its name."""
    return name.startswith(f"{block}.")


def block_names(graph: Graph) -> tuple[str, ...]:
    """The names of all rows and blocks, blocks before what is in them."""
    found: dict[str, None] = {}
    for name in graph.rows:
        words = name.split(".")
        for length in range(1, len(words) + 1):
            found[".".join(words[:length])] = None
    return tuple(found)

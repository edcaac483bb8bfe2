"""A network by stages: what computes at one size, its classifier, and its auxiliary heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..spec import Aux, Chain, Part, Row, dotted, each_part
from .counts import Held, held
from .graph import Graph, within

SMALLER = 2 / 3
"""A stage ends where maps become smaller than this share of its first ones, each way."""
LONG = 8
"""A chain of more parts than this is looked into: it is no block, but a network's body."""


@dataclass(frozen=True)
class Unit:
    """Rows that are told together: a layer, or a block under the name of all of it."""

    name: str
    rows: tuple[Row, ...]
    end: Row

    @property
    def is_block(self) -> bool:
        return len(self.rows) > 1

    @property
    def held(self) -> Held:
        several = [held(row) for row in self.rows]
        return Held(
            sum(h.trained for h in several),
            sum(h.fixed for h in several),
            sum(h.statistics for h in several),
        )

    @property
    def params(self) -> int:
        return sum(row.params for row in self.rows)

    @property
    def macs(self) -> int:
        return sum(row.macs for row in self.rows)

    @property
    def connections(self) -> int:
        return sum(row.connections for row in self.rows)

    @property
    def neurons(self) -> int:
        """Output values of all its rows."""
        return sum(row.size for row in self.rows)


@dataclass(frozen=True)
class Stage:
    """Units one after another; `weight` is how much a head's loss counts, None for the network."""

    units: tuple[Unit, ...]
    weight: float | None = None
    counted: bool = True
    """False for a head that is summed apart."""

    @property
    def name(self) -> str:
        """`conv3_1 to conv3_8`."""
        first, last = self.units[0].name, self.units[-1].name
        return first if first == last else f"{first} to {last}"

    @property
    def whole(self) -> Unit:
        """All of it as one."""
        rows = tuple(row for unit in self.units for row in unit.rows)
        return Unit(self.name, rows, self.units[-1].end)

    @property
    def aux(self) -> bool:
        """True for a head that is not of the network that predicts."""
        return not self.counted


def stages(graph: Graph) -> tuple[Stage, ...]:
    """The stages of the network in their order, and then its heads."""
    main: list[list[Unit]] = []
    size, sees_all = (0, 0), False
    for unit in units(graph):
        ends = unit.end.receptive_field is None and not sees_all
        sees_all = sees_all or ends
        out = unit.end.out[1:]
        smaller = out[0] < SMALLER * size[0] and out[1] < SMALLER * size[1]
        if not main or ends or (smaller and not sees_all and _counts(unit)):
            main.append([])
            size = out
        main[-1].append(unit)
    return (*(Stage(tuple(several)) for several in main), *heads(graph))


def heads(graph: Graph) -> tuple[Stage, ...]:
    """The auxiliary heads, each a stage of its own."""
    found = []
    for name, part in each_part(graph.net.body):
        if isinstance(part, Aux):
            rows = tuple(row for row in graph.rows.values() if _of(row.name, name))
            found.append(Stage((_unit(graph, name, rows),), part.weight, part.counted))
    return tuple(found)


def _counts(unit: Unit) -> bool:
    """True for what has weights that are multiplied; subsampling and pooling end a stage."""
    return unit.macs > 0 or unit.is_block


def units(graph: Graph) -> tuple[Unit, ...]:
    """The parts of a network without its heads, a block as one."""
    beside = [name for name, part in each_part(graph.net.body) if isinstance(part, Aux)]
    left = {
        name: row
        for name, row in graph.rows.items()
        if not any(_of(name, head) for head in beside)
    }
    found = []
    for name in dict.fromkeys(n for top, part in graph.net.body.parts for n in _parts(top, part)):
        rows = tuple(left.pop(row) for row in list(left) if _of(row, name))
        if rows:
            found.append(_unit(graph, name, rows))
    return tuple(found)


def _of(row: str, name: str) -> bool:
    return row == name or within(row, name)


def _unit(graph: Graph, name: str, rows: tuple[Row, ...]) -> Unit:
    inside = {row.name for row in rows}
    ends = [row for row in rows if not set(graph.takers[row.name]) & inside]
    return Unit(name, rows, (ends or rows)[-1])


def _parts(name: str, part: Part) -> Iterator[str]:
    """The names of what is told as one; a network's body may be a chain within a chain."""
    if isinstance(part, Chain) and (len(part.parts) > LONG or not name):
        for child, inner in part.parts:
            yield from _parts(dotted(name, child), inner)
    elif not isinstance(part, Aux):
        yield name


def alike(several: Sequence[Unit]) -> list[list[Unit]]:
    """Blocks of one cost and one shape that follow one another, together."""
    found: list[list[Unit]] = []
    for unit in several:
        if found and unit.is_block and _key(found[-1][0]) == _key(unit):
            found[-1].append(unit)
        else:
            found.append([unit])
    return found


def _key(unit: Unit) -> tuple[object, ...]:
    return tuple((row.kind_and_window, row.input, row.out, row.params) for row in unit.rows)

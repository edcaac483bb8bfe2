"""A network by stages: what computes at one size, its classifier, and its auxiliary heads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..spec import Aux, Chain, Part, Row, dotted, each_part
from .counts import Held, held
from .graph import Graph

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

    def to_dict(self) -> dict[str, object]:
        """As `explain --json` has it; `loss_weight` is None for what is no auxiliary head."""
        whole = self.whole
        return {
            "name": self.name,
            "rows": [row.name for row in whole.rows],
            "out": list(whole.end.out),
            "params": whole.params,
            "macs": whole.macs,
            "connections": whole.connections,
            "neurons": whole.neurons,
            "aux": not self.counted,
            "loss_weight": self.weight,
        }


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


def _counts(unit: Unit) -> bool:
    """True for what has weights that are multiplied; subsampling and pooling end a stage."""
    return unit.macs > 0 or unit.is_block


def heads(graph: Graph) -> tuple[Stage, ...]:
    """The auxiliary heads, each a stage of its own."""
    several = {name: part for name, part in each_part(graph.net.body) if isinstance(part, Aux)}
    rows = _shared_out(graph, several)
    return tuple(
        Stage((_unit(graph, name, tuple(rows[name])),), part.weight, part.counted)
        for name, part in several.items()
        if rows[name]
    )


def units(graph: Graph) -> tuple[Unit, ...]:
    """The parts of a network without its heads, a block as one."""
    beside = [name for name, part in each_part(graph.net.body) if isinstance(part, Aux)]
    names = [name for top, part in graph.net.body.parts for name in _parts(top, part)]
    rows = _shared_out(graph, dict.fromkeys((*names, *beside)))
    return tuple(
        _unit(graph, name, tuple(rows[name]))
        for name in dict.fromkeys(names)
        if rows[name] and name not in beside
    )


def _shared_out(graph: Graph, names: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of each name: those that go by it, or by the longest name that begins theirs."""
    found: dict[str, list[Row]] = {name: [] for name in names}
    for row in graph.rows.values():
        name = row.name
        while name and name not in found:
            name = name.rpartition(".")[0]
        if name:
            found[name].append(row)
    return found


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

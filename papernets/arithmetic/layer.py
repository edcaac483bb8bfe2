"""A layer or a block of a network, worked out: sizes, counts, fields, other ways to make it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..spec import Layer, Net, Pair, Row, Shape, Window
from .counts import Held, count_steps, held
from .example import Picture, example_steps, pictures
from .graph import Graph, Place, graph, place
from .otherwise import otherwise
from .paths import Paths, Reach, changes
from .sizes import size_steps
from .steps import (
    CONNECTIONS,
    FIELD,
    LARGEST,
    MACS,
    PARAMS,
    PLACE,
    SIZE,
    SMALLEST,
    Step,
)
from .units import Unit, unit
from .ways import Otherwise


@dataclass(frozen=True)
class Explained:
    """A layer or block, in its network."""

    graph: Graph
    place: Place
    unit: Unit | None = None

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def kind(self) -> str:
        """What kind of layer it is, or `block`."""
        return "block" if self.place.is_block else self.place.end.kind

    @property
    def input(self) -> Shape:
        """What it takes."""
        return self.graph.shape(self.place.start)

    @property
    def out(self) -> Shape:
        """What it gives."""
        return self.place.end.out

    @property
    def params(self) -> int:
        return sum(row.params for row in self.place.counted)

    @property
    def macs(self) -> int:
        return sum(row.macs for row in self.place.counted)

    @property
    def connections(self) -> int:
        return sum(row.connections for row in self.place.counted)

    @property
    def held(self) -> Held:
        """What its rows keep, in all."""
        several = [held(row) for row in self.place.counted]
        return Held(
            self.params, sum(one.fixed for one in several), sum(one.statistics for one in several)
        )

    @cached_property
    def paths(self) -> Paths:
        return Paths(self.graph)

    @property
    def smallest_field(self) -> Pair | None:
        """What is seen along the path on which least is seen."""
        reach = self.paths.smallest(self.place.end.name)
        return reach.size if reach else None

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The arithmetic, in the order in which it is told."""
        if self.place.is_block:
            return (*self._sums(), *field_steps(self.paths, self.place.end))
        row = self.place.end
        return (
            *size_steps(row),
            *count_steps(row),
            *field_steps(self.paths, row),
            *example_steps(row),
        )

    def _sums(self) -> Iterator[Step]:
        """A block's sums: a term for each row that has some."""
        rows = self.place.counted
        for topic, what, several in (
            (SIZE, "neurons of all its rows", [row.size for row in rows]),
            (PARAMS, "trained parameters", [row.params for row in rows]),
            (PARAMS, "fixed weights", [row.fixed_params for row in rows]),
            (PARAMS, "running statistics", [held(row).statistics for row in rows]),
            (MACS, "multiply-adds (MACs)", [row.macs for row in rows]),
            (CONNECTIONS, "connections", [row.connections for row in rows]),
        ):
            terms = [count for count in several if count]
            if terms or what.startswith(("trained", "multiply")):
                yield Step(topic, what, "+".join(map(str, terms)), sum(terms), "sum of its rows")

    @cached_property
    def otherwise(self) -> tuple[Otherwise, ...]:
        return otherwise(self.graph, self.place)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return () if self.place.is_block else pictures(self.place.end)

    def to_dict(self) -> dict[str, object]:
        """As `papernets explain NAME LAYER --json` prints it (schema 1)."""
        end, place = self.place.end, self.place
        found: dict[str, object] = {
            "schema": 1,
            "name": self.name,
            "network": self.graph.net.name,
            "kind": self.kind,
            "in": list(self.input),
            "out": list(self.out),
            "params": self.params,
            "macs": self.macs,
            "connections": self.connections,
            "receptive_field": _listed(end.receptive_field),
            "smallest_field": _listed(self.smallest_field),
            "field_stride": _listed(end.field_stride),
            "field_start": _listed(end.field_start),
            "steps": [step.to_dict() for step in self.steps],
            "otherwise": [one.to_dict() for one in self.otherwise],
            "fixed_params": self.held.fixed,
            "running_statistics": self.held.statistics,
            "paths": self.paths.counts[end.name],
            "aux": place.aux,
            "rows": [row.name for row in place.rows],
        }
        if not place.aux and len(place.counted) < len(place.rows):
            rest = [row for row in place.rows if row.aux]
            found["aux_params"] = sum(row.params for row in rest)
            found["aux_macs"] = sum(row.macs for row in rest)
        if self.unit:
            found |= self.unit.to_dict()
        return found


def _listed(two: Pair | None) -> list[int] | None:
    return list(two) if two else None


def explained(net: Net | Graph, name: str, at: Pair | None = None) -> Explained:
    """A layer or block of a network, with a unit (row, column) of its output where one is given."""
    whole = net if isinstance(net, Graph) else graph(net)
    found = place(whole, name)
    return Explained(whole, found, unit(whole, found.end.name, at) if at else None)


def field_steps(paths: Paths, row: Row) -> Iterator[Step]:
    """The receptive field from the picture on: the path on which most is seen, and the least."""
    count = paths.counts[row.name]
    largest, smallest = paths.largest(row.name), paths.smallest(row.name)
    if largest is None or smallest is None:
        why = "the whole map" if _sees_all(row) else "what has seen everything"
        yield Step(FIELD, "every value sees", "", why)
        return
    one = largest.size == smallest.size
    yield from _along(largest, FIELD if one else LARGEST)
    if not one:
        yield from _along(smallest, SMALLEST)
    if count > 1:
        yield Step(FIELD, "paths from the picture", "", count)
    if row.receptive_field and row.receptive_field != largest.size:
        yield Step(FIELD, "all paths together", "", row.receptive_field)
    if row.field_stride and row.field_start:
        yield Step(FIELD, "step to the next value", "", row.field_stride)
        yield Step(FIELD, "first pixel of value 0,0", "", row.field_start, PLACE)


def _sees_all(row: Row) -> bool:
    return isinstance(row.layer, Layer) and row.layer.sees_all(row.input)


def _along(reach: Reach, topic: str) -> Iterator[Step]:
    """A step for each window on the path; many alike in a row are one."""
    for several in _runs(changes(reach.path())):
        first, last = several[0], several[-1]
        assert first.row and first.before and last.row
        window = _window(first)
        kernel, stride, count = window.kernel, window.stride, len(several)
        step = f"/{stride[0]}" if stride != (1, 1) else ""
        what = f"{first.row.name} {kernel[0]}x{kernel[1]}{step}"
        if count > 1:
            what = f"{first.row.name} to {last.row.name}, {count} of {kernel[0]}x{kernel[1]}"
        terms = [
            f"{n}+{f'{count}*' if count > 1 else ''}({k}-1)*{s}"
            for n, k, s in zip(first.before.size, kernel, first.before.step, strict=True)
        ]
        formula = terms[0] if terms[0] == terms[1] else ",".join(terms)
        yield Step(topic, what, formula, last.size, "R+(F-1)*step")
    if not changes(reach.path()):
        yield Step(topic, "the pixel itself", "", reach.size)


def _window(reach: Reach) -> Window:
    """The window of the row that made it."""
    assert reach.row and isinstance(reach.row.layer, Layer)
    window = reach.row.layer.reach(reach.row.input)
    assert window
    return window


def _runs(several: Sequence[Reach]) -> Iterator[list[Reach]]:
    """Steps of one window at one distance that follow one another, together."""
    run: list[Reach] = []
    for one in several:
        if run and _key(one) != _key(run[0]):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _key(one: Reach) -> tuple[object, ...]:
    """A stride parts a row from what follows, because the distance grows."""
    assert one.before
    return _window(one).kernel, one.before.step, one.step

"""All that is known of rows, for machines: the columns of CSV, and what JSON has of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..arithmetic import Graph, Paths, held
from ..arithmetic.memory import BYTES
from ..arithmetic.stages import Stage
from ..spec import Pair, Row
from ..tables import Cell, Column, Table
from ..words import by


@dataclass(frozen=True)
class Sums:
    """Of what shares are told."""

    params: int
    macs: int


MACHINE = (
    *("section", "name", "kind", "in", "out", "kernel", "stride", "padding", "groups"),
    *("activation", "neurons", "params", "fixed_params", "running_statistics", "params_share"),
    *("macs", "macs_share", "connections", "bytes_float32", "bytes_float16"),
    *("receptive_field", "smallest_field", "field_stride", "field_start", "aux", "formula"),
)
"""The columns of CSV."""


def machine_table(graph: Graph, stages: Sequence[Stage], sums: Sums, keep: Sequence[Row]) -> Table:
    """All that is known of the rows, as a file of CSV holds it; shares are fractions."""
    section = {row.name: stage.name for stage in stages for row in stage.whole.rows}
    paths = Paths(graph)
    rows = tuple(_machine(section.get(row.name, ""), row, paths, sums) for row in keep)
    return Table.of(tuple(Column(name) for name in MACHINE), rows)


def _machine(section: str, row: Row, paths: Paths, sums: Sums) -> tuple[Cell, ...]:
    more = further(row, paths, sums)
    padding = row.padding
    return (
        *(section, row.name, row.kind, by(row.input), by(row.out)),
        by(row.kernel) if row.kernel else None,
        by(row.stride) if row.stride else None,
        by(padding) if isinstance(padding, tuple) else padding,
        *(row.groups, row.activation, row.size, row.params, row.fixed_params),
        *(held(row).statistics, _number(more["params_share"]), row.macs),
        *(_number(more["macs_share"]), row.connections, 4 * row.size, 2 * row.size),
        *map(_two, (row.receptive_field, _pair(more["smallest_field"]), row.field_stride)),
        ",".join(map(str, row.field_start)) if row.field_start else None,
        *("yes" if row.aux else "no", row.formula),
    )


def _two(two: Pair | None) -> str | None:
    return by(two) if two else None


def _pair(value: object) -> Pair | None:
    return (value[0], value[1]) if isinstance(value, list) else None


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def further(row: Row, paths: Paths, sums: Sums) -> Mapping[str, object]:
    """What `explain --json` adds to a row: statistics, shares, memory, the smallest field."""
    smallest = paths.smallest(row.name)
    return {
        "neurons": row.size,
        "fixed_params": row.fixed_params,
        "running_statistics": held(row).statistics,
        "params_share": row.params / sums.params if sums.params else 0.0,
        "macs_share": row.macs / sums.macs if sums.macs else 0.0,
        "bytes": {kind: size * row.size for kind, size in BYTES.items()},
        "smallest_field": list(smallest.size) if smallest else None,
        "field_start": list(row.field_start) if row.field_start else None,
    }

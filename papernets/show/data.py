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
    *(
        "receptive_field",
        "smallest_field",
        "field_stride",
        "field_top",
        "field_left",
        "aux",
        "formula",
    ),
)
"""The columns of CSV."""


def machine_table(graph: Graph, stages: Sequence[Stage], sums: Sums, keep: Sequence[Row]) -> Table:
    """All that is known of the rows, as a file of CSV holds it; shares are fractions."""
    section = {row.name: stage.name for stage in stages for row in stage.whole.rows}
    paths = Paths(graph)
    rows = tuple(_machine(section.get(row.name, ""), row, paths, sums) for row in keep)
    return Table.of(tuple(Column(name) for name in MACHINE), rows)


def _machine(section: str, row: Row, paths: Paths, sums: Sums) -> tuple[Cell, ...]:
    padding, smallest = row.padding, paths.smallest(row.name)
    top, left = row.field_start or (None, None)
    return (
        *(section, row.name, row.kind, by(row.input), by(row.out), _two(row.kernel)),
        *(_two(row.stride), padding if isinstance(padding, str) else _two(padding)),
        *(row.groups, row.activation, row.size, row.params, row.fixed_params),
        *(held(row).statistics, _share(row.params, sums.params), row.macs),
        *(_share(row.macs, sums.macs), row.connections, 4 * row.size, 2 * row.size),
        *(_two(row.receptive_field), _two(smallest.size if smallest else None)),
        *(_two(row.field_stride), top, left, "yes" if row.aux else "no", row.formula),
    )


def _two(two: Pair | None) -> str | None:
    return by(two) if two else None


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def further(row: Row, paths: Paths, sums: Sums) -> Mapping[str, object]:
    """What `explain --json` adds to a row: statistics, shares, memory, the smallest field."""
    smallest = paths.smallest(row.name)
    return {
        "neurons": row.size,
        "fixed_params": row.fixed_params,
        "running_statistics": held(row).statistics,
        "params_share": _share(row.params, sums.params),
        "macs_share": _share(row.macs, sums.macs),
        "bytes": {kind: size * row.size for kind, size in BYTES.items()},
        "smallest_field": list(smallest.size) if smallest else None,
        "field_start": list(row.field_start) if row.field_start else None,
    }

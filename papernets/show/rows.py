"""Rows and blocks as tables: what people see of each, and what a file of CSV holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..arithmetic import Held, Place, held
from ..arithmetic.memory import BYTES, read
from ..arithmetic.stages import Stage, Unit, alike
from ..spec import Pair, Row, Shape, shown
from ..tables import Cell, Column, Section, Table
from ..words import by
from .data import Sums
from .details import legend_of, short_details
from .document import Grid


@dataclass(frozen=True)
class Line:
    """A line of a table: a row, a block, several alike, or a sum."""

    name: str
    kind: str
    out: Shape | None
    details: str
    neurons: int
    held: Held
    macs: int
    connections: int
    field: Pair | None
    step: Pair | None

    @property
    def memory(self) -> int:
        """Bytes of its output values in float32."""
        return BYTES["float32"] * self.neurons


def of_row(row: Row, details: str) -> Line:
    """The line of a row."""
    return Line(
        row.name,
        row.kind_and_window,
        row.out,
        details,
        row.size,
        held(row),
        row.macs,
        row.connections,
        row.receptive_field,
        row.field_stride,
    )


def of_units(units: Sequence[Unit], name: str = "", kind: str = "") -> Line:
    """The line of a block, of several one after another, or of a stage."""
    first, last = units[0], units[-1]
    several = [unit.held for unit in units]
    return Line(
        name or (first.name if first is last else f"{first.name} to {last.name}"),
        kind,
        last.end.out,
        "",
        sum(unit.neurons for unit in units),
        Held(
            sum(h.trained for h in several),
            sum(h.fixed for h in several),
            sum(h.statistics for h in several),
        ),
        sum(unit.macs for unit in units),
        sum(unit.connections for unit in units),
        last.end.receptive_field,
        last.end.field_stride,
    )


def per_cent(fraction: float) -> str:
    """A share, with one digit behind the point: 12.3; what is not nothing does not read as such."""
    text = f"{100 * fraction:.1f}"
    return "<0.1" if text == "0.0" and fraction else text


SHARE_PARAMS, SHARE_MACS = "% of params", "% of MACs"
COLUMNS = (
    Column("layer"),
    Column("kind"),
    Column("output"),
    Column("details"),
    Column("neurons", right=True),
    Column("memory", right=True, show=read),
    Column("sees", right=True),
    Column("step", right=True),
    Column("params", right=True),
    Column("fixed", right=True),
    Column("statistics", right=True),
    Column(SHARE_PARAMS, right=True, show=per_cent),
    Column("MACs", right=True),
    Column(SHARE_MACS, right=True, show=per_cent),
    Column("connections", right=True),
)
"""What people see of a row; `sees` and `step` are in pixels, `memory` is that of the output."""
TEXTS = 4
GOES = ("memory", "step", "statistics", "fixed", SHARE_PARAMS, SHARE_MACS, "neurons")
"""The columns that go first where there is no room."""


def cells(line: Line, sums: Sums) -> tuple[Cell, ...]:
    """The cells of a line under `COLUMNS`."""
    return (
        line.name,
        line.kind,
        shown(line.out) if line.out else "",
        line.details,
        line.neurons,
        line.memory,
        by(line.field) if line.field else ("all" if line.out else ""),
        by(line.step) if line.step else "",
        line.held.trained or None,
        line.held.fixed or None,
        line.held.statistics or None,
        line.held.trained / sums.params if line.held.trained and sums.params else None,
        line.macs or None,
        line.macs / sums.macs if line.macs and sums.macs else None,
        line.connections or None,
    )


def grid(
    sections: Sequence[tuple[str, Sequence[Line]]],
    sums: Sums,
    notes: Sequence[str] = (),
    last: Sequence[str] = ("connections", "sees"),
    total: Line | None = None,
) -> Grid:
    """Lines as a table, without the columns in which none has anything."""
    made = [Section(tuple(cells(one, sums) for one in lines), title) for title, lines in sections]
    if total is not None and made:
        made[-1] = Section(made[-1].rows, made[-1].title, cells(total, sums))
    every = [row for section in made for row in section.rows]
    used = [at for at in range(len(COLUMNS)) if any(row[at] not in (None, "") for row in every)]

    def cut(row: tuple[Cell, ...]) -> tuple[Cell, ...]:
        return tuple(row[at] for at in used)

    table = Table(
        tuple(COLUMNS[at] for at in used),
        tuple(Section(tuple(map(cut, s.rows)), s.title, s.total and cut(s.total)) for s in made),
        notes=tuple(notes),
    )
    return Grid(table, sum(at < TEXTS for at in used), (*GOES, *last))


def block_grid(place: Place) -> Grid:
    """The rows of a block by their names within it, with their sum."""
    rows, main = place.rows, place.counted
    sums = Sums(sum(row.params for row in main), sum(row.macs for row in main))
    lines = [
        replace(of_row(row, text), name=row.name.removeprefix(f"{place.name}."))
        for row, text in zip(rows, short_details(rows), strict=True)
    ]
    return grid([("", lines)], sums, legend_of(rows), total=in_all(main, "in all"))


def in_all(rows: Sequence[Row], name: str) -> Line:
    """The sum of rows."""
    whole = of_units([Unit(name, tuple(rows), rows[-1])])
    return replace(whole, out=None, field=None, step=None)


def lines_of(stage: Stage, fold: bool, details: Mapping[str, str]) -> Iterator[Line]:
    """A stage row by row, or with its blocks folded: each one line, many alike one line."""
    if not fold:
        yield from (of_row(row, details[row.name]) for row in stage.whole.rows)
        return
    for several in alike(stage.units):
        first = several[0]
        if not first.is_block:
            for unit in several:
                yield of_row(unit.end, details[unit.end.name])
        elif len(several) < FEW:
            for unit in several:
                yield of_units([unit], kind=f"block of {len(unit.rows)}")
        else:
            yield of_units(several, kind=f"{len(several)} blocks of {len(first.rows)}")


FEW = 3
"""So many blocks alike are one line."""

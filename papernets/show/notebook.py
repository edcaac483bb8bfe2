"""What a notebook shows of a network or a comparison that stands alone in a cell: HTML, escaped."""

from __future__ import annotations

from collections.abc import Iterator

from ..compare.diff import Diff
from ..compare.words import common_line, lines, throughout, total_cells
from ..nets import Found, beside
from ..spec import Committee, Net
from ..tables import Cell, Column, Section, Table, html
from .explanation import Explanation, of_network

STYLE = """<style>
.papernets table { border-collapse: collapse; }
.papernets caption { text-align: left; font-weight: bold; padding: 0.4em 0; }
.papernets th, .papernets td { text-align: left; padding: 0.15em 0.8em 0.15em 0; }
.papernets tbody th { font-weight: normal; }
.papernets .number { text-align: right; font-variant-numeric: tabular-nums; }
.papernets .total > * { border-top: 1px solid; font-weight: bold; }
</style>"""
MOST, LAST = 300, 20
"""Rows that a cell of a notebook shows, and how many of them are the last."""


def notebook(value: object) -> str:
    """A network, an explanation or a comparison as HTML, escaped; TypeError for anything else.

    Notebooks ask for it by themselves.
    """
    if isinstance(value, Explanation):
        return page(value.table())
    if isinstance(value, Net | Committee | Found):
        try:
            table = of_network(value if isinstance(value, Found) else beside(value)).table()
        except (ValueError, TypeError) as error:  # one that cannot be: its repr is shown beside
            return page(Table.of((Column("This network cannot be"),), ((str(error),),)))
        return page(table)
    if isinstance(value, Diff):
        return page(*compared(value))
    raise TypeError(
        f"a notebook shows networks, explanations and comparisons so, not a {type(value).__name__}"
    )


def page(*tables: Table) -> str:
    """Tables one below the other, of long ones the beginning and the end."""
    return "\n".join([STYLE, '<div class="papernets">', *map(html, map(_short, tables)), "</div>"])


def _short(table: Table) -> Table:
    count = sum(len(section.rows) for section in table.sections)
    if count <= MOST or len(table.sections) > 1:
        return table
    (section,) = table.sections
    blank: tuple[Cell, ...] = (None,) * (len(table.columns) - 1)
    left_out = f"... {count - MOST:,} rows ..."
    rows = (*section.rows[: MOST - LAST], (left_out, *blank), *section.rows[-LAST:])
    return Table(
        table.columns, (Section(rows, section.title, section.total),), table.title, table.notes
    )


def compared(diff: Diff) -> Iterator[Table]:
    """A comparison as tables: totals, what differs throughout, layer by layer."""
    a, b = diff.a.name, diff.b.name
    columns = (Column(""), Column(a, True), Column(b, True), Column("B - A", True))
    rows = tuple(tuple(total_cells(change)) for change in diff.totals)
    yield Table.of(columns, rows, f"{a} and {b}: {'the same' if diff.same else 'compared'}")
    if common := throughout(diff):
        told = [common_line(one) for one in common]
        cells = tuple((line.mark, line.name, line.text) for line in told)
        yield Table.of((Column(""), Column("what"), Column("differs")), cells, "Throughout")
    if not diff.same_layers:
        cells = tuple((line.mark, line.name, line.text) for line in lines(diff))
        heads = (Column(""), Column("layer"), Column("= alike, ~ changed, - only A, + only B"))
        yield Table.of(heads, cells, "Layer by layer")

"""A network's layers as a table: stages as its sections, blocks that repeat written once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from papernets.show.details import legend_of, short_details
from papernets.spec import Net, Row, shown, totals, walk
from papernets.tables import Column, Section, Table
from papernets.words import by

HEADS = (
    *(Column("layer"), Column("kind"), Column("output"), Column("details"), Column("sees")),
    *(Column("parameters", right=True), Column("MACs", right=True)),
)
ALIKE = (1, 2, 3, 5, 6)
"""Cells that are the same where a block repeats: all but its name and what it sees."""


@dataclass(frozen=True)
class Block:
    """Rows whose names begin with one word: `conv2_3`, `inception_4a`; a row alone is one too."""

    name: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def form(self) -> tuple[tuple[str, ...], ...]:
        """What is the same where the block repeats."""
        own = tuple(cells[0].removeprefix(self.name) for cells in self.rows)
        return tuple(
            (name, *(cells[at] for at in ALIKE)) for name, cells in zip(own, self.rows, strict=True)
        )


def blocks(cells: Sequence[tuple[str, ...]]) -> Iterator[Block]:
    """Rows by the first part of their names, in order."""
    for name, several in groupby(cells, key=lambda one: one[0].split(".")[0]):
        yield Block(name, tuple(several))


def folded(cells: Sequence[tuple[str, ...]]) -> tuple[Section, ...]:
    """Blocks in sections: one alone where the next ones are like it, and how many there are."""
    sections: list[Section] = []
    plain: list[tuple[str, ...]] = []
    for _, run in groupby(blocks(cells), key=lambda block: (len(block.rows) > 1, block.form)):
        alike = list(run)
        if len(alike[0].rows) == 1:
            plain += [cells for block in alike for cells in block.rows]
            continue
        if plain:
            sections.append(Section(tuple(plain)))
            plain = []
        first, last = alike[0], alike[-1]
        title = first.name
        if len(alike) > 1:
            title = f"{first.name} to {last.name}: {len(alike)} blocks alike, the first"
        sections.append(Section(first.rows, title))
    return (*sections, *([Section(tuple(plain))] if plain else []))


def table_of(net: Net) -> Table:
    """The table of a network's layers with its sums, and the sentences that explain its words."""
    rows = walk(net)
    cells = [_cells(row, details) for row, details in zip(rows, short_details(rows), strict=True)]
    sections, sums = folded(cells), totals(rows)
    last = sections[-1]
    total = ("together", "", "", "", "", f"{sums.params:,}", f"{sums.macs:,}")
    whole = (*sections[:-1], Section(last.rows, last.title, total))
    return Table(HEADS, whole, notes=tuple(legend_of(rows)))


def _cells(row: Row, details: str) -> tuple[str, ...]:
    field = by(row.receptive_field) if row.receptive_field else "all"
    counts = (f"{count:,}" if count else "" for count in (row.params, row.macs))
    return (row.name, row.kind_and_window, shown(row.out), details, field, *counts)

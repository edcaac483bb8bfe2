"""A table as a value: columns, sections of rows, a title, and the notes below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Cell = str | int | float | None
"""What a cell holds: a word or a number, None where there is nothing."""
Cells = tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """A column: its heading, whether it is set to the right, and how a number in it is shown.

    `key` is its heading in files that machines read; the heading itself where it is empty.
    """

    name: str
    right: bool = False
    key: str = ""
    show: Callable[[float], str] | None = None

    def text(self, cell: Cell) -> str:
        """A cell as people read it."""
        if self.show is not None and isinstance(cell, int | float):
            return self.show(cell)
        return shown(cell)


@dataclass(frozen=True)
class Section:
    """Rows that belong together, under a title, with their sum where they have one."""

    rows: tuple[Cells, ...]
    title: str = ""
    total: Cells | None = None


@dataclass(frozen=True)
class Table:
    """A table; every row has a cell for each column, or it is a ValueError."""

    columns: tuple[Column, ...]
    sections: tuple[Section, ...]
    title: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for cells in self.every():
            if len(cells) != len(self.columns):
                raise ValueError(f"{len(cells)} cells for {len(self.columns)} columns: {cells}")

    @classmethod
    def of(cls, columns: tuple[Column, ...], rows: tuple[Cells, ...], title: str = "") -> Table:
        """A table of one section without a title."""
        return cls(columns, (Section(rows),), title)

    def rows(self) -> Iterator[Cells]:
        """The rows of all sections, without their sums."""
        for section in self.sections:
            yield from section.rows

    def every(self) -> Iterator[Cells]:
        """The rows of all sections, each section's sum behind them."""
        for section in self.sections:
            yield from section.rows
            if section.total is not None:
                yield section.total

    def texts(self, cells: Cells) -> list[str]:
        """A row as people read it."""
        return [column.text(cell) for column, cell in zip(self.columns, cells, strict=True)]


def shown(cell: Cell) -> str:
    """A cell as people read it: a whole number with commas, nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else ""
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell:,.6g}" if isinstance(cell, float) else cell

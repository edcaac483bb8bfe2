"""A reader of printed tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..spec import Shape


@dataclass(frozen=True)
class Table:
    """A printed table: named columns, and rows whose first cell may be a label."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __iter__(self) -> Iterator[dict[str, str]]:
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column, from top to bottom; a cell of `.` is an empty cell."""
        if name not in self.columns:
            raise ValueError(f"no column {name!r} in the table; it has {', '.join(self.columns)}")
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)


def table(text: str) -> Table:
    """A table as a paper prints it: a line of column names, then the rows, cells apart by spaces.

    ValueError where a row has more or fewer cells than there are columns, or a name stands twice.
    """
    lines = [line.split() for line in text.strip().splitlines() if line.strip()]
    if len(lines) < 2:
        raise ValueError("a table needs a line of column names and at least one row")
    columns = tuple(lines[0])
    if len(set(columns)) != len(columns):
        raise ValueError(f"the table names a column twice: {' '.join(columns)}")
    for number, row in enumerate(lines[1:], 1):
        if len(row) != len(columns):
            raise ValueError(
                f"row {number} ({' '.join(row)}) has {len(row)} cells, "
                f"the table has {len(columns)} columns"
            )
    return Table(columns, tuple(tuple(row) for row in lines[1:]))


CELLS = re.compile(r" {2,}")
"""Cells of a table that has words in it stand two spaces apart or more."""


def cells(
    text: str, kind: str, known: tuple[str, ...], needed: tuple[str, ...]
) -> Iterator[dict[str, str]]:
    """The lines of a table of claims, departures or recipes, each as its cells by column.

    The first line names the columns, out of `known`. A cell of `.` is empty, and so is what is
    missing behind the `needed` ones; one of `"` is as above it. A line that begins with a space
    goes on with the last cell above. ValueError names a wrong line.
    """
    lines: list[str] = []
    for line in filter(str.strip, text.splitlines()):
        if line[0] == " ":
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line.strip())
    columns, *rows = (CELLS.split(line) for line in lines)
    if bad := [name for name in columns if name not in known]:
        raise ValueError(f"a table of {kind} has no column {bad[0]!r}: {', '.join(known)}")
    wanted = [at for at, name in enumerate(columns, 1) if name in needed]
    above = [""] * len(columns)
    for row in rows:
        if len(row) > len(columns):
            raise ValueError(f"{'  '.join(row)!r} has {len(row)} cells for {len(columns)} columns")
        if len(row) < max(wanted, default=1):
            raise ValueError(
                f"{'  '.join(row)!r} has no cell for {columns[len(row)]!r}: "
                "cells stand two spaces apart or more"
            )
        found = [old if new == '"' else new for new, old in zip(row, above, strict=False)]
        above = [*found, *[""] * (len(columns) - len(row))]
        yield {name: "" if cell == "." else cell for name, cell in zip(columns, above, strict=True)}


def number(cell: str, row: str, column: str) -> int:
    """The integer in a cell, commas allowed; else a ValueError that names row and column."""
    try:
        return int(cell.replace(",", ""))
    except ValueError:
        raise ValueError(f"row {row}, column {column}: {cell!r} is not a whole number") from None


def patch(cell: str, row: str) -> tuple[int, int]:
    """The side of a square window and its stride, of a cell of the column `patch`: 7x7/2."""
    side, stride = (number(n, row, "patch") for n in cell.split("x")[1].split("/"))
    return side, stride


def maps_last(cell: str) -> Shape:
    """A size with its maps last, as most print it (112x112x64), as (C, H, W)."""
    height, width, maps = (number(side, cell, "size") for side in cell.split("x"))
    return maps, height, width


def crosses(text: str) -> tuple[tuple[int, ...], ...]:
    """A connection table as printed: a row an input map, a column an output map, X where they meet.

    The first line numbers the columns. The result lists, for each output map, the input maps that
    it sees. ValueError, with the row and the column, for a cell that is neither X nor a dot.
    """
    lines = [line for line in text.strip("\n").splitlines() if line.strip()]
    if len(lines) < 2:
        raise ValueError("a connection table needs a line of columns and at least one row")
    columns = lines[0].split()
    seen: list[list[int]] = [[] for _ in columns]
    for line in lines[1:]:
        cells = line.split()
        label, marks = cells[0], cells[1:]
        if len(marks) != len(columns):
            raise ValueError(
                f"row {label} has {len(marks)} cells, the table has {len(columns)} columns"
            )
        for at, mark in enumerate(marks):
            if mark not in ("X", "."):
                raise ValueError(
                    f"row {label}, column {columns[at]}: {mark!r} is neither X nor . (a dot)"
                )
            if mark == "X":
                seen[at].append(number(label, label, "map"))
    return tuple(tuple(maps) for maps in seen)

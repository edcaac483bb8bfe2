"""A small table as a picture: names to the left, numbers to the right, rows that matter marked."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from .board import Board, text_width
from .picture import Picture

ROW = 28.0
GAP = 26.0


@dataclass(frozen=True)
class Sheet(Picture):
    """Rows of texts under a head; `marks` are the rows that matter, from 0. No row is empty."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    marks: AbstractSet[int] = frozenset()
    title: str = ""

    def _columns(self) -> list[list[str]]:
        return [list(column) for column in zip(self.head, *self.rows, strict=True)]

    def lines(self, width: int = 80) -> list[str]:
        wide = [max(map(len, column)) for column in self._columns()]
        found = [self.title] if self.title else []

        def line(cells: Sequence[str], sign: str = " ") -> str:
            first = cells[0].ljust(wide[0])
            rest = [cell.rjust(w) for cell, w in zip(cells[1:], wide[1:], strict=True)]
            return f"{sign} {'  '.join([first, *rest])}".rstrip()

        found.append(line(self.head))
        found.append("  " + "─" * (sum(wide) + 2 * (len(wide) - 1)))
        found += [line(row, "●" if at in self.marks else " ") for at, row in enumerate(self.rows)]
        return found

    def _widths(self) -> list[float]:
        return [max(text_width(text, 14) for text in column) for column in self._columns()]

    def extent(self) -> tuple[float, float]:
        wide = sum(self._widths()) + GAP * (len(self.head) - 1) + 16
        height = ROW * (len(self.rows) + 1) + (24 if self.title else 0)
        return max(wide, text_width(self.title)), height

    def draw(self, board: Board, x: float, y: float) -> None:
        wide = sum(self._widths()) + GAP * (len(self.head) - 1) + 16
        if self.title:
            board.text(x, y + 14, self.title, 14, "start", soft=True)
            y += 24
        for at, row in enumerate((self.head, *self.rows)):
            top = y + at * ROW
            if at - 1 in self.marks:
                board.rect(x, top + 1, wide, ROW - 2, "mark", "", 4)
            if at == 1:
                board.line([(x, top), (x + wide, top)], "soft")
            right = x + 8
            for number, (text, w) in enumerate(zip(row, self._widths(), strict=True)):
                anchor = "end" if number else "start"
                place = right + w if number else right
                board.text(place, top + 19, text, 14, anchor, soft=at == 0)
                right += w + GAP

    def alt(self) -> str:
        rows = "; ".join(", ".join(filter(None, row)) for row in self.rows)
        return f"{self.title + ': ' if self.title else ''}{', '.join(self.head)}: {rows}."

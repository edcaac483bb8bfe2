"""Matrices side by side with signs between them: a picture, a filter, what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ..values import Matrix, number_text
from .board import Board, text_width
from .picture import Picture

SIDE = 34.0
CAPTION = 22.0
Place = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True)
class Cells(Picture):
    """A matrix with its caption; `marks` are its cells that matter, `faint` those that pad it.

    `texts` are shown in place of its numbers.
    """

    matrix: Matrix
    caption: str = ""
    marks: AbstractSet[Place] = frozenset()
    faint: AbstractSet[Place] = frozenset()
    texts: Sequence[Sequence[str]] | None = None

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """The texts of the cells."""
        return self.texts or [
            [number_text(cell, comma=False) for cell in row] for row in self.matrix
        ]

    def lines(self, width: int = 80) -> list[str]:
        wide = max(1, *(len(text) for row in self.rows for text in row))
        found = [self.caption] if self.caption else []
        for y, row in enumerate(self.rows):
            line = ""
            for x, text in enumerate(row):
                mark = (y, x) in self.marks
                bare = not text or ((y, x) in self.faint and not text.strip("0"))
                body = (("■" if mark else "·") if not text else "·" if bare else text).rjust(wide)
                line += f"[{body}]" if mark and text else f" {body} "
            found.append(line.rstrip())
        across = max(len(line) for line in found)
        return [line.ljust(across) for line in found]

    def _side(self) -> float:
        longest = max(max(len(text) for text in row) for row in self.rows)
        return max(SIDE, 9.5 * longest + 10) if longest > 2 else SIDE

    def extent(self) -> tuple[float, float]:
        width = max(self._side() * len(self.rows[0]), text_width(self.caption, 13))
        return width, SIDE * len(self.rows) + (CAPTION if self.caption else 0)

    def draw(self, board: Board, x: float, y: float) -> None:
        side = self._side()
        if self.caption:
            board.text(x, y + 13, self.caption, 13, "start", soft=True)
            y += CAPTION
        for row_at, row in enumerate(self.rows):
            for at, text in enumerate(row):
                place = (row_at, at)
                fill = "mark" if place in self.marks else "faint" if place in self.faint else "cell"
                left, top = x + at * side, y + row_at * SIDE
                board.rect(left + 1, top + 1, side - 2, SIDE - 2, fill)
                soft = place in self.faint
                board.text(left + side / 2, top + SIDE / 2 + 5, text, 15, soft=soft)

    def alt(self) -> str:
        rows = "; ".join(" ".join(row) for row in self.rows)
        return f"{self.caption + ': ' if self.caption else ''}{rows}."


@dataclass(frozen=True)
class Beside(Picture):
    """Pictures side by side, with signs such as `*` and `=` between them; below where too wide."""

    parts: Sequence[Picture | str]
    gap: float = 16.0

    def lines(self, width: int = 80) -> list[str]:
        groups: list[list[list[str]]] = [[]]
        used = 0
        for part in self.parts:
            block = [part] if isinstance(part, str) else part.lines(width)
            wide = max(map(len, block)) + 2
            if groups[-1] and used + wide > width and not isinstance(part, str):
                sign = groups[-1].pop() if len(groups[-1][-1]) == 1 else None
                groups.append([sign] if sign else [])
                used = len(sign[0]) + 2 if sign else 0
            groups[-1].append(block)
            used += wide
        found: list[str] = []
        for group in groups:
            found += [*([""] if found else []), *_joined(group)]
        return found

    def extent(self) -> tuple[float, float]:
        widths = [self._wide(part) for part in self.parts]
        height = max(part.extent()[1] for part in self.parts if not isinstance(part, str))
        return sum(widths) + self.gap * (len(widths) - 1), height

    @staticmethod
    def _wide(part: Picture | str) -> float:
        return text_width(part, 20) if isinstance(part, str) else part.extent()[0]

    def draw(self, board: Board, x: float, y: float) -> None:
        height = self.extent()[1]
        for part in self.parts:
            if isinstance(part, str):
                board.text(x, y + height / 2 + 16, part, 20, "start", bold=True)
            else:
                part.draw(board, x, y + (height - part.extent()[1]) / 2)
            x += self._wide(part) + self.gap

    def alt(self) -> str:
        return " ".join(part if isinstance(part, str) else part.alt() for part in self.parts)


def _joined(group: Sequence[list[str]]) -> list[str]:
    """Blocks of lines side by side, each in the middle."""
    height = max(len(block) for block in group)
    grown = []
    for block in group:
        wide = max(map(len, block))
        sign = len(block) == 1 < height  # beside the cells, below the captions
        above = (height + sign - len(block) + 1) // 2 if sign else (height - len(block)) // 2
        lines = [*[""] * above, *block]
        grown.append([line.ljust(wide) for line in [*lines, *[""] * (height - len(lines))]])
    return ["  ".join(parts).rstrip() for parts in zip(*grown, strict=True)]


def window(top: int, left: int, height: int, width: int) -> frozenset[Place]:
    """The places under a window."""
    return frozenset((y, x) for y in range(top, top + height) for x in range(left, left + width))


def border(rows: int, columns: int, padding: int) -> frozenset[Place]:
    """The places of the zeros round a padded matrix of this size, its padding included."""
    inner = window(padding, padding, rows - 2 * padding, columns - 2 * padding)
    return window(0, 0, rows, columns) - inner

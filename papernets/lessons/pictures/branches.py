"""Layers side by side between one input and one output: a module, a block with its shortcut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .board import Board, text_width
from .picture import Picture

BOX, STEP, GAP = 42.0, 22.0, 16.0


@dataclass(frozen=True)
class Branches(Picture):
    """What comes in, the layers of each branch from top to bottom, what comes out.

    A layer's text has one line or two; a branch without layers passes on what comes in, which its
    `empty` word says.
    """

    start: str
    branches: Sequence[Sequence[str]]
    end: str
    title: str = ""
    empty: str = "as it is"

    def lines(self, width: int = 80) -> list[str]:
        texts = [text for branch in self.branches for layer in branch for text in layer.split("\n")]
        longest = max([*map(len, texts), len(self.empty)])
        wide = min(longest + 2, max(8, width // len(self.branches)))
        across = wide * len(self.branches)
        at = [wide * n + (wide - 1) // 2 for n in range(len(self.branches))]
        found = [self.title] if self.title else []
        found += [self.start.center(across), *self._rail(at, across, tuple("┌┬┐┴┼"))]
        for level in range(max(1, *map(len, self.branches))):
            rows = max([len(b[level].split("\n")) for b in self.branches if level < len(b)] or [1])
            for row in range(rows):
                cells = [self._cell(branch, level, row) for branch in self.branches]
                found.append("".join(cell.center(wide) for cell in cells))
            found.append("".join("│".center(wide) for _ in self.branches))
        found.pop()
        found += [*self._rail(at, across, tuple("└┴┘┬┼")), self.end.center(across)]
        return [line.rstrip() for line in found]

    def _cell(self, branch: Sequence[str], level: int, row: int) -> str:
        if level < len(branch):
            parts = branch[level].split("\n")
            return parts[row] if row < len(parts) else "│"
        return self.empty if not branch and level == row == 0 else "│"

    @staticmethod
    def _rail(at: Sequence[int], across: int, signs: Sequence[str]) -> list[str]:
        """A line that joins the branches, with the stem in its middle."""
        if len(at) == 1:
            return ["│".center(across)]
        left, between, right, stem, both = signs
        line = [" "] * across
        line[at[0] : at[-1] + 1] = "─" * (at[-1] - at[0] + 1)
        for place in at:
            line[place] = between
        line[at[0]], line[at[-1]] = left, right
        middle = (across - 1) // 2
        line[middle] = both if middle in at else stem
        return ["".join(line)]

    def _widths(self) -> list[float]:
        return [
            max(text_width(t, 13) for layer in branch or (self.empty,) for t in layer.split("\n"))
            + 20
            for branch in self.branches
        ]

    def extent(self) -> tuple[float, float]:
        levels = max(1, *map(len, self.branches))
        wide = sum(self._widths()) + GAP * (len(self.branches) - 1)
        wide = max(wide, text_width(self.start, 15), text_width(self.end, 15))
        height = 2 * 26 + 2 * STEP + levels * BOX + (levels + 1) * STEP
        return max(wide, text_width(self.title)), height + (24 if self.title else 0)

    def draw(self, board: Board, x: float, y: float) -> None:
        wide, height = self.extent()
        bottom = y + height
        if self.title:
            board.text(x, y + 14, self.title, 14, "start", soft=True)
            y += 24
        middle = x + wide / 2
        board.text(middle, y + 17, self.start, 15)
        rail, floor = y + 26 + STEP, bottom - 26 - STEP
        board.line([(middle, y + 26), (middle, rail)], "soft", 1.5)
        board.arrow(middle, floor, middle, bottom - 22)
        board.text(middle, bottom - 4, self.end, 15)
        widths = self._widths()
        left = middle - (sum(widths) + GAP * (len(widths) - 1)) / 2
        ends = left + widths[0] / 2, left + sum(widths) + GAP * (len(widths) - 1) - widths[-1] / 2
        for level in (rail, floor):
            board.line([(ends[0], level), (ends[1], level)], "soft", 1.5)
        for number, (branch, w) in enumerate(zip(self.branches, widths, strict=True)):
            at = left + w / 2
            board.line([(at, rail), (at, floor)], "soft", 1.5)
            for step, layer in enumerate(branch):
                top = rail + STEP + step * (BOX + STEP)
                board.rect(left, top, w, BOX, "paper", "", 6)
                board.rect(left, top, w, BOX, "cell", f"c{number % 5}", 6, 2)
                parts = layer.split("\n")
                for row, text in enumerate(parts):
                    down = 26 if len(parts) == 1 else 18 + 16 * row
                    board.text(at, top + down, text, 13, soft=bool(row))
            if not branch:
                board.rect(left, rail + STEP + 8, w, 26, "paper", "", 6)
                board.text(at, rail + STEP + 26, self.empty, 13, soft=True)
            left += w + GAP

    def alt(self) -> str:
        ways = "; ".join(
            ", then ".join(layer.replace("\n", " ") for layer in branch) or self.empty
            for branch in self.branches
        )
        head = self.title + ": " if self.title else ""
        return f"{head}{self.start}, side by side: {ways}. Out: {self.end}."

"""Rectangles in a picture, to scale: crops and where they are cut out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .board import Board
from .picture import Picture

LONG = 260.0
COLUMNS = 40


UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
GLYPHS = " │││─┘┐┤─└┌├─┴┬┼"
"""A sign of frames by the ways that lead from it, added."""


@dataclass(frozen=True)
class Crop:
    """A part of a picture in pixels: its upper left corner, its height and width, its label.

    `across` is where the label stands, as a share of the width.
    """

    top: float
    left: float
    height: float
    width: float
    label: str = ""
    across: float = 0.5


@dataclass(frozen=True)
class Crops(Picture):
    """Crops on a picture of this height and width; the picture's label stands under it."""

    height: float
    width: float
    crops: Sequence[Crop]
    label: str = ""

    def lines(self, width: int = 80) -> list[str]:
        columns = min(COLUMNS, width - 2)
        across = columns / max(self.width, self.height)
        down = across / 2
        whole = Crop(0, 0, self.height, self.width)
        ways: dict[tuple[int, int], int] = {}
        for crop in (*self.crops, whole):
            _frame(ways, crop, across, down)
        high, wide = round(self.height * down), round(self.width * across)
        rows = [[GLYPHS[ways.get((y, x), 0)] for x in range(wide + 1)] for y in range(high + 1)]
        for crop in self.crops:
            middle = round((crop.top + crop.height / 2) * down)
            begin = round((crop.left + crop.width * crop.across) * across) - len(crop.label) // 2
            begin = max(0, min(begin, wide + 1 - len(crop.label)))
            rows[middle][begin : begin + len(crop.label)] = crop.label
        found = ["".join(row).rstrip() for row in rows]
        return [*found, *([self.label] if self.label else [])]

    def _scale(self) -> float:
        return LONG / max(self.width, self.height)

    def extent(self) -> tuple[float, float]:
        scale = self._scale()
        return self.width * scale, self.height * scale + (22 if self.label else 0)

    def draw(self, board: Board, x: float, y: float) -> None:
        scale = self._scale()
        board.rect(x, y, self.width * scale, self.height * scale, "cell", "soft", 2, 1.5)
        for at, crop in enumerate(self.crops):
            left, top = x + crop.left * scale, y + crop.top * scale
            wide, high = crop.width * scale, crop.height * scale
            board.rect(left, top, wide, high, "", f"c{at % 5}", 2, 2.2)
            board.text(left + wide * crop.across, top + high / 2 + 5, crop.label, 13)
        if self.label:
            board.text(x, y + self.height * scale + 17, self.label, 13, "start", soft=True)

    def alt(self) -> str:
        parts = "; ".join(
            f"{crop.label or 'a crop'} {crop.height:g}x{crop.width:g} at row {crop.top:g}, "
            f"column {crop.left:g}"
            for crop in self.crops
        )
        return f"A picture of {self.height:g}x{self.width:g} with crops: {parts}."


def _frame(ways: dict[tuple[int, int], int], crop: Crop, across: float, down: float) -> None:
    """Add the edges of a crop to the ways that lead from each cell, (row, column)."""
    top, bottom = round(crop.top * down), round((crop.top + crop.height) * down)
    left, right = round(crop.left * across), round((crop.left + crop.width) * across)

    def add(y: int, x: int, way: int) -> None:
        ways[y, x] = ways.get((y, x), 0) | way

    for x in range(left, right):
        for y in (top, bottom):
            add(y, x, RIGHT)
            add(y, x + 1, LEFT)
    for y in range(top, bottom):
        for x in (left, right):
            add(y, x, DOWN)
            add(y + 1, x, UP)

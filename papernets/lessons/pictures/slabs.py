"""Maps as slabs: as high as a map's side, as thick as there are maps, layers on the arrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .board import Board, text_width
from .picture import Picture

HIGH, THICK, LEAST = 104.0, 130.0, 5.0
ROWS, COLUMNS = 5, 14
SLANT = 0.32
"""How far a slab reaches back, in parts of its height."""


@dataclass(frozen=True)
class Slabs(Picture):
    """Sizes (height, width, maps) to scale among themselves; between them what each layer does.

    A layer's text may have several lines.
    """

    sizes: Sequence[tuple[int, int, int]]
    layers: Sequence[str]
    title: str = ""

    def _labels(self) -> list[str]:
        return ["x".join(map(str, size)) for size in self.sizes]

    def _shares(self) -> list[tuple[float, float]]:
        """The height and the thickness of each, in parts of the largest."""
        high = max(max(size[:2]) for size in self.sizes)
        thick = max(size[2] for size in self.sizes)
        return [(size[0] / high, size[2] / thick) for size in self.sizes]

    def lines(self, width: int = 80) -> list[str]:
        blocks = []
        for (high, thick), label in zip(self._shares(), self._labels(), strict=True):
            rows, columns = max(1, round(ROWS * high)), max(1, round(COLUMNS * thick))
            wide = max(columns, len(label))
            body = [("█" * columns).center(wide)] * rows
            blocks.append([*[" " * wide] * (ROWS - rows), *body, label.center(wide)])
        for at, layer in enumerate(self.layers):
            texts = layer.split("\n")
            wide = max(map(len, texts)) + 2
            arrow = "─" * (wide - 1) + ">"
            below = [text.center(wide) for text in texts]
            above = [" " * wide] * (ROWS // 2)
            block = [*above, arrow, *below]
            blocks.insert(2 * at + 1, [*block, *[" " * wide] * (ROWS + 1 - len(block))])
        joined = [" ".join(parts).rstrip() for parts in zip(*blocks, strict=True)]
        return [*([self.title] if self.title else []), *joined]

    def _places(self) -> list[tuple[float, float, float]]:
        """Of each slab its room's width, its height and its thickness, in pixels."""
        found = []
        for (high, thick), label in zip(self._shares(), self._labels(), strict=True):
            h, t = max(LEAST, HIGH * high), max(LEAST, THICK * thick)
            found.append((max(t + SLANT * h, text_width(label, 13)), h, t))
        return found

    def _arrows(self) -> list[float]:
        return [
            max(text_width(text, 12) for text in layer.split("\n")) + 22 for layer in self.layers
        ]

    def extent(self) -> tuple[float, float]:
        wide = sum(room for room, _, _ in self._places()) + sum(self._arrows())
        height = HIGH * (1 + SLANT) + 26 + (24 if self.title else 0)
        return max(wide, text_width(self.title)), height

    def draw(self, board: Board, x: float, y: float) -> None:
        if self.title:
            board.text(x, y + 14, self.title, 14, "start", soft=True)
            y += 24
        floor = y + HIGH * (1 + SLANT)
        arrows = [*self._arrows(), 0.0]
        several = zip(self._places(), self._labels(), arrows, strict=True)
        for at, ((room, high, thick), label, arrow) in enumerate(several):
            back = SLANT * high
            left, top = x + (room - thick - back) / 2, floor - high
            fill, right = f"c{at % 5}", left + thick
            lid = [(left, top), (left + back, top - back), (right + back, top - back), (right, top)]
            side = [(right, top), (right + back, top - back), (right + back, floor - back)]
            board.shape(lid, fill, 0.55)
            board.shape([*side, (right, floor)], fill, 0.35)
            board.rect(left, top, thick, high, fill, "paper", 0)
            board.text(x + room / 2, floor + 20, label, 13)
            x += room
            if at < len(self.layers):
                middle = floor - HIGH / 2
                board.arrow(x + 5, middle, x + arrow - 5, middle)
                for row, text in enumerate(self.layers[at].split("\n")):
                    board.text(x + arrow / 2, middle + 17 + 15 * row, text, 12, soft=True)
                x += arrow

    def alt(self) -> str:
        first, *others = self._labels()
        named = zip(self.layers, others, strict=True)
        then = "".join(f"; {layer.replace(chr(10), ' ')}: {label}" for layer, label in named)
        return f"{self.title + ': ' if self.title else ''}{first}{then}."

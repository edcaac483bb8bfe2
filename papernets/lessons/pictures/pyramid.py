"""What one value of the last layer sees, layer by layer down to the pixels of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from .bars import Bars
from .board import Board, text_width
from .picture import Picture

WIDE, ROW = 480.0, 40.0
MOST = 120
"""Pixels that are drawn one by one; a wider field is a bar."""


@dataclass(frozen=True)
class Pyramid(Picture):
    """Windows of these kernels and strides one after another, along one line of pixels."""

    kernels: Sequence[int]
    strides: Sequence[int]
    names: Sequence[str] = ()

    def seen(self) -> list[frozenset[int]]:
        """The places that one value of the last layer sees: of the picture, then of each layer."""
        places = [frozenset({0})]
        for kernel, stride in reversed(list(zip(self.kernels, self.strides, strict=True))):
            places.append(frozenset(p * stride + k for p in places[-1] for k in range(kernel)))
        return places[::-1]

    def _labels(self) -> list[str]:
        names = self.names or [f"{k}x{k}" + (f"/{s}" if s > 1 else "") for k, s in self._pairs()]
        return ["picture", *(f"after {name}" for name in names)]

    def _pairs(self) -> list[tuple[int, int]]:
        return list(zip(self.kernels, self.strides, strict=True))

    def _middles(self) -> list[tuple[int, int]]:
        """Of each row the step between its places, and twice where its place 0 lies, in pixels."""
        steps = list(accumulate(self.strides, lambda a, b: a * b, initial=1))
        twice = [0]
        for (kernel, _), step in zip(self._pairs(), steps, strict=False):
            twice.append(twice[-1] + (kernel - 1) * step)
        return list(zip(steps, twice, strict=True))

    def _extents(self) -> list[int]:
        """How many pixels a value of each row sees, from its first to its last."""
        return [twice + 1 for _, twice in self._middles()]

    def _bars(self) -> Bars:
        amounts = list(zip(self._labels(), self._extents(), strict=True))
        return Bars(amounts, "pixels", "What one value sees, along one line")

    def lines(self, width: int = 80) -> list[str]:
        field = self._extents()[-1]
        head = max(map(len, self._labels()))
        whole = all(twice % 2 == 0 for _, twice in self._middles())
        apart = 2 if head + 4 + 2 * field <= width else 1 if whole else 0
        if not apart or head + 4 + apart * field > width:
            return self._bars().lines(width)
        found = []
        rows = zip(self._labels(), self._middles(), self.seen(), strict=True)
        for at, (label, (step, twice), seen) in reversed(list(enumerate(rows))):
            line = [" "] * (apart * (field + 2))
            for place in range(-1 if at == 0 else 0, field + 1 if at == 0 else max(seen) + 1):
                column = apart * (1 + place * step) + apart * twice // 2
                line[column] = "●" if place in seen else "·"
            found.append(f"{label.ljust(head)}  {''.join(line)}".rstrip())
        return found

    def _unit(self) -> float:
        return min(24.0, WIDE / (self._extents()[-1] + 2))

    def extent(self) -> tuple[float, float]:
        field = self._extents()[-1]
        if field > MOST:
            return self._bars().extent()
        head = max(text_width(label, 13) for label in self._labels())
        return head + 16 + self._unit() * (field + 2), ROW * len(self._labels())

    def draw(self, board: Board, x: float, y: float) -> None:
        field, unit = self._extents()[-1], self._unit()
        if field > MOST:
            self._bars().draw(board, x, y)
            return
        head = max(text_width(label, 13) for label in self._labels())
        x += head + 16
        rows = list(zip(self._labels(), self._middles(), self.seen(), strict=True))
        box = max(1.5, unit - 3)
        edges: list[tuple[float, float, float]] = []
        for at, (label, (step, twice), seen) in reversed(list(enumerate(rows))):
            top = y + (len(rows) - 1 - at) * ROW
            board.text(x - 16, top + ROW / 2 + 5, label, 13, "end", soft=True)
            centre = [x + unit * (1.5 + place * step + twice / 2) for place in (0, max(seen))]
            edges.append((top + ROW / 2, centre[0] - box / 2, centre[1] + box / 2))
            for place in range(-1 if at == 0 else 0, field + 1 if at == 0 else max(seen) + 1):
                left = x + unit * (1.5 + place * step + twice / 2) - box / 2
                fill = f"c{at % 5}" if place in seen else "cell"
                board.rect(left, top + (ROW - box) / 2, box, box, fill, "line", min(3, box / 4))
        for (y0, a0, b0), (y1, a1, b1) in pairwise(edges):
            for one, other in ((a0, a1), (b0, b1)):
                board.line([(one, y0 + box / 2), (other, y1 - box / 2)], "soft", 1, "3 3")

    def alt(self) -> str:
        listed = zip(self._labels()[1:], self._extents()[1:], strict=True)
        told = ", ".join(f"{label} {size}" for label, size in listed)
        return f"One value sees, in pixels along one line: {told}."

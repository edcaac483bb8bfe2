"""What goes in, what is done with it, what comes out: sizes in boxes, layers on the arrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .board import Board, text_width
from .picture import Picture

BOX, STEP = 34.0, 44.0


@dataclass(frozen=True)
class Flow(Picture):
    """A chain from top to bottom: `start`, then (what is done, what comes out) pairs."""

    start: str
    steps: Sequence[tuple[str, str]]
    title: str = ""

    def lines(self, width: int = 80) -> list[str]:
        found = [self.title] if self.title else []
        found.append(f"  {self.start}")
        for done, out in self.steps:
            found += [f"    │ {done}", "    ▼", f"  {out}"]
        return found

    def _wide(self) -> float:
        return max(text_width(text, 15) for text in (self.start, *(out for _, out in self.steps)))

    def extent(self) -> tuple[float, float]:
        box = self._wide() + 28
        beside = max([text_width(done, 13) for done, _ in self.steps], default=0.0)
        height = BOX + (BOX + STEP) * len(self.steps) + (24 if self.title else 0)
        return max(box, box / 2 + 14 + beside, text_width(self.title)), height

    def draw(self, board: Board, x: float, y: float) -> None:
        wide = self._wide() + 28
        if self.title:
            board.text(x, y + 14, self.title, 14, "start", soft=True)
            y += 24
        board.rect(x, y, wide, BOX, "cell", "line", 6)
        board.text(x + wide / 2, y + 22, self.start, 15)
        for done, out in self.steps:
            board.arrow(x + wide / 2, y + BOX + 3, x + wide / 2, y + BOX + STEP - 3)
            board.text(x + wide / 2 + 14, y + BOX + STEP / 2 + 5, done, 13, "start", soft=True)
            y += BOX + STEP
            board.rect(x, y, wide, BOX, "cell", "line", 6)
            board.text(x + wide / 2, y + 22, out, 15)

    def alt(self) -> str:
        then = "".join(f"; {done}: {out}" for done, out in self.steps)
        return f"{self.title + ': ' if self.title else ''}{self.start}{then}."

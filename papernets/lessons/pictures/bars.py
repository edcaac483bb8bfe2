"""Amounts as bars, each with its label and its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..values import Number, with_unit
from .board import Board, text_width
from .picture import Picture

LENGTH = 320.0
ROW = 30.0


@dataclass(frozen=True)
class Bars(Picture):
    """Bars of one unit, to scale from zero: (label, amount) pairs, none below zero."""

    amounts: Sequence[tuple[str, Number]]
    unit: str = ""
    title: str = ""

    def _most(self) -> float:
        return max([float(amount) for _, amount in self.amounts] + [1e-300])

    def _texts(self) -> list[str]:
        return [with_unit(amount, self.unit) for _, amount in self.amounts]

    def lines(self, width: int = 80) -> list[str]:
        texts = self._texts()
        label = max(len(label) for label, _ in self.amounts)
        room = max(8, min(40, width - label - max(map(len, texts)) - 4))
        found = [self.title] if self.title else []
        for (name, amount), text in zip(self.amounts, texts, strict=True):
            eighths = round(8 * room * float(amount) / self._most())
            bar = "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
            found.append(f"{name.ljust(label)}  {bar or '▏'} {text}")
        return found

    def extent(self) -> tuple[float, float]:
        label = max(text_width(label) for label, _ in self.amounts)
        text = max(map(text_width, self._texts()))
        height = ROW * len(self.amounts) + (24 if self.title else 0)
        return label + 12 + LENGTH + 10 + text, height

    def draw(self, board: Board, x: float, y: float) -> None:
        label = max(text_width(label) for label, _ in self.amounts)
        if self.title:
            board.text(x, y + 14, self.title, 14, "start", soft=True)
            y += 24
        for at, ((name, amount), text) in enumerate(zip(self.amounts, self._texts(), strict=True)):
            top = y + at * ROW
            long = max(1.5, LENGTH * float(amount) / self._most())
            board.text(x + label, top + 19, name, 14, "end")
            board.rect(x + label + 12, top + 4, long, ROW - 9, f"c{at % 5}", "", 2)
            board.text(x + label + 12 + long + 8, top + 19, text, 14, "start")

    def alt(self) -> str:
        several = zip(self.amounts, self._texts(), strict=True)
        listed = ", ".join(f"{name} {text}" for (name, _), text in several)
        return f"Bars{': ' + self.title if self.title else ''}: {listed}."

"""Curves over one axis, in characters and as SVG: gradients, schedules, activations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..values import number_text
from .board import Board, text_width
from .picture import Picture

WIDE, HIGH = 440.0, 240.0
SIGNS = "●○+×◆"
MARK = "▣"
ROWS = 14


@dataclass(frozen=True)
class Curve:
    """A named line through points; `steps` draws it level up to the next point."""

    label: str
    points: Sequence[tuple[float, float]]
    steps: bool = False


@dataclass(frozen=True)
class Plot(Picture):
    """One to five curves with named axes; `log` has powers of ten upwards (values above zero).

    `mark` is a point that matters, the one that is asked for say.
    """

    curves: Sequence[Curve]
    across: str = ""
    upward: str = ""
    log: bool = False
    title: str = ""
    mark: tuple[float, float] | None = None

    def _up(self, value: float) -> float:
        return math.log10(max(value, 1e-300)) if self.log else value

    def _range(self) -> tuple[float, float, float, float]:
        xs = [x for curve in self.curves for x, _ in curve.points]
        ys = [self._up(y) for curve in self.curves for _, y in curve.points]
        low, high = min(ys), max(ys)
        if high - low < 1e-12:
            low, high = low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1)
        left, right = min(xs), max(xs)
        return left, right if right > left else left + 1, low, high

    def ticks(self) -> list[float]:
        """Round values between the lowest and the highest, as the upward axis shows them."""
        _, _, low, high = self._range()
        if self.log:
            if high - low < 2.5:
                return _steps_of_a_power(low, high)
            step = max(1, math.ceil((high - low) / 5))
            found = [float(e) for e in range(math.ceil(low), math.floor(high) + 1, step)]
            return found or [low, high]
        return _round_between(low, high, 5)

    def _tick(self, value: float) -> str:
        if not self.log:
            return number_text(round(value, 12))
        return f"1e{value:.0f}" if value == int(value) and abs(value) > 3 else f"{10**value:.3g}"

    def at(self, curve: Curve, x: float) -> float | None:
        """A curve's value at x, between its points along the line; None outside of them."""
        points = curve.points
        if not points[0][0] <= x <= points[-1][0]:
            return None
        for (x0, y0), (x1, y1) in pairwise(points):
            if x0 <= x <= x1:
                if curve.steps:
                    return y1 if x == x1 else y0
                share = (x - x0) / (x1 - x0) if x1 > x0 else 0
                return y0 + share * (y1 - y0)
        return points[-1][1]

    def lines(self, width: int = 80) -> list[str]:
        left, right, low, high = self._range()
        names = {round((high - t) / (high - low) * (ROWS - 1)): self._tick(t) for t in self.ticks()}
        head = max(len(name) for name in names.values())
        room = max(20, min(64, width - head - 4))
        rows = [[" "] * room for _ in range(ROWS)]
        for number, curve in reversed(list(enumerate(self.curves))):
            for column in range(room):
                value = self.at(curve, left + (right - left) * column / (room - 1))
                if value is not None:
                    row = round((high - self._up(value)) / (high - low) * (ROWS - 1))
                    rows[min(max(row, 0), ROWS - 1)][column] = SIGNS[number % len(SIGNS)]
        if self.mark is not None and left <= self.mark[0] <= right:
            column = round((self.mark[0] - left) / (right - left) * (room - 1))
            row = round((high - self._up(self.mark[1])) / (high - low) * (ROWS - 1))
            rows[min(max(row, 0), ROWS - 1)][column] = MARK
        found = [self.title] if self.title else []
        found += [self.upward] if self.upward else []
        found += [f"{names.get(at, '').rjust(head)} ┤{''.join(row)}" for at, row in enumerate(rows)]
        ends = number_text(left), number_text(right)
        found.append(" " * head + " └" + "─" * room)
        middle = self.across.center(max(0, room - len(ends[0]) - len(ends[1])))
        found.append(" " * (head + 2) + f"{ends[0]}{middle}{ends[1]}")
        named = [(at, curve.label) for at, curve in enumerate(self.curves) if curve.label]
        keys = [f"{SIGNS[at % len(SIGNS)]} {label}" for at, label in named]
        keys += [f"{MARK} here"] if self.mark is not None else []
        indent = " " * (head + 2)
        found += [indent + line for line in _filled(keys, width - len(indent))]
        return [line.rstrip() for line in found]

    def _head(self) -> float:
        return max(text_width(self._tick(t), 12) for t in self.ticks()) + 10

    def extent(self) -> tuple[float, float]:
        keys = 22.0 * math.ceil(sum(1 for c in self.curves if c.label))
        above = (24 if self.title else 0) + (26 if self.upward else 0)
        return self._head() + WIDE + 20, above + HIGH + 42 + keys

    def draw(self, board: Board, x: float, y: float) -> None:
        left, right, low, high = self._range()
        if self.title:
            board.text(x, y + 14, self.title, 14, "start", bold=True)
            y += 24
        if self.upward:
            board.text(x, y + 12, self.upward, 12, "start", soft=True)
            y += 26
        x += self._head()

        def place(across: float, up: float) -> tuple[float, float]:
            down = (high - self._up(up)) / (high - low)
            return x + WIDE * (across - left) / (right - left), y + HIGH * down

        for tick in self.ticks():
            level = y + HIGH * (high - tick) / (high - low)
            board.line([(x, level), (x + WIDE, level)], "line", 0.7)
            board.text(x - 6, level + 4, self._tick(tick), 12, "end", soft=True)
        board.line([(x, y), (x, y + HIGH), (x + WIDE, y + HIGH)], "soft")
        for value in _round_between(left, right, 6):
            where = place(value, 10**low if self.log else low)[0]
            board.line([(where, y + HIGH), (where, y + HIGH + 4)], "soft")
            board.text(where, y + HIGH + 17, number_text(round(value, 12)), 12, soft=True)
        board.text(x + WIDE / 2, y + HIGH + 34, self.across, 12, soft=True)
        for number, curve in enumerate(self.curves):
            points = [place(*point) for point in curve.points]
            if curve.steps:
                corners = [((b[0], a[1]), b) for a, b in pairwise(points)]
                points = [points[0], *(point for corner in corners for point in corner)]
            dash = ("", "7 4", "2 3", "10 3 2 3", "4 2")[number % 5]
            board.line(points, f"c{number % 5}", 2.2, dash)
        if self.mark is not None and left <= self.mark[0] <= right:
            across, down = place(*self.mark)
            board.rect(across - 6, down - 6, 12, 12, "mark", "ink", 6, 2)
        y += HIGH + 42
        for number, curve in enumerate(c for c in self.curves if c.label):
            dash = ("", "7 4", "2 3", "10 3 2 3", "4 2")[number % 5]
            board.line([(x, y + 10), (x + 34, y + 10)], f"c{number % 5}", 2.2, dash)
            board.text(x + 42, y + 14, curve.label, 13, "start")
            y += 22

    def alt(self) -> str:
        names = ", ".join(
            f"{c.label or 'the curve'} from {number_text(c.points[0][1])} to "
            f"{number_text(c.points[-1][1])}"
            for c in self.curves
        )
        return f"{self.title or 'Curves'} of {self.upward or 'values'} over {self.across}: {names}."


def _round_between(low: float, high: float, about: int) -> list[float]:
    """Round numbers from low to high, about so many."""
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [step * at for at in range(first, math.floor(high / step + 1e-9) + 1)]


def _filled(parts: Sequence[str], width: int) -> list[str]:
    """Lines of parts, as many on each as fit."""
    found: list[str] = []
    for part in parts:
        if found and len(found[-1]) + 3 + len(part) <= width:
            found[-1] += f"   {part}"
        else:
            found.append(part)
    return found


def _steps_of_a_power(low: float, high: float) -> list[float]:
    """Powers of ten for 1, 2 and 5 of each decade from low to high; the ends where there are few.

    All are exponents: 0.3 for a tick at 2.
    """
    exponents = (
        power + math.log10(step)
        for power in range(math.floor(low), math.floor(high) + 1)
        for step in (1, 2, 5)
    )
    found = [one for one in exponents if low - 1e-9 <= one <= high + 1e-9]
    return found if len(found) > 1 else [low, high]

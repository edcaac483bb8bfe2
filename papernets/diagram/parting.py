"""What stands in a row, parted into several rows of about one width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Wide(Protocol):
    """Anything with a width."""

    @property
    def width(self) -> float:
        """In points."""


One = TypeVar("One", bound=Wide)


def parted(several: Sequence[One], count: int, gap: float) -> list[list[One]]:
    """All of them, `gap` apart, in so many rows of about one width."""
    low = max(one.width for one in several) + gap
    high = sum(one.width + gap for one in several)
    for _ in range(20):
        middle = (low + high) / 2
        fits = len(_cut(several, middle, gap)) <= count
        low, high = (low, middle) if fits else (middle, high)
    return _cut(several, high, gap)


def _cut(several: Sequence[One], most: float, gap: float) -> list[list[One]]:
    found: list[list[One]] = [[]]
    full = 0.0
    for one in several:
        if full + one.width + gap > most + 0.01 and found[-1]:
            found.append([])
            full = 0.0
        found[-1].append(one)
        full += one.width + gap
    return found

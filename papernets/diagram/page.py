"""The page round a drawing: the title and what the network is above it, the legend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .legend import Legend, below
from .shapes import Drawing, Label, Shape, around, moved
from .text import clean, wrapped

MARGIN = 14.0
LEAST = 400.0
"""The narrowest page, so that a title has room."""


@dataclass(frozen=True)
class Words:
    """What is written round a drawing."""

    title: str
    lines: tuple[str, ...]
    description: str
    notes: tuple[str, ...] = ()


def page(shapes: Sequence[Shape], words: Words, legend: Legend, small: float = 7.0) -> Drawing:
    """A drawing: shapes from anywhere are set between the heading and the legend."""
    left, top, right, bottom = around(shapes)
    wide = max(right - left, LEAST)
    found: list[Shape] = []
    y = MARGIN
    for line in wrapped(clean(words.title), wide, 14, True, 2):
        y += 14
        found.append(Label(MARGIN, y, line, 14, "start", True))
        y += 3
    for text in words.lines:
        for line in wrapped(clean(text), wide, 8, lines=4):
            y += 9
            found.append(Label(MARGIN, y, line, 8, "start", paint="soft"))
            y += 2
    y += 14
    across = MARGIN + (wide - (right - left)) / 2
    found += moved(shapes, across - left, y - top)
    y += bottom - top + 16
    key, height = below(legend, wide, small)
    found += moved(key, MARGIN, y)
    return Drawing(
        round(wide + 2 * MARGIN, 2), round(y + height + MARGIN * 0.7, 2), tuple(found),
        clean(words.title), words.description,
    )  # fmt: skip

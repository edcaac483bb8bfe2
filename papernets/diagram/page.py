"""The page round a drawing: the title and what the network is above it, the legend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .shapes import Box, Drawing, Label, Polygon, Shape, around, moved
from .text import clean, fitted, width, wrapped
from .words import LEGEND

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


@dataclass
class Legend:
    """The paints that a drawing has, and the sentences below them."""

    paints: Sequence[str]
    notes: Sequence[str]
    marks: Sequence[tuple[str, str]] = ()
    """Each mark of a comparison that there is, with its words."""
    names: dict[str, str] = field(default_factory=lambda: dict(LEGEND))


def paints_of(shapes: Sequence[Shape], known: Sequence[str]) -> list[str]:
    """The paints that a legend explains, in its order, as far as they are on the drawing."""
    used = {shape.paint for shape in shapes if isinstance(shape, Box | Polygon)}
    return [paint for paint in known if paint in used]


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
    below, height = _legend(legend, wide, small)
    found += moved(below, MARGIN, y)
    return Drawing(
        round(wide + 2 * MARGIN, 2), round(y + height + MARGIN * 0.7, 2), tuple(found),
        clean(words.title), words.description,
    )  # fmt: skip


def _legend(legend: Legend, wide: float, size: float) -> tuple[list[Shape], float]:
    """Swatches in lines, then sentences; and how high they are."""
    found: list[Shape] = []
    x, y = 0.0, 0.0
    swatches = [(paint, "", legend.names.get(paint, paint)) for paint in legend.paints]
    for paint, mark, text in [*swatches, *(("input", *one) for one in legend.marks)]:
        text = fitted(text, wide - 16, size)
        room = 14 + width(text, size) + 12
        if x and x + room > wide + 12:
            x, y = 0.0, y + size * 1.6
        found.append(Box(x, y, 10, size, paint, "swatch", radius=1.5, mark=mark))
        found.append(Label(x + 14, y + size * 0.86, text, size, "start"))
        x += room
    y += size * 1.6 if found else 0
    for note in legend.notes:
        for line in wrapped(clean(note), wide, size):
            y += size * 1.05
            found.append(Label(0, y, line, size, "start", paint="soft"))
            y += size * 0.3
    return found, y

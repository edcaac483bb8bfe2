"""Lines of pictures of any sizes, each with a few words below it, and a name at the left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from papernets.draw.canvas import (
    GREY,
    INK,
    MARGIN,
    VERMILION,
    broken,
    place,
    plain,
    sheet,
    style,
    text_width,
)
from papernets.draw.heat import heat

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FONT, SMALL, LINE, GAP = 9.0, 8.0, 0.143, 0.1  # points, points, inches, inches
LABEL, MOST_LINES = 1.6, 3  # inches, lines below a picture
BETWEEN, BAR = 0.06, 0.08  # inches between lines, of a bar's height
PAPER = (11.0, 7.6)  # inches of A4 landscape within its margins
LARGEST = 1.6  # of letters: a sheet that is higher yet is no single page
TRIES = 5
EDGE = "#8C8C8C"  # seen around white and around black


@dataclass(frozen=True)
class Panel:
    """A picture uint8 (h, w) or (h, w, 3), what is written below it, and boxes drawn on it.

    A box is (top, left, bottom, right) in pixels of the picture. `key` are colours with words, one
    a line below. `bar` is a colour map with the words for its two ends. `side` is in inches, of the
    longer side, where it is not the line's.
    """

    picture: NDArray[np.uint8]
    label: str = ""
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    key: tuple[tuple[str, str], ...] = ()
    side: float = 0.0
    bold: bool = False
    bar: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Line:
    """Panels beside each other, behind a name and a grey detail; as many rows as they need."""

    name: str
    detail: str
    panels: tuple[Panel, ...]
    side: float = 1.2


@style()
def panels_figure(
    lines: Sequence[Line], *, title: str = "", note: str = "", least: float = 4.0
) -> Figure:
    """The lines one below another; ValueError for none, and for what is no picture.

    A sheet that is higher than A4 landscape has larger letters, so that they are 8 points where it
    is fitted to the page; one that is much higher has not: it is as wide as the page.
    """
    _check(lines)
    larger = 1.0
    for _ in range(TRIES):
        found = _layout(lines, larger, least)
        figure = sheet(found.width, found.height, title, note, larger)
        wide, high = figure.get_size_inches()
        wanted = max(wide / PAPER[0], high / PAPER[1])
        if wanted <= larger:
            break
        larger = 1.02 * wanted
        if larger > LARGEST:
            larger = 1.0
            found = _layout(lines, larger, least)
            figure = sheet(found.width, found.height, title, note)
            break
    figure.suppressComposite = True  # hundreds of pictures: joined, they take ten times as long
    axes = place(figure, 0, 0, found.width, found.height)
    axes.set_axis_off()
    top = 0.05
    for rows, name, detail, tall in found.lines:
        axes.text(MARGIN, top, "\n".join(name), va="top", fontsize=FONT * larger, weight="bold")
        below = top + LINE * larger * 1.15 * len(name) + 0.02
        look: Any = {"va": "top", "fontsize": SMALL * larger, "color": GREY}
        axes.text(MARGIN, below, "\n".join(detail), **look)
        down = top
        for row in rows:
            _draw_row(axes, row, found.left, down, larger)
            down += row.tall
        top += tall
    axes.set(xlim=(0, found.width), ylim=(found.height, 0), aspect="auto")
    return figure


@dataclass(frozen=True)
class _Row:
    """Panels of one row with their places: (panel, from the left, width, height, words)."""

    placed: tuple[tuple[Panel, float, float, float, tuple[str, ...]], ...]
    wide: float
    tall: float


@dataclass(frozen=True)
class _Layout:
    """Of each line its rows, the words of its name and detail, and its height; inches."""

    lines: tuple[tuple[list[_Row], list[str], list[str], float], ...]
    left: float
    width: float
    height: float


def _layout(lines: Sequence[Line], larger: float, least: float) -> _Layout:
    """Where all stands, with letters that much larger."""
    scratch, font, small = sheet(1, 1), FONT * larger, SMALL * larger
    room = LABEL * larger
    names = [broken(scratch, plain(x.name), room, font, weight="bold", most=3) for x in lines]
    details = [broken(scratch, plain(line.detail), room, small, most=5) for line in lines]
    longest = max(
        [text_width(scratch, text, font, "bold") for several in names for text in several]
        + [text_width(scratch, text, small) for several in details for text in several]
        + [0.0]
    )
    left = MARGIN + (longest + 0.15 if longest else 0.0)
    laid = [_laid(scratch, line, PAPER[0] * larger - MARGIN - left, larger) for line in lines]
    width = max([least, *(left + row.wide + MARGIN for rows in laid for row in rows)])
    found = []
    for rows, name, detail in zip(laid, names, details, strict=True):
        text = LINE * larger * 1.15 * (len(name) + len(detail))
        tall = max(sum(row.tall for row in rows), text) + BETWEEN
        found.append((rows, name, detail, tall))
    return _Layout(tuple(found), left, width, 0.1 + sum(tall for *_, tall in found))


def _laid(scratch: Figure, line: Line, room: float, larger: float) -> list[_Row]:
    """The panels of a line in as many rows as the room asks for."""
    rows: list[_Row] = []
    placed: list[tuple[Panel, float, float, float, tuple[str, ...]]] = []
    at, small = 0.0, SMALL * larger
    for panel in line.panels:
        wide, tall = _size(panel, line.side)
        words = tuple(_words(scratch, panel, max(wide, 0.9 * larger), small))
        weight = "bold" if panel.bold else "normal"
        every = [text_width(scratch, word, small, weight) for word in words]
        every += [text_width(scratch, plain(t), small) + 0.14 * larger for _, t in panel.key]
        if panel.bar:
            every.append(text_width(scratch, "  ".join(panel.bar[1:]), small))
        taken = max([wide, *every])
        if placed and at + taken > room:
            rows.append(_row(placed, at - GAP, larger))
            placed, at = [], 0.0
        placed.append((panel, at, wide, tall, words))
        at += taken + GAP
    if placed:
        rows.append(_row(placed, at - GAP, larger))
    return rows


def _row(
    placed: list[tuple[Panel, float, float, float, tuple[str, ...]]], wide: float, larger: float
) -> _Row:
    step = LINE * larger
    below = max(
        tall + step * (len(words) + len(panel.key)) + bool(panel.bar) * (BAR + 0.04 + step)
        for panel, _, _, tall, words in placed
    )
    written = any(words or p.key or p.bar for p, *_, words in placed)
    return _Row(tuple(placed), wide, below + 0.07 + 0.05 * written)


def _size(panel: Panel, side: float) -> tuple[float, float]:
    """Inches (width, height) of a picture."""
    high, wide = panel.picture.shape[:2]
    scale = (panel.side or side) / max(high, wide)
    return max(wide * scale, 0.06), max(high * scale, 0.06)


def _words(scratch: Figure, panel: Panel, room: float, small: float) -> list[str]:
    return [
        part
        for text in panel.label.split("\n")
        if text
        for part in broken(scratch, plain(text), room, small, most=MOST_LINES)
    ]


def _draw_row(axes: Any, row: _Row, left: float, top: float, larger: float) -> None:
    step, small = LINE * larger, SMALL * larger
    for panel, at, wide, tall, words in row.placed:
        start, end = left + at, top + tall
        _draw_picture(axes, panel.picture, (start, start + wide, end, top))
        edge = VERMILION if panel.bold else EDGE
        xs, ys = [start, start + wide, start + wide, start, start], [top, top, end, end, top]
        axes.plot(xs, ys, color=edge, linewidth=1.6 if panel.bold else 0.6)
        _boxes(axes, panel, start, top, wide, tall)
        if panel.bar:
            end = _draw_bar(axes, panel.bar, (start, start + wide), end + 0.04, larger)
        weight = "bold" if panel.bold else "normal"
        axes.text(
            start, end + 0.05, "\n".join(words), va="top", fontsize=small, color=INK, weight=weight
        )
        below = end + 0.06 + step * len(words)
        for number, (colour, text) in enumerate(panel.key):
            middle = below + step * (number + 0.5)
            axes.plot([start + 0.04], [middle], marker="s", markersize=4.5 * larger, color=colour)
            axes.text(start + 0.12 * larger, middle, plain(text), va="center", fontsize=small)


def _draw_picture(
    axes: Any, picture: NDArray[np.uint8], extent: tuple[float, float, float, float]
) -> None:
    left, right, bottom, top = extent
    look = {"cmap": "gray", "vmin": 0, "vmax": 255} if picture.ndim == 2 else {}
    few = max(picture.shape[:2]) < 150 * max(right - left, bottom - top)
    how = "nearest" if few else "antialiased"
    axes.imshow(picture, extent=extent, interpolation=how, aspect="auto", **look)


def _draw_bar(
    axes: Any, bar: tuple[str, str, str], ends: tuple[float, float], top: float, larger: float
) -> float:
    """A colour map from its lowest to its highest, both written below; where that ends."""
    colours, low, high = bar
    ramp = heat(np.linspace(0, 1, 64)[None], 0.0, 1.0, colours)
    _draw_picture(axes, ramp, (*ends, top + BAR, top))
    look: Any = {"va": "top", "fontsize": SMALL * larger, "color": INK}
    axes.text(ends[0], top + BAR + 0.02, low, **look)
    right = max(ends[1], ends[0] + text_width(axes.figure, f"{low}  {high}", SMALL * larger))
    axes.text(right, top + BAR + 0.02, high, ha="right", **look)
    return top + BAR + LINE * larger


def _boxes(axes: Any, panel: Panel, start: float, top: float, wide: float, tall: float) -> None:
    """Outlines, white on black, so that they are seen on any colour; cut at the picture's edges."""
    high, across = panel.picture.shape[:2]
    for one in panel.boxes:
        y0, y1 = (top + min(max(v, 0), high) / high * tall for v in (one[0], one[2]))
        x0, x1 = (start + min(max(v, 0), across) / across * wide for v in (one[1], one[3]))
        xs, ys = [x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0]
        axes.plot(xs, ys, color="black", linewidth=3.4, solid_joinstyle="miter")
        axes.plot(xs, ys, color="white", linewidth=1.4, solid_joinstyle="miter")


def _check(lines: Sequence[Line]) -> None:
    if not lines or not all(line.panels for line in lines):
        raise ValueError("a sheet without pictures: give one or more lines of panels")
    for line in lines:
        for panel in line.panels:
            given = panel.picture
            good = given.ndim in (2, 3) and given.dtype == np.uint8 and given.size
            if not good or (given.ndim == 3 and given.shape[2] != 3):
                raise ValueError(
                    f"{line.name}: a picture of {given.dtype} and shape {given.shape}: give uint8 "
                    "(h, w) or (h, w, 3)"
                )

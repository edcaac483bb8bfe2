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
    LIGHT,
    MARGIN,
    VERMILION,
    broken,
    place,
    plain,
    sheet,
    style,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FONT, SMALL, LINE, GAP = 8.5, 7.0, 0.125, 0.1  # points, points, inches, inches
LABEL, WIDEST, MOST_LINES = 1.5, 13.6, 3  # inches, inches of a sheet, lines below a picture
BETWEEN = 0.06  # inches between lines


@dataclass(frozen=True)
class Panel:
    """A picture uint8 (h, w) or (h, w, 3), what is written below it, and boxes drawn on it.

    A box is (top, left, bottom, right) in pixels of the picture. `key` are colours with words, one
    a line below. `side` is in inches, of the longer side, where it is not the line's.
    """

    picture: NDArray[np.uint8]
    label: str = ""
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    key: tuple[tuple[str, str], ...] = ()
    side: float = 0.0
    bold: bool = False


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
    """The lines one below another; ValueError for none, and for what is no picture."""
    _check(lines)
    scratch = sheet(1, 1)
    names = [
        broken(scratch, plain(line.name), LABEL, FONT, weight="bold", most=3) for line in lines
    ]
    details = [broken(scratch, plain(line.detail), LABEL, SMALL, most=5) for line in lines]
    longest = max(
        [text_width(scratch, text, FONT, "bold") for several in names for text in several]
        + [text_width(scratch, text, SMALL) for several in details for text in several]
        + [0.0]
    )
    left = MARGIN + (longest + 0.15 if longest else 0.0)
    laid = [_laid(scratch, line, WIDEST - left) for line in lines]
    width = max([least, *(left + row.wide + MARGIN for rows in laid for row in rows)])
    heights = []
    for rows, name, detail in zip(laid, names, details, strict=True):
        text = LINE * 1.15 * (len(name) + len(detail))
        heights.append(max(sum(row.tall for row in rows), text) + BETWEEN)
    height = 0.05 + sum(heights) + 0.05
    figure = sheet(width, height, title, note)
    figure.suppressComposite = True  # hundreds of pictures: joined, they take ten times as long
    axes = place(figure, 0, 0, width, height)
    axes.set_axis_off()
    top = 0.05
    for rows, name, detail, tall in zip(laid, names, details, heights, strict=True):
        axes.text(MARGIN, top, "\n".join(name), va="top", fontsize=FONT, weight="bold")
        below = top + LINE * 1.15 * len(name) + 0.02
        axes.text(MARGIN, below, "\n".join(detail), va="top", fontsize=SMALL, color=GREY)
        down = top
        for row in rows:
            _draw_row(axes, row, left, down)
            down += row.tall
        top += tall
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="auto")
    return figure


@dataclass(frozen=True)
class _Row:
    """Panels of one row with their places: (panel, from the left, width, height, words)."""

    placed: tuple[tuple[Panel, float, float, float, tuple[str, ...]], ...]
    wide: float
    tall: float


def _laid(scratch: Figure, line: Line, room: float) -> list[_Row]:
    """The panels of a line in as many rows as the room asks for."""
    rows: list[_Row] = []
    placed: list[tuple[Panel, float, float, float, tuple[str, ...]]] = []
    at = 0.0
    for panel in line.panels:
        wide, tall = _size(panel, line.side)
        words = tuple(_words(scratch, panel, max(wide, 0.9)))
        keyed = max((text_width(scratch, plain(t), SMALL) + 0.14 for _, t in panel.key), default=0)
        written = max([text_width(scratch, word, SMALL) for word in words] + [keyed, 0.0])
        taken = max(wide, written)
        if placed and at + taken > room:
            rows.append(_row(placed))
            placed, at = [], 0.0
        placed.append((panel, at, wide, tall, words))
        at += taken + GAP
    if placed:
        rows.append(_row(placed))
    return rows


def _row(placed: list[tuple[Panel, float, float, float, tuple[str, ...]]]) -> _Row:
    below = max(tall + LINE * (len(words) + len(p.key)) for p, _, _, tall, words in placed)
    written = any(words or p.key for p, *_, words in placed)
    last, at, wide, _, _ = placed[-1]
    return _Row(
        tuple(placed), at + max(wide, 0.9 if last.label else 0), below + 0.07 + 0.05 * written
    )


def _size(panel: Panel, side: float) -> tuple[float, float]:
    """Inches (width, height) of a picture."""
    high, wide = panel.picture.shape[:2]
    scale = (panel.side or side) / max(high, wide)
    return max(wide * scale, 0.06), max(high * scale, 0.06)


def _words(scratch: Figure, panel: Panel, room: float) -> list[str]:
    return [
        part
        for text in panel.label.split("\n")
        if text
        for part in broken(scratch, plain(text), room, SMALL, most=MOST_LINES)
    ]


def _draw_row(axes: Any, row: _Row, left: float, top: float) -> None:
    for panel, at, wide, tall, words in row.placed:
        start, end = left + at, top + tall
        look = {"cmap": "gray", "vmin": 0, "vmax": 255} if panel.picture.ndim == 2 else {}
        few = max(panel.picture.shape[:2]) < 150 * max(wide, tall)
        axes.imshow(
            panel.picture,
            extent=(start, start + wide, end, top),
            interpolation="nearest" if few else "antialiased",
            aspect="auto",
            **look,
        )
        edge = VERMILION if panel.bold else LIGHT
        xs, ys = [start, start + wide, start + wide, start, start], [top, top, end, end, top]
        axes.plot(xs, ys, color=edge, linewidth=1.4 if panel.bold else 0.6)
        _boxes(axes, panel, start, top, wide, tall)
        weight = "bold" if panel.bold else "normal"
        axes.text(
            start, end + 0.05, "\n".join(words), va="top", fontsize=SMALL, color=INK, weight=weight
        )
        below = end + 0.06 + LINE * len(words)
        for number, (colour, text) in enumerate(panel.key):
            middle = below + LINE * (number + 0.5)
            axes.plot([start + 0.04], [middle], marker="s", markersize=4.5, color=colour)
            axes.text(start + 0.12, middle, plain(text), va="center", fontsize=SMALL)


def _boxes(axes: Any, panel: Panel, start: float, top: float, wide: float, tall: float) -> None:
    """Outlines, white under red, cut at the picture's edges."""
    high, across = panel.picture.shape[:2]
    for one in panel.boxes:
        y0, y1 = (top + min(max(v, 0), high) / high * tall for v in (one[0], one[2]))
        x0, x1 = (start + min(max(v, 0), across) / across * wide for v in (one[1], one[3]))
        xs, ys = [x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0]
        axes.plot(xs, ys, color="white", linewidth=2.2)
        axes.plot(xs, ys, color=VERMILION, linewidth=1.1)


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

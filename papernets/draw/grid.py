"""Rows of pictures, each with its name at the left: one thing done to a picture, several times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from papernets.draw.canvas import GREY, MARGIN, broken, place, plain, sheet, style, text_width
from papernets.draw.samples import LINE, box_of, picture_in

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BETWEEN, FONT, SMALL = 0.08, 9.0, 8.0  # inches, points, points
LABEL = 2.1  # inches of the widest label
PAPER, LEAST = (10.8, 6.6), 0.5  # inches of A4 landscape for rows; how small pictures get
MOST_ROWS, MOST_COLUMNS = 40, 16


@dataclass(frozen=True)
class Row:
    """A row of a grid: its name, a grey line below it, and pictures uint8 (n, C, h, w)."""

    name: str
    detail: str
    pictures: NDArray[np.uint8]


@style()
def grid_figure(rows: Sequence[Row], *, title: str = "", note: str = "") -> Figure:
    """The rows one below another; all have pictures of one shape, C 1 or 3, and as many of them.

    ValueError for none, for other shapes, and for more than a sheet holds.
    """
    _check(rows)
    count, _, h, w = rows[0].pictures.shape
    wide, tall = box_of(h, w)
    scratch = sheet(1, 1)  # to measure the labels
    longest = max(
        text_width(scratch, plain(text), size, weight)
        for row in rows
        for text, size, weight in ((row.name, FONT, "bold"), (row.detail, SMALL, "normal"))
    )
    left = MARGIN + min(longest, LABEL) + 0.15
    details = [broken(scratch, plain(row.detail), LABEL, SMALL, most=4) for row in rows]
    names = [broken(scratch, plain(row.name), LABEL, FONT, weight="bold", most=2) for row in rows]
    highest = max(len(lines) + len(more) for lines, more in zip(names, details, strict=True))
    less = min(
        (PAPER[0] - left) / count / (wide + BETWEEN), PAPER[1] / len(rows) / (tall + BETWEEN)
    )
    wide, tall = (side * max(LEAST, min(1.0, less)) for side in (wide, tall))
    step = max(tall, LINE * 1.1 * highest) + BETWEEN
    width = max(left + count * (wide + BETWEEN) + MARGIN, 4.0)
    height = 0.1 + len(rows) * step + MARGIN
    figure = sheet(width, height, title, note)
    axes = place(figure, 0, 0, width, height)
    axes.set_axis_off()
    for at, row in enumerate(rows):
        top = 0.05 + at * step
        axes.text(MARGIN, top, "\n".join(names[at]), va="top", fontsize=FONT, weight="bold")
        below = top + LINE * 1.1 * len(names[at]) + 0.03
        lines = "\n".join(details[at])
        axes.text(MARGIN, below, lines, va="top", fontsize=SMALL, color=GREY)
        for column, picture in enumerate(row.pictures.transpose(0, 2, 3, 1)):
            start = left + column * (wide + BETWEEN)
            picture_in(axes, picture, (start, start + wide, top + tall, top))
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="auto")
    return figure


def _check(rows: Sequence[Row]) -> None:
    if not rows:
        raise ValueError("a grid without rows: give one or more")
    shape = rows[0].pictures.shape
    for row in rows:
        given = row.pictures
        good = given.ndim == 4 and given.dtype == np.uint8 and given.shape == shape
        if not good or shape[1] not in (1, 3):
            raise ValueError(
                f"row {row.name!r} has {given.dtype} of shape {given.shape}: give uint8 (pictures, "
                f"1 or 3 channels, height, width), all rows the same"
            )
    if len(rows) > MOST_ROWS or shape[0] > MOST_COLUMNS:
        raise ValueError(
            f"{len(rows)} rows of {shape[0]} pictures: a sheet holds {MOST_ROWS} of {MOST_COLUMNS}"
        )

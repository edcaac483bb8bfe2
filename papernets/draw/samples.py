"""Pictures in a grid, each with a line or two of text below it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from papernets.draw.canvas import (
    GREY,
    LIGHT,
    MARGIN,
    broken,
    place,
    plain,
    sheet,
    style,
    text_width,
)
from papernets.words import plural

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 100  # pictures on one sheet
SIDE, BETWEEN, LINE, FONT = 1.15, 0.2, 0.135, 7.5  # inches, inches, inches, points
WIDEST, MOST_LINES = 1.5, 3  # inches of a column with long labels, lines of one part of a label
SHEET = 14.0  # inches across all columns


@style()
def contact_figure(
    images: NDArray[np.uint8],
    labels: Sequence[str],
    *,
    title: str = "",
    note: str = "",
    empty: str = "No pictures.",
) -> Figure:
    """The first MOST pictures of `images` (n, C, h, w), C 1 or 3, each above its label.

    A label may have several lines; one that is too long for its place is broken, and cut
    after MOST_LINES. Another shape or
    number of channels, or another number of labels than pictures, is a ValueError.
    """
    pictures = _checked(images, labels)
    if not len(pictures):
        figure = sheet(6.0, 1.2, title, note)
        middle = 0.6 / figure.get_size_inches()[1]
        figure.text(0.5, middle, plain(empty), ha="center", color=GREY)
        return figure
    shown = min(len(pictures), MOST)
    if shown < len(pictures):
        note = f"{note} The first {shown} of {len(pictures):,}.".strip()
    wide, tall = box_of(pictures.shape[1], pictures.shape[2])
    scratch = sheet(1, 1)  # to measure the labels
    given = [plain(label).split("\n") for label in labels[:shown]]
    longest = max(text_width(scratch, line, FONT) for lines in given for line in lines)
    across = min(max(wide, SIDE, longest), WIDEST)
    columns = min(10, max(4, ceil(sqrt(shown))), shown, int(SHEET / (across + BETWEEN)))
    texts = [
        "\n".join(
            part for line in lines for part in broken(scratch, line, across, FONT, most=MOST_LINES)
        )
        for lines in given
    ]
    below = 0.06 + LINE * max(text.count("\n") + 1 for text in texts) + 0.12
    rows = ceil(shown / columns)
    width = max(2 * MARGIN + columns * across + (columns - 1) * BETWEEN, 4.0)
    height = 0.1 + rows * (tall + below)
    figure = sheet(width, height, title, note)

    axes = place(figure, 0, 0, width, height)
    axes.set_axis_off()
    for index in range(shown):
        row, column = divmod(index, columns)
        middle = MARGIN + column * (across + BETWEEN) + across / 2
        top = 0.06 + row * (tall + below)
        box = (middle - wide / 2, middle + wide / 2, top + tall, top)
        picture_in(axes, pictures[index], box)
        axes.text(middle, top + tall + 0.06, texts[index], ha="center", va="top", fontsize=FONT)
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="auto")
    return figure


def _checked(images: NDArray[np.uint8], labels: Sequence[str]) -> NDArray[np.uint8]:
    """The pictures as (n, h, w, C), or ValueError."""
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1] not in (1, 3) or images.dtype != np.uint8:
        raise ValueError(
            f"pictures are {images.dtype} of shape {images.shape}: "
            "give uint8 (pictures, 1 or 3 channels, height, width)"
        )
    if len(images) != len(labels):
        raise ValueError(f"{plural(len(images), 'picture')} but {plural(len(labels), 'label')}")
    return images.transpose(0, 2, 3, 1)


def box_of(height: int, width: int) -> tuple[float, float]:
    """Inches (width, height) for a picture: SIDE for the longer side, not under a fifth of it."""
    scale = SIDE / max(height, width)
    return max(width * scale, SIDE / 5), max(height * scale, SIDE / 5)


def picture_in(
    axes: Any, picture: NDArray[np.uint8], box: tuple[float, float, float, float]
) -> None:
    """Draw one (h, w, C) picture into (left, right, bottom, top), inside a hairline."""
    grey = picture.shape[2] == 1
    axes.imshow(
        picture[:, :, 0] if grey else picture,
        cmap="gray",
        vmin=0,
        vmax=255,
        extent=box,
        interpolation="antialiased",
        aspect="auto",
    )
    left, right, bottom, top = box
    axes.plot(
        [left, right, right, left, left],
        [top, top, bottom, bottom, top],
        color=LIGHT,
        linewidth=0.6,
    )

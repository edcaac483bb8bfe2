"""The confusion matrix as a picture in which the mistakes can be seen.

A good network's diagonal outshines everything on one colour scale, so right answers are blue on a
scale to 100 %, and mistakes orange on their own scale, up to the commonest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from papernets.draw.canvas import (
    DPI,
    INK,
    MARGIN,
    names_note,
    number,
    percent,
    place,
    save,
    sheet,
    style,
    text_width,
    told_apart,
)
from papernets.words import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NUMBERS = 25  # with more classes, counts would not fit their cells
READ = 5.5  # points, under which a number is not read
LISTED = 15  # commonest mistakes named beside such a matrix
BAR, SIDE_BY_SIDE = 0.16, 0.3  # inches: width of a colour bar, distance from the matrix


def confusion_picture(
    matrix: ArrayLike, classes: Sequence[str], path: str | Path, *, title: str
) -> Path:
    """Save `confusion_figure(...)` as a PNG; return its path."""
    return save(confusion_figure(matrix, classes, title=title), path)


@style()
def confusion_figure(matrix: ArrayLike, classes: Sequence[str], *, title: str) -> Figure:
    """Counts `matrix` (n, n), row true and column predicted, coloured by their share of the row.

    Up to NUMBERS classes every count is written; above, names are thinned to what is readable and
    the commonest mistakes are listed. A row without pictures is grey. Another shape than
    (n, n) for n names, or a negative count, is a ValueError.
    """
    counts = _checked(matrix, classes)
    n = len(classes)
    share, wrong = _shares(counts)
    side = _side(n)
    font = 8.0 if n <= 30 else 6.0
    every = ceil((0.15 if n <= 30 else 0.1) / (side / n) - 1e-9)
    names = told_apart(classes)
    figure = sheet(1, 1)  # to measure the names
    longest = max(text_width(figure, name, font) for name in names[::every])
    upright = longest + 0.06 > side / n * every
    left = MARGIN + 0.26 + longest + 0.08
    foot = MARGIN + 0.22 + (longest if upright else 0.12) + 0.08
    pairs = _commonest(counts, share, names) if n > NUMBERS else []
    listed = 0.35 + max((text_width(figure, line, 7.5) for line in pairs), default=-0.35)
    right = SIDE_BY_SIDE + BAR + 0.65 + listed + MARGIN
    figure = sheet(
        max(left + side + right, 4.6), side + foot + 0.06, title, _note(counts, classes, every)
    )

    axes = place(figure, left, foot, side, side)
    axes.imshow(_colours(share, wrong), interpolation="nearest", aspect="auto")
    if n <= NUMBERS:
        _numbers(axes, counts, share, wrong, side / n)
        axes.set_xticks(np.arange(n + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(n + 1) - 0.5, minor=True)
        axes.grid(which="minor", color="white", linewidth=1.2)
    ticks = np.arange(0, n, every)
    axes.set_xticks(ticks, names[::every], rotation=90 if upright else 0, fontsize=font)
    axes.set_yticks(ticks, names[::every], fontsize=font)
    axes.tick_params(which="both", length=0)
    axes.tick_params(which="major", length=0 if n <= NUMBERS else 2, pad=3)
    axes.spines[:].set_visible(n > NUMBERS)
    axes.set_axisbelow(False)
    shape = figure.get_size_inches()
    axes_name: Any = {"ha": "center", "va": "center", "fontsize": 9}
    figure.text((left + side / 2) / shape[0], (MARGIN + 0.08) / shape[1], "Predicted", **axes_name)
    figure.text(
        (MARGIN + 0.08) / shape[0], (foot + side / 2) / shape[1], "True", rotation=90, **axes_name
    )
    _bars(figure, left + side + SIDE_BY_SIDE, foot, side, wrong)
    if pairs:
        figure.text(
            (left + side + SIDE_BY_SIDE + BAR + 0.85) / shape[0],
            (foot + side) / shape[1],
            "\n".join(["Commonest mistakes", "", *pairs]),
            va="top",
            fontsize=7.5,
            linespacing=1.5,
            gid="commonest",
        )
    return figure


def _checked(matrix: ArrayLike, classes: Sequence[str]) -> NDArray[np.int64]:
    """The counts as an array (n, n), or ValueError."""
    counts = np.asarray(matrix)
    n = len(classes)
    if n < 1 or counts.shape != (n, n):
        raise ValueError(f"a confusion matrix of shape {counts.shape} does not fit {n} class names")
    if (counts < 0).any() or not (counts == np.floor(counts)).all():
        raise ValueError("a confusion matrix holds counts: whole numbers, none below 0")
    return counts.astype(np.int64)


def _shares(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], float]:
    """Each count's share of its row, NaN in a row without pictures, and the largest mistake's."""
    totals = counts.sum(axis=1, keepdims=True)
    share = np.where(totals > 0, counts / np.maximum(totals, 1), np.nan)
    mistakes = share[~np.eye(len(counts), dtype=bool)]
    mistakes = mistakes[np.isfinite(mistakes)]
    return share, float(mistakes.max()) if len(mistakes) else 0.0


def _side(n: int) -> float:
    """The matrix's side in inches: roomy cells for few classes, at most 10 inches for many."""
    if n <= NUMBERS:
        return max(2.4, n * (0.52 if n <= 12 else 0.4))
    return min(10.0, max(7.0, 0.1 * n))


def _scales() -> tuple[Any, Any]:
    """The colour maps of right answers and of mistakes, each cut where it is too dark or pale."""
    from matplotlib import colormaps
    from matplotlib.colors import LinearSegmentedColormap

    right = colormaps["Blues"](np.linspace(0.06, 0.62, 128))
    wrong = colormaps["Oranges"](np.linspace(0.14, 0.9, 128))
    return (
        LinearSegmentedColormap.from_list("right", right),
        LinearSegmentedColormap.from_list("wrong", wrong),
    )


def _colours(share: NDArray[np.float64], wrong: float) -> NDArray[np.float64]:
    """RGB (n, n, 3): blue diagonal, orange mistakes, near-white zeros, grey where nothing is."""
    from matplotlib.colors import to_rgb

    n = len(share)
    right_scale, wrong_scale = _scales()
    filled = np.nan_to_num(share)
    mistakes = _spread(filled, ceil((2.5 / (DPI * _side(n) / n) - 1) / 2))
    colours = np.asarray(wrong_scale(mistakes / (wrong or 1.0)))[:, :, :3]
    colours[mistakes == 0] = to_rgb("#F7F7F7")
    diagonal = np.arange(n)
    colours[diagonal, diagonal] = right_scale(filled[diagonal, diagonal])[:, :3]
    colours[np.isnan(share).all(axis=1)] = to_rgb("#D8D8D8")
    return colours


def _spread(share: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The largest mistake within `reach` cells of each cell, so that dots of one pixel grow."""
    mistakes = np.where(np.eye(len(share), dtype=bool), 0.0, share)
    for axis in (0, 1) if reach > 0 else ():
        width = [(reach, reach) if axis == side else (0, 0) for side in (0, 1)]
        windows = sliding_window_view(np.pad(mistakes, width), 2 * reach + 1, axis=axis)
        mistakes = windows.max(axis=-1)
    return mistakes


def _numbers(
    axes: Axes, counts: NDArray[np.int64], share: NDArray[np.float64], wrong: float, cell: float
) -> None:
    """Write each count that is not 0 into its cell, `cell` inches wide; white on dark mistakes.

    Each in a size in which it fits; where that could not be read, thousands are cut.
    """
    figure = axes.get_figure(root=True)
    assert figure is not None
    texts = {count: f"{count:,}" for count in np.unique(counts).tolist() if count}

    def size(text: str) -> float:
        return min(9.0, 72 * cell / 3.4, 9 * (cell - 0.08) / text_width(figure, text, 9))

    if any(size(text) < READ for text in texts.values()):
        texts = {count: _rounded(count) for count in texts}
    for row, column in np.argwhere(counts):
        dark, text = row != column and share[row, column] > 0.6 * wrong, texts[counts[row, column]]
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=size(text),
            color="white" if dark else INK,
            gid="count",
        )


def _rounded(count: int) -> str:
    """A count in few characters: 12,345 is 12k."""
    for one, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= one:
            return f"{count / one:.0f}{sign}" if count >= 10 * one else f"{count / one:.1f}{sign}"
    return str(count)


def _bars(figure: Figure, left: float, foot: float, side: float, wrong: float) -> None:
    """Two colour bars, in per cent of the true class's pictures."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    right_scale, wrong_scale = _scales()
    tall = min(2.6, (side - 0.75) / 2)
    for foot_of_bar, scale, most, name in (
        (foot + side - tall - 0.25, right_scale, 1.0, "right"),
        (foot + side - 2 * tall - 0.75, wrong_scale, wrong, "mistakes"),
    ):
        if not most:
            continue
        bar = place(figure, left, foot_of_bar, BAR, tall)
        bar.imshow(
            np.linspace(0, 1, 128)[:, None],
            cmap=scale,
            aspect="auto",
            origin="lower",
            extent=(0, 1, 0, 100 * most),
        )
        bar.set_gid(name)
        bar.set_xticks([])
        bar.yaxis.tick_right()
        bar.yaxis.set_major_locator(MaxNLocator(5))
        bar.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{number(value)} %"))
        bar.tick_params(length=2, labelsize=7.5)
        bar.spines[:].set_visible(False)
        bar.set_title(name, fontsize=8, loc="left", pad=8)


def _commonest(
    counts: NDArray[np.int64], share: NDArray[np.float64], names: Sequence[str]
) -> list[str]:
    """The LISTED mistakes with the largest share of their row, as lines of text."""
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, np.nan_to_num(share))
    order = np.lexsort((-counts.ravel(), -mistakes.ravel()))[:LISTED]
    lines = []
    for row, column in (divmod(int(cell), len(counts)) for cell in order):
        if mistakes[row, column] > 0:
            pair = f"{names[row]} \N{RIGHTWARDS ARROW} {names[column]}"
            lines.append(f"{pair}: {counts[row, column]:,} of {counts[row].sum():,}")
    return lines


def _note(counts: NDArray[np.int64], classes: Sequence[str], every: int) -> str:
    """One grey line: the error, and what the picture leaves out."""
    total, right = int(counts.sum()), int(np.trace(counts))
    notes = [plural(total, "picture")]
    if total:
        wrong = plural(total - right, "mistake")
        notes.append(f"{wrong} ({percent((total - right) / total)})")
    notes.append("colour: share of the true class's pictures")
    if (counts.sum(axis=1) == 0).any():
        notes.append("grey row: no pictures")
    if every > 1:
        notes.append(f"one name in {every} is written")
    if 2.5 * len(classes) > DPI * _side(len(classes)):
        notes.append("mistakes are drawn larger than their cells")
    lost = names_note(classes)
    return "; ".join([*notes, *([lost] if lost else [])])

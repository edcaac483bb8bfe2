"""A convolution's kernels as small pictures: what each output map looks for."""

from __future__ import annotations

from math import ceil, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from papernets.draw.canvas import GREY, MARGIN, place, save, sheet, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 64  # kernels in a row or in a column
MAP = "RdBu_r"  # red above 0, blue below: told apart in every kind of colour vision


def filters_picture(weight: ArrayLike, path: str | Path, *, title: str) -> Path:
    """Save `filters_figure(...)` as a PNG; return its path."""
    return save(filters_figure(weight, title=title), path)


@style()
def filters_figure(weight: ArrayLike, *, title: str) -> Figure:
    """Kernels `weight` (out, in, kh, kw) on one scale, symmetric about 0.

    One input map: a grid, read like text. Three: the same in colour, grey for 0. Others: a row an
    output map, a column an input map. A kernel that is 0 everywhere is grey: not connected.
    Another shape, or a value that is not finite, is a ValueError.
    """
    weights = np.asarray(weight, dtype=np.float64)
    if weights.ndim != 4 or 0 in weights.shape or not np.isfinite(weights).all():
        raise ValueError(
            f"kernels have shape {weights.shape}: give finite (out, in, height, width)"
        )
    inputs = weights.shape[1]
    largest = float(np.abs(weights).max()) or 1.0
    grid = inputs in (1, 3)
    shown = weights[: MOST if not grid else 4 * MOST, : 3 if inputs == 3 else MOST]
    colours = _coloured(shown / largest)
    if grid:
        columns = min(len(shown), max(8, ceil(sqrt(len(shown) * 2))))
        colours = colours[:, 0]
        spare = -len(colours) % columns
        colours = np.concatenate([colours, np.ones((spare, *colours.shape[1:]))])
        colours = colours.reshape(-1, columns, *colours.shape[1:])
    mosaic = _mosaic(colours)

    rows, columns, tall, wide = colours.shape[:4]
    cell = min(0.6, 9.0 / max(rows, columns))
    if not grid:  # room for the name of a short axis
        cell = max(cell, (max(tall, wide) + 1) / min(rows * (tall + 1), columns * (wide + 1)))
        cell = min(cell, 9.0 / max(rows, columns))
    width = columns * cell * (wide + 1) / (max(tall, wide) + 1)
    height = rows * cell * (tall + 1) / (max(tall, wide) + 1)
    left, foot = (MARGIN, MARGIN) if grid else (MARGIN + 0.5, MARGIN + 0.45)
    figure, top = sheet(
        max(4.0, left + width + (MARGIN if inputs == 3 else 1.1)),
        max(height, 1.0) + foot + 0.05,
        title,
        _note(weights, shown),
    )
    axes = place(figure, left, top - 0.05 - height, width, height)
    axes.imshow(mosaic, interpolation="nearest", aspect="auto", extent=(0, columns, rows, 0))
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    if grid:
        axes.set(xticks=[], yticks=[])
    else:
        for axis, number, name in ((axes.xaxis, columns, "Input"), (axes.yaxis, rows, "Output")):
            every = ceil(0.22 / (cell + 1e-9))
            axis.set_ticks(np.arange(0, number, every) + 0.5, [*map(str, range(0, number, every))])
            axis.set_label_text(f"{name} map")
    if inputs != 3:
        bar = place(figure, left + width + 0.25, top - 1.0, 0.14, 0.9)
        _bar(bar, largest)
    return figure


def _coloured(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """RGB (out, in or 1, kh, kw, 3) of kernels in -1..1."""
    from matplotlib import colormaps

    if values.shape[1] == 3:
        return (0.5 + 0.5 * values.transpose(0, 2, 3, 1))[:, None]
    colours = np.asarray(colormaps[MAP](0.5 + 0.5 * values))[..., :3]
    colours[(values == 0).all(axis=(2, 3))] = 0.82
    return colours


def _mosaic(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """One RGB picture of kernels (rows, columns, kh, kw, 3), a white gap around each."""
    rows, columns, tall, wide, _ = colours.shape
    pixels = min(8, max(2, 1600 // max(rows * tall, columns * wide)))  # a value's side
    large = colours.repeat(pixels, axis=2).repeat(pixels, axis=3)
    half = ((0, 0), (0, 0), (pixels // 2, pixels // 2), (pixels // 2, pixels // 2), (0, 0))
    large = np.pad(large, half, constant_values=1.0)
    rows, columns, tall, wide, _ = large.shape
    return large.swapaxes(1, 2).reshape(rows * tall, columns * wide, 3)


def _bar(bar: Axes, largest: float) -> None:
    """The colours' scale."""
    bar.imshow(
        np.linspace(-1, 1, 129)[:, None],
        cmap=MAP,
        origin="lower",
        aspect="auto",
        extent=(0, 1, -1, 1),
    )
    bar.yaxis.tick_right()
    bar.set(xticks=[])
    bar.set_yticks([-1, 0, 1], [f"{-largest:.2g}", "0", f"{largest:.2g}"])
    bar.tick_params(length=2, color=GREY)
    bar.spines[:].set_visible(False)


def _note(weights: NDArray[np.float64], shown: NDArray[np.float64]) -> str:
    """What the picture shows of the kernels."""
    outputs, inputs, tall, wide = weights.shape
    notes = [f"{outputs} output x {inputs} input maps, kernels {tall}x{wide}"]
    if shown.shape[:2] != weights.shape[:2]:
        notes.append(f"the first {shown.shape[0]} x {shown.shape[1]} are shown")
    if (shown == 0).all(axis=(2, 3)).any() and inputs not in (1, 3):
        notes.append("grey: not connected")
    return "; ".join(notes)

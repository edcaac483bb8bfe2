"""Points in a plane, coloured by what they are, with a legend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from papernets.draw.canvas import GREY, INK, MARGIN, names_note, place, sheet, style, told_apart

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# P. Green-Armytage, A Colour Alphabet (2010), those that are told apart on white.
COLOURS = (
    *("#0075DC", "#F0A3FF", "#993F00", "#4C005C", "#2BCE48", "#FFA405", "#FF0010", "#5EF1F2"),
    *("#191919", "#9DCC00", "#C20088", "#003380", "#00998F", "#740AFF", "#990000", "#FFCC99"),
    *("#94FFB5", "#8F7C00", "#005C31", "#426600"),
)
SIDE = 6.0  # inches
MOST = len(COLOURS)
RING: Any = {"facecolors": "none", "edgecolors": INK, "linewidths": 0.7}


def colours_of(places: Sequence[int]) -> dict[int, str]:
    """A colour for each class, by its place; beyond the last colour all are grey."""
    return {p: COLOURS[at] if at < MOST else "#A0A0A0" for at, p in enumerate(places)}


@style()
def plane_figure(
    points: NDArray[np.float64],
    labels: NDArray[np.int64],
    classes: Sequence[str],
    wrong: NDArray[np.bool_] | None = None,
    *,
    title: str = "",
    note: str = "",
) -> Figure:
    """Points (N, 2) in the colours of their labels (N,); those that are `wrong` have a ring.

    ValueError for other shapes, and for no points.
    """
    if points.ndim != 2 or points.shape[1] != 2 or not len(points) or len(labels) != len(points):
        raise ValueError(f"points {points.shape} with {len(labels)} labels: give (N, 2) and (N,)")
    there, counts = np.unique(labels, return_counts=True)
    most = [int(there[at]) for at in np.argsort(-counts, kind="stable")]
    colours = colours_of(sorted(most[:MOST]) + most[MOST:])
    names = told_apart(classes)
    lost = names_note([classes[p] for p in most])
    figure = sheet(SIDE + 2 * MARGIN + 1.7, SIDE + MARGIN, title, f"{note} {lost}".strip())
    axes = place(figure, MARGIN, MARGIN, SIDE, SIDE)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(visible=True, color=GREY)
    size = float(np.clip(9000 / len(points), 4, 40))
    order = np.random.default_rng(0).permutation(len(points))  # so that no class lies on top
    shade = [colours[int(label)] for label in labels[order]]
    axes.scatter(points[order, 0], points[order, 1], s=size, c=shade, linewidths=0, alpha=0.85)
    if wrong is not None and wrong.any():
        axes.scatter(points[wrong, 0], points[wrong, 1], s=2.2 * size, **RING)
    for place_, colour in sorted(colours.items()) if len(colours) <= MOST else colours.items():
        if colour != "#A0A0A0":
            axes.scatter([], [], c=colour, s=30, label=names[place_])
    if len(colours) > MOST:
        axes.scatter([], [], c="#A0A0A0", s=30, label=f"{len(colours) - MOST} other classes")
    if wrong is not None and wrong.any():
        axes.scatter([], [], s=40, label=f"{int(wrong.sum())} wrong", **RING)
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0)
    return figure

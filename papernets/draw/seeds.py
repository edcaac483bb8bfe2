"""The test errors of several seeds as a picture: each with its interval, and their mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from papernets.draw.canvas import BLUE, INK, VERMILION, percent, place, sheet, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, ROW, LEFT, RIGHT, FOOT = 8.0, 0.34, 1.2, 1.5, 0.6  # inches
Interval = tuple[float, float]


@style()
def seeds_figure(
    seeds: Sequence[int],
    errors: Sequence[float],
    intervals: Sequence[Interval],
    *,
    title: str,
    mean: float,
    over_seeds: Interval | None,
) -> Figure:
    """A row a seed: its test error (a fraction) with the interval of its pictures; then the mean.

    `over_seeds` is the interval of the mean. ValueError where lengths differ or there is no seed.
    """
    if not seeds or not len(seeds) == len(errors) == len(intervals):
        raise ValueError("each seed needs its error and the interval of that")
    rows = len(seeds) + 1
    figure = sheet(WIDTH, rows * ROW + FOOT + 0.15, title, "bars are 95 % intervals")
    panel = place(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, rows * ROW)
    lines = [*zip(errors, intervals, strict=True), (mean, over_seeds)]
    names = [*(f"seed {seed}" for seed in seeds), "mean over seeds"]
    for at, (error, interval) in enumerate(lines):
        last = at == rows - 1
        colour = VERMILION if last else BLUE
        if interval:
            low, high = (100 * end for end in interval)
            panel.plot([low, high], [at, at], color=colour, linewidth=2.2 if last else 1.2)
        panel.plot([100 * error], [at], marker="D" if last else "o", color=colour, markersize=5)
        panel.annotate(
            percent(error), (1, at), (8, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", va="center", fontsize=8, color=INK, annotation_clip=False,
        )  # fmt: skip
    panel.axvline(100 * mean, color=VERMILION, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
    panel.set_yticks(range(rows), names)
    panel.set_ylim(rows - 0.5, -0.5)
    panel.set_xlim(left=0)
    panel.set_xlabel("Test error (%)")
    return figure

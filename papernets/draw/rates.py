"""A learning-rate range test as a picture: the loss over rates that rise, and what it suggests."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import TYPE_CHECKING, Any

import numpy as np

from papernets.draw.canvas import BLUE, GREY, INK, VERMILION, number, place, sheet, style
from papernets.draw.legend import flow, legend, tall

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, TALL, LEFT, RIGHT, FOOT = 8.0, 3.4, 0.95, 0.3, 0.6  # inches
ABOVE = 1.6
"""The largest loss that is drawn, of that at the start or the median: explosions are cut off."""


@style()
def rates_figure(
    rates: Sequence[float],
    losses: Sequence[float],
    smooth: Sequence[float],
    *,
    title: str,
    suggested: float,
    steepest: float,
    least: float,
) -> Figure:
    """The loss of each step and the smoothed one over the rate, on a logarithmic axis.

    Lines stand at the `suggested` rate (0: none), where the loss falls fastest (`steepest`), and
    where it is `least`. ValueError where there is no step, or lengths differ.
    """
    if not rates or not len(rates) == len(losses) == len(smooth):
        raise ValueError("a range test needs steps, each with a rate, a loss and a smoothed loss")
    marks: list[tuple[str, float, str, Any]] = [
        ("falls fastest", steepest, GREY, (0, (1, 2))),
        ("least loss", least, GREY, (0, (5, 3))),
    ]
    if suggested:
        marks.append(("suggested", suggested, VERMILION, "solid"))
    labels = [f"{name}: {number(float(f'{at:.2g}'))}" for name, at, _, _ in marks]
    keys = flow(["loss of each step", "smoothed", *labels], WIDTH - LEFT - RIGHT)
    strip = sum(map(tall, keys))
    figure = sheet(WIDTH, TALL + strip + FOOT, title, f"{len(rates):,} steps")
    panel = place(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, TALL)
    panel.set_xscale("log")
    drawn: list[Any] = panel.plot(
        rates, losses, color=GREY, linewidth=0.8, label="loss of each step"
    )
    drawn += panel.plot(rates, smooth, color=BLUE, linewidth=1.8, label="smoothed")
    for (_, at, colour, dashes), label in zip(marks, labels, strict=True):
        drawn.append(panel.axvline(at, color=colour, linestyle=dashes, linewidth=1.3, label=label))
    values = np.array(smooth)
    low, high = float(min(values.min(), *losses)), ABOVE * float(max(values[0], np.median(values)))
    panel.set_ylim(low - 0.08 * (high - low), high)
    panel.set_xlim(rates[0], rates[-1])
    ticks = [10.0**power for power in range(round(log10(rates[0])), round(log10(rates[-1])) + 1)]
    panel.set_xticks(ticks, [number(tick) for tick in ticks])
    panel.tick_params(axis="x", which="minor", bottom=False)
    panel.set_xlabel("Learning rate (log scale)", color=INK)
    panel.set_ylabel("Loss")
    legend(panel, drawn, keys, LEFT)
    return figure

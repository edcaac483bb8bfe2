"""The axes of a run's course: linear or logarithmic, a tick for each rate, one for all epochs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from papernets.draw.canvas import GREY, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def tick_each(panel: Axes, rates: NDArray[np.float64], inches: float) -> None:
    """A few rates on a logarithmic axis, so long, have a tick each if their numbers do not meet."""
    from matplotlib.ticker import FixedLocator

    if panel.get_yscale() != "log" or len(rates) < 2:
        return
    low, high = panel.get_ylim()
    inch = inches * np.diff(np.log10(rates)) / log10(high / low)
    if inch.min() >= 0.17:
        panel.yaxis.set_major_locator(FixedLocator(rates.tolist()))


def scale(
    panel: Axes,
    values: Sequence[NDArray[np.float64]],
    *,
    from_zero: bool,
    logarithmic: bool = True,
    most: int = 7,
) -> None:
    """A logarithmic axis where the values span a factor of ten or more, else a linear one.

    A zero among them has its own place at the foot of the logarithmic axis.
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

    every = np.concatenate(values)
    every = every[np.isfinite(every)]
    low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
    positive = every[every > 0]
    if logarithmic and low >= 0 and len(positive) and high >= 10 * positive.min():
        least = float(positive.min())
        ticks = _decades(least, high, most)
        if low == 0:
            panel.set_yscale("symlog", linthresh=least, linscale=0.4)
            panel.set_ylim(-0.15 * least, high * 1.25)
            ticks = [0.0, *ticks]
        else:
            panel.set_yscale("log")
            panel.set_ylim(least / 1.25, high * 1.25)
        panel.yaxis.set_major_locator(FixedLocator(ticks))
        panel.yaxis.set_minor_locator(NullLocator())
    else:
        span = high - low or abs(high) or 1.0
        foot = 0.0 if low > 0 and (from_zero or low == high) else low - 0.06 * span
        panel.set_ylim(foot, high + 0.1 * ((high - foot) or span))
        panel.yaxis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
    panel.grid(axis="y")


def _decades(low: float, high: float, most: int) -> list[float]:
    """Round numbers between `low` and `high` for a logarithmic axis, at most about `most`."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [float(f"{step}e{power}") for power in powers for step in steps]
        ticks = [tick for tick in ticks if low / 1.2 <= tick <= high * 1.2]
        if len(ticks) <= most:
            return ticks
    return ticks[:: ceil(len(ticks) / most)]


def share_epochs(
    panels: Sequence[Axes], epochs: NDArray[np.float64], chosen: int | None, room: float
) -> None:
    """One epoch axis for all panels, numbered below the last, with the best epoch's line.

    `room`: the inches that a panel is wide.
    """
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    first, last = float(epochs.min()), float(epochs.max())
    pad = max(0.5, 0.015 * (last - first))
    for panel in panels:
        panel.set_xlim(first - pad, last + pad)
        panel.xaxis.set_major_locator(
            MaxNLocator(10, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10])
        )
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        panel.yaxis.set_label_coords(-0.68 / room, 0.5)
        panel.yaxis.label.set(verticalalignment="center", multialignment="center")
        panel.tick_params(length=2.5, labelbottom=panel is panels[-1])
        if chosen is not None:
            panel.axvline(chosen, color=GREY, linestyle=":", linewidth=0.9, zorder=0.9)

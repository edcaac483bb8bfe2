"""A learning-rate range test as a picture: the loss over rates that rise, and what it suggests."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from papernets.draw.canvas import BLUE, GREY, INK, VERMILION, number, place, power, sheet, style
from papernets.draw.legend import flow, legend, tall
from papernets.words import plural

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
    steepest: float | None,
    least: float | None,
) -> Figure:
    """The loss of each step and the smoothed one over the rate, on a logarithmic axis.

    Lines stand at the `suggested` rate (0: none), where the loss falls fastest (`steepest`), and
    where it is `least`; None: a test that ended too early to say it. ValueError where there is no
    step, or lengths differ.
    """
    if not rates or not len(rates) == len(losses) == len(smooth):
        raise ValueError("a range test needs steps, each with a rate, a loss and a smoothed loss")
    marks: list[tuple[str, float, str, Any]] = []
    if steepest is not None:
        marks.append(("falls fastest", steepest, GREY, (0, (1, 2))))
    if least is not None:
        marks.append(("least loss", least, GREY, (0, (5, 3))))
    if suggested:
        marks.append(("suggested", suggested, VERMILION, "solid"))
    labels = [f"{name}: {number(float(f'{at:.2g}'))}" for name, at, _, _ in marks]
    keys = flow(["loss of each step", "smoothed", *labels], WIDTH - LEFT - RIGHT)
    strip = sum(map(tall, keys))
    ended = "" if marks else "; it ended too early to suggest a rate"
    figure = sheet(WIDTH, TALL + strip + FOOT, title, f"{plural(len(rates), 'step')}{ended}")
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
    panel.set_xlim(rates[0], rates[-1] if len(rates) > 1 else 2 * rates[0])
    panel.set_xticks(*_ticks(*panel.get_xlim()))
    panel.tick_params(axis="x", which="minor", bottom=False)
    panel.set_xlabel("Learning rate (log scale)", color=INK)
    panel.set_ylabel("Loss")
    legend(panel, drawn, keys, LEFT)
    return figure


def _ticks(low: float, high: float) -> tuple[list[float], list[str]]:
    """Places and labels on an axis of rates: each power of ten, all written in one way.

    Where it has fewer than two of these, its ends.
    """
    powers = range(ceil(log10(low) - 0.01), floor(log10(high) + 0.01) + 1)
    if len(powers) < 2:
        ends = [float(f"{at:.2g}") for at in (low, high)]
        return [low, high], [number(at) for at in ends]
    places = [10.0**one for one in powers]
    plain = all(
        label.replace(",", "").replace(".", "").isdecimal() for label in map(number, places)
    )
    return places, [
        number(at) if plain else power(one) for at, one in zip(places, powers, strict=True)
    ]

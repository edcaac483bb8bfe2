"""The errors of a claim's trainings by epoch, in one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..draw.canvas import GREY, place, sheet, style
from ..draw.legend import flow, legend, tall
from .claim import Measured

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

# M. Okabe and K. Ito, Color Universal Design (2002)
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8C7A00", "#56B4E9")
WIDTH, LEFT, RIGHT, PANEL, FOOT = 7.0, 0.8, 0.2, 3.2, 0.55  # inches


@style()
def error_curves(
    found: Mapping[str, Sequence[Measured]], title: str, verdict: str, reach: float = 0.0
) -> Figure | None:
    """Held-out errors as lines, training errors dashed, a colour an arm, a line a training.

    Under the claim stands what was found: it may disagree. `reach`, an error as a fraction, is
    marked where the claim is about when it is reached. None where no training has an epoch.
    """
    from matplotlib.ticker import MaxNLocator

    arms = {arm: [one for one in several if one.val_errors] for arm, several in found.items()}
    arms = {arm: several for arm, several in arms.items() if several}
    if not arms:
        return None
    dashed = any(one.train_errors for several in arms.values() for one in several)
    labels = [*arms, *(["dashed: training error"] if dashed else [])]
    keys = flow(labels, WIDTH - LEFT - RIGHT)
    height = PANEL + sum(map(tall, keys)) + FOOT + 0.06
    told = f"found here: {verdict}. Held-out error by epoch, a line for each training"
    figure = sheet(WIDTH, height, title, told)
    panel = place(figure, LEFT, FOOT, WIDTH - LEFT - RIGHT, PANEL)
    drawn: list[Line2D] = []
    for at, (arm, several) in enumerate(arms.items()):
        colour = COLOURS[at % len(COLOURS)]
        for number, one in enumerate(several):
            for curve, dashes in ((one.val_errors, "-"), (one.train_errors, "--")):
                line = panel.plot(
                    range(1, len(curve) + 1),
                    [100 * value for value in curve],
                    color=colour,
                    linestyle=dashes,
                    linewidth=1.4 if dashes == "-" else 1.0,
                    marker="o" if len(curve) == 1 else "",
                    markerfacecolor=colour if dashes == "-" else "white",
                    label=arm,
                )
                drawn += line if number == 0 and dashes == "-" else []
    if reach:
        panel.axhline(100 * reach, color=GREY, linewidth=0.8)
    if dashed:
        drawn += panel.plot([], [], color=GREY, linestyle="--", label=labels[-1])
    panel.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    every = [one for several in arms.values() for one in several]
    if max(len(one.val_errors) for one in every) == 1:
        panel.set_xlim(0.5, 1.5)
    highest = max(max((*one.val_errors, *one.train_errors)) for one in every)
    panel.set_ylim(0, 105 * highest or 1)
    panel.set_ylabel("Error (%)")
    panel.set_xlabel("Epoch")
    panel.grid(axis="y")
    legend(panel, drawn, keys, LEFT)
    return figure

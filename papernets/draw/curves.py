"""A run's course: error, loss and learning rate over the epochs, from the rows of log.jsonl."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from papernets.draw.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    VERMILION,
    percent,
    place,
    plain,
    sheet,
    shorten,
    style,
)
from papernets.words import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 8.0  # inches, as are the panels' heights
PANELS = {"error": 2.5, "loss": 2.0, "rate": 0.75}
LEGEND, GAP, FOOT, LEFT, RIGHT = 0.25, 0.12, 0.55, 0.95, 0.25
STEPS = 8  # a schedule of at most so many learning rates goes by factors, so its axis too
NEEDED = ("epoch", "train_loss", "val_loss", "val_error", "learning_rate")


@style()
def curves_figure(
    log: Sequence[Mapping[str, Any]],
    *,
    title: str,
    paper_error: float | None = None,
    paper_note: str = "",
    best: int | None = None,
) -> Figure:
    """Error in per cent, loss and learning rate in three panels, the best epoch marked.

    `paper_error` is a fraction, drawn as a dashed line; `paper_note` is written beside it and says
    what it was measured on where that is another data set. `best` is the chosen epoch's number, and
    the label says where its loss chose it among equal errors; without it, the first epoch with the
    lowest validation error. A row of epoch 0 is what the training began with. Values that are not
    finite leave a gap. An empty log, or a row without one of the NEEDED keys, is a ValueError.
    """
    column = _columns(log)
    epochs, chosen = column["epoch"], _best(column["epoch"], column["val_error"], best)
    error = 100 * column["val_error"]
    ring = "" if chosen is None else f"best: epoch {chosen}, {_percent_at(error, epochs, chosen)}"
    if best is not None and (error == error[epochs == best][0]).sum() > 1:
        ring += _of_equals(column["val_error"], column["val_loss"], epochs == best)
    paper = "" if paper_error is None else f"the paper's test error: {percent(paper_error)}"
    paper = shorten(plain(f"{paper}, {paper_note}" if paper and paper_note else paper), 150)
    crowded = len(ring) + len(paper) > 80  # then the legend takes two lines
    height = sum(PANELS.values()) + (2 + crowded) * LEGEND + 2 * GAP + FOOT
    figure = sheet(WIDTH, height, title, _summary(log))
    panels: dict[str, Axes] = {}
    top = height
    for name, tall in PANELS.items():
        top -= tall + {"error": (1 + crowded) * LEGEND, "loss": LEGEND, "rate": 0}[name]
        panels[name] = place(figure, LEFT, top, WIDTH - LEFT - RIGHT, tall)
        panels[name].set_gid(name)
        top -= GAP
    mark: dict[str, Any] = {"marker": "o", "markersize": 3.5} if len(epochs) <= 40 else {}
    line: dict[str, Any] = {"linewidth": 1.6, **mark}

    panel = panels["error"]
    panel.plot(epochs, error, color=VERMILION, label="validation error", **line)
    if chosen is not None:
        _mark_best(panel, chosen, float(error[epochs == chosen][0]), ring)
    if paper_error is not None:
        name, dashes = "\n".join(textwrap.wrap(paper, 76)), (0, (5, 3))
        panel.axhline(
            100 * paper_error, color=INK, linestyle=dashes, linewidth=1.1, label=name, gid="paper"
        )
    _scale(panel, [error, np.array([100 * (paper_error or np.nan)])], from_zero=True)
    panel.set_ylabel("Error (%)" if panel.get_yscale() == "linear" else "Error (%, log scale)")
    _legend(panel, 2 if crowded else 3)

    panel, losses = panels["loss"], (column["train_loss"], column["val_loss"])
    panel.plot(epochs, losses[0], color=BLUE, label="training loss", **line)
    panel.plot(epochs, losses[1], color=VERMILION, label="validation loss", **line)
    _scale(panel, losses, from_zero=False)
    panel.set_ylabel("Loss" if panel.get_yscale() == "linear" else "Loss (log scale)")
    _legend(panel, 2)

    panel, rate = panels["rate"], column["learning_rate"]
    panel.plot(epochs, rate, color=GREEN, drawstyle="steps-mid", **line)
    few = len(np.unique(rate[np.isfinite(rate)])) <= STEPS
    _scale(panel, [rate], from_zero=True, logarithmic=few and bool(np.nanmin(rate) > 0), most=3)
    panel.set_ylabel("Learning\nrate")
    panel.set_xlabel("Epoch")
    _share_epochs(list(panels.values()), epochs, chosen)
    return figure


def _percent_at(error: NDArray[np.float64], epochs: NDArray[np.float64], epoch: int) -> str:
    value = float(error[epochs == epoch][0])
    return percent(value / 100) if np.isfinite(value) else "not a number"


def _of_equals(
    error: NDArray[np.float64], loss: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> str:
    """Why an epoch was chosen among those with its error, where that is the least: by its loss."""
    equals = error == error[chosen][0]
    least = error[chosen][0] == np.nanmin(error) and loss[chosen][0] == np.nanmin(loss[equals])
    return ", of equal errors the lowest loss" if least else ""


def _mark_best(panel: Axes, epoch: int, error: float, label: str) -> None:
    """A ring around the chosen epoch's error (per cent), named in the legend."""
    panel.plot(
        [epoch],
        [error],
        linestyle="none",
        marker="o",
        markersize=9,
        markerfacecolor="none",
        markeredgecolor=INK,
        markeredgewidth=1.4,
        label=label,
        gid="best",
        clip_on=False,
        zorder=5,
    )


def _columns(log: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[np.float64]]:
    """The NEEDED keys as arrays; what is not finite becomes NaN, which matplotlib leaves out."""
    if not log:
        raise ValueError("no epoch to draw: the log is empty")
    for number, row in enumerate(log, 1):
        missing = [key for key in NEEDED if row.get(key) is None]
        if missing:
            raise ValueError(f"row {number} of the log has no {', '.join(missing)}")
    columns = {key: np.array([row[key] for row in log], dtype=np.float64) for key in NEEDED}
    return {key: np.where(np.isfinite(values), values, np.nan) for key, values in columns.items()}


def _best(epochs: NDArray[np.float64], error: NDArray[np.float64], best: int | None) -> int | None:
    """The number of the epoch to mark; None where no error is finite."""
    if best is not None:
        if best not in epochs:
            raise ValueError(f"epoch {best} is not in the log, which has {len(epochs)} epochs")
        return best
    return None if np.isnan(error).all() else int(epochs[np.nanargmin(error)])


def _summary(log: Sequence[Mapping[str, Any]]) -> str:
    """How long it took, where the rows say so."""
    log = [row for row in log if row["epoch"]]
    epochs = plural(len(log), "epoch")
    if any(row.get(key) is None for row in log for key in ("seconds", "images_per_second")):
        return epochs
    seconds = sum(float(row["seconds"]) for row in log)
    speed = float(np.median([row["images_per_second"] for row in log]))
    took = f"{seconds:.3g} s" if seconds < 120 else f"{seconds / 60:.3g} min"
    return (
        f"{epochs}, {took} of training at {float(f'{speed:.2g}'):,.0f} pictures a second (median)"
    )


def _scale(
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
    panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.6g}"))
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


def _legend(panel: Axes, columns: int) -> None:
    """The legend in the strip above the panel, where no curve can be."""
    panel.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns,
        borderpad=0.3,
        borderaxespad=0,
        columnspacing=1.6,
        handlelength=2.2,
    )


def _share_epochs(panels: Sequence[Axes], epochs: NDArray[np.float64], chosen: int | None) -> None:
    """One epoch axis for all panels, numbered below the last, with the best epoch's line."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    first, last = float(epochs.min()), float(epochs.max())
    pad = max(0.5, 0.015 * (last - first))
    for panel in panels:
        panel.set_xlim(first - pad, last + pad)
        panel.xaxis.set_major_locator(
            MaxNLocator(10, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10])
        )
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
        panel.yaxis.set_label_coords(-0.68 / (WIDTH - LEFT - RIGHT), 0.5)
        panel.yaxis.label.set(verticalalignment="center", multialignment="center")
        panel.tick_params(length=2.5, labelbottom=panel is panels[-1])
        if chosen is not None:
            panel.axvline(chosen, color=GREY, linestyle=":", linewidth=0.9, zorder=0.9)

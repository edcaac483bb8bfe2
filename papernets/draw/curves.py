"""A run's course: error, loss and learning rate over the epochs, from the rows of log.jsonl."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from papernets.draw.axes import scale, share_epochs, tick_each
from papernets.draw.canvas import (
    BLUE,
    GREEN,
    GREY,
    INK,
    VERMILION,
    number,
    percent,
    place,
    plain,
    sheet,
    shorten,
    style,
)
from papernets.draw.legend import Key, flow, legend, tall
from papernets.words import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

WIDTH = 8.0  # inches, as are the panels' heights
PANELS = {"error": 2.5, "loss": 2.0, "rate": 0.9}
GAP, FOOT, LEFT, RIGHT = 0.12, 0.55, 0.95, 0.25
STEPS = 8  # a schedule of at most so many learning rates goes by factors, so its axis too
NEEDED = ("epoch", "train_loss", "val_loss", "val_error", "learning_rate")
HELD_OUT = ("val_loss", "val_error")
"""Of these, what may be None: in a run that held nothing out."""


@style()
def curves_figure(
    log: Sequence[Mapping[str, Any]],
    *,
    title: str,
    paper_error: float | None = None,
    paper_note: str = "",
    best: int | None = None,
    last: bool = False,
) -> Figure:
    """Error in per cent, loss and learning rate in three panels, the best epoch marked.

    `paper_error` is a fraction, drawn as a dashed line; `paper_note` is written beside it and says
    what it was measured on where that is another data set. `best` is the chosen epoch's number, and
    the label says where its loss chose it among equal errors; without it, the first epoch with the
    lowest validation error. `last`: it was not chosen among all, and is
    called kept. A row of epoch 0 is what the training began with. Values that are not finite leave
    a gap; so does an epoch without a `train_error`, of an earlier version. Where nothing was held
    out, the training error and loss are drawn alone. An empty log, or a row
    without one of the NEEDED keys, is a ValueError.
    """
    column = _columns(log)
    trained = 100 * np.array([_train_error(row) for row in log])
    held = any(row["val_error"] is not None for row in log)
    error = 100 * column["val_error"] if held else trained
    epochs, chosen = column["epoch"], _best(column["epoch"], error, best)
    of_held, of_trained = ("validation error", VERMILION), ("training error", BLUE)
    name, colour = of_held if held else of_trained
    trained_word = "training error" if held and np.isfinite(trained).any() else ""
    word = "kept" if last else "best"
    ring = ""
    if chosen is not None:
        ring = f"{word}: epoch {chosen:,}, {_percent_at(error, epochs, chosen)}"
    if best is not None and not last and (error == error[epochs == best][0]).sum() > 1:
        ring += _of_equals(column["val_error"], column["val_loss"], epochs == best)
    paper = "" if paper_error is None else f"the paper's test error: {percent(paper_error)}"
    paper = shorten(plain(f"{paper}, {paper_note}" if paper and paper_note else paper), 300)
    room = WIDTH - LEFT - RIGHT
    keys: dict[str, list[list[Key]]] = {
        "error": flow([name, *filter(None, (trained_word, ring, paper))], room),
        "loss": flow(["training loss", *(["validation loss"] if held else [])], room),
        "rate": [],
    }
    strips = {name: sum(map(tall, rows)) for name, rows in keys.items()}
    strips["error"] += 0.06  # from the heading
    height = sum(PANELS.values()) + sum(strips.values()) + 2 * GAP + FOOT
    figure = sheet(WIDTH, height, title, _summary(log))
    panels: dict[str, Axes] = {}
    top = height
    for name, inches in PANELS.items():
        top -= inches + strips[name]
        panels[name] = place(figure, LEFT, top, room, inches)
        panels[name].set_gid(name)
        top -= GAP
    mark: dict[str, Any] = {"marker": "o", "markersize": 3.5} if len(epochs) <= 40 else {}
    line: dict[str, Any] = {"linewidth": 1.6, **mark}

    panel = panels["error"]
    drawn = panel.plot(epochs, error, color=colour, label=name, **line)
    if trained_word:
        drawn += panel.plot(epochs, trained, color=BLUE, label=trained_word, **line)
    if chosen is not None:
        drawn += _mark_best(panel, chosen, float(error[epochs == chosen][0]), ring)
    if paper_error is not None:
        dashes: Any = {"linestyle": (0, (5, 3)), "linewidth": 1.1}
        at = 100 * paper_error
        drawn.append(panel.axhline(at, color=INK, label=paper, gid="paper", **dashes))
    lone = len(epochs) == 1
    scale(panel, [error, trained, np.array([100 * (paper_error or np.nan)])], from_zero=True)
    panel.set_ylabel(_named(panel, "Error", "%"))
    legend(panel, drawn, keys["error"], LEFT)

    panel, losses = panels["loss"], (column["train_loss"], column["val_loss"])
    drawn = panel.plot(epochs, losses[0], color=BLUE, label="training loss", **line)
    if held:
        drawn += panel.plot(epochs, losses[1], color=VERMILION, label="validation loss", **line)
    scale(panel, losses, from_zero=lone)
    panel.set_ylabel(_named(panel, "Loss"))
    legend(panel, drawn, keys["loss"], LEFT)

    panel, rate = panels["rate"], column["learning_rate"]
    rates = np.unique(rate[np.isfinite(rate)])
    steps = "steps-mid" if np.isfinite(rate).sum() > 1 else "default"
    panel.plot(epochs, rate, color=GREEN, drawstyle=steps, **line)
    few = 0 < len(rates) <= STEPS and bool(rates.min() > 0)
    scale(panel, [rate], from_zero=True, logarithmic=few, most=4)
    tick_each(panel, rates, PANELS["rate"])
    panel.set_ylabel(_named(panel, "Learning rate"), fontsize=8)
    panel.set_xlabel("Epoch")
    for panel in panels.values():
        _values(panel, lone)
    share_epochs(list(panels.values()), epochs, chosen, room)
    return figure


def _train_error(row: Mapping[str, Any]) -> float:
    """The error in training, a fraction; NaN of an epoch whose log has none."""
    value = row.get("train_error")
    return float(value) if isinstance(value, int | float) else float("nan")


def _named(panel: Axes, what: str, unit: str = "") -> str:
    """An axis's label, which says its unit and that its scale is logarithmic."""
    scale = "" if panel.get_yscale() == "linear" else "log scale"
    beside = ", ".join(filter(None, (unit, scale)))
    apart = "\n" if what == "Learning rate" else " "
    return f"{what}{apart}({beside})" if beside else what.replace(" ", apart)


def _values(panel: Axes, lone: bool) -> None:
    """The values beside the points of a run of one epoch; words where there is nothing to draw."""
    lines = [line for line in panel.lines if line.get_gid() not in ("best", "paper")]
    points = [(float(line.get_xdata()[-1]), float(line.get_ydata()[-1])) for line in lines]  # type: ignore
    every = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in lines])
    if not np.isfinite(every).any():
        where: Any = {"transform": panel.transAxes, "ha": "center", "va": "center"}
        panel.text(0.5, 0.5, "no value is a finite number", color=GREY, fontsize=8, **where)
        return
    seen: list[float] = []
    for x, y in points if lone else []:
        if np.isfinite(y):
            low, high = (
                panel.transData.transform((x, at))[1] for at in (y, seen[0] if seen else y)
            )
            side = -1 if seen and abs(low - high) < 15 else 1  # two points that nearly meet
            panel.annotate(
                f"{y:.4g}" if 1e-4 <= abs(y) < 1e6 or y == 0 else number(float(f"{y:.3g}")),
                (x, y),
                (8 * side, 0),
                textcoords="offset points",
                ha="left" if side > 0 else "right",
                va="center",
                fontsize=8,
                gid="value",
            )
            seen.append(y)


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


def _mark_best(panel: Axes, epoch: int, error: float, label: str) -> list[Line2D]:
    """A ring around the chosen epoch's error (per cent), named in the legend."""
    return panel.plot(
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
    for at, row in enumerate(log, 1):
        missing = [key for key in NEEDED if row.get(key) is None]
        if all(row.get(key, 0) is None for key in HELD_OUT):
            missing = [key for key in missing if key not in HELD_OUT]
        if missing:
            raise ValueError(f"row {at} of the log has no {', '.join(missing)}")
    columns = {key: np.array([row[key] for row in log], dtype=np.float64) for key in NEEDED}
    return {key: np.where(np.isfinite(values), values, np.nan) for key, values in columns.items()}


def _best(epochs: NDArray[np.float64], error: NDArray[np.float64], best: int | None) -> int | None:
    """The number of the epoch to mark; None where no error is finite."""
    if best is not None:
        if best not in epochs:
            raise ValueError(
                f"epoch {best} is not in the log, which has {plural(len(epochs), 'epoch')}"
            )
        return best
    return None if np.isnan(error).all() else int(epochs[np.nanargmin(error)])


def _summary(log: Sequence[Mapping[str, Any]]) -> str:
    """How long it took, where the rows say so."""
    looked = [row for row in log if row["val_error"] is not None]
    lost = sum(not np.isfinite(row["val_error"] + row["val_loss"]) for row in looked)
    log = [row for row in log if row["epoch"]]
    epochs = plural(len(log), "epoch")
    if lost:
        epochs += f", {lost:,} of them without a finite number"
    if any(row.get(key) is None for row in log for key in ("seconds", "images_per_second")):
        return epochs
    seconds = sum(float(row["seconds"]) for row in log)
    speed = float(np.median([row["images_per_second"] for row in log]))
    took = f"{seconds:.3g} s" if seconds < 120 else f"{seconds / 60:.3g} min"
    rounded = float(f"{speed:.2g}")
    per = f"{rounded:,.0f} pictures a second" if rounded >= 2 else f"{speed:.2g} a second"
    return f"{epochs}, {took} of training at {per} (median)"

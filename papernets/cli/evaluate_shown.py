"""What evaluate prints for people: the error, how pictures were shown, the classes, the matrix."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ..words import listed, percent
from . import screen
from .runtimes import TORCH

if TYPE_CHECKING:
    from ..evaluate.metrics import ClassScore
    from ..evaluate.report import Report

MATRIX = 25  # classes: with more, the matrix is only drawn
CLASSES = 40  # on a terminal; with more, the worst are printed
INTERVAL = "95 % interval"  # of the error, for classes of few pictures
CONFUSION = "confusion.png"


def show(found: Report) -> None:
    """Print a report for people."""
    part = "all pictures" if found.part == "all" else f"{found.part} part"
    name = found.protocol.name
    how = "" if name == "centre" else f", {name}"
    several = f" with {len(found.others)} more" if found.others else ""
    ran = found.runtime
    how += "" if ran.name == TORCH else f", by {ran.name}"
    screen.prose(f"{found.network}{several} on {found.data}, {part}{how}: {found.score}")
    if not screen.QUIET:
        _beside(found)
    early = found.early_exit
    if early is not None:
        if early.margin is None:
            screen.prose(f"All {early.networks} networks ran on every picture.")
        else:
            screen.prose(
                f"The first of {early.networks} networks answered alone on "
                f"{percent(1 - early.others_asked)} of the pictures; the others ran on "
                f"{percent(early.others_asked)}. All on every picture: "
                f"{percent(early.error_without)} error."
            )
    for line in found.notes:
        screen.note(line)
    for line in found.skipped[:10]:
        screen.note(f"skipped: {screen.printable(line)}")
    if len(found.skipped) > 10:
        screen.note(f"skipped: {len(found.skipped) - 10:,} more (report.json has them all)")
    if screen.QUIET:
        return
    _classes(found)
    _matrix(found)


def _beside(found: Report) -> None:
    """What an error stands beside: guessing, calibration, how pictures were shown and by whom."""
    if found.balance is not None:
        screen.prose(f"{found.balance}.")
    if found.calibration is not None:
        known = found.calibration
        screen.prose(
            f"Loss {known.loss:.4g}; expected calibration error {percent(known.expected_error)}; "
            f"Brier score {known.brier:.4g}."
        )
    centre = found.protocol.name == "centre"
    how = "centre: one view of each picture" if centre else found.protocol.words
    screen.prose(f"Protocol {how}.")
    if found.runtime.name != TORCH or found.runtime.chosen:
        screen.prose(f"Runtime {found.runtime.words()}.")
    if found.others:
        what = {"softmax": "softmax outputs", "logits": "logits"}[found.protocol.average]
        screen.prose(f"With {listed(found.others, 10)}; {what} averaged.")


def _classes(found: Report) -> None:
    """The table of the classes; on a terminal no more of them than can be looked at."""
    classes = list(found.per_class)
    if len(classes) > CLASSES and screen.terminal():
        classes.sort(key=lambda one: -(one.error or 0))
        screen.heading(f"The {CLASSES // 2} worst of {len(classes):,} classes, in per cent")
        classes = classes[: CLASSES // 2]
    else:
        screen.heading("Classes, in per cent")
    columns: tuple[str, ...] = (
        "class", "pictures", "error", "precision", "recall", "f1", "confused with",
    )  # fmt: skip
    rows: list[tuple[str, ...]] = [
        (
            screen.printable(one.name),
            f"{one.images:,}",
            *(_share(value) for value in (one.error, one.precision, one.recall, one.f1)),
            screen.printable(one.most_confused_with or ""),
        )
        for one in classes
    ]
    if any(_interval(one) for one in classes):
        columns = (*columns[:3], INTERVAL, *columns[3:])
        rows = [
            (*row[:3], _interval(one), *row[3:]) for row, one in zip(rows, classes, strict=True)
        ]
    screen.table(columns, rows)


def _interval(one: ClassScore) -> str:
    """The 95 % interval of a class's error where it has few pictures, in per cent."""
    from ..evaluate.metrics import FEW, interval

    if one.error is None or one.images >= FEW:
        return ""
    low, high = interval(round(one.error * one.images), one.images)
    return f"{100 * low:.2f} to {100 * high:.2f}"


def _matrix(found: Report) -> None:
    """The confusion matrix where it fits, with letters above it where names are long."""
    from rich.cells import cell_len, set_cell_size
    from rich.text import Text

    counts, n = found.confusion, len(found.classes)
    if n > MATRIX:
        return
    names = [screen.printable(name) for name in found.classes]
    heads = list(names)
    if any(len(name) > 4 for name in names):
        heads = [chr(ord("a") + at) for at in range(n)]
        names = [f"{head} = {name}" for head, name in zip(heads, names, strict=True)]
    cells = [[str(count) if count else "." for count in row] for row in counts]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    first = max(map(cell_len, names))
    room = shutil.get_terminal_size().columns if screen.terminal() else 10**9
    gap = 2 if first + sum(widths) + 2 * n <= room else 1
    screen.heading("Confusion matrix: true classes down, answers across")
    if (needed := first + sum(widths) + n) > room:
        screen.prose(f"It needs {needed} columns: widen the window, or look at {CONFUSION}.")
        return
    for at, row in enumerate([heads, *cells], start=-1):
        line = Text(set_cell_size(names[at] if at >= 0 else "", first))
        for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
            style = "bold" if at in (-1, place) else "dim" if cell == "." else "yellow"
            line.append(" " * (gap + width - len(cell)))
            line.append(cell, style)
        screen.line(line)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f}"

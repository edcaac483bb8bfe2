"""predict --scan: what is written in pictures of several digits."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from . import screen
from .streams import print_csv

if TYPE_CHECKING:
    import torch

    from ..strips.scan import Scanned, Scanner


def scanner_of(bundle: str, device: torch.device, plain: bool = False) -> Scanner:
    """The scanner of a bundle; one that was not trained for strips is used with a warning."""
    from ..strips.scan import can_scan, load_scanner

    scanner, info = load_scanner(bundle, device, plain)
    if not can_scan(info):
        print(
            f"warning: {bundle} was not trained with neighbours in view, and misreads most strips. "
            "Use lenet5_scan, or train one: papernets train lenet5 --recipe scan --data mnist",
            file=sys.stderr,
        )
    return scanner


def as_table(readings: Iterator[Scanned], names: Sequence[str] = ()) -> None:
    """A line a file as soon as it is read: what is written, the score, each digit's column.

    On a terminal under a line that names the columns, and set below one another by `names`.
    """
    file, text_room = max([4, *(len(screen.clean(name)) for name in names)]), 8
    if not screen.terminal():
        file = text_room = 0
    elif names:
        screen.heading_row(
            ("file".ljust(file), "written".ljust(text_room), "score  ", "digit@column")
        )
    for scanned in readings:
        if scanned.reading is None:
            sys.stdout.flush()
            print(f"{screen.clean(scanned.file)}: {scanned.error}", file=sys.stderr)
            continue
        reading = scanned.reading
        text = reading.text or "no digit found"
        places = " ".join(f"{digit.label}@{digit.x:.0f}" for digit in reading.digits)
        name, score = screen.clean(scanned.file).ljust(file), f"{100 * reading.score:.1f} %"
        line = f"{name}  {text.ljust(text_room)}  {score.ljust(7 if file else 0)}  {places}"
        screen.say(line.rstrip())


def as_csv(readings: Iterator[Scanned]) -> None:
    """A line a file; the digits' scores and columns are lists with spaces between."""
    print_csv(
        chain([["file", "text", "score", "scores", "x", "error"]], map(_cells, readings)),
        screen.terminal(),
    )


def _cells(scanned: Scanned) -> list[object]:
    reading = scanned.reading
    if reading is None:
        return [scanned.file, "", "", "", "", scanned.error]
    scores = " ".join(f"{digit.score:.6f}" for digit in reading.digits)
    places = " ".join(f"{digit.x:g}" for digit in reading.digits)
    return [scanned.file, reading.text, reading.score, scores, places, ""]

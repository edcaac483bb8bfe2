"""The worst mistakes as one picture, for a look at what a network does not see."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from papernets.draw.canvas import names_note, save, shorten, told_apart
from papernets.draw.samples import contact_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def mistakes_picture(
    images: NDArray[np.uint8],
    true: ArrayLike,
    predicted: ArrayLike,
    scores: ArrayLike,
    classes: Sequence[str],
    path: str | Path,
    *,
    title: str,
    files: Sequence[str] | None = None,
) -> Path:
    """Save `mistakes_figure(...)` as a PNG; return its path."""
    figure = mistakes_figure(images, true, predicted, scores, classes, title=title, files=files)
    return save(figure, path)


def mistakes_figure(
    images: NDArray[np.uint8],
    true: ArrayLike,
    predicted: ArrayLike,
    scores: ArrayLike,
    classes: Sequence[str],
    *,
    title: str,
    files: Sequence[str] | None = None,
) -> Figure:
    """Pictures (n, C, h, w) in the given order, each with `true -> predicted (probability)`.

    `true` and `predicted` are class numbers (n,), `scores` the predicted class's probability (n,),
    `files` the pictures' paths, of which the last part is written. No mistake gives a picture that
    says so. Lengths that differ are a ValueError.
    """
    truth, answer = np.asarray(true), np.asarray(predicted)
    chance = np.asarray(scores, dtype=np.float64)
    lengths = [len(images), len(truth), len(answer), len(chance), *([len(files)] if files else [])]
    if len(set(lengths)) > 1:
        raise ValueError(
            f"{lengths[0]} pictures, but {lengths[1:]} labels, predictions, scores (and files)"
        )
    names = told_apart(classes, 48)
    labels = []
    for index in range(len(images)):
        pair = names[int(truth[index])], names[int(answer[index])]
        text = _label(*pair, float(chance[index]))
        if files:
            text += "\n" + shorten(PurePath(files[index]).name, 20)
        labels.append(text)
    note = "true \N{RIGHTWARDS ARROW} predicted (its probability), the most confident first."
    lost = names_note(classes)
    return contact_figure(
        images,
        labels,
        title=title,
        note=(f"{note} {lost.capitalize()}." if lost else note) if labels else "",
        empty="No mistakes: every picture was recognised.",
    )


def _label(true: str, predicted: str, chance: float) -> str:
    """On one line if the names are short, else a line each, the probability behind the second."""
    between = " " if len(true) + len(predicted) <= 8 else "\n"
    arrow = "\N{RIGHTWARDS ARROW}\u00a0"  # stays with the name's first word
    return f"{true}{between}{arrow}{predicted} ({_chance(chance)})"


def _chance(chance: float) -> str:
    """Whole per cent, but never a mistaken 0 or 100."""
    if not isfinite(chance):
        return "no probability"
    if 0.995 <= chance < 1:
        return ">\u00a099\u00a0%"  # on one line
    return "<\u00a01\u00a0%" if 0 < chance < 0.005 else f"{100 * chance:.0f}\u00a0%"

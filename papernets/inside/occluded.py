"""What a grey square hides: ZFNet's figure 7 (Zeiler and Fergus 2013, section 4.2).

The square slides over the picture. At each place the figure has the probability of the true class,
the total activation of the layer's strongest map, and the class that is most likely then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..bundle.modes import evaluating
from ..evaluate.read import preprocessing_of
from ..numbers import is_whole
from ..watch import watched
from ..words import brief, by
from .layers import check_unit, last_maps, outputs_and, positions
from .subject import BATCH, Class, Given, Model, Subject, subject_of

Pair = tuple[int, int]
SHARE, STEPS = 5, 16
Box = tuple[int, int, int, int]
"""Top, left, bottom and right, in pixels of what the network sees."""


@dataclass(frozen=True, eq=False)
class Occlusion:
    """What the network says with a square over the picture, at each of its places, (N, rows, cols).

    `probability` is that of the class, `total` the sum of map `units[n]` of `layer`, `likely` the
    place of the most likely class. `scores` (N,) and `totals` (N,) are those of the whole
    pictures, `classes` and `answers` as an `Attribution` has them. `square` and `stride` are in
    pixels, (height, width).
    """

    probability: NDArray[np.float64]
    total: NDArray[np.float32]
    likely: NDArray[np.int64]
    scores: NDArray[np.float64]
    totals: NDArray[np.float32]
    layer: str
    units: NDArray[np.int64]
    square: Pair
    stride: Pair
    size: Pair
    classes: tuple[str, ...]
    places: NDArray[np.int64]
    answers: tuple[str, ...]

    @property
    def values(self) -> NDArray[np.float32]:
        """How much of the probability each pixel holds (N, H, W): the mean fall over all squares
        that cover it."""
        found = np.zeros((len(self.scores), *self.size))
        covered = np.zeros(self.size)
        fall = self.scores[:, None, None] - self.probability
        for (row, column), (top, left, bottom, right) in boxes(
            self.size, self.square, self.stride
        ).items():
            found[:, top:bottom, left:right] += fall[:, row, column, None, None]
            covered[top:bottom, left:right] += 1
        values: NDArray[np.float32] = (found / np.maximum(covered, 1)).astype(np.float32)
        return values

    def __array__(self, dtype: object = None, copy: object = None) -> NDArray[np.float32]:
        return np.asarray(self.values, dtype)  # type: ignore[call-overload, no-any-return]


def boxes(size: Pair, square: Pair, stride: Pair) -> dict[Pair, Box]:
    """The places of a square by row and column; the last ones may be cut off by the edge."""
    down, across = (
        range(-(-(n - k) // s) + 1) for n, k, s in zip(size, square, stride, strict=True)
    )
    return {
        (row, column): (
            row * stride[0],
            column * stride[1],
            min(row * stride[0] + square[0], size[0]),
            min(column * stride[1] + square[1], size[1]),
        )
        for row, column in product(down, across)
    }


def occlusion(
    model: Model,
    pictures: Given,
    class_: Class = None,
    *,
    square: int | Pair | None = None,
    stride: int | Pair | None = None,
    layer: str | None = None,
    unit: int | None = None,
    fill: float | Tensor | None = None,
    batch_size: int | None = None,
) -> Occlusion:
    """Slide a square over pictures; by default a fifth of the side, in about 16 steps.

    `class_` is the true class, by default the one that the model answers. `layer` is the one whose
    map is summed, by default the last with maps; `unit` which map, by default the one with the
    largest sum on the whole picture. `fill` is what the network sees under the square: the middle
    grey of its bundle by default, 0 for a module alone. `batch_size` squares are computed at a
    time. ValueError for a square that is larger than the picture, and steps that leave gaps.
    """
    subject = subject_of(model)
    where = layer or last_maps(subject.model)
    subject.check_class(class_)
    grey = fill if fill is not None else _grey(subject)
    parts = []
    with evaluating(subject.model), torch.no_grad():
        first = 0
        for x in subject.batches(pictures, batch_size):
            size = (x.shape[2], x.shape[3])
            hides = _sizes(size, square, stride)
            out, found = outputs_and(subject.model, x, [where])
            logits = subject.scores(out)
            places = subject.places(class_, logits, first)
            sums = positions(found[where]).sum((2, 3))
            units = (
                sums.argmax(1)
                if unit is None
                else torch.full_like(places, check_unit(where, sums.shape[1], unit))
            )
            chances = subject.probabilities(logits).gather(1, places[:, None])[:, 0]
            for at in range(len(x)):
                slid = _slid(
                    subject, x[at], places[at], where, units[at], hides, grey, batch_size or BATCH
                )
                parts.append(
                    (*slid, chances[at], sums[at, units[at]], units[at], places[at], logits[at])
                )
            first += len(x)
    probability, total, likely, scores, totals, chosen, asked, logit = zip(*parts, strict=True)
    answers = torch.stack(logit).argmax(1)
    return Occlusion(
        np.stack(probability),
        np.stack(total),
        np.stack(likely),
        torch.stack(scores).cpu().numpy(),
        torch.stack(totals).float().cpu().numpy(),
        where,
        torch.stack(chosen).cpu().numpy(),
        *hides,
        size,
        subject.named(torch.stack(asked)),
        torch.stack(asked).cpu().numpy(),
        subject.named(answers),
    )


def _slid(
    subject: Subject,
    picture: Tensor,
    place: Tensor,
    layer: str,
    unit: Tensor,
    hides: tuple[Pair, Pair],
    grey: float | Tensor,
    batch: int,
) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.int64]]:
    """The three grids of one picture (C, H, W)."""
    every = boxes((picture.shape[1], picture.shape[2]), *hides)
    shape = (max(row for row, _ in every) + 1, max(column for _, column in every) + 1)
    chances, sums, likely = [], [], []
    steps = range(0, len(every), batch)
    squares = iter(every.values())
    for _ in watched(steps, "squares slid", len(every), batch):
        hidden = torch.stack(list(_hidden(picture, islice(squares, batch), grey)))
        out, found = outputs_and(subject.model, hidden, [layer])
        logits = subject.scores(out)
        chances.append(subject.probabilities(logits)[:, place])
        sums.append(positions(found[layer])[:, unit].sum((1, 2)))
        likely.append(logits.argmax(1))
    return (
        torch.cat(chances).cpu().numpy().reshape(shape),
        torch.cat(sums).float().cpu().numpy().reshape(shape),
        torch.cat(likely).cpu().numpy().reshape(shape),
    )


def _hidden(picture: Tensor, squares: Iterator[Box], grey: float | Tensor) -> Iterator[Tensor]:
    for top, left, bottom, right in squares:
        hidden = picture.clone()
        if isinstance(grey, Tensor):
            hidden[:, top:bottom, left:right] = grey.to(picture)[:, top:bottom, left:right]
        else:
            hidden[:, top:bottom, left:right] = grey
        yield hidden


def _grey(subject: Subject) -> float | Tensor:
    """What the network sees of a grey picture (C, H, W); 0 for a module alone."""
    if subject.bundle is None:
        return 0.0
    eyes = preprocessing_of(subject.bundle)
    size = (eyes.height, eyes.width)
    middle = torch.full((1, eyes.channels, *size), 128, dtype=torch.uint8)
    seen: Tensor = replace(eyes, picture=size, crop=False, short=0, shrink=1.0)(middle)[0]
    return seen


def _sizes(size: Pair, square: int | Pair | None, stride: int | Pair | None) -> tuple[Pair, Pair]:
    """The square and its step, (height, width) each; ValueError where they do not fit."""
    hides = _pair(square, "square") or (max(1, size[0] // SHARE), max(1, size[1] // SHARE))
    step = _pair(stride, "stride") or (
        min(hides[0], max(1, round((size[0] - hides[0]) / STEPS))),
        min(hides[1], max(1, round((size[1] - hides[1]) / STEPS))),
    )
    if hides[0] > size[0] or hides[1] > size[1]:
        raise ValueError(
            f"a square of {by(hides)} does not fit on {by(size)}, which is what the network sees: "
            "give a smaller one"
        )
    if step[0] > hides[0] or step[1] > hides[1]:
        raise ValueError(
            f"steps of {by(step)} leave gaps between squares of {by(hides)}: give a stride of at "
            "most the square's side"
        )
    return hides, step


def _pair(value: int | Pair | None, name: str) -> Pair | None:
    if value is None:
        return None
    both = (value, value) if isinstance(value, int) else tuple(value)
    if len(both) != 2 or not all(is_whole(one, 1) for one in both):
        raise ValueError(f"{name}={brief(value)}: give a number of pixels, 1 or more")
    return both[0], both[1]

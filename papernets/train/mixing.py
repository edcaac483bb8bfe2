"""Two pictures of a batch as one: mixup and cutmix, with the same numbers for any worker or rank.

Pictures stand in pairs in an epoch's order, which is random: each is mixed with the other of its
pair. How much of it is left comes from its own draws. A worker therefore prepares its share of a
batch and, where a pair crosses the border of shares, one picture more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..data.draws import MIX, Draws

NUMBERS = 4
"""Numbers that are drawn for a picture: which way, its share, and the middle of its box."""
PARTS = 1 << 16


@dataclass(frozen=True)
class Mixing:
    """How training pictures are mixed, each with the other of its pair.

    mixup: both are added, in shares that Beta(mixup, mixup) draws (Zhang et al. 2018, section 2).
    cutmix: a box of the other takes the place of the picture's own, of so much of the area as
    Beta(cutmix, cutmix) draws (Yun et al. 2019, section 3.1); what of it hangs over an edge is cut
    off. 0 leaves one out; of both, each picture draws one.
    """

    mixup: float = 0.0
    cutmix: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.mixup or self.cutmix)

    def __call__(self, own: Tensor, other: Tensor, draws: Draws) -> tuple[Tensor, Tensor]:
        """Mixed pictures (N, C, H, W) of two of each, and the share of the first (N,) in them."""
        drawn = draws.uniform(MIX, NUMBERS)
        boxed = torch.full((len(own),), not self.mixup)
        if self.mixup and self.cutmix:
            boxed = drawn[:, 0] < 0.5
        shares, whole = torch.ones(len(own)), (own.shape[2], own.shape[3])
        boxes = torch.zeros(len(own), 4, dtype=torch.int64)
        if self.cutmix:
            boxes = box_of(quantile(self.cutmix, drawn[:, 1]), drawn[:, 2:], whole)
            shares = 1 - (boxes[:, 1] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 2]) / (
                whole[0] * whole[1]
            )
        if self.mixup:
            shares = shares.where(boxed, quantile(self.mixup, drawn[:, 1]))
        factor = shares.where(~boxed, 1.0).to(own)[:, None, None, None]
        mixed = torch.lerp(other, own, factor)
        for at in boxed.nonzero()[:, 0].tolist():
            top, bottom, left, right = boxes[at].tolist()
            mixed[at, :, top:bottom, left:right] = other[at, :, top:bottom, left:right]
        return mixed, shares


def box_of(shares: Tensor, middle: Tensor, size: tuple[int, int]) -> Tensor:
    """Boxes (N, 4) as top, bottom, left and right, of 1 - `shares` (N,) of a picture's area.

    middle: (N, 2), at least 0 and below 1, of the height and the width. What hangs over is cut off.
    """
    half = (1 - shares).clamp_min(0).sqrt() / 2
    edges = []
    for axis, side in enumerate(size):
        at = (middle[:, axis] * side).floor()
        reach = (half * side).round()
        edges += [(at - reach).clamp(0, side), (at + reach).clamp(0, side)]
    return torch.stack(edges, 1).to(torch.int64)


def partners(sizes: Sequence[int]) -> Tensor:
    """For each picture of batches of so many, one after another, the place of the one of its pair.

    The last of an odd batch takes the one before it; a batch of one has nothing to mix.
    """
    found, start = [], 0
    for size in sizes:
        at = torch.arange(size)
        other = torch.where((at ^ 1) < size, at ^ 1, (at - 1).clamp_min(0))
        found.append(start + other)
        start += size
    return torch.cat(found) if found else torch.zeros(0, dtype=torch.int64)


def soft(labels: Tensor, others: Tensor, shares: Tensor, classes: int) -> Tensor:
    """Labels (N,) of two pictures in one, with the first one's share (N,): float32 (N, classes)."""
    found = torch.zeros(len(labels), classes, device=labels.device)
    shares = shares.to(found)
    found.scatter_add_(1, labels[:, None], shares[:, None])
    return found.scatter_add_(1, others[:, None], 1 - shares[:, None])


def quantile(alpha: float, drawn: Tensor) -> Tensor:
    """The values of Beta(alpha, alpha) below which shares `drawn` (N,) of it lie, float32."""
    shares, values = _beta(alpha)
    folded = torch.minimum(drawn, 1 - drawn).double().numpy()  # it is symmetric
    low = torch.from_numpy(np.interp(folded, shares, values)).float()
    return torch.where(drawn < 0.5, low, 1 - low)


@cache
def _beta(alpha: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lower half of Beta(alpha, alpha): which share of it lies below which value.

    By t = x^p, p the lesser of alpha and 1, the density x^(alpha - 1) (1 - x)^(alpha - 1) has no
    pole at 0.
    """
    power = min(alpha, 1.0)
    values = np.linspace(0.0, 0.5**power, PARTS + 1) ** (1 / power)
    density = values ** (alpha - power) * (1 - values) ** (alpha - 1)
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return below * (0.5 / below[-1]), values

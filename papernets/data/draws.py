"""Random numbers of pictures: a function of the seed, the epoch and the picture, and of no order.

A generator that is asked one number after another gives a picture what its turn brings: other
workers, batches or orders are other numbers. Here every number is computed from its own place: the
counter of SplitMix64 (Steele, Lea and Flood 2014, figure 14) begins for each picture where a hash
of seed, epoch, purpose and picture says. Whole arrays are drawn at a time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

GAMMA = 0x9E3779B97F4A7C15  # the odd number nearest to 2**64 / golden ratio
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
MASK = 2**64 - 1
MAP, ELASTIC, CROP, PLACE, COLOUR, PCA, LIGHTING, DROPOUT, STRIPS, MIX = range(1, 11)
"""Purposes: each has numbers of its own, so that one augmentation more changes no other."""
COPY = 1 << 40
"""What a picture's place has added for each time that the epoch has shown it before."""


def pictures_of(places: Tensor) -> Tensor:
    """The places in the training set of pictures, whichever time an epoch shows them."""
    return places & (COPY - 1)


@dataclass(frozen=True)
class Draws:
    """The random numbers of some pictures in an epoch.

    places: int64 (N,), where each stands in the training set. A picture that an epoch shows again
    has COPY more each time, and other numbers.
    """

    seed: int
    epoch: int
    places: Tensor

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, some: slice) -> Draws:
        return Draws(self.seed, self.epoch, self.places[some])

    def split(self, sizes: Sequence[int]) -> list[Draws]:
        """Those of so many pictures after one another."""
        parts = self.places.split(list(sizes))
        return [Draws(self.seed, self.epoch, part) for part in parts]

    def uniform(self, purpose: int, count: int) -> Tensor:
        """So many numbers for each picture, float32 (N, count), at least 0 and below 1."""
        words = self._words(purpose, -(-count // 2)).view("<u4")[:, :count] >> np.uint32(8)
        return torch.from_numpy(words.astype(np.float32)).mul_(2.0**-24)

    def normal(self, purpose: int, count: int) -> Tensor:
        """As `uniform`, of the standard normal distribution: one of 65,536 quantiles each."""
        words = self._words(purpose, -(-count // 4)).view("<u2")[:, :count]
        places = torch.from_numpy(words.astype(np.int32))
        return _quantiles().index_select(0, places.view(-1)).view(places.shape)

    def dropped(self, row: str, x: Tensor, rate: float) -> Tensor:
        """Dropout in a row: values (N, ...) of x as 0, the others divided by 1 - `rate`.

        Each value is left out or not by its picture, the row's name and its place in the row, on
        any device alike; a rate is one of 65,536 steps.
        """
        count = math.prod(x.shape[1:])
        begin = self._begin(DROPOUT, *row.encode()).view(np.int64)
        steps = torch.arange(1, -(-count // 4) + 1, device=x.device) * _signed(GAMMA)
        words = _mixed_(torch.from_numpy(begin).to(x.device)[:, None] + steps)
        least = round(rate * (1 << 16)) - (1 << 15)
        kept = words.view(torch.int16)[:, :count] >= least
        scale = kept.to(x.dtype).mul_(1 / (1 - rate) if rate < 1 else 0.0)
        return x * scale.view(x.shape)

    def generator(self, purpose: int) -> torch.Generator:
        """A generator for what is drawn of all these pictures together, as they stand."""
        first = int(self.places[0]) if len(self) else 0
        key = _key(self.seed, self.epoch, purpose, first, len(self))
        return torch.Generator().manual_seed(key >> 1)

    def _words(self, purpose: int, count: int) -> NDArray[np.uint64]:
        """Random words of 64 bits, (N, count)."""
        steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GAMMA)
        begin = self._begin(purpose)
        return _mixed(begin[:, None] + steps).astype("<u8", copy=False)

    def _begin(self, *purpose: int) -> NDArray[np.uint64]:
        """Where the counter of each picture begins, (N,)."""
        key = np.uint64(_key(self.seed, self.epoch, *purpose))
        places = self.places.numpy().astype(np.uint64)
        return _mixed(key + (places + np.uint64(1)) * np.uint64(GAMMA))


@cache
def _quantiles() -> Tensor:
    """The normal distribution in parts of equal probability: their middles, of variance 1."""
    parts = 1 << 16
    found = torch.special.ndtri((torch.arange(parts, dtype=torch.float64) + 0.5) / parts)
    return (found / found.std(correction=0)).float()


def _key(*parts: int) -> int:
    """A hash of whole numbers, 64 bits."""
    key = 0
    for part in parts:
        key = (key + GAMMA * (part % 2**64 + 1)) & MASK
        key = ((key ^ (key >> 30)) * FIRST) & MASK
        key = ((key ^ (key >> 27)) * SECOND) & MASK
        key ^= key >> 31
    return key


def _signed(word: int) -> int:
    """A word of 64 bits as torch holds it, with a sign."""
    return word - (1 << 64) if word >> 63 else word


def _mixed_(words: Tensor) -> Tensor:
    """`_mixed` of int64 words, on their device, in their place: torch shifts signs in."""
    for shift, factor in ((30, FIRST), (27, SECOND)):
        words ^= (words >> shift) & (MASK >> shift)
        words *= _signed(factor)
    words ^= (words >> 31) & (MASK >> 31)
    return words


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's mixing of each value, in its place."""
    high = np.empty_like(values)
    for shift, factor in ((30, FIRST), (27, SECOND)):
        values ^= np.right_shift(values, np.uint64(shift), out=high)
        values *= np.uint64(factor)
    values ^= np.right_shift(values, np.uint64(31), out=high)
    return values

"""An epoch's batches from pictures in memory: shuffled, distorted and prepared in bulk, never
one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor

from ..data import Distortion, Part, Preprocessing
from ..data.strips import make_windows, seen, window_width

CHUNK = 8192
"""How many pictures are prepared at a time: few enough to stay in memory, enough to be fast."""


def generator(seed: int, epoch: int) -> torch.Generator:
    """The random numbers of an epoch, from the seed and the epoch's number alone, so that it
    can be resumed."""
    return torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)


def batches(
    part: Part,
    preprocessing: Preprocessing,
    distortion: Distortion,
    batch_size: int,
    draws: torch.Generator,
    device: torch.device,
    neighbours: float = 0.0,
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches (N, C, H, W) float32 and labels (N,) on the device, in a new random order.

    The last batch is smaller where the pictures do not divide; a last batch of one joins the one
    before it, as batch normalisation cannot train on a single picture (none does where batches of
    one are asked for). `neighbours` is the share
    of pictures shown as windows of a strip, between others of the same thousands; their labels may
    be -1: see `make_windows`.
    """
    whole = shares(part, preprocessing, distortion, batch_size, draws, device, neighbours)
    return ((x, y) for x, y, _ in whole)


def shares(
    part: Part,
    preprocessing: Preprocessing,
    distortion: Distortion,
    batch_size: int,
    draws: torch.Generator,
    device: torch.device,
    neighbours: float = 0.0,
    worker: tuple[int, int] = (0, 1),
) -> Iterator[tuple[Tensor, Tensor, int]]:
    """What one worker, (rank, how many), has of each of the `batches`, and the whole batch's size.

    Together the workers have the batches; a share may be empty. Each draws all random numbers, but
    distorts and prepares only its own pictures.
    """
    order = torch.randperm(len(part), generator=draws)
    step = max(CHUNK // batch_size, 1) * batch_size
    bounds = [*range(0, len(order), step), len(order)]
    if len(bounds) > 2 and bounds[-1] - bounds[-2] == 1:
        del bounds[-2]
    for start, stop in pairwise(bounds):
        chosen = order[start:stop]
        sizes = sizes_of(len(chosen), batch_size)
        parts = sizes
        own: Tensor | None = None
        if worker != (0, 1):
            own, parts = _own(sizes, *worker)
        if neighbours:
            images = distortion(part.images[chosen], draws) if distortion else part.images[chosen]
            labels = part.labels[chosen]
            width = window_width(preprocessing)
            images, labels = make_windows(images, labels, width, neighbours, draws)
            if own is not None:
                images, labels = images[own], labels[own]
            images = seen(preprocessing, images.to(device))
        else:
            mine = chosen if own is None else chosen[own]
            labels = part.labels[mine]
            if distortion and not distortion.is_identity:
                images = distortion(part.images[chosen], draws, own)
            else:
                images = part.images[mine]
            images = preprocessing(images.to(device))
        labels = labels.to(device)
        yield from zip(images.split(parts), labels.split(parts), sizes, strict=True)


def _own(sizes: list[int], rank: int, workers: int) -> tuple[Tensor, list[int]]:
    """The places of a worker's pictures among those of batches, and how many of each it has."""
    places, parts, start = [], [], 0
    for size in sizes:
        low, high = size * rank // workers, size * (rank + 1) // workers
        places.append(torch.arange(start + low, start + high))
        parts.append(high - low)
        start += size
    return torch.cat(places), parts


def sizes_of(count: int, batch_size: int) -> list[int]:
    """Batch sizes that add up to `count`, without a last batch of one picture among larger ones."""
    whole, rest = divmod(count, batch_size)
    sizes = [batch_size] * whole + ([rest] if rest else [])
    if len(sizes) > 1 and sizes[-1] == 1 < batch_size:
        sizes[-2:] = [sizes[-2] + 1]
    return sizes


def count_of(count: int, batch_size: int) -> int:
    """How many batches `batches` gives for so many pictures."""
    return len(sizes_of(count, batch_size))

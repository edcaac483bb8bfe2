"""The directions in which the colours of training pictures vary: principal components of RGB.

Krizhevsky et al. 2012, section 4.1: PCA on the set of RGB values throughout the training set.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from papernets.data.stored import Images, OnDemand
from papernets.watch import watched

VALUES = 1 << 22  # of pictures that are looked at at a time


@dataclass(frozen=True)
class Components:
    """Eigenvalues and eigenvectors of the covariance of pixels' channels, values from 0 to 1.

    values: the largest first. vectors: for each value its direction, of length 1.
    """

    values: tuple[float, ...]
    vectors: tuple[tuple[float, ...], ...]


IMAGENET = Components(
    (0.2175, 0.0188, 0.0045),
    ((-0.5675, -0.5808, -0.5836), (0.7192, -0.0045, -0.6948), (0.4009, -0.8140, 0.4203)),
)
"""ImageNet's, as released by Gross and Wilber 2016 (fb.resnet.torch, datasets/imagenet.lua)."""


def measured(images: Images) -> Components:
    """The components of stored pictures uint8 (N, C, h, w), of all their pixels.

    Sums are of whole numbers, and exact. A vector's largest entry is above 0. ValueError without
    pictures.
    """
    channels = images.shape[1]
    count = len(images) * images.shape[2] * images.shape[3]
    if not count:
        raise ValueError("no pictures: the components of their colours cannot be measured")
    sums = torch.zeros(channels, dtype=torch.float64)
    products = torch.zeros(channels, channels, dtype=torch.float64)
    for part in batches(images, "pictures whose colours are measured"):
        pixels = part.transpose(0, 1).reshape(channels, -1).double()
        sums += pixels.sum(1)
        products += pixels @ pixels.T
    mean = sums / count
    covariance = (products / count - mean[:, None] * mean) / 255**2
    values, vectors = torch.linalg.eigh(covariance)
    values, vectors = values.flip(0).clamp_min(0), vectors.flip(1).T
    largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    vectors = vectors * largest.sign()
    return Components(tuple(values.tolist()), tuple(map(tuple, vectors.tolist())))


def batches(images: Images, what: str) -> Iterator[Tensor]:
    """Pictures some at a time; whoever waits is told how many, where they are read anew."""
    step = max(1, VALUES // (images.shape[1] * images.shape[2] * images.shape[3]))
    bounds = [*range(0, len(images), step), len(images)]
    parts = (images[start:stop] for start, stop in pairwise(bounds))
    yield from watched(parts, what, len(images), step) if isinstance(images, OnDemand) else parts

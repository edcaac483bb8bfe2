"""Pictures scaled about their middle, each axis by a matrix with a triangle filter."""

import math
from functools import lru_cache

import torch
from torch import Tensor


def scaled(images: Tensor, size: tuple[int, int], scale: float, edge: bool) -> Tensor:
    """Float pictures (N, C, h, w) scaled about their middle to a size; see `scaling`."""
    rows = scaling(images.shape[2], size[0], scale, edge).to(images.device)
    columns = scaling(images.shape[3], size[1], scale, edge).to(images.device)
    return rows @ images @ columns.T


@lru_cache(maxsize=64)
def scaling(length: int, result: int, scale: float, edge: bool) -> Tensor:
    """The matrix (result, length) that scales one axis about its centre, with a triangle filter.

    The filter is as wide as the step between the samples, so that a smaller picture has no aliases.
    edge: the picture goes on beyond its edge as it is there; otherwise 0 is there.
    """
    step = max(1.0, 1 / scale)
    beyond = 0 if edge else math.ceil(step)  # where there is background, it has its share of weight
    source = (torch.arange(result, dtype=torch.float64) - (result - 1) / 2) / scale
    place = torch.arange(-beyond, length + beyond, dtype=torch.float64) - (length - 1) / 2
    source = source.clamp(place[0], place[-1])
    weights = (1 - (source[:, None] - place).abs() / step).clamp_min(0)
    weights = weights / weights.sum(1, keepdim=True)
    return weights[:, beyond : beyond + length].float()

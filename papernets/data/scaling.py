"""Pictures scaled about their middle, each axis by a matrix with a triangle filter."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn.functional import pad


@dataclass(frozen=True)
class Placing:
    """How a stored picture comes to a network's size: by one of three ways.

    cut: top, left, height and width of the part that is taken. pads: what of background is laid
    left, right, above and below. rows, columns: the matrices that scale each axis about its middle,
    (height, h) and (width, w).
    """

    cut: tuple[int, int, int, int] | None = None
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    rows: Tensor | None = None
    columns: Tensor | None = None

    def __call__(self, images: Tensor) -> Tensor:
        """Pictures (N, C, h, w) at the network's size; float32 where they are scaled."""
        if self.cut is not None:
            top, left, height, width = self.cut
            return images[:, :, top : top + height, left : left + width]
        if self.rows is None or self.columns is None:
            return pad(images, self.pads)
        return self.rows.to(images.device) @ images.float() @ self.columns.to(images.device).T


def placing(picture: tuple[int, int], size: tuple[int, int], scale: float, edge: bool) -> Placing:
    """A picture (h, w) scaled about its middle to a size; see `scaling`."""
    rows, columns = (
        scaling(length, result, scale, edge) for length, result in zip(picture, size, strict=True)
    )
    return Placing(rows=rows, columns=columns)


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

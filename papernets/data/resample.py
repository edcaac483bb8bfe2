"""Parts of pictures scaled to one size: Pillow's filters, antialiased, for many pictures at once.

Scaling along an axis is a product with a matrix of weights. For a picture of 32 pixels that is
cheap, and a whole batch, a part of its own from each, is two products; larger pictures go one by
one. Between the axes values are rounded and cut off, as Pillow's are, so that results are equal to
Pillow's to 1 level of 255.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

FILTERS = ("bilinear", "bicubic", "box", "nearest")
"""As GoogLeNet's paper names them (section 6): bilinear, cubic, area, nearest neighbour."""
SMALL = 64  # pixels of the longer side, up to which pictures are scaled together
T = TypeVar("T", int, Tensor)
REACH = {"bilinear": 1.0, "bicubic": 2.0, "box": 0.5}


@dataclass(frozen=True)
class Boxes:
    """A part of each of N pictures, in whole pixels: int64 (N,) each."""

    top: Tensor
    left: Tensor
    rows: Tensor
    columns: Tensor

    def of(self, some: Tensor) -> Boxes:
        """Those of some pictures."""
        return Boxes(self.top[some], self.left[some], self.rows[some], self.columns[some])


def scaled(images: Tensor, boxes: Boxes, size: tuple[int, int], kind: str) -> Tensor:
    """The boxes of pictures uint8 (N, C, h, w), each scaled to the size by one of FILTERS."""
    if max(images.shape[2:]) <= SMALL:
        return _together(images, boxes, size, kind)
    result = torch.empty(len(images), images.shape[1], *size, dtype=torch.uint8)
    parts = zip(*(v.tolist() for v in vars(boxes).values()), strict=True)
    for at, (top, left, rows, columns) in enumerate(parts):
        part = images[at : at + 1, :, top : top + rows, left : left + columns]
        result[at] = alone(part, size, kind)[0]
    return result


def alone(part: Tensor, size: tuple[int, int], kind: str) -> Tensor:
    """One picture uint8 (1, C, h, w) scaled whole."""
    if tuple(part.shape[2:]) == size:
        return part
    if kind == "bilinear" and min(size) > 1:  # as Pillow's, and in half the time
        if not _rows_first(part.shape[2], part.shape[3], size):
            return interpolate(part, size, mode=kind, antialias=True)
        return interpolate(part.mT, size[::-1], mode=kind, antialias=True).mT
    method = Image.Resampling[kind.upper()]
    planes = [Image.fromarray(np.ascontiguousarray(plane)) for plane in part[0].numpy()]
    done = [np.asarray(plane.resize((size[1], size[0]), method)) for plane in planes]
    return torch.from_numpy(np.stack(done)[None])


def _together(images: Tensor, boxes: Boxes, size: tuple[int, int], kind: str) -> Tensor:
    """As `scaled`, for all pictures in two products."""
    across = weights(boxes.left, boxes.columns, images.shape[3], size[1], kind)
    down = weights(boxes.top, boxes.rows, images.shape[2], size[0], kind)
    values = images.float()
    first = _rows_first(boxes.rows, boxes.columns, size)
    if kind == "nearest" or not first.any():
        return _down(_across(values, across), down).to(torch.uint8)
    result = torch.empty(*images.shape[:2], *size, dtype=torch.uint8)
    some, others = first.nonzero()[:, 0], (~first).nonzero()[:, 0]
    result[some] = _across(_down(values[some], down[some]), across[some]).to(torch.uint8)
    result[others] = _down(_across(values[others], across[others]), down[others]).to(torch.uint8)
    return result


def _rows_first(rows: T, columns: T, size: tuple[int, int]) -> T:
    """Whether Pillow 13 scales the height first: where it shrinks, and by far more than the width.

    It matters for what is rounded and cut off in between.
    """
    fewer = rows - size[0]
    return (fewer > 0) & (fewer > 2 * (columns - size[1]))  # type: ignore[return-value, operator]


def _across(values: Tensor, matrices: Tensor) -> Tensor:
    """Each row of pictures (N, C, h, w) by its picture's matrix (N, width, w)."""
    count, channels, h, w = values.shape
    rows = values.reshape(count, channels * h, w) @ matrices.mT
    return _levels(rows).view(count, channels, h, matrices.shape[1])


def _down(values: Tensor, matrices: Tensor) -> Tensor:
    return _levels(torch.einsum("noh,nchw->ncow", matrices, values))


def _levels(values: Tensor) -> Tensor:
    return values.add_(0.5).floor_().clamp_(0, 255)


def weights(start: Tensor, length: Tensor, whole: int, size: int, kind: str) -> Tensor:
    """The weights float32 (N, size, whole) that scale a part of an axis of `whole` pixels.

    start, length: int64 (N,). As Pillow computes them (libImaging, Resample.c: precompute_coeffs).
    """
    place = torch.arange(whole)[None, None] - start[:, None, None]  # in the part
    step = length.double()[:, None, None] / size
    centre = (torch.arange(size, dtype=torch.float64)[None, :, None] + 0.5) * step
    if kind == "nearest":  # by adding steps, as Pillow does (Geometry.c: ImagingScaleAffine)
        steps = step.repeat(1, size, 1)
        steps[:, 0] /= 2
        return (place == steps.cumsum(1).floor()).float()
    spread = step.clamp_min(1)
    reach = REACH[kind] * spread
    low, high = (centre - reach + 0.5).trunc(), (centre + reach + 0.5).trunc()
    inside = (place >= low.clamp_min(0)) & (place < high.minimum(length[:, None, None]))
    found = torch.where(inside, _filter((place + 0.5 - centre) / spread, kind), 0)
    return (found / found.sum(2, keepdim=True)).float()


def _filter(x: Tensor, kind: str) -> Tensor:
    """A filter's value at a distance; the cubic one is Keys's with a = -0.5."""
    if kind == "box":
        return ((x > -0.5) & (x <= 0.5)).double()
    x = x.abs()
    if kind == "bilinear":
        return (1 - x).clamp_min(0)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return torch.where(x < 1, near, torch.where(x < 2, far, 0))

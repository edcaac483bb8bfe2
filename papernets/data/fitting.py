"""A picture brought to the size at which it is stored: covered, its middle cut out and scaled."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from papernets.data.picture import Source, over, pixels
from papernets.data.resample import alone
from papernets.spent import part


def load_photo(source: Source, channels: int, size: tuple[int, int], exact: bool = False) -> Tensor:
    """The picture as uint8 (channels, h, w): scaled to cover the size, and its middle cut out.

    A colour picture's pixels lie together in memory, as they are decoded. Transparency is laid over
    white. exact: a JPEG is decoded whole. ValueError as `picture.load`.
    """
    with part("decoding"):
        found = pixels(source, near_of(size, exact))
    with part("scaling"):
        if isinstance(found, Image.Image):
            return fitted(found, channels, size)
        if channels == 1 or found.ndim == 2:
            return fitted(Image.fromarray(found), channels, size)
        return _covered(found, size)


def near_of(size: tuple[int, int], exact: bool = False) -> int:
    """The side at which a JPEG may be decoded that is to be stored at this size; 0: only whole."""
    return 0 if exact else 2 * max(size)


def fitted(image: Image.Image, channels: int, size: tuple[int, int]) -> Tensor:
    """A loaded picture as `load_photo` gives it."""
    image, mode = over(image, 255), "L" if channels == 1 else "RGB"
    own = image if image.mode == mode else image.convert(mode)  # which copies, even to the same
    return _covered(np.array(own), size)


def _covered(values: NDArray[np.uint8], size: tuple[int, int]) -> Tensor:
    """Pixels (h, w) or (h, w, 3) as uint8 (channels, *size).

    What is cut out begins at a whole pixel, a half one being rounded down, and is scaled alone;
    where its sides are no whole pixels, Pillow takes parts of them.
    """
    (h, w), (height, width) = values.shape[:2], size
    whole = torch.from_numpy(values)[None]
    planes = whole[None] if whole.ndim == 3 else whole.permute(0, 3, 1, 2)  # the strides of a batch
    if (h, w) == size:
        return planes[0]
    if w * height >= h * width:  # it is as wide, or wider
        rows, columns = Fraction(h), Fraction(h * width, height)
    else:
        rows, columns = Fraction(w * height, width), Fraction(w)
    if rows.denominator * columns.denominator > 1:
        return _by_parts(values, float(rows), float(columns), size)
    top, left = (h - int(rows)) // 2, (w - int(columns)) // 2
    part = planes[:, :, top : top + int(rows), left : left + int(columns)]
    return alone(part, size, "bilinear")[0]


def _by_parts(
    values: NDArray[np.uint8], rows: float, columns: float, size: tuple[int, int]
) -> Tensor:
    """The middle of so many rows and columns, scaled by Pillow."""
    h, w = values.shape[:2]
    left, top = max((w - columns) / 2, 0), max((h - rows) / 2, 0)
    box = (left, top, min(left + columns, w), min(top + rows, h))
    image = Image.fromarray(values).resize(size[::-1], Image.Resampling.BILINEAR, box=box)
    found = torch.from_numpy(np.array(image))
    return found[None] if found.ndim == 2 else found.permute(2, 0, 1)

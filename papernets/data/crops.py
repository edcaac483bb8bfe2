"""Random crops of training photos, and their mirror images.

Krizhevsky et al. 2012 (section 4.1) train on random 224x224 crops of 256x256 pictures and on their
horizontal reflections; He et al. 2015 (section 4.2) pad CIFAR's 32x32 by 4 pixels on each side and
take random 32x32; Simonyan and Zisserman 2014 (section 3.1) scale the short side to a random length
first; Szegedy et al. 2014 (section 6) take 8 to 100 % of the picture's area, of an aspect between
3/4 and 4/3, and scale that. One class does all four, a picture being resampled once at most.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from torch import Tensor

from papernets.data.resample import FILTERS, Boxes, scaled
from papernets.data.stored import Images
from papernets.words import by

ASPECT = 4 / 3  # the widest and, upright, the highest crop of a part of the area
NUMBERS = 6  # that a crop is drawn by
TOGETHER = 1 << 19  # pixels of pictures that are cut at a time: they stay in the cache


@dataclass(frozen=True)
class Crop:
    """How crops (height, width) are cut out of stored photos at random.

    padding: rows and columns of the value `ground`, one a channel, that are put around a photo
    first. area: the least share of the photo's area that a crop takes, of an aspect up to `aspect`
    or as much upright, scaled to the size; 1 cuts out without scaling. jitter: the least and the
    largest length in pixels to which a photo's short side is scaled, before the crop; (0, 0) leaves
    it as it is. flip: how often a crop is mirrored, left to right. several: scaled by one of
    FILTERS at random, else by the first. corners: a crop lies in one of the corners or in the
    centre, each as often; else anywhere.
    """

    size: tuple[int, int]
    padding: tuple[int, int] = (0, 0)
    area: float = 1.0
    flip: float = 0.0
    ground: tuple[int, ...] = (0,)
    aspect: float = ASPECT
    jitter: tuple[int, int] = (0, 0)
    several: bool = False
    corners: bool = False

    def __call__(self, images: Tensor, numbers: Tensor) -> Tensor:
        """Crops uint8 (N, C, height, width) of photos (N, C, h, w).

        numbers: at least 0 and below 1, (N, NUMBERS): where it lies down and across, whether it is
        mirrored, its share or scale, its aspect, its filter. ValueError where photos are smaller
        than the crop.
        """
        self.check(images)
        boxes = self._boxes(images, numbers.double())
        return self._cut(images, boxes, numbers[:, 2] < self.flip, numbers[:, 5])

    def check(self, images: Images) -> None:
        """ValueError where photos (N, C, h, w) are too small for the crops."""
        (h, w), (rows, columns) = self._sides(images), self.size
        low, high = self.jitter
        if self.area < 1:
            return
        if high:
            side = min(images.shape[2:])
            rows, columns = round(rows * side / low), round(columns * side / low)
            if h < rows or w < columns:
                least = max(
                    -(-self.size[0] * side // images.shape[2]),
                    -(-self.size[1] * side // images.shape[3]),
                )
                raise ValueError(
                    f"a short side of {low} pixels is too small for crops of {by(self.size)}: "
                    f"--set augment.jitter_low={least}, at least"
                )
        elif h < rows or w < columns:
            raise ValueError(
                f"photos stored as {h}x{w} are too small for crops of {by(self.size)}: "
                "--set enlarge=1.15, say, stores larger ones"
            )

    def _sides(self, images: Images) -> tuple[int, int]:
        """Height and width of the photos with their padding."""
        return images.shape[2] + 2 * self.padding[0], images.shape[3] + 2 * self.padding[1]

    def _boxes(self, images: Tensor, numbers: Tensor) -> Boxes:
        """What a crop takes of each padded photo."""
        h, w = self._sides(images)
        rows, columns = (torch.full((len(images),), side) for side in self.size)
        if self.area < 1:
            pixels = h * w * (self.area + (1 - self.area) * numbers[:, 3])
            wide = self.aspect ** (2 * numbers[:, 4] - 1)
            rows = (pixels / wide).sqrt().round().long().clamp(1, h)
            columns = (pixels * wide).sqrt().round().long().clamp(1, w)
        elif self.jitter[1]:
            low, high = self.jitter
            short = low + (numbers[:, 3] * (high - low + 1)).long()
            part = min(images.shape[2:]) / short.double()
            rows = (self.size[0] * part).round().long().clamp(1, h)
            columns = (self.size[1] * part).round().long().clamp(1, w)
        if self.corners:
            top, left = _cornered(numbers[:, 0], h - rows, w - columns)
            return Boxes(top, left, rows, columns)
        top, left = numbers[:, 0] * (h - rows + 1), numbers[:, 1] * (w - columns + 1)
        return Boxes(top.long(), left.long(), rows, columns)

    def _cut(self, images: Tensor, boxes: Boxes, flips: Tensor, filters: Tensor) -> Tensor:
        """The boxes out of the photos, a few photos at a time."""
        result = torch.empty(len(images), images.shape[1], *self.size, dtype=torch.uint8)
        step = max(1, TOGETHER // (images.shape[2] * images.shape[3]))
        bounds = [*range(0, len(images), step), len(images)]
        scales = self.area < 1 or self.jitter[1] > 0
        sheet = self._sheet(images, min(step, len(images)))
        for start, stop in pairwise(bounds):
            part = slice(start, stop)
            sheets = self._padded(images[part], sheet)
            own = boxes.of(torch.arange(start, stop))
            if scales:
                cut = self._scaled(sheets, own, filters[part])
            else:  # one gather
                windows = sliding_window_view(sheets.numpy(), self.size, (2, 3))
                places = np.arange(stop - start), slice(None), own.top.numpy(), own.left.numpy()
                cut = torch.from_numpy(windows[places])
            result[part] = _mirrored(cut, flips[part])
        return result

    def _scaled(self, sheets: Tensor, boxes: Boxes, filters: Tensor) -> Tensor:
        if not self.several:
            return scaled(sheets, boxes, self.size, FILTERS[0])
        result = torch.empty(len(sheets), sheets.shape[1], *self.size, dtype=torch.uint8)
        which = (filters * len(FILTERS)).long()
        for at, kind in enumerate(FILTERS):
            some = (which == at).nonzero()[:, 0]
            if len(some):
                result[some] = scaled(sheets[some], boxes.of(some), self.size, kind)
        return result

    def _sheet(self, images: Tensor, count: int) -> Tensor:
        """The ground on which so many photos are laid."""
        (h, w), channels = self._sides(images), images.shape[1]
        ground = np.array(self.ground, np.uint8)[:, None, None]
        sheet = np.empty((count, channels, h, w), np.uint8)
        if any(self.padding):
            sheet[:] = ground
        return torch.from_numpy(sheet)

    def _padded(self, images: Tensor, sheet: Tensor) -> Tensor:
        """The photos on their ground: the first of a sheet, which is used again."""
        if not any(self.padding):
            return images
        (rows, columns), (h, w) = self.padding, images.shape[2:]
        found = sheet[: len(images)]
        found[:, :, rows : rows + h, columns : columns + w] = images
        return found


def _cornered(numbers: Tensor, down: Tensor, across: Tensor) -> tuple[Tensor, Tensor]:
    """Tops and lefts of crops with so much room: in a corner, or in the centre for numbers about a
    half. The centre is that of ten crops, its half a pixel rounded down."""
    which = (5 * numbers).long()[:, None]
    none = torch.zeros_like(down)
    tops = torch.stack([none, none, down // 2, down, down], 1)
    lefts = torch.stack([none, across, across // 2, none, across], 1)
    return tops.gather(1, which)[:, 0], lefts.gather(1, which)[:, 0]


def _mirrored(crops: Tensor, flips: Tensor) -> Tensor:
    """The crops uint8 (N, C, h, w) with some of them, bool (N,), mirrored in their place."""
    some = flips.nonzero()[:, 0].numpy()
    values = crops.numpy()
    values[some] = _backwards(values[some])
    return crops


def _backwards(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rows from right to left: by words of 8 pixels where they divide, which is faster."""
    if values.shape[-1] % 8:
        return values[..., ::-1]
    words = np.ascontiguousarray(values).view(np.uint64)
    return words[..., ::-1].byteswap().view(np.uint8)

"""Random crops of training photos, and their mirror images.

Krizhevsky et al. 2012 (section 4.1) train on random 224x224 crops of 256x256 pictures and on their
horizontal reflections; He et al. 2015 (section 4.2) pad CIFAR's 32x32 by 4 pixels on each side and
take random 32x32; Szegedy et al. 2014 (section 6) take 8 to 100 % of the picture's area, of an
aspect between 3/4 and 4/3, and scale that. One class does all three.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from papernets.words import by

ASPECT = 4 / 3  # the widest and, upright, the highest crop of a part of the area


@dataclass(frozen=True)
class Crop:
    """How crops (height, width) are cut out of stored photos at random.

    padding: rows and columns of the value `ground`, one a channel, that are put around a photo
    first. area: the least share of the photo's area that a crop takes, scaled to the size; 1 cuts
    out without scaling. flip: how often a crop is mirrored, left to right.
    """

    size: tuple[int, int]
    padding: tuple[int, int] = (0, 0)
    area: float = 1.0
    flip: float = 0.0
    ground: tuple[int, ...] = (0,)

    def __call__(
        self, images: Tensor, draws: torch.Generator, count: int, only: Tensor | None = None
    ) -> Tensor:
        """Crops uint8 (N, C, height, width) of photos (N, C, h, w), each by its own draw.

        Random numbers are drawn for `count` photos, of which these are those at the places `only`;
        all of them if that is None. ValueError where photos are smaller than the crop.
        """
        drawn = torch.rand(count, 5, generator=draws)
        chosen = (drawn if only is None else drawn[only]).tolist()
        assert len(chosen) == len(images)
        h, w = images.shape[2] + 2 * self.padding[0], images.shape[3] + 2 * self.padding[1]
        if self.area >= 1 and (h < self.size[0] or w < self.size[1]):
            raise ValueError(
                f"photos stored as {h}x{w} are too small for crops of {by(self.size)}: "
                "--set enlarge=1.15, say, stores larger ones"
            )
        result = torch.empty(len(images), images.shape[1], *self.size, dtype=torch.uint8)
        if any(self.padding):
            images = self._padded(images)
        for at, (y, x, flip, share, aspect) in enumerate(chosen):
            rows, columns = self.size
            if self.area < 1:
                rows, columns = self._part(h, w, share, aspect)
            top, left = int(y * (h - rows + 1)), int(x * (w - columns + 1))
            crop = images[at, :, top : top + rows, left : left + columns]
            if self.area < 1 and (rows, columns) != self.size:
                crop = interpolate(
                    crop[None], self.size, mode="bilinear", antialias=True, align_corners=False
                )[0]
            result[at] = crop.flip(-1) if flip < self.flip else crop
        return result

    def _padded(self, images: Tensor) -> Tensor:
        (rows, columns), (h, w) = self.padding, images.shape[2:]
        ground = torch.tensor(self.ground, dtype=torch.uint8)[:, None, None]
        sheet = ground.expand(images.shape[1], h + 2 * rows, w + 2 * columns)
        found = sheet.expand(len(images), *sheet.shape).clone()
        found[:, :, rows : rows + h, columns : columns + w] = images
        return found

    def _part(self, h: int, w: int, share: float, aspect: float) -> tuple[int, int]:
        """Height and width of a crop that takes a part of the area."""
        pixels = h * w * (self.area + (1 - self.area) * share)
        wide = math.exp((2 * aspect - 1) * math.log(ASPECT))
        rows, columns = round(math.sqrt(pixels / wide)), round(math.sqrt(pixels * wide))
        return min(max(rows, 1), h), min(max(columns, 1), w)

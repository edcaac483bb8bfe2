"""Pictures made into the views of a protocol: read at each scale, cut, resized, mirrored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from ...data import Preprocessing
from ...data.fitting import fitted, near_of
from ...data.picture import load, over, pillow_rules
from ...data.stored import File, Images, threads
from ...words import by
from .boxes import Box, Size, View, five, grid_crops, mirrored, scaled_size, square_crops
from .protocol import BOTH, CENTRE, DENSE, GRID, MULTI_SCALE, TEN, Protocol, area_of

ONLY_WHOLE = (DENSE, MULTI_SCALE)
MOST_ASPECT = 4
"""Times as long as wide: of a picture that is longer its middle is looked at, as a convolution over
all of it would need memory without bound."""
MOST_BYTES = 64 << 20
"""Of the views that are made ready at a time."""
MOST_READ = 16
"""Pictures that are read at a time."""


@dataclass(frozen=True)
class Shown:
    """One picture as a protocol shows it: `crops` uint8 (V, C, H, W) of the network's size, and
    `wholes` (C, h, w), one a scale."""

    crops: Tensor | None
    wholes: tuple[Tensor, ...] = ()


@dataclass(frozen=True)
class Views:
    """The views of pictures, for one network.

    Photographs are read again from their `files`, where they have any, at the scales that the
    protocol needs; others are scaled from `images`, uint8 (N, C, h, w), as they are stored.
    `protocol` is resolved for the network whose `preprocessing` this is.
    """

    images: Images
    files: tuple[File, ...]
    preprocessing: Preprocessing
    protocol: Protocol

    @property
    def input(self) -> Size:
        return self.preprocessing.height, self.preprocessing.width

    @property
    def as_stored(self) -> bool:
        """Whether the views are parts of the pictures as they are stored, without scaling.

        So ten crops are where a training kept larger pictures than its crops: their middle,
        scaled to the same size.
        """
        stored, scales = self.preprocessing.picture, self.protocol.scales
        kept = self.preprocessing.crop and area_of(scales[0], self.input) == stored
        return self.protocol.name == TEN and len(scales) == 1 and kept

    def check(self, asked: Protocol, name: str) -> None:
        """ValueError where pictures that are only there as they are stored have no room for crops.

        `asked` is the protocol as it was given: whoever gives scales may have pictures enlarged.
        """
        check_photographs(self.preprocessing, self.protocol, name)
        if self.files or asked.scales or self.as_stored:
            return
        stored = tuple(self.images.shape[2:])
        largest = max(self.protocol.scales)
        if min(stored) >= largest:
            return
        whole = self.protocol.name in ONLY_WHOLE
        what = "looks at them" if whole else f"takes crops of {by(self.input)}"
        raise ValueError(
            f"{name}: its pictures are {by(stored)}, smaller than the {largest} pixels at which "
            f"{self.protocol.name} {what}. A network for such pictures is tested by --protocol "
            f"{CENTRE}; --scales {largest} enlarges them"
        )

    def __len__(self) -> int:
        return len(self.images)

    def read(self) -> Iterator[list[Shown]]:
        """All pictures in their order, some at a time; while some are answered others are read."""
        c, (h, w) = self.preprocessing.channels, self.input
        crops = self.protocol.views if self.protocol.name not in ONLY_WHOLE else 2
        some = max(1, min(MOST_READ, MOST_BYTES // (crops * c * h * w)))
        parts = [range(at, min(at + some, len(self))) for at in range(0, len(self), some)]
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._some, parts[0])
            for part in parts[1:]:
                ready, coming = coming, ahead.submit(self._some, part)
                yield ready.result()
            yield coming.result()

    def _some(self, places: Sequence[int]) -> list[Shown]:
        stored = self.images[list(places)] if self.as_stored or not self.files else None

        def one(at: int) -> Shown:
            if stored is not None and self.as_stored:
                return Shown(cut(stored[at], self._ten(stored[at]), self.input))
            if stored is not None:
                return self._of(sheet(stored[at]))
            near = near_of((max(self.protocol.scales),) * 2, self.preprocessing.exact)
            return self._of(load(self.files[places[at]], near))

        with pillow_rules():
            return threads(one, range(len(places)))

    def _ten(self, base: Tensor) -> Sequence[View]:
        area = Box(0, 0, *base.shape[1:])
        return mirrored(min(area.size), five(area, self.input))

    def _of(self, image: Image.Image) -> Shown:
        """The views of a picture that was read."""
        channels, scales = self.preprocessing.channels, self.protocol.scales
        if self.protocol.name == TEN:
            bases = [fitted(image, channels, area_of(scale, self.input)) for scale in scales]
            return Shown(torch.cat([cut(base, self._ten(base), self.input) for base in bases]))
        image = middle(over(image, 255).convert("L" if channels == 1 else "RGB"))
        wholes = tuple(scaled(image, scale) for scale in scales)
        if self.protocol.name in ONLY_WHOLE:
            return Shown(None, wholes)
        crops = [
            cut(whole, self._crops(whole, scale), self.input)
            for whole, scale in zip(wholes, scales, strict=True)
        ]
        return Shown(torch.cat(crops), wholes if self.protocol.name == BOTH else ())

    def _crops(self, whole: Tensor, scale: int) -> Sequence[View]:
        """The boxes of a picture that is scaled already."""
        size = whole.shape[1], whole.shape[2]
        if self.protocol.name in (GRID, BOTH):
            return grid_crops(size, self.input, (scale,), self.protocol.crops)
        return square_crops(size, self.input, (scale,))


def check_photographs(eyes: Preprocessing, protocol: Protocol, name: str) -> None:
    """ValueError for a protocol of several views where a network sees no photographs."""
    if protocol.name != CENTRE and eyes.kind != "photo":
        raise ValueError(
            f"{name}: {eyes.kind}s are shown whole and centred, as their network was trained to "
            f"see them, and {protocol.name} is for photographs: leave out --protocol"
        )


def cut(base: Tensor, views: Sequence[View], size: Size) -> Tensor:
    """The views (V, C, height, width) of a scaled picture uint8 (C, h, w), of the network's size.

    A box of another size is resized bilinearly, without aliases.
    """
    found = torch.empty(len(views), len(base), *size, dtype=torch.uint8)
    for at, view in enumerate(views):
        top, left, height, width = view.box
        part = base[:, top : top + height, left : left + width]
        if view.box.size != size:
            part = interpolate(
                part[None], size, mode="bilinear", antialias=True, align_corners=False
            )[0]
        found[at] = part.flip(-1) if view.mirrored else part
    return found


def scaled(image: Image.Image, side: int) -> Tensor:
    """A picture in mode L or RGB as uint8 (C, h, w), its shorter side brought to this length."""
    height, width = scaled_size((image.height, image.width), side)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    values = torch.from_numpy(np.array(image))
    return values[None] if values.ndim == 2 else values.permute(2, 0, 1).contiguous()


def middle(image: Image.Image) -> Image.Image:
    """A picture, or the middle of one that is more than MOST_ASPECT times as long as wide."""
    longest = MOST_ASPECT * min(image.size)
    if max(image.size) <= longest:
        return image
    width, height = (min(side, longest) for side in image.size)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def sheet(stored: Tensor) -> Image.Image:
    """A stored picture uint8 (C, h, w) as Pillow has it."""
    values = stored.permute(1, 2, 0).numpy()
    return Image.fromarray(
        np.ascontiguousarray(values[:, :, 0] if values.shape[2] == 1 else values)
    )

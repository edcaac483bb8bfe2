"""From stored pictures to what a network sees: the same steps in training, evaluation and use."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import torch
from torch import Tensor

from papernets.data.again import Emptied
from papernets.data.colour import channelled
from papernets.data.dataset import KINDS, Dataset
from papernets.data.levels import ranged
from papernets.data.scaling import Placing, placing
from papernets.data.whitening import Arrays, normalised
from papernets.numbers import is_number, is_whole, plain_int
from papernets.words import brief, by, plural

MOST_SIZE, LEAST_SHRINK = 10_000, 0.01  # what a bundle may ask for
ORDERS = ("rgb", "bgr")  # of the channels that the network sees
ADDED = ("short", "gcn", "exact")  # since bundles of November 2026; and arrays
MOST_PADDING = 1.25  # a centred picture is padded up to this much of its size, and beyond it scaled


@dataclass(frozen=True)
class Preprocessing:
    """Stored pictures (N, C, h, w) with values 0 to 255 to float32 (N, channels, height, width).

    channels, height, width: the network's input. picture: (h, w) of the stored pictures. kind: a
    "digit" or "garment" is padded with background up to the input (28x28 to LeNet-5's 32x32); a
    "photo" covers it and loses what is outside. shrink: 0.8 makes MNIST's 20x20 digits 16x16, as
    LeNet-1 saw them. low, high: what 0 and 255 become, one number or one a channel; by default -0.1
    and 1.175, which make the mean input about 0 (LeCun et al. 1998, section II-B). crop: photos are
    stored larger than the input, and their middle is cut out without scaling. order: "bgr" where
    the network sees blue first, as Caffe's do; low and high are then in that order too. short: the
    length in pixels to which a stored photo's short side is scaled before its middle is cut out; 0
    leaves it as it is stored. exact: a photo's JPEG is decoded whole before it is scaled. gcn:
    after all that, each picture without its mean is made a vector of this length; 0 leaves it.
    arrays: what is subtracted last, and what whitens.
    """

    channels: int
    height: int
    width: int
    picture: tuple[int, int] = (28, 28)
    kind: str = "digit"
    shrink: float = 1.0
    low: tuple[float, ...] = (-0.1,)
    high: tuple[float, ...] = (1.175,)
    crop: bool = False
    order: str = "rgb"
    short: int = 0
    gcn: float = 0.0
    arrays: Arrays | None = None
    exact: bool = False

    def __post_init__(self) -> None:
        for name in ("channels", "height", "width"):
            object.__setattr__(self, name, plain_int(getattr(self, name)))
        if isinstance(self.picture, tuple | list):
            object.__setattr__(self, "picture", tuple(map(plain_int, self.picture)))
        if self.kind not in KINDS:
            raise ValueError(
                f"preprocessing kind {brief(self.kind)}: give one of {', '.join(KINDS)}"
            )
        for name in ("channels", "height", "width"):
            if not is_whole(getattr(self, name)):
                raise ValueError(
                    f"preprocessing {name}={brief(getattr(self, name))}: give a whole number"
                )
        if not _several(self.picture, is_whole) or len(self.picture) != 2:
            raise ValueError(
                f"preprocessing picture={brief(self.picture)}: give height and width, such as "
                "(28, 28)"
            )
        if min(self.channels, self.height, self.width, *self.picture) < 1:
            raise ValueError(f"preprocessing with a size or a number of channels below 1: {self}")
        if not is_number(self.shrink) or not 0 < self.shrink <= 1:
            raise ValueError(
                f"preprocessing shrink={brief(self.shrink)}: give more than 0, at most 1"
            )
        for name in ("low", "high"):
            values = getattr(self, name)
            if not _several(values, is_number) or len(values) not in (1, self.channels):
                raise ValueError(
                    f"preprocessing {name}={brief(values)}: give one number, or one for each of "
                    f"the {plural(self.channels, 'channel')}"
                )
        if self.order not in ORDERS or (self.order != "rgb" and self.channels != 3):
            raise ValueError(
                f"preprocessing order={brief(self.order)} for "
                f"{plural(self.channels, 'channel')}: give one "
                f"of {', '.join(ORDERS)}, and rgb for a network without three channels"
            )
        for name in ("crop", "exact"):
            if not isinstance(getattr(self, name), bool):
                value = brief(getattr(self, name))
                raise ValueError(f"preprocessing {name}={value}: give true or false")
        small = self.picture[0] < self.height or self.picture[1] < self.width
        if self.crop and (self.kind != "photo" or self.shrink != 1 or small):
            raise ValueError(
                "preprocessing crop=True: it is for photos that are stored at least as large as "
                f"the input, unshrunk: {self}"
            )
        self._check_measured()

    def _check_measured(self) -> None:
        if not is_whole(self.short, 0) or (self.short and not self._fits(self.short)):
            raise ValueError(
                f"preprocessing short={brief(self.short)}: give 0, or for photos of which the "
                f"middle is cut out a whole number of pixels that leaves {self.height}x{self.width}"
            )
        if not is_number(self.gcn) or self.gcn < 0:
            raise ValueError(f"preprocessing gcn={brief(self.gcn)}: give a number of 0 or more")
        if self.arrays is None:
            return
        if not isinstance(self.arrays, Arrays):
            raise ValueError(f"preprocessing arrays={brief(self.arrays)}: give Arrays, or None")
        made = (self.channels, self.height, self.width)
        if tuple(self.arrays.mean.shape) != made:
            raise ValueError(
                f"preprocessing with a mean picture of {by(self.arrays.mean.shape)} for an input "
                f"of {by(made)}: it was measured for another network"
            )

    def _fits(self, short: int) -> bool:
        scale = short / min(self.picture)
        high, wide = (round(side * scale) for side in self.picture)
        return self.crop and short <= MOST_SIZE and high >= self.height and wide >= self.width

    @classmethod
    def for_network(
        cls, input_shape: tuple[int, int, int], dataset: Dataset, **options: Any
    ) -> "Preprocessing":
        """For a network's input (C, H, W) and a data set; `options`: shrink, low, high, crop."""
        channels, height, width = input_shape
        stored = dataset.train.images.shape
        return cls(channels, height, width, (stored[2], stored[3]), dataset.kind, **options)

    def __call__(self, images: Tensor, again: Emptied | None = None) -> Tensor:
        """The network's input, on the pictures' device; ValueError if they have another size.

        again: memory that it may lie in on the CPU, else new memory.
        """
        return self._measured(self._scaled_to(images, again))

    def _scaled_to(self, images: Tensor, again: Emptied | None = None) -> Tensor:
        """As `__call__`, before what takes a picture as a whole."""
        if images.ndim != 4 or tuple(images.shape[2:]) != self.picture:
            raise ValueError(
                f"pictures of shape {tuple(images.shape)} given; this network's preprocessing "
                f"takes (N, C, {self.picture[0]}, {self.picture[1]})"
            )
        if self.crop:  # on whole numbers: what is cut off is not scaled
            return self._values(self.placing()(images))
        if self.shrink == 1 and self.picture == (self.height, self.width):
            return self._values(images, again)
        return self._values(self.placing()(channelled(images, self.channels)))

    def _measured(self, values: Tensor) -> Tensor:
        """The last steps: contrast, mean and whitening, of pictures (N, C, H, W)."""
        if self.gcn:
            values = normalised(values, self.gcn)
        return values if self.arrays is None else self.arrays(values)

    def of_crops(self) -> "Preprocessing":
        """The same for pictures that were cut out of the stored ones, of the input's own size."""
        return replace(self, picture=(self.height, self.width), crop=False, short=0)

    def of_whole(self, height: int, width: int) -> "Preprocessing":
        """The same for whole pictures of any size, for a network that is run over all of them.

        Of a mean picture the mean of each channel is taken. ValueError where each picture is
        prepared as a whole.
        """
        arrays = self.arrays
        if self.gcn or (arrays is not None and arrays.matrix is not None):
            raise ValueError(
                "a network whose preprocessing normalises contrast or whitens each picture as a "
                "whole cannot be run over larger ones. Crops work: centre, ten-crop, 144"
            )
        if arrays is not None:
            mean = arrays.mean.mean((1, 2), keepdim=True).expand(-1, height, width)
            arrays = Arrays(mean.contiguous())
        size = (height, width)
        return replace(
            self,
            picture=size,
            height=height,
            width=width,
            crop=False,
            shrink=1.0,
            short=0,
            arrays=arrays,
        )

    @property
    def test_side(self) -> int | None:
        """The shorter side of the picture out of whose middle the test's crop is cut, if any."""
        return (self.short or min(self.picture)) if self.crop else None

    def strip(self, images: Tensor) -> Tensor:
        """Pictures of any width W (N, C, h, W) to (N, channels, height, W + width - w).

        For a network that is run over a strip of digits: padded, shrunk and scaled as one digit is.
        ValueError where each picture is prepared as a whole.
        """
        if self.gcn or self.arrays is not None:
            raise ValueError(
                "a network whose pictures are normalised or whitened as a whole, or lose their "
                "mean pixel by pixel, cannot be run over a strip: train it without gcn, zca and "
                "mean='pixel'"
            )
        wide = replace(
            self,
            picture=(self.picture[0], images.shape[-1]),
            width=images.shape[-1] + self.width - self.picture[1],
        )
        return wide(images)

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain JSON values; of the arrays their SHA-256, which names their file.

        What later versions added is left out where it is not used.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        unused = [name for name in ADDED if not values[name]]
        plain = {k: v for k, v in values.items() if k not in (*unused, "arrays")}
        if self.arrays is not None:
            plain["arrays"] = self.arrays.sha256
        return {k: list(v) if isinstance(v, tuple) else v for k, v in plain.items()}

    @property
    def content(self) -> bytes:
        """The arrays as a file holds them; empty without any."""
        return b"" if self.arrays is None else self.arrays.content

    @classmethod
    def from_dict(cls, values: dict[str, Any], content: bytes = b"") -> "Preprocessing":
        """What `to_dict` wrote; ValueError for a key that is unknown or missing, or a wrong value.

        content: the file of the arrays that it names, if it does. It may come from anywhere: sizes
        and channels above `MOST_SIZE`, or pictures shrunk to less than `LEAST_SHRINK`, are refused
        too.
        """
        known = [field.name for field in fields(cls)]
        for key in values:
            if key not in known:
                raise ValueError(
                    f"unknown preprocessing key {brief(key)}. Known: {', '.join(known)}"
                )
        missing = [name for name in known[:3] if name not in values]
        if missing:
            raise ValueError(f"preprocessing without {', '.join(missing)}")
        tuples: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
        }
        if "arrays" in values:
            tuples["arrays"] = Arrays.of(content, values["arrays"])
        found = cls(**tuples)
        if max(found.channels, found.height, found.width, *found.picture) > MOST_SIZE:
            raise ValueError(
                f"preprocessing with a size or a number of channels above {MOST_SIZE:,}: {found}"
            )
        if found.shrink < LEAST_SHRINK:
            raise ValueError(f"preprocessing shrink={found.shrink}: give {LEAST_SHRINK} or more")
        return found

    def placing(self) -> Placing:
        """How a stored picture comes to the network's size."""
        (h, w), (height, width) = self.picture, (size := (self.height, self.width))
        scale, edge = self.scale_and_edge()
        if scale != 1:
            return placing(self.picture, size, scale, edge)
        if self.crop:
            return Placing(cut=((h - height) // 2, (w - width) // 2, height, width))
        top, left = (height - h) // 2, (width - w) // 2
        return Placing(pads=(left, width - w - left, top, height - h - top))

    def scale_and_edge(self) -> tuple[float, bool]:
        """By what a stored picture is scaled, and whether it goes on beyond its edge."""
        (h, w), (height, width) = self.picture, (self.height, self.width)
        if self.crop:
            return (self.short or min(h, w)) / min(h, w), True
        ratios = (height / h, width / w)
        if self.kind == "photo":
            return max(ratios) * self.shrink, self.shrink == 1
        if min(ratios) >= 1 and max(height - h, width - w) <= (MOST_PADDING - 1) * min(h, w):
            return self.shrink, False
        return min(ratios) * self.shrink, False

    def _values(self, images: Tensor, again: Emptied | None = None) -> Tensor:
        """0..255 mapped linearly to low..high, in the network's order; grey repeated for colour."""
        if images.shape[1] not in (1, self.channels):
            images = channelled(images, self.channels)
        if self.order == "bgr":
            images = images.flip(1)
        low, high = (torch.tensor(v, device=images.device) for v in (self.low, self.high))
        return ranged(images, self.channels, low, high, again)


def _several(values: object, fits: Callable[[object], bool]) -> bool:
    return isinstance(values, tuple) and all(map(fits, values))

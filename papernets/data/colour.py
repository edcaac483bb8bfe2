"""Changes of light and colour of training pictures, each picture by its own draw.

Howard 2013 (arXiv 1312.5402, section 2) changes contrast, brightness and colour by factors from
0.5 to 1.5 in a random order, and adds the colour noise of Krizhevsky et al. 2012, section 4.1:
multiples of the principal components of RGB, one draw a picture and component. Szegedy et al. 2014
(section 6) name Howard's distortions. Turned hues are in neither; the released code for Inception
has them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import permutations

import torch
from torch import Tensor

from papernets.data.components import IMAGENET, Components
from papernets.data.draws import COLOUR, LIGHTING, PCA, Draws
from papernets.words import plural

LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as Pillow's mode "L"
MOST_HUE = 0.5  # of a turn: half of it to each side is every hue
TOGETHER = 1 << 20  # values that are changed at a time: they stay in the cache
FACTORS = ("brightness", "contrast", "saturation")
COLOURED = ("hue", "saturation", "lighting")
"""What grey pictures have not."""


@dataclass(frozen=True)
class Colour:
    """How strongly the colours of pictures are changed; 0 leaves them as they are.

    brightness, contrast, saturation: 0.5 for factors from 0.5 to 1.5, in a random order, cut off at
    0 and 255 after each; hue: 0.1 for up to a tenth of a turn each way. pca, lighting: the standard
    deviation of the draws that principal components and their eigenvalues are multiplied by: of
    `components`, measured on the training pictures, and of ImageNet's. What is added by them may
    leave 0 to 255: the paper cuts nothing off.
    """

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    pca: float = 0.0
    lighting: float = 0.0
    components: Components | None = None

    def __post_init__(self) -> None:
        for name in STRENGTHS:
            value = getattr(self, name)
            most = MOST_HUE if name == "hue" else 1.0
            if not (math.isfinite(value) and 0 <= value <= most):
                raise ValueError(f"colour {name}={value}: give a number from 0 to {most:g}")

    @property
    def is_identity(self) -> bool:
        """True when no strength is set."""
        return not any(getattr(self, name) for name in STRENGTHS)

    def check(self, channels: int) -> None:
        """ValueError where pictures of so many channels have nothing that a strength changes."""
        for name in COLOURED if channels != 3 else ():
            if getattr(self, name):
                raise ValueError(
                    f"augment.{name} changes colours, and these pictures are grey: leave it out, "
                    f"--set augment.{name}=0"
                )
        if self.pca and self.components is None:
            raise ValueError("colour pca needs the components of the training pictures' colours")

    def __call__(self, images: Tensor, draws: Draws) -> Tensor:
        """Pictures (N, C, h, w) of values 0 to 255 as float32, changed; C is 3, or 1 for grey."""
        self.check(images.shape[1])
        result = torch.empty(images.shape, device=images.device)
        step = max(1, TOGETHER // math.prod(images.shape[1:]))
        for start in range(0, len(images), step):
            part = slice(start, start + step)
            own = torch.empty(images[part].shape, device=images.device).copy_(images[part])
            result[part] = self._changed(own, draws[part])
        return result

    def _changed(self, images: Tensor, draws: Draws) -> Tensor:
        found = self._in_some_order(images, draws)
        if self.hue:
            turn = (2 * draws.uniform(COLOUR, 5)[:, 4] - 1) * self.hue
            found = turned(found, turn.to(found.device))
        for deviation, purpose, along in (
            (self.pca, PCA, self.components),
            (self.lighting, LIGHTING, IMAGENET),
        ):
            if deviation and along is not None:
                drawn = draws.normal(purpose, len(along.values)) * deviation
                drawn = 255 * (drawn * torch.tensor(along.values))
                added = summed(drawn[:, :, None], torch.tensor(along.vectors))
                found += added[:, :, None, None].to(found.device)
        return found

    def _in_some_order(self, images: Tensor, draws: Draws) -> Tensor:
        """Brightness, contrast and saturation, those that have a strength, each picture's order."""
        active = [name for name in FACTORS if getattr(self, name)]
        if not active:
            return images
        numbers = draws.uniform(COLOUR, 5)
        factors = {
            name: (1 + (2 * numbers[:, at] - 1) * getattr(self, name)).to(images.device)
            for at, name in enumerate(FACTORS)
        }
        orders = [*permutations(active)]
        which = (numbers[:, 3] * len(orders)).long()
        for at, order in enumerate(orders):
            some = (which == at).nonzero()[:, 0].to(images.device)
            part = images[some] if len(orders) > 1 else images
            for name in order if len(some) else ():
                part = CHANGES[name](part, factors[name][some])
            images[some] = part
        return images


STRENGTHS = tuple(field.name for field in fields(Colour) if field.name != "components")


def brighter(images: Tensor, factors: Tensor) -> Tensor:
    """Values times a factor (N,): Pillow's ImageEnhance.Brightness."""
    return (images * factors[:, None, None, None]).clamp_(0, 255)


def contrasted(images: Tensor, factors: Tensor) -> Tensor:
    """Further from the picture's mean luma by a factor: Pillow's ImageEnhance.Contrast."""
    return _blended(luma(images).mean((2, 3), keepdim=True), images, factors)


def saturated(images: Tensor, factors: Tensor) -> Tensor:
    """Further from each pixel's luma by a factor: Pillow's ImageEnhance.Color."""
    return _blended(luma(images), images, factors)


CHANGES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "brightness": brighter,
    "contrast": contrasted,
    "saturation": saturated,
}


def _blended(ground: Tensor, images: Tensor, factors: Tensor) -> Tensor:
    return torch.lerp(ground.expand_as(images), images, factors[:, None, None, None]).clamp_(0, 255)


def luma(images: Tensor) -> Tensor:
    """How light pixels are, (N, 1, h, w); of grey pictures themselves."""
    if images.shape[1] == 1:
        return images
    return summed(images, LUMA)[:, None]


def summed(values: Tensor, weights: Sequence[float] | Tensor) -> Tensor:
    """The sum over the second dimension of values (N, K, ...), each times its weight.

    One after another: a matrix product may round otherwise in a batch of another size.
    """
    found = values[:, 0] * weights[0]
    for at in range(1, values.shape[1]):
        found = found + values[:, at] * weights[at]
    return found


def turned(images: Tensor, turns: Tensor) -> Tensor:
    """The hue of each picture (N, 3, h, w) turned by so much of the whole circle (N,), as in HSV.

    Value and saturation stay. Grey stays grey.
    """
    high, low = images.amax(1), images.amin(1)
    spread = high - low
    red, green, blue = images.unbind(1)
    some = spread.clamp_min(1e-6)
    hue = torch.where(
        high == red,
        (green - blue) / some,
        torch.where(high == green, 2 + (blue - red) / some, 4 + (red - green) / some),
    )
    hue = hue + 6 * turns[:, None, None]
    away = torch.tensor([5.0, 3.0, 1.0], device=images.device)[None, :, None, None]
    place = away + hue[:, None]
    place -= (place / 6).floor_() * 6
    return high[:, None] - spread[:, None] * place.minimum(4 - place).clamp_(0, 1)


def channelled(images: Tensor, channels: int) -> Tensor:
    """Float pictures, of one channel where either side is grey, else of the network's."""
    values = images.float()
    stored = values.shape[1]
    if stored == channels or stored == 1:
        return values
    if stored == 3 and channels == 1:
        return luma(values)
    raise ValueError(f"pictures with {plural(stored, 'channel')} for a network with {channels}")

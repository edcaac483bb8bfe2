"""What a recipe's augmentations do to one picture: each alone, and all together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..data import Part, Preprocessing
from ..data.components import IMAGENET, Components
from ..data.crops import NUMBERS
from ..data.draws import CROP, Draws
from .augmenting import COLOURS, DISTORTIONS
from .changing import colour_of, crop_of, distortion_of, ground_of
from .mixing import Mixing
from .recipe import TrainRecipe
from .source import Source

LECUN = "LeCun et al. 1998, section III-B"
ALEXNET = "Krizhevsky et al. 2012, section 4.1"
HOWARD = "Howard 2013, section 2"
GOOGLENET = "Szegedy et al. 2014, section 6"
SOURCES = {
    "rotate": "ours, as LeCun et al. 1998 distort",
    "scale": LECUN,
    "squeeze": LECUN,
    "shear": LECUN,
    "shift": LECUN,
    "elastic": "Simard et al. 2003, section 2",
    "crop": ALEXNET,
    "pad and crop": "He et al. 2015, section 4.2",
    "corners": "Zeiler and Fergus 2013, section 3",
    "flip": ALEXNET,
    "area": GOOGLENET,
    "jitter": "Simonyan and Zisserman 2014, section 3.1",
    "interpolation": GOOGLENET,
    "pca": ALEXNET,
    "brightness": HOWARD,
    "contrast": HOWARD,
    "saturation": HOWARD,
    "hue": "Inception's released code",
    "mixup": "Zhang et al. 2018, section 2",
    "cutmix": "Yun et al. 2019, section 3.1",
    "lighting": f"{ALEXNET}, along ImageNet's components",
}
"""Where each augmentation comes from."""
FREE = {
    "crop": (0, 1),
    "pad and crop": (0, 1),
    "corners": (0,),
    "flip": (2,),
    "area": (0, 1, 3, 4),
    "jitter": (0, 1, 3),
    "interpolation": (5,),
}
"""Which of a crop's numbers are drawn where one thing is shown alone; the others are STILL."""
STILL = (0.5, 0.5, 1.0, 0.5, 0.5, 0.0)
UNITS = {"rotate": "\N{DEGREE SIGN}", "shift": " px", "shear": " px a row"}
TOGETHER = "all together"


@dataclass(frozen=True)
class Shown:
    """One augmentation: its name, its strength with its source, and pictures uint8 (n, C, h, w).

    The first picture is the original as evaluation sees it.
    """

    name: str
    detail: str
    pictures: Tensor


def looked_at(source: Source, count: int) -> list[Shown]:
    """What a source's recipe does to its first picture: `count` draws of each, then of all.

    It is mixed with the second one, where there is one.
    ValueError where the recipe changes nothing.
    """
    recipe, picture, second = source.recipe, source.part.images[:1], source.part.images[1:2]
    plain, ground = _plain(source.preprocessing)
    source = replace(source, preprocessing=plain)
    draws = Draws(recipe.seed, 1, torch.arange(count))
    images = picture.expand(count, -1, -1, -1)
    original = plain(picture) + ground
    found = []
    for name, detail in _strengths(recipe, plain):
        values = _alone(source, name, images, draws)
        found.append(Shown(name, f"{detail}\n{SOURCES[name]}", _levels(original, values + ground)))
    mixing = source.mixing if len(second) else Mixing()
    for name, alone in (("mixup", Mixing(mixing.mixup)), ("cutmix", Mixing(0.0, mixing.cutmix))):
        if alone:
            values, _ = alone(plain(images), plain(second).expand(count, -1, -1, -1), draws)
            detail = f"shares of Beta({getattr(recipe, name):g}, {getattr(recipe, name):g})"
            found.append(
                Shown(name, f"{detail}\n{SOURCES[name]}", _levels(original, values + ground))
            )
    if not found:
        raise ValueError(
            f"the recipe of {recipe.net} changes no training picture: try another --recipe, or "
            "--set augment.flip=0.5, say"
        )
    values = source.augmented(images, draws)
    if mixing:
        others = second.expand(count, -1, -1, -1)
        apart = Draws(recipe.seed, 1, torch.arange(count) + count)
        values, _ = mixing(values, source.augmented(others, apart), draws)
    return [*found, Shown(TOGETHER, "as in training", _levels(original, values + ground))]


def source_for(
    pictures: Tensor, recipe: TrainRecipe, eyes: Preprocessing, components: Components | None
) -> Source:
    """A source of stored pictures uint8 (n, C, h, w), whose colours vary along these components.

    None takes ImageNet's; of a grey picture, its own.
    """
    if components is None and pictures.shape[1] == 3:
        components = IMAGENET
    part = Part(pictures, torch.zeros(len(pictures), dtype=torch.int64))
    return Source(part, eyes, recipe, torch.device("cpu"), (0, 1), components)


def _plain(eyes: Preprocessing) -> tuple[Preprocessing, Tensor]:
    """The same crop, size and ground, with values of 0 to 255 less the ground, and the ground."""
    ground = ground_of(eyes)[:: -1 if eyes.order == "bgr" else 1]
    low, high = (tuple(float(top - g) for g in ground) for top in (0, 255))
    plain = replace(eyes, low=low, high=high, order="rgb", gcn=0.0, arrays=None)
    return plain, torch.tensor(ground)[:, None, None]


def _strengths(recipe: TrainRecipe, eyes: Preprocessing) -> list[tuple[str, str]]:
    """The augmentations of a recipe that change these pictures, with their strengths in words."""
    wanted, crop = recipe.augment, crop_of(recipe, eyes)
    found = []
    for name in DISTORTIONS:
        if wanted.get(name) and name not in ("elastic_alpha", "elastic_sigma"):
            found.append((name, f"up to {wanted[name]:g}{UNITS.get(name, '')}"))
    if wanted.get("elastic_alpha"):
        sigma = distortion_of(recipe).elastic_sigma
        found.append(("elastic", f"alpha {wanted['elastic_alpha']:g}, sigma {sigma:g}"))
    if crop is not None:
        if any(crop.padding):
            found.append(("pad and crop", f"{crop.padding[0]} pixels on each side"))
        elif crop.area == 1 and not crop.jitter[1] and eyes.crop:
            rows, columns = crop.size
            name, where = ("corners", ", centre too") if crop.corners else ("crop", "")
            of = f"{rows}x{columns} of {eyes.picture[0]}x{eyes.picture[1]}"
            found.append((name, f"{of}{where}"))
        if crop.area < 1:
            found.append(("area", f"{100 * crop.area:g} to 100 %, aspects up to {crop.aspect:.3g}"))
        if crop.jitter[1]:
            found.append(("jitter", f"a short side of {crop.jitter[0]} to {crop.jitter[1]}"))
        if crop.several and (crop.area < 1 or crop.jitter[1]):
            found.append(("interpolation", "bilinear, bicubic, box or nearest"))
        if crop.flip:
            found.append(("flip", f"{100 * crop.flip:g} % of them"))
    for name in COLOURS:
        if wanted.get(name):
            kind = "deviation" if name in ("pca", "lighting") else "up to"
            found.append((name, f"{kind} {wanted[name]:g}"))
    return found


def _alone(source: Source, name: str, images: Tensor, draws: Draws) -> Tensor:
    """Pictures with one augmentation, as the source's plain preprocessing gives them."""
    recipe, eyes = source.recipe, source.preprocessing
    if name in FREE:
        crop = crop_of(recipe, eyes)
        assert crop is not None
        if name in ("crop", "corners", "pad and crop", "flip"):
            crop = replace(crop, area=1.0, jitter=(0, 0))
        drawn = draws.uniform(CROP, NUMBERS)
        numbers = torch.tensor(STILL).repeat(len(images), 1)
        numbers[:, FREE[name]] = drawn[:, FREE[name]]
        return eyes.of_crops()(crop(images, numbers))
    if name in COLOURS:
        own = replace(recipe, augment={name: recipe.augment[name]})
        seen = replace(eyes, low=(0.0,), high=(255.0,))(images)
        return colour_of(own, source.components)(seen, draws) + _lowest(eyes)
    keys = ("elastic_alpha", "elastic_sigma") if name == "elastic" else (name,)
    own = replace(recipe, augment={k: v for k, v in recipe.augment.items() if k in keys})
    return eyes(distortion_of(own)(images, draws))


def _lowest(eyes: Preprocessing) -> Tensor:
    return torch.tensor(eyes.low)[:, None, None]


def _levels(original: Tensor, values: Tensor) -> Tensor:
    return torch.cat([original, values]).round().clamp(0, 255).to(torch.uint8)

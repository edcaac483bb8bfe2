"""What a recipe does to its training pictures: distortions, changes of colour, crops."""

from __future__ import annotations

from ..data import Crop, Distortion, Preprocessing
from ..data.colour import STRENGTHS, Colour
from ..data.components import Components
from ..data.crops import ASPECT
from .augmenting import COLOURS, DISTORTIONS
from .recipe import TrainRecipe

OWN_SIZE = 8
"""Photos that have the input's size already are padded by an eighth of it: 4 of CIFAR's 32."""
GREY = 128
"""What stands around a photo whose own contrast is normalised."""

assert set(COLOURS) == set(STRENGTHS)


def distortion_of(recipe: TrainRecipe) -> Distortion:
    """The distortions of a recipe's training pictures."""
    return Distortion(**{k: v for k, v in recipe.augment.items() if k in DISTORTIONS})


def colour_of(recipe: TrainRecipe, components: Components | None) -> Colour:
    """The changes of colour of a recipe's training pictures, along these components."""
    strengths = {k: v for k, v in recipe.augment.items() if k in COLOURS}
    return Colour(**strengths, components=components)


def crop_of(recipe: TrainRecipe, preprocessing: Preprocessing) -> Crop | None:
    """How a recipe cuts training photos; None where it does not, as never with digits.

    Photos that are not stored larger, because they have the input's size, are padded instead.
    """
    if preprocessing.kind != "photo":
        return None
    wanted, size = recipe.augment, (preprocessing.height, preprocessing.width)
    padding = (int(wanted.get("padding", 0)),) * 2
    if recipe.enlarge > 1 and preprocessing.picture == size and "padding" not in wanted:
        padding = (size[0] // OWN_SIZE, size[1] // OWN_SIZE)
    area, flip = wanted.get("area", 1.0), wanted.get("flip", 0.0)
    jitter = (int(wanted.get("jitter_low", 0)), int(wanted.get("jitter_high", 0)))
    if preprocessing.short and area == 1 and not any(jitter):  # as `train.zoom` chose
        jitter = (preprocessing.short, preprocessing.short)
    as_stored = preprocessing.picture == size and not any(padding)
    if as_stored and area == 1 and not flip and not any(jitter):
        return None
    ground, several = ground_of(preprocessing), bool(wanted.get("interpolation", 0))
    if preprocessing.order == "bgr":  # what is stored is red first
        ground = ground[::-1]
    aspect = wanted.get("aspect", ASPECT)
    corners = bool(wanted.get("corners", 0))
    return Crop(size, padding, area, flip, ground, aspect, jitter, several, corners)


def ground_of(preprocessing: Preprocessing) -> tuple[int, ...]:
    """What the network sees as 0, or nearly: a value for each of its channels, or one for all."""
    if preprocessing.gcn or (preprocessing.arrays and preprocessing.arrays.matrix is not None):
        return (GREY,)
    if preprocessing.arrays is not None:
        return tuple(round(m) for m in preprocessing.arrays.mean.mean((1, 2)).tolist())
    return tuple(
        min(max(round(-255 * low / (high - low)), 0), 255)
        for low, high in zip(preprocessing.low, preprocessing.high, strict=True)
    )

"""The pictures of a run, and how its network sees them."""

from __future__ import annotations

import zlib
from typing import Any

from .. import data
from ..data import Dataset, Preprocessing
from ..data.stored import channel_statistics, marks_of
from ..spec import Net
from ..strips.make import window_width
from .pretrained import pixel_scale
from .recipe import TrainRecipe
from .run import Run


def open_data(run: Run, shape: tuple[int, int, int]) -> Dataset:
    """The pictures of a run, for a network with this input."""
    return data.open(
        run.recipe.data,
        data_dir=run.where.data_dir or None,
        channels=shape[0],
        size=(shape[1], shape[2]),
        enlarge=run.recipe.enlarge,
        room=1e9 * run.where.memory if run.where.memory else None,
        seed=run.recipe.seed,
        strict=run.where.strict,
        split=run.recipe.split,
    )


def preprocessing_for(recipe: TrainRecipe, net: Net, dataset: Dataset) -> Preprocessing:
    """How a recipe's network sees the pictures of its data set."""
    values: dict[str, Any] = {"low": (recipe.low,), "high": (recipe.high,)}
    if recipe.standardise:  # as the weights that it begins with are used to, else by measuring
        first = recipe.first_weights
        known = pixel_scale(first, net.input[0]) if first else {}
        values = known or _standardised(dataset)
    larger = dataset.kind == "photo" and tuple(dataset.train.images.shape[2:]) != net.input[1:]
    crop = larger and recipe.enlarge > 1
    found = Preprocessing.for_network(net.input, dataset, shrink=recipe.shrink, crop=crop, **values)
    if recipe.neighbours:
        window_width(found)  # says so where no strips can be made
    return found


def _standardised(dataset: Dataset) -> dict[str, Any]:
    """What 0 and 255 become where each channel of the training pictures has mean 0, deviation 1."""
    means, deviations = channel_statistics(dataset.train.images)
    pairs = list(zip(means, deviations, strict=True))
    return {
        "low": tuple(-mean / deviation for mean, deviation in pairs),
        "high": tuple((255 - mean) / deviation for mean, deviation in pairs),
    }


def fingerprint(dataset: Dataset) -> str:
    """A checksum of the classes, and of all pictures and labels with which a run learns."""
    mark = zlib.crc32("\n".join(dataset.classes).encode())
    for part in (dataset.train, dataset.validation):
        for tensor in (marks_of(part.images).checksum, part.labels):
            mark = zlib.crc32(tensor.contiguous().numpy().data, mark)
    return f"{mark:08x}"

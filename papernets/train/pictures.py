"""The pictures of a run, and how its network sees them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .. import data
from ..data import Dataset, Preprocessing, parting
from ..data.gathered import Gathered, open_gathered
from ..data.hub import STREAM as STREAM_THERE
from ..data.hub import WHOLE
from ..data.listing import Wanted
from ..data.names import MEMORY
from ..data.stored import channel_statistics, marks_of, memory_for_pictures
from ..data.whitening import mean_picture, whitening
from ..spec import Net
from ..strips.make import window_width
from ..words import plural
from .basics import MOST_HELD, STREAM
from .pretrained import pixel_scale
from .recipe import TrainRecipe
from .run import Run
from .sampling import by_class

assert MOST_HELD == parting.MOST_HELD
assert STREAM == STREAM_THERE


def open_data(
    run: Run,
    shape: tuple[int, int, int],
    given: Gathered | Dataset | None = None,
    here: int = 1,
) -> Dataset:
    """The pictures of a run, for a network with this input: `given`, or by their name or path.

    `here` processes of this machine open them, each for itself, and share its free memory.
    """
    room = 1e9 * run.where.memory if run.where.memory else None
    if given is not None:
        return _given(run, shape, given, room)
    if room is None and here > 1:
        room = memory_for_pictures() / here
    found = data.open(
        run.recipe.data,
        data_dir=run.where.data_dir or None,
        channels=shape[0],
        size=(shape[1], shape[2]),
        enlarge=stored_larger(run.recipe, shape),
        room=room,
        seed=run.recipe.seed,
        strict=run.where.strict,
        split=run.recipe.split,
        val_share=run.recipe.val_share,
        labels=run.recipe.labels,
        nested=run.recipe.nested,
        exact_decoding=run.recipe.exact_decoding,
    )
    return _streamed(found, run.recipe.buffer) if run.recipe.buffer else found


def _streamed(dataset: Dataset, buffer: int) -> Dataset:
    """A stream's pictures, with what should be known of their order."""
    count = len(dataset.train)
    if count <= buffer:
        return dataset
    said = [f"the next of {count:,} pictures is drawn among {buffer:,}: --set shuffle_buffer=N"]
    if by_class(dataset.train.labels, buffer):
        said.append(
            "the stream has its classes one after another, which are hardly mixed so: fewer than "
            f"half are in a buffer. Take {WHOLE}NAME, or a larger shuffle_buffer"
        )
    return replace(dataset, remarks=(*dataset.remarks, *said))


def _given(
    run: Run, shape: tuple[int, int, int], given: Gathered | Dataset, room: float | None
) -> Dataset:
    """Pictures that somebody holds. ValueError where a data set has not the network's channels."""
    recipe = run.recipe
    if isinstance(given, Gathered):
        wanted = Wanted(
            channels=shape[0],
            size=(shape[1], shape[2]),
            enlarge=stored_larger(recipe, shape),
            seed=recipe.seed,
            strict=run.where.strict,
            room=room,
            split=recipe.split,
            val_share=recipe.val_share,
        )
        return open_gathered(Path(recipe.data.removeprefix(MEMORY)), given, wanted)
    if given.train.images.shape[1] != shape[0]:
        raise ValueError(
            f"{given.name} has pictures of {plural(given.train.images.shape[1], 'channel')}, and "
            f"{recipe.net} sees {shape[0]}: open them so, papernets.data.open(..., "
            f"channels={shape[0]}), or give channels={given.train.images.shape[1]}"
        )
    if recipe.val_share > 0 or (recipe.val_share == 0 and len(given.validation)):
        raise ValueError(
            f"{given.name} is a Dataset, whose parts are made already: val_share="
            f"{recipe.val_share:g} changes nothing in it. Give it to papernets.data.open, or give "
            "train its name or path"
        )
    return given


def stored_larger(recipe: TrainRecipe, shape: tuple[int, int, int]) -> float:
    """How many times as large as the input photographs are stored, so that none is enlarged."""
    jittered: float = recipe.augment.get("jitter_high", 0) / min(shape[1:])
    return max(recipe.enlarge, jittered, *recipe.zooms)


def preprocessing_for(recipe: TrainRecipe, net: Net, dataset: Dataset) -> Preprocessing:
    """How a recipe's network sees the pictures of its data set."""
    values: dict[str, Any] = {"low": (recipe.low,), "high": (recipe.high,)}
    if recipe.standardise:  # as the weights that it begins with are used to, else by measuring
        first = recipe.first_weights
        known = pixel_scale(first, net.input) if first else {}
        values = known or _standardised(dataset)
    elif recipe.mean == "channel":
        means, _ = channel_statistics(dataset.train.images)
        values = {"low": tuple(-m for m in means), "high": tuple(255 - m for m in means)}
    elif recipe.mean or recipe.gcn or recipe.zca:
        values = {"low": (0.0,), "high": (255.0,), "gcn": recipe.gcn}
    stored = tuple(dataset.train.images.shape[2:])
    larger = dataset.kind == "photo" and stored != net.input[1:]
    crop = larger and stored_larger(recipe, net.input) > 1
    short = round(recipe.enlarge * min(net.input[1:])) if crop else 0
    short = short if 0 < short < min(stored) else 0  # they are stored larger for jitter alone
    found = Preprocessing.for_network(
        net.input,
        dataset,
        shrink=recipe.shrink,
        crop=crop,
        short=short,
        exact=recipe.exact_decoding and dataset.kind == "photo",
        **values,
    )
    if recipe.neighbours:
        window_width(found)  # says so where no strips can be made
    if recipe.zca:
        return replace(found, arrays=whitening(found, dataset.train.images, recipe.zca))
    if recipe.mean == "pixel":
        return replace(found, arrays=mean_picture(found, dataset.train.images))
    return found


def _standardised(dataset: Dataset) -> dict[str, Any]:
    """What 0 and 255 become where each channel of the training pictures has mean 0, deviation 1."""
    means, deviations = channel_statistics(dataset.train.images)
    pairs = list(zip(means, deviations, strict=True))
    return {
        "low": tuple(-mean / deviation for mean, deviation in pairs),
        "high": tuple((255 - mean) / deviation for mean, deviation in pairs),
    }


def fingerprint(dataset: Dataset, classes: Sequence[str] = ()) -> str:
    """A checksum of the classes, and of all pictures and labels with which a run learns.

    `classes` are names in the place of the data set's.
    """
    mark = zlib.crc32("\n".join(classes or dataset.classes).encode())
    for part in (dataset.train, dataset.validation):
        for tensor in (marks_of(part.images).checksum, part.labels):
            mark = zlib.crc32(tensor.contiguous().numpy().data, mark)
    return f"{mark:08x}"

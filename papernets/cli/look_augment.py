"""look augment: what training does to a picture, by a network's recipe or as a bundle's run did."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..words import plural
from .flags import WrongUse, own_file, wrong_use
from .output import chosen, write

if TYPE_CHECKING:
    from torch import Tensor

    from ..data import Dataset, Part, Preprocessing
    from ..data.components import Components
    from ..train.recipe import TrainRecipe
    from ..train.run import Run

PICTURES = {".png": "png", ".svg": "svg", ".pdf": "pdf"}
READ = ("augment", "mixup", "cutmix", "enlarge", "seed", "low", "high")
"""What is looked at of the settings that a bundle was trained with."""


@dataclass(frozen=True)
class Asked:
    """What is to be looked at: a bundle or a network, and a picture or a data set.

    flags, pairs: a recipe's settings, and `data_dir`; count: how many draws; number: which training
    picture of a data set, from 1.
    """

    what: str
    on: str
    flags: Mapping[str, Any]
    pairs: Sequence[str]
    count: int = 6
    number: int = 1

    @property
    def data_dir(self) -> str:
        """Where data sets lie; empty for where they usually do."""
        return str(self.flags.get("data_dir") or "")

    def settings(self) -> dict[str, Any]:
        """The recipe's settings that were given; a wrong one is wrong use."""
        from ..train.settings import joined, parse_set

        with wrong_use():
            sets = [{key: value} for key, value in map(parse_set, self.pairs)]
            return joined(*sets, {k: v for k, v in self.flags.items() if v not in ("", None)})


def look_augment(asked: Asked, output: str) -> str:
    """Draw the grid of a recipe's augmentations on one picture; what was drawn."""
    if not output:
        raise WrongUse(
            f"look draws into a file: papernets look augment {asked.what} {asked.on} -o grid.png"
        )
    form = "png" if output == "-" else chosen({}, output, PICTURES)
    from ..draw.formats import encoded
    from ..draw.grid import Row, grid_figure
    from ..train.look import looked_at, source_for

    recipe, eyes, pictures, components, called = _taken(asked)
    shown = looked_at(source_for(pictures, recipe, eyes, components), asked.count)
    rows = [Row(one.name, one.detail, one.pictures.numpy()) for one in shown]
    title = f"{recipe.net}: what training does to a picture"
    by = f"Recipe {recipe.recipe}. " if recipe.recipe else ""
    notes = [f"{by}{called}. Left the original, as evaluation sees it."]
    if recipe.augment.get("pca") and components is None and pictures.shape[1] == 3:
        notes.append("pca is drawn along ImageNet's components: one picture has none of its own.")
    if (recipe.mixup or recipe.cutmix) and len(pictures) < 2:
        notes.append("It is not mixed: that takes a data set, with a second picture.")
    alt = (
        f"{plural(len(rows), 'row')} of pictures, each the original and {asked.count} draws: "
        f"{', '.join(row.name for row in rows)}."
    )
    figure = grid_figure(rows, title=title, note=" ".join(notes))
    write(encoded(figure, form, title, alt), output)
    return f"{output}: {title}, {plural(len(rows), 'row')}"


def _taken(
    asked: Asked,
) -> tuple[TrainRecipe, Preprocessing, Tensor, Components | None, str]:
    """The recipe, how pictures are seen, the stored picture (1 or 2, C, h, w) with one to mix it
    with, its set's components, its name."""
    from ..bundle.find import bundle_meant
    from ..train.settings import resolve

    file = os.path.isfile(asked.on) and not asked.on.endswith(".parquet")
    with wrong_use():
        folder = bundle_meant(asked.what)
    if folder is not None:
        return _of_bundle(asked, folder, file)
    settings = asked.settings() | {"data": "photos" if file else asked.on}
    with own_file(asked.what), wrong_use():
        run = resolve(asked.what, settings)
        net = run.found.net.member
    if file:
        return _of_file(asked.on, run.recipe, net.input)
    dataset, eyes = _opened(run)
    return run.recipe, eyes, *_numbered(asked, run.recipe, dataset)


def _of_bundle(
    asked: Asked, folder: Path, file: bool
) -> tuple[TrainRecipe, Preprocessing, Tensor, Components | None, str]:
    """As a bundle's run did; other settings that are given take the place of its own."""
    from .. import data
    from ..bundle.info import read_info
    from ..data import Preprocessing
    from ..train.recipe import TrainRecipe

    info = read_info(folder)
    settings = asked.settings()
    if unread := [key for key in settings if key not in (*READ, "data_dir")]:
        raise WrongUse(
            f"{folder} is looked at as its run was, and takes no {unread[0]}: leave it out, or "
            f"look at the network: papernets look augment {info.network} {asked.on} -o FILE"
        )
    if "augment" not in info.run:
        raise WrongUse(
            f"{folder} was not trained by papernets: how its pictures were augmented is not known. "
            f"A network's recipe: papernets look augment {info.network} {asked.on} -o FILE"
        )
    eyes = Preprocessing.from_dict(info.preprocessing, info.arrays)
    own = {k: v for k, v in info.run.items() if k in READ}
    given = {k: v for k, v in settings.items() if k in READ}
    own["augment"] = {**own["augment"], **given.pop("augment", {})}
    with wrong_use():
        recipe = TrainRecipe(**{**own, **given, "net": info.network})
    if file:
        picture = data.read_picture(asked.on, eyes)[0]
        return recipe, eyes, picture[None], None, Path(asked.on).name
    with wrong_use():
        dataset = data.open(
            asked.on,
            data_dir=asked.data_dir or None,
            channels=eyes.channels,
            size=eyes.picture,
            seed=recipe.seed,
        )
    return recipe, eyes, *_numbered(asked, recipe, dataset)


def _of_file(
    path: str, recipe: TrainRecipe, shape: tuple[int, int, int]
) -> tuple[TrainRecipe, Preprocessing, Tensor, Components | None, str]:
    """A photograph as a run of the recipe would store it; for a network of grey, a digit."""
    from ..data import Preprocessing, read_picture
    from ..data.fitting import load_photo
    from ..data.picture import pillow_rules
    from ..data.stored import channel_statistics
    from ..train.pictures import stored_larger

    channels, height, width = shape
    if channels == 1:
        digit = Preprocessing(channels, height, width, shrink=recipe.shrink)
        return recipe, digit, read_picture(path, digit)[0][None], None, Path(path).name
    larger = stored_larger(recipe, shape)
    stored = (round(height * larger), round(width * larger))
    with pillow_rules():
        picture = load_photo(path, channels, stored, recipe.exact_decoding)
    values: dict[str, Any] = {}
    if recipe.standardise or recipe.mean:
        means, _ = channel_statistics(picture[None])  # what stands around it where it is padded
        values = {"low": tuple(-m for m in means), "high": tuple(255 - m for m in means)}
    values["exact"] = recipe.exact_decoding
    eyes = Preprocessing(channels, height, width, stored, "photo", crop=larger > 1, **values)
    return recipe, eyes, picture[None], None, Path(path).name


def _opened(run: Run) -> tuple[Dataset, Preprocessing]:
    """The pictures of a run, as it would store and see them but for what whitens them."""
    from dataclasses import replace

    from ..train.pictures import open_data, preprocessing_for

    net = run.found.net.member
    with wrong_use():
        dataset = open_data(run, net.input)
    whole = bool(run.recipe.gcn or run.recipe.zca)
    plain = replace(run.recipe, zca=0.0, gcn=float(whole))
    return dataset, preprocessing_for(plain, net, dataset)


def _numbered(
    asked: Asked, recipe: TrainRecipe, dataset: Dataset
) -> tuple[Tensor, Components | None, str]:
    """The training picture that is asked for, its set's components where needed, and its name."""
    from ..data.components import measured
    from ..data.picture import shown

    part, at = dataset.train, asked.number - 1
    if at >= len(part):
        raise WrongUse(f"--number {asked.number}: {dataset.name} has {len(part):,} to train on")
    import torch

    components = measured(part.images) if recipe.augment.get("pca") else None
    name = shown(part.files[at]) if part.files else f"picture {asked.number:,}"
    return (
        part.images[torch.tensor(shown_with(part, at))],
        components,
        f"{dataset.name}, {Path(name).name}",
    )


def shown_with(part: Part, at: int) -> list[int]:
    """The place of a picture, and of the next one of another class, for what mixes two."""
    others = (part.labels != part.labels[at]).nonzero()[:, 0]
    later = others[others > at]
    return [at, *(int(several[0]) for several in (later, others) if len(several))][:2]

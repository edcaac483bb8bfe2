"""The batches of an epoch: shuffled, distorted and prepared in bulk, never one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from ..data import Crop, Distortion, Part, Preprocessing
from ..data.colour import STRENGTHS, Colour
from ..data.components import Components, measured
from ..data.crops import ASPECT, NUMBERS
from ..data.draws import CROP, Draws
from ..strips.make import make_windows, seen, window_width
from .augmenting import COLOURS, DISTORTIONS
from .recipe import TrainRecipe

CHUNK, PIXELS = 8192, 8192 * 1024
"""How many pictures are prepared at a time, and pixels of the network's input: few enough to stay
in memory, enough to be fast."""
OWN_SIZE = 8
"""Photos that have the input's size already are padded by an eighth of it: 4 of CIFAR's 32."""
GREY = 128
"""What stands around a photo whose own contrast is normalised."""

assert set(COLOURS) == set(STRENGTHS)


def generator(seed: int, epoch: int) -> torch.Generator:
    """The random numbers of an epoch, from the seed and the epoch's number alone, so that it
    can be resumed."""
    return torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)


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
    as_stored = preprocessing.picture == size and not any(padding)
    if as_stored and area == 1 and not flip and not any(jitter):
        return None
    ground, several = ground_of(preprocessing), bool(wanted.get("interpolation", 0))
    if preprocessing.order == "bgr" and recipe.draws != "order":  # what is stored is red first
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


Batch = tuple[Tensor, Tensor, int]
"""Pictures (N, C, H, W) float32 and labels (N,) on a device, and how many the whole batch has."""


@dataclass(frozen=True)
class Source:
    """A worker's share of each batch of an epoch; a worker alone has the whole batches.

    The last batch is smaller where the pictures do not divide; a last batch of one joins the one
    before it, as batch normalisation cannot train on a single picture (none does where batches of
    one are asked for). With a recipe's `neighbours`, digits stand between others of the same
    thousands, and a label may be NO_DIGIT: see `make_windows`. `worker` is its rank, and how many
    there are: together they have the batches, and a share may be empty. What augmentation draws for
    a picture comes from the seed, the epoch and the picture's place in the part: whichever worker,
    batch or chunk it is in, it looks the same. `components` are measured where the recipe needs
    them and none are given.
    """

    part: Part
    preprocessing: Preprocessing
    recipe: TrainRecipe
    device: torch.device
    worker: tuple[int, int] = (0, 1)
    components: Components | None = None

    def __post_init__(self) -> None:
        if self.recipe.augment.get("pca") and self.components is None:
            object.__setattr__(self, "components", measured(self.part.images))
        self._colour.check(self.part.images.shape[1])
        crop = crop_of(self.recipe, self.preprocessing)
        if crop:
            crop.check(self.part.images)

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return len(sizes_of(len(self.part), self.recipe.batch_size))

    def epoch(self, number: int) -> Iterator[Batch]:
        """The batches of an epoch, in a random order, from the seed and its number alone."""
        draws = generator(self.recipe.seed, number)
        chunks = self._chunks(torch.randperm(len(self.part), generator=draws))
        sizes = [sizes_of(len(places), self.recipe.batch_size) for places in chunks]
        owned = [_own(each, *self.worker) for each in sizes]
        every = self._looks_at_all
        wanted = chunks if every else [c[own] for c, (own, _) in zip(chunks, owned, strict=True)]
        read = _read(self.part, wanted)
        for places, each, (own, parts), images in zip(chunks, sizes, owned, read, strict=True):
            if self.recipe.draws == "order":
                x, y = self._by_order(images, places, own, draws)
            elif self.recipe.neighbours:
                images = self._distorted(images, Draws(self.recipe.seed, number, places))
                x, y = self._windows(images, places, own, draws)
            else:
                mine = places[own]
                x = self.augmented(images, Draws(self.recipe.seed, number, mine))
                y = self.part.labels[mine]
            y = y.to(self.device)
            yield from zip(x.split(parts), y.split(parts), each, strict=True)

    @property
    def _looks_at_all(self) -> bool:
        """Whether a worker needs others' pictures too: neighbours, or numbers that come for all."""
        distorts = not distortion_of(self.recipe).is_identity
        return self.recipe.neighbours > 0 or (self.recipe.draws == "order" and distorts)

    def _chunks(self, order: Tensor) -> list[Tensor]:
        """The places of an epoch's pictures, as many at a time as are prepared together."""
        size, eyes = self.recipe.batch_size, self.preprocessing
        most = min(CHUNK, PIXELS // (eyes.height * eyes.width))
        step = max(most // size, 1) * size
        bounds = [*range(0, len(order), step), len(order)]
        if len(bounds) > 2 and bounds[-1] - bounds[-2] == 1:
            del bounds[-2]
        return [order[start:stop] for start, stop in pairwise(bounds)]

    def _windows(
        self, images: Tensor, places: Tensor, own: Tensor, draws: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """This worker's windows of strips out of a chunk of digits, as the network sees them."""
        eyes, labels = self.preprocessing, self.part.labels[places]
        width, share = window_width(eyes), self.recipe.neighbours
        images, labels = make_windows(images, labels, width, share, draws)
        return seen(eyes, images[own].to(self.device)), labels[own]

    @property
    def _colour(self) -> Colour:
        return colour_of(self.recipe, self.components)

    def _distorted(self, images: Tensor, draws: Draws) -> Tensor:
        distortion = distortion_of(self.recipe)
        return images if distortion.is_identity else distortion(images, draws)

    def augmented(self, images: Tensor, draws: Draws) -> Tensor:
        """Stored pictures augmented by the recipe, each by its draws, as the network sees them."""
        images = self._distorted(images, draws)
        eyes, crop = self.preprocessing, crop_of(self.recipe, self.preprocessing)
        if crop:
            eyes, images = eyes.of_crops(), crop(images, draws.uniform(CROP, NUMBERS))
        images, colour = images.to(self.device), self._colour
        return eyes(images if colour.is_identity else colour(images, draws))

    def _by_order(
        self, images: Tensor, places: Tensor, own: Tensor, draws: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """As runs of before draw: numbers come for all pictures of a chunk, one after another."""
        if self._looks_at_all:
            whole = self.recipe.neighbours > 0 or len(own) == len(places)
            images = distortion_of(self.recipe)(images, draws, None if whole else own)
        if self.recipe.neighbours:
            return self._windows(images, places, own, draws)
        eyes, crop = self.preprocessing, crop_of(self.recipe, self.preprocessing)
        if crop:
            numbers = torch.rand(len(places), NUMBERS - 1, generator=draws)
            eyes, images = eyes.of_crops(), crop.by_order(images, numbers[own])
        return eyes(images.to(self.device)), self.part.labels[places[own]]


def _read(part: Part, wanted: Sequence[Tensor]) -> Iterator[Tensor]:
    """The stored pictures at these places; such as are read on demand are read one step ahead."""
    images = part.images
    if isinstance(images, Tensor):
        yield from (images[places] for places in wanted)
        return
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(images.__getitem__, wanted[0])
        for places in wanted[1:]:
            ready, ahead = ahead, pool.submit(images.__getitem__, places)
            yield ready.result()
        yield ahead.result()


def _own(sizes: list[int], rank: int, workers: int) -> tuple[Tensor, list[int]]:
    """The places of a worker's pictures among those of batches, and how many of each it has."""
    places, parts, start = [], [], 0
    for size in sizes:
        low, high = size * rank // workers, size * (rank + 1) // workers
        places.append(torch.arange(start + low, start + high))
        parts.append(high - low)
        start += size
    return torch.cat(places), parts


def sizes_of(count: int, batch_size: int) -> list[int]:
    """Batch sizes that add up to `count`, without a last batch of one picture among larger ones."""
    whole, rest = divmod(count, batch_size)
    sizes = [batch_size] * whole + ([rest] if rest else [])
    if len(sizes) > 1 and sizes[-1] == 1 < batch_size:
        sizes[-2:] = [sizes[-2] + 1]
    return sizes

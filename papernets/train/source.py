"""The batches of an epoch: shuffled, distorted and prepared in bulk, never one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from ..data import Part, Preprocessing
from ..data.again import Emptied
from ..data.colour import Colour
from ..data.components import Components, measured
from ..data.crops import NUMBERS
from ..data.draws import CROP, STRIPS, Draws, pictures_of
from ..data.memory import Memory, Sheets
from ..data.stored import OnDemand
from ..spent import part
from ..strips.make import make_windows, seen, window_width
from .changing import colour_of, crop_of, distortion_of
from .losses import class_weights
from .mixing import Mixing, partners, soft
from .precision import laid
from .recipe import TrainRecipe
from .sampling import balanced, buffered, permuted

CHUNK, PIXELS = 2048, 2048 * 1024
"""How many pictures are prepared at a time, and pixels of the network's input: few enough to stay
in memory, enough to be fast."""


def generator(seed: int, epoch: int) -> torch.Generator:
    """The random numbers of an epoch, from the seed and the epoch's number alone, so that it
    can be resumed."""
    return torch.Generator().manual_seed((seed * 1_000_003 + epoch) % 2**63)


class Batch(NamedTuple):
    """A batch, or a worker's share of one, on a device: pictures (N, C, H, W) float32 and labels.

    Labels are int64 (N,); of mixed pictures they are shares of classes, float32 (N, classes).
    `total` is how many pictures the whole batch has; `draws` are those of these pictures.
    """

    images: Tensor
    labels: Tensor
    total: int
    draws: Draws


class Chunk(NamedTuple):
    """Pictures that are prepared together: batches of so many, one after another.

    places: int64 (N,), those of the epoch's order from `begin` on, as `Draws.places` has them. The
    first `done` batches are not wanted again. What is prepared is always the whole chunk, so that
    nothing depends on where an epoch goes on.
    """

    epoch: int
    begin: int
    places: Tensor
    sizes: list[int]
    done: int = 0


@dataclass(frozen=True)
class Source:
    """A worker's share of each batch of an epoch; a worker alone has the whole batches.

    The last batch is smaller where the pictures do not divide; a last batch of one joins the one
    before it, as batch normalisation cannot train on a single picture (none does where batches of
    one are asked for). With a recipe's `neighbours`, digits stand between others of the same
    thousands, and a label may be NO_DIGIT: see `make_windows`. `worker` is its rank, and how many
    there are: together they have the batches, and a share may be empty. What augmentation draws for
    a picture comes from the seed, the epoch and the picture's place in the part: whichever worker,
    batch or chunk it is in, it looks the same. `components`, and `balance`, the weights of classes,
    are measured where the recipe needs them and none are given.
    """

    part: Part
    preprocessing: Preprocessing
    recipe: TrainRecipe
    device: torch.device
    worker: tuple[int, int] = (0, 1)
    components: Components | None = None
    balance: Tensor | None = None

    def __post_init__(self) -> None:
        if self.recipe.balance == "weights" and self.balance is None:
            object.__setattr__(self, "balance", class_weights(self.part.labels))
        if self.recipe.balance == "sampling" and _passes(self.part):
            raise ValueError(
                "balance=sampling takes pictures from anywhere, and these pass as a stream that is "
                "larger than memory: --set balance=weights, or --data hf:NAME, which keeps them on "
                "the disk"
            )
        if self.recipe.augment.get("pca") and self.components is None:
            object.__setattr__(self, "components", measured(self.part.images))
        self._colour.check(self.part.images.shape[1])
        crop = crop_of(self.recipe, self.preprocessing)
        if crop:
            crop.check(self.part.images)

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return len(sizes_of(len(self.part), self.recipe.batch_size))

    def order(self, number: int) -> Tensor:
        """The places of the pictures in the order of an epoch, by the seed and its number alone.

        Of a stream they are drawn from a buffer of `shuffle_buffer`. With `balance=sampling` some
        stand there again, as `Draws.places` has it.
        """
        draws = generator(self.recipe.seed, number)
        if self.recipe.balance == "sampling":
            return balanced(self.part.labels, draws)
        if self.recipe.buffer:
            return buffered(len(self.part), self.recipe.buffer, draws)
        return permuted(len(self.part), draws)

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, in a random order, from batch `start` on (from 0).

        The batches before it are not prepared, but for those of its own chunk.
        """
        chunks = self.chunks(number, start)
        self.expect(chunks)
        memory = self.memory()
        read = _read(self.part, self._wanted(chunks), memory)
        for chunk, images in zip(chunks, read, strict=True):
            yield from self.batches(chunk, *self.shown(chunk, *self.cut(chunk, images), memory))

    def chunks(self, number: int, start: int = 0) -> list[Chunk]:
        """What an epoch prepares together, without the chunks that are over before `start`."""
        order, size, batches = self.order(number), self.recipe.batch_size, 0
        found = []
        for begin, end in pairwise(self._bounds):
            sizes = sizes_of(end - begin, size)
            if batches + len(sizes) > start:
                done = max(start - batches, 0)
                found.append(Chunk(number, begin, order[begin:end], sizes, done))
            batches += len(sizes)
        return found

    def expect(self, chunks: Sequence[Chunk]) -> None:
        """Say which chunks are going to be prepared: of a stream their pictures are then held."""
        if isinstance(self.part.images, OnDemand):
            self.part.images.expect(self._wanted(chunks))

    def places_of(self, number: int, at: int) -> Tensor:
        """The places in the part of an epoch's batch `at` (from 0), of all workers."""
        chunk = self.chunks(number, at)[0]
        return pictures_of(chunk.places.split(chunk.sizes)[chunk.done])

    def memory(self) -> Memory:
        """Memory to prepare batches in; pictures are read into it where `cut` makes others of them.

        One thread prepares with it at a time.
        """
        cuts = crop_of(self.recipe, self.preprocessing) is not None
        return Memory(Sheets(self.part.images) if cuts else None)

    def prepare(self, chunk: Chunk, memory: Memory) -> tuple[Tensor, Tensor]:
        """What the network sees of a chunk's pictures, and their labels; they are read here."""
        return self.shown(chunk, *self.cut_of(chunk, memory), memory)

    def cut_of(self, chunk: Chunk, memory: Memory) -> tuple[Tensor, Tensor]:
        """As `cut`, with the pictures read here."""
        (images,) = _read(self.part, self._wanted([chunk]), memory)
        return self.cut(chunk, images)

    def cut(self, chunk: Chunk, images: Tensor) -> tuple[Tensor, Tensor]:
        """A chunk's stored pictures, distorted and cropped, still uint8, and their labels."""
        with part("augmentation"):
            if self.recipe.neighbours:
                draws = Draws(self.recipe.seed, chunk.epoch, chunk.places)
                own, _ = self._own(chunk.sizes)
                return self._windows(self._distorted(images, draws), own, draws)
            draws = Draws(self.recipe.seed, chunk.epoch, chunk.places[self._shares(chunk)])
            return self._cut(images, draws), self.part.labels[pictures_of(draws.places)]

    def shown(
        self, chunk: Chunk, images: Tensor, labels: Tensor, memory: Memory
    ) -> tuple[Tensor, Tensor]:
        """What the network sees of pictures that `cut` gave, on the device."""
        labels = labels.to(self.device)
        with part("normalising"):
            if self.recipe.neighbours:
                return seen(self.preprocessing, images.to(self.device)), labels
            shares = self._shares(chunk)
            draws = Draws(self.recipe.seed, chunk.epoch, chunk.places[shares])
            x = self._seen(images, draws, memory.again)
            return self._mixed(chunk, shares, x, labels) if self.mixing else (x, labels)

    @property
    def mixing(self) -> Mixing:
        """How the recipe mixes pictures: false where it does not."""
        return Mixing(self.recipe.mixup, self.recipe.cutmix)

    def _shares(self, chunk: Chunk) -> Tensor:
        """Where in a chunk the pictures are that this worker prepares: its own, and what they are
        mixed with."""
        own, _ = self._own(chunk.sizes)
        return torch.cat([own, partners(chunk.sizes)[own]]).unique() if self.mixing else own

    def _mixed(self, chunk: Chunk, shares: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """This worker's own pictures, each mixed with the other of its pair, and shares of labels.

        shares: where in the chunk the pictures x and labels y are, rising.
        """
        own, _ = self._own(chunk.sizes)
        mine = torch.searchsorted(shares, own).to(x.device)
        other = torch.searchsorted(shares, partners(chunk.sizes)[own]).to(x.device)
        draws = Draws(self.recipe.seed, chunk.epoch, chunk.places[own])
        mixed, kept = self.mixing(x[mine], x[other], draws)
        classes = int(self.part.labels.max()) + 1  # the loss knows of more that have no picture
        return mixed, soft(y[mine], y[other], kept, classes)

    def batches(self, chunk: Chunk, x: Tensor, y: Tensor) -> Iterator[Batch]:
        """The batches of a prepared chunk that are still wanted."""
        own, parts = self._own(chunk.sizes)
        places, seed = chunk.places[own].split(parts), self.recipe.seed
        batches = zip(x.split(parts), y.split(parts), chunk.sizes, places, strict=True)
        for images, labels, total, mine in islice(batches, chunk.done, None):
            yield Batch(images, labels, total, Draws(seed, chunk.epoch, mine))

    def _wanted(self, chunks: Sequence[Chunk]) -> list[Tensor]:
        """The pictures of chunks that a worker looks at; between neighbours at those of all."""
        if self.recipe.neighbours:
            return [pictures_of(chunk.places) for chunk in chunks]
        return [pictures_of(chunk.places[self._shares(chunk)]) for chunk in chunks]

    def _own(self, sizes: list[int]) -> tuple[Tensor, list[int]]:
        """The places of a worker's pictures among those of batches, and how many of each it has.

        Where a batch is computed in parts, it has a share of each part.
        """
        most, places, parts, start = self.recipe.micro_batch, [], [], 0
        for size in sizes:
            mine = 0
            for one in sizes_of(size, most) if 0 < most < size else [size]:
                low, high = bounds(one, *self.worker)
                places.append(torch.arange(start + low, start + high))
                start, mine = start + one, mine + high - low
            parts.append(mine)
        return torch.cat(places), parts

    @property
    def _bounds(self) -> list[int]:
        """Where in an epoch's order chunks begin, and where the last one ends."""
        size, eyes, count = self.recipe.batch_size, self.preprocessing, len(self.part)
        most = min(CHUNK, PIXELS // (eyes.height * eyes.width))
        step = max(most // size, 1) * size
        bounds = [*range(0, count, step), count]
        if len(bounds) > 2 and bounds[-1] - bounds[-2] == 1:
            del bounds[-2]
        return bounds

    def _windows(self, images: Tensor, own: Tensor, draws: Draws) -> tuple[Tensor, Tensor]:
        """This worker's windows of strips out of a chunk of digits."""
        labels = self.part.labels[pictures_of(draws.places)]
        width = window_width(self.preprocessing)
        share = self.recipe.neighbours
        images, labels = make_windows(images, labels, width, share, draws.generator(STRIPS))
        return images[own], labels[own]

    @property
    def _colour(self) -> Colour:
        return colour_of(self.recipe, self.components)

    def _distorted(self, images: Tensor, draws: Draws) -> Tensor:
        distortion = distortion_of(self.recipe)
        return images if distortion.is_identity else distortion(images, draws)

    def plain(self, places: Tensor) -> Tensor:
        """The pictures at these places, not augmented, as a network in training takes them."""
        images = self.part.images[places].to(self.device)
        return laid(self.preprocessing(images), self.recipe.precision)

    def augmented(self, images: Tensor, draws: Draws) -> Tensor:
        """Stored pictures augmented by the recipe, each by its draws, as the network sees them."""
        return self._seen(self._cut(images, draws), draws)

    def _cut(self, images: Tensor, draws: Draws) -> Tensor:
        images, crop = self._distorted(images, draws), crop_of(self.recipe, self.preprocessing)
        return crop(images, draws.uniform(CROP, NUMBERS)) if crop else images

    def _seen(self, images: Tensor, draws: Draws, again: Emptied | None = None) -> Tensor:
        eyes, colour = self.preprocessing, self._colour
        if crop_of(self.recipe, eyes):
            eyes = eyes.of_crops()
        images = images.to(self.device)
        found = eyes(images if colour.is_identity else colour(images, draws), again)
        return found.contiguous()  # as it lies in memory that processes share


def _passes(part: Part) -> bool:
    """Whether a part's pictures are in a stream that is larger than memory."""
    return isinstance(part.images, OnDemand) and part.images.passing


def _read(part: Part, wanted: Sequence[Tensor], memory: Memory) -> Iterator[Tensor]:
    """The stored pictures at these places; such as are read on demand are read one step ahead.

    Where memory has sheets, each is gone when the next is asked for.
    """
    images = part.images
    read = memory.sheets.read if memory.sheets else images.__getitem__
    if not wanted:
        return
    if isinstance(images, Tensor):
        yield from map(read, wanted)
        return
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(read, wanted[0])
        for places in wanted[1:]:
            ready, ahead = ahead, pool.submit(read, places)
            yield ready.result()
        yield ahead.result()


def bounds(count: int, rank: int, workers: int) -> tuple[int, int]:
    """Where a worker's share of so many pictures begins and ends; it may be empty."""
    return count * rank // workers, count * (rank + 1) // workers


def sizes_of(count: int, batch_size: int) -> list[int]:
    """Batch sizes that add up to `count`, without a last batch of one picture among larger ones."""
    whole, rest = divmod(count, batch_size)
    sizes = [batch_size] * whole + ([rest] if rest else [])
    if len(sizes) > 1 and sizes[-1] == 1 < batch_size:
        sizes[-2:] = [sizes[-2] + 1]
    return sizes

"""What a set of pictures is, once it is read, and how a part of it is held out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from papernets.data.content import Content, content_of_images
from papernets.data.stored import File, Images, OnDemand
from papernets.words import by, plural

KINDS = ("digit", "garment", "photo")
MUCH = 64 << 20  # bytes of pictures that are not copied where they can change places


class WrongFolder(ValueError):
    """A folder, or a set of files, that is laid out otherwise than a data set for training."""


@dataclass(frozen=True)
class Part:
    """One part of a data set.

    images: uint8 (N, C, h, w), the stored pictures, in memory or read on demand. labels: int64
    (N,), places in the data set's classes. files: where each picture came from, empty where they
    were not files of their own. known: their content, where it was taken when they were read.
    """

    images: Images
    labels: Tensor
    files: tuple[File, ...] = ()
    known: Content | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        assert self.images.ndim == 4 and self.images.dtype == torch.uint8, self.images.shape
        assert self.labels.shape == (len(self.images),) and self.labels.dtype == torch.int64
        assert not self.files or len(self.files) == len(self.images)
        assert self.known is None or len(self.known) == len(self.images)

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        return f"Part({plural(len(self), 'picture')} {by(self.images.shape[1:])})"

    def select(self, index: Tensor | Sequence[int] | slice) -> "Part":
        """The pictures at these places (or where a boolean tensor is true), in that order."""
        if isinstance(index, slice):
            index = torch.arange(len(self))[index]
        places = torch.as_tensor(index, device=self.labels.device)
        if places.dtype == torch.bool:
            places = places.nonzero()[:, 0]
        places = places.long()
        files = tuple(self.files[i] for i in places.tolist()) if self.files else ()
        images = self.images
        chosen = images.select(places) if isinstance(images, OnDemand) else images[places]
        known = None if self.known is None else self.known.select(places.cpu())
        return Part(chosen, self.labels[places], files, known)

    @cached_property
    def content(self) -> Content:
        """What each picture is known by; made of the stored pixels where nothing else is there."""
        return content_of_images(self.images[:]) if self.known is None else self.known


def apart(part: Part, places: Sequence[Tensor]) -> list[Part]:
    """A part's pictures as several, by places that are all of its places, each once.

    Many pictures in memory change places in it, so that they are there once: `part` is used up.
    """
    images = part.images
    if isinstance(images, OnDemand) or images.nbytes < MUCH:
        return [part.select(some) for some in places]
    assert sorted(torch.cat(list(places)).tolist()) == list(range(len(part)))
    _permute(images.numpy(), torch.cat(list(places)).numpy())
    found, start = [], 0
    for some in places:
        stop = start + len(some)
        known = None if part.known is None else part.known.select(some)
        files = tuple(part.files[at] for at in some.tolist()) if part.files else ()
        found.append(Part(images[start:stop], part.labels[some], files, known))
        start = stop
    return found


def _permute(values: np.ndarray, order: np.ndarray) -> None:
    """Rows in another order, `values[order]`, in their place: round each cycle in turn."""
    done = order == np.arange(len(order))
    follow = order.tolist()
    for start in range(len(follow)):
        if done[start]:
            continue
        first, at = values[start].copy(), start
        while (source := follow[at]) != start:
            values[at] = values[source]
            done[at] = True
            at = source
        values[at], done[at] = first, True


@dataclass(frozen=True)
class Dataset:
    """Pictures in three parts: to train, to choose the epoch, and to test once, at the end.

    classes: names in the order of the labels. kind: how a new picture is made like the stored ones:
    "digit" and "garment" (light on a dark ground, centred) or "photo". split: one sentence on how
    the parts were made. skipped: one message for each file that was left out, path and reason.
    remarks: what else was noted when they were read, a sentence each; see `notes_of`.
    """

    name: str
    classes: tuple[str, ...]
    train: Part
    validation: Part
    test: Part
    kind: str
    split: str
    skipped: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert self.kind in KINDS, self.kind

    def __repr__(self) -> str:
        classes = plural(len(self.classes), "class", "classes")
        parts = f"train={self.train}, validation={self.validation}, test={self.test}"
        return f"Dataset({self.name!r}, {classes}, {parts})"


def hold_out(labels: Tensor, fraction: float, seed: int) -> tuple[Tensor, Tensor]:
    """Two sets of places, in ascending order: the rest, and a seeded, stratified part.

    The part takes the same fraction of each class, to the nearest whole picture; it has
    round(fraction * N) pictures in all, but at least one of each class, and never a class's last.
    The same seed gives the same part with every version of numpy and torch.
    """
    values = labels.cpu().numpy()
    random = np.random.RandomState(seed)  # numpy keeps this one's numbers the same for ever
    classes, counts = np.unique(values, return_counts=True)
    wanted = counts * fraction
    taken = np.floor(wanted).astype(int)
    left = round(fraction * len(values)) - int(taken.sum())
    taken[np.argsort(taken - wanted, kind="stable")[: max(left, 0)]] += 1
    taken = np.minimum(np.maximum(taken, 1), counts - 1)
    chosen = np.zeros(len(values), dtype=bool)
    for label, number in zip(classes, taken, strict=True):
        places = np.flatnonzero(values == label)
        chosen[random.permutation(places)[:number]] = True
    return torch.from_numpy(np.flatnonzero(~chosen)), torch.from_numpy(np.flatnonzero(chosen))

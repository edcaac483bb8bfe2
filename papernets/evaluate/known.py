"""What a network has seen is no test of it: pictures are known by content, wherever they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..bundle.seen import TEST, VALIDATION, Seen
from ..data.content import Content
from ..data.listing import SPLITTING
from ..data.parting import MOST_HELD
from ..data.stored import File, Images, OnDemand
from ..numbers import is_number
from ..words import plural

PARTS = ("test", "validation", "train", "all")


@dataclass(frozen=True)
class Pictures:
    """Stored pictures uint8 (N, C, h, w) with labels int64 (N,), places among the bundle's classes.

    `part` is one of PARTS. `files` are their paths, or empty. `notes` are sentences that a reader
    of the figures should know; `skipped` has a message for each file that was left out. `known`:
    by what pictures are recognised, where that was asked for.
    """

    name: str
    part: str
    images: Images
    labels: Tensor
    files: tuple[File, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    known: Content | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def some(self, which: slice) -> Pictures:
        """Pictures that follow one another, without what they are recognised by."""
        images, files = self.images, self.files[which]
        places = torch.arange(len(self))[which]
        chosen = images.select(places) if isinstance(images, OnDemand) else images[which]
        return replace(self, images=chosen, labels=self.labels[which], files=files, known=None)

    def select(self, which: NDArray[np.bool_], part: str, *notes: str) -> Pictures:
        """Some of the pictures, as a part of this name; `notes` come first."""
        places = torch.from_numpy(which.nonzero()[0])
        images = self.images
        return replace(
            self,
            part=part,
            images=images.select(places) if isinstance(images, OnDemand) else images[places],
            labels=self.labels[places],
            files=tuple(self.files[at] for at in places.tolist()) if self.files else (),
            notes=(*notes, *self.notes),
            known=None if self.known is None else self.known.select(places),
        )


def parted_as(run: Mapping[str, Any]) -> dict[str, Any]:
    """How the run of a bundle made parts of a set, as `data.open` takes it."""
    return {"split": split_of(run), "val_share": share_of(run)}


def split_of(run: Mapping[str, Any]) -> str:
    """How the run of a bundle drew parts: those that do not say so, by the order of files."""
    given = run.get("split") or ("order" if run.get("data") else "content")
    return given if given in SPLITTING else "content"


def share_of(run: Mapping[str, Any]) -> float:
    """Which share of the training pictures the run of a bundle held out; -1: as the set has it."""
    given = run.get("val_share")
    return float(given) if is_number(given) and 0 <= given <= MOST_HELD else -1.0


@dataclass(frozen=True)
class Groups:
    """Which pictures (N,) a network learnt from, chose its epoch by, and was tested on by its run.

    A picture that it learnt from is in no other group, but where the run's own parts had it twice.
    """

    learnt: NDArray[np.bool_]
    chose: NDArray[np.bool_]
    tested: NDArray[np.bool_]

    @staticmethod
    def of(pictures: Pictures, seen: Seen) -> Groups:
        assert pictures.known is not None
        held, pixels = pictures.known.held, pictures.known.pixels
        learnt = seen.learnt(held, pixels)
        chose = seen.has(VALIDATION, held, pixels) & ~learnt
        return Groups(learnt, chose, seen.has(TEST, held, pixels))

    @property
    def used(self) -> NDArray[np.bool_]:
        """Where an error says little: the network, or the choice of its epoch, knows the answer."""
        return self.learnt | self.chose

    @property
    def fair(self) -> NDArray[np.bool_]:
        """What may be tested: all that was not used, and what the run's own test part has."""
        return ~self.used | self.tested

    def words(self) -> str:
        """`64 of the 80 pictures were trained on and 8 chose the epoch`."""
        said = []
        if self.learnt.any():
            said.append(f"{self.learnt.sum():,} were trained on")
        if self.chose.any():
            said.append(f"{self.chose.sum():,} chose the epoch")
        return f"of {plural(len(self.learnt), 'picture')} {' and '.join(said) or 'none is known'}"


def by_content(pictures: Pictures, seen: Seen, part: str) -> Pictures:
    """A part of a folder of pictures that has no parts, by what its network has seen of it.

    Without a part, or of "test", all that it has not seen, and what its run tested; of a folder of
    which it has seen nothing all pictures. ValueError where a part has none.
    """
    groups, name = Groups.of(pictures, seen), pictures.name
    anything = groups.used.any() or groups.tested.any()
    if part == "all" or not (anything or part):
        said = [f"{name}: {groups.words()}"] if groups.used.any() else []
        return replace(pictures, part="all", notes=(*said, *pictures.notes))
    if part in ("train", "validation"):
        which = groups.learnt if part == "train" else groups.chose
        if not which.any():
            what = "trained on" if part == "train" else "looked at to choose the epoch"
            raise ValueError(
                f"{name}: no picture of it was {what}. Without --part all that are new are tested"
            )
        return pictures.select(which, part)
    if not groups.fair.any():
        if part:
            raise ValueError(f"{name}: no picture is left to test: {groups.words()}. See --part")
        said = [f"{name}: {groups.words()}: this is no error on new pictures"]
        return pictures.select(groups.used, "all" if groups.chose.any() else "train", *said)
    return pictures.select(groups.fair, "test", *_said(groups, name))


def _said(groups: Groups, name: str) -> Sequence[str]:
    """What was left out of a test, and what is tested."""
    gone, again = groups.used & ~groups.tested, groups.fair & groups.tested
    new = int((groups.fair & ~groups.tested).sum())
    notes = []
    if gone.any():
        left = replace(groups, learnt=groups.learnt & gone, chose=groups.chose & gone)
        notes.append(f"{name}: {left.words()}: left out")
    if again.any() and new:
        notes.append(f"{again.sum():,} of those tested are of its run's test part, {new:,} are new")
    return [*notes, *_both(groups)]


def _both(groups: Groups) -> Sequence[str]:
    both = int((groups.used & groups.tested).sum())
    if not both:
        return []
    some = "1 of the pictures tested was" if both == 1 else f"{both:,} of the pictures tested were"
    return [
        f"{some} trained on too, or chose the epoch: its run's parts had the same picture twice"
    ]


def of_part(pictures: Pictures, seen: Seen) -> Pictures:
    """A part of a data set that has parts, without what is no test; sentences say what was done."""
    groups, name = Groups.of(pictures, seen), f"{pictures.part} part of {pictures.name}"
    if pictures.part == "train":
        return pictures
    if pictures.part == "all":
        said = [f"{pictures.name}: {groups.words()}"] if groups.used.any() else []
        return replace(pictures, notes=(*said, *pictures.notes))
    if pictures.part == "validation":  # which chose the epoch: that is what was asked for
        assert pictures.known is not None
        own = seen.has(VALIDATION, pictures.known.held, pictures.known.pixels)
        groups = Groups(groups.learnt, np.zeros_like(own), own)
    if not (groups.used & ~groups.tested).any():
        return replace(pictures, notes=(*pictures.notes, *_both(groups)))
    if not groups.fair.any():
        said = [f"{name}: {groups.words()}: this is no error on new pictures"]
        return replace(pictures, notes=(*said, *pictures.notes))
    return pictures.select(groups.fair, pictures.part, *_said(groups, name))

"""From lists of picture files with their classes to a data set: read, checked and split."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from papernets.data.dataset import Dataset, Part, hold_out
from papernets.data.picture import dimensions, load, pillow_rules, shown
from papernets.data.stored import (
    File,
    Images,
    OnDemand,
    check_reading,
    memory_for_pictures,
    read_stored,
    threads,
)

DIGIT_FORM = (28, 28)
LOOK = 16  # pictures, spread over all, whose sizes are looked at


@dataclass(frozen=True)
class Wanted:
    """How pictures are stored, and what may be left out.

    channels: 1 (grey) or 3. size: the network's input. enlarge: photos are stored so many times as
    large, unless they have exactly the input's size. seed draws what is held out where the data do
    not say. strict: a file that cannot be read is an error. room: bytes that the pictures may take;
    None for a share of the free memory. What needs more is read again whenever it is asked for.
    only_test: where the test part is a part of its own, only that is read; the others are empty.
    """

    channels: int
    size: tuple[int, int]
    enlarge: float = 1.0
    seed: int = 0
    strict: bool = False
    room: float | None = None
    only_test: bool = False

    def __post_init__(self) -> None:
        if self.channels not in (1, 3):
            raise ValueError(
                f"channels={self.channels}: pictures are read with 1 (grey) or 3 (colour)"
            )


@dataclass(frozen=True)
class Listing:
    """The files of one part, the class of each as a place in `classes`, and the classes' names."""

    files: tuple[File, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]

    @staticmethod
    def named(files: Sequence[File], names: Sequence[str], classes: Sequence[str]) -> "Listing":
        """From the name of each file's class."""
        places = {name: place for place, name in enumerate(classes)}
        return Listing(tuple(files), tuple(places[name] for name in names), tuple(classes))

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each file's class."""
        return tuple(self.classes[label] for label in self.labels)

    def among(self, classes: Sequence[str]) -> Tensor:
        """The labels (N,) as places among other classes, which have all of these."""
        places = torch.tensor([classes.index(name) for name in self.classes], dtype=torch.int64)
        return places[torch.tensor(self.labels, dtype=torch.int64)]


def read_dataset(
    root: Path,
    listings: dict[str, Listing],
    wanted: Wanted,
    skipped: Sequence[str] = (),
    mark: str = "/",
) -> Dataset:
    """A data set of the parts "train", and "val" and "test" where they are.

    `skipped` begins the list of what was left out; `mark` stands behind a part's name, as it does
    behind a folder's. ValueError for a part or a class of which no
    picture can be read, for too few to hold a part out, and with `strict` for what is left out.
    """
    classes = listings["train"].classes
    alone = wanted.only_test and len(listings) > 1
    if alone:
        last = list(listings)[-1]
        listings = {last: listings[last]}
    files = next(iter(listings.values())).files
    parts: dict[str, Part] = {}
    left = list(skipped)
    count = sum(len(listing.files) for listing in listings.values())
    with pillow_rules():
        digits = set(classes) <= set("0123456789") and wanted.channels == 1
        digits = digits and all(_has_digit_form(listing.files) for listing in listings.values())
        size = DIGIT_FORM if digits else stored_size(files, wanted)
    check_reading(count, wanted.channels, size)
    room = memory_for_pictures() if wanted.room is None else wanted.room
    in_memory = digits or count * wanted.channels * size[0] * size[1] <= room
    for split, listing in listings.items():
        images, good, reasons = read_stored(listing.files, wanted.channels, size, in_memory)
        labels = listing.among(classes)
        files = listing.files
        if reasons:
            labels, files = labels[good], tuple(files[at] for at in good)
        parts[split] = Part(images, labels, files)
        left += reasons
    if left and wanted.strict:
        raise ValueError(
            f"{shown(root)}: {len(left):,} of {count:,} files are not readable pictures "
            f"(first: {left[0]}). Mend or remove them; without --strict they are left out"
        )
    for split, part in parts.items():
        _check_classes(root if len(parts) == 1 else root / split, part, classes, split, left)
    if alone:
        (test,) = parts.values()
        train, validation, sentence = test.select([]), test.select([]), "the test part alone"
    else:
        train, validation, test, sentence = _split(root, parts, wanted.seed, mark)
    kind = "digit" if digits and _light_on_dark((test if alone else train).images) else "photo"
    name = root.resolve().name or shown(root)
    return Dataset(name, classes, train, validation, test, kind, sentence, tuple(left))


def stored_size(files: Sequence[File], wanted: Wanted) -> tuple[int, int]:
    """Height and width of stored photos: the input's, or enlarged.

    Photos that have the input's size already, as far as a few of them tell, are kept as they are:
    to enlarge CIFAR's 32x32 and cut 32x32 out again would only blur them.
    """
    height, width = wanted.size
    if wanted.enlarge <= 1:
        return wanted.size
    large = round(height * wanted.enlarge), round(width * wanted.enlarge)
    found = []
    for file in files[:: max(1, len(files) // LOOK)][:LOOK]:
        try:
            found.append(dimensions(file))
        except (ValueError, OSError):
            continue
    return wanted.size if found and set(found) == {wanted.size} else large


def _has_digit_form(files: Sequence[File]) -> bool:
    """True if every readable file is a grey picture of 28x28; stops at the first that is not."""

    def unlike(file: File) -> bool:
        try:
            image = load(file)
        except (ValueError, OSError):
            return False
        return image.mode != "L" or image.size != DIGIT_FORM

    if any(map(unlike, islice(files, 8))):
        return False
    return not any(threads(unlike, files))


def _light_on_dark(images: Images) -> bool:
    """True if the pictures' outermost pixels are dark on average."""
    assert not isinstance(images, OnDemand)  # digits are always in memory
    edges = [images[..., 0, :], images[..., -1, :], images[..., 0], images[..., -1]]
    return torch.cat([edge.reshape(-1) for edge in edges]).float().mean().item() < 128


def _check_classes(
    folder: Path, part: Part, classes: Sequence[str], split: str, skipped: Sequence[str]
) -> None:
    """ValueError if a part has no picture that can be read, or a class of the training part."""
    first = f" (first: {skipped[0]})" if skipped else ""
    if not len(part):
        raise ValueError(f"{shown(folder)}: not one picture can be read{first}")
    if split == "train":
        counts = torch.bincount(part.labels, minlength=len(classes)).tolist()
        for name, count in zip(classes, counts, strict=True):
            if not count:
                raise ValueError(
                    f"{shown(folder)}: class {name!r}: not one picture can be read{first}"
                )


def _split(
    root: Path, parts: dict[str, Part], seed: int, mark: str
) -> tuple[Part, Part, Part, str]:
    """train, validation, test, and the sentence that says how they were made."""
    train = parts["train"]
    few = f"{shown(root)}: {len(train)} training pictures are too few to hold a part out. "
    if "val" in parts and "test" in parts:
        sentence = "train/, val/ and test/ as they are: val/ chooses the epoch".replace("/", mark)
        return train, parts["val"], parts["test"], sentence
    if "val" in parts or "test" in parts:
        name = "val" if "val" in parts else "test"
        rest, held = hold_out(train.labels, 0.1, seed)
        if not len(held) or not len(rest):
            raise ValueError(few + "Give two or more of each class")
        sentence = (
            f"{name}{mark} is the test set; {len(held):,} of train{mark}'s {len(train):,} "
            f"pictures, drawn by class with seed {seed}, choose the epoch"
        )
        return train.select(rest), train.select(held), parts[name], sentence
    rest, tested = hold_out(train.labels, 0.1, seed)
    others, test = train.select(rest), train.select(tested)
    places, held = hold_out(others.labels, 1 / 9, seed + 1)
    if not (len(test) and len(held) and len(places)):
        raise ValueError(few + "Give three or more of each class, or folders train/ and val/")
    sentence = (
        f"{len(places):,} pictures to train, {len(held):,} to choose the epoch and {len(test):,} "
        f"to test (80, 10 and 10 %), drawn by class with seed {seed}"
    )
    return others.select(places), others.select(held), test, sentence

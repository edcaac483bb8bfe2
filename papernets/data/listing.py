"""From lists of picture files with their classes to a data set: read, checked and split."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from papernets.data.dataset import Dataset, Part
from papernets.data.notes import of_remarks
from papernets.data.parting import all_learnt, check_share, parted
from papernets.data.picture import LARGE, Remark, dimensions, load, pillow_rules, shown
from papernets.data.reading import agree, check_reading, read_stored
from papernets.data.stored import (
    File,
    Images,
    OnDemand,
    memory_for_pictures,
    threads,
)
from papernets.words import either, plural

DIGIT_FORM = (28, 28)
SPLITTING = ("content", "order")
LOOK = 16  # pictures, spread over all, whose sizes are looked at


@dataclass(frozen=True)
class Wanted:
    """How pictures are stored, and what may be left out.

    channels: 1 (grey) or 3. size: the network's input. enlarge: photos are stored so many times as
    large, unless they have exactly the input's size. seed draws what is held out where the data do
    not say. strict: a file that cannot be read is an error. room: bytes that the pictures may take;
    None for a share of the free memory. What needs more is read again whenever it is asked for.
    only_test: where the test part is a part of its own, only that is read; the others are empty.
    split: how what is held out is drawn: by "content", or by the "order" of the files, as all was
    drawn until November 2026. val_share: which share of the training pictures is held out to choose
    the epoch, 0 for none; -1: the set's own, a val part, else a tenth. exact: JPEGs are decoded
    whole, and then scaled.
    """

    channels: int
    size: tuple[int, int]
    enlarge: float = 1.0
    seed: int = 0
    strict: bool = False
    room: float | None = None
    only_test: bool = False
    split: str = "content"
    val_share: float = -1.0
    exact: bool = False

    def __post_init__(self) -> None:
        check_share(self.val_share)
        if self.split not in SPLITTING:
            raise ValueError(f"split={self.split!r}: parts are drawn by {either(SPLITTING)}")
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

    def with_others(self, other: "Listing") -> "Listing":
        """These files, then another listing's, whose classes are all among these."""
        names = (*self.names, *other.names)
        return Listing.named((*self.files, *other.files), names, self.classes)

    def of_classes(self, classes: Sequence[str]) -> "Listing":
        """The files of these classes alone, with labels among them."""
        pairs = [pair for pair in zip(self.files, self.names, strict=True) if pair[1] in classes]
        return Listing.named([file for file, _ in pairs], [name for _, name in pairs], classes)

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
    remarks: Sequence[str] = (),
) -> Dataset:
    """A data set of the parts "train", and "val" and "test" where they are.

    `skipped` begins the list of what was left out; `mark` stands behind a part's name, as it does
    behind a folder's; `remarks` begins what is noted. ValueError for a part or a class of which no
    picture can be read, for too few to hold a part out, and with `strict` for what is left out.
    """
    classes = listings["train"].classes
    alone = wanted.only_test and len(listings) > 1
    if alone:
        last = list(listings)[-1]
        listings = {last: listings[last]}
    else:
        listings = all_learnt(root, listings, wanted, mark)
    files = next(iter(listings.values())).files
    parts: dict[str, Part] = {}
    left, odd = list(skipped), list[tuple[File, Remark]]()
    count = sum(len(listing.files) for listing in listings.values())
    with pillow_rules():
        digits = set(classes) <= set("0123456789") and wanted.channels == 1
        digits = digits and all(_has_digit_form(listing.files) for listing in listings.values())
        size = DIGIT_FORM if digits else stored_size(files, wanted)
    check_reading(count, wanted.channels, size)
    room = memory_for_pictures() if wanted.room is None else wanted.room
    in_memory = digits or count * wanted.channels * size[0] * size[1] <= room
    agree(shown(root), f"{[(split, len(one.files)) for split, one in listings.items()]}")
    for split, listing in listings.items():
        stored = read_stored(listing.files, wanted.channels, size, in_memory, wanted.exact)
        labels, files = listing.among(classes), listing.files
        if stored.reasons:
            labels, files = labels[stored.good], tuple(files[at] for at in stored.good)
        parts[split] = Part(stored.images, labels, files, stored.content)
        left += stored.reasons
        odd += [one for one in stored.remarks if not (digits and one[1].kind == LARGE)]
    if left and wanted.strict:
        raise ValueError(
            f"{shown(root)}: {len(left):,} of {plural(count, 'file')} are not readable pictures "
            f"(first: {left[0]}). Mend or remove them; without --strict they are left out"
        )
    if not alone:
        classes, parts, without = _with_pictures(classes, parts)
        left += without
    for split, part in parts.items():
        _check_classes(root if len(parts) == 1 else root / split, part, classes, split, left)
    if alone:
        (test,) = parts.values()
        train, validation, sentence = test.select([]), test.select([]), "the test part alone"
    else:
        train, validation, test, sentence = parted(root, parts, wanted, mark)
    kind = "digit" if digits and _light_on_dark((test if alone else train).images) else "photo"
    name = root.resolve().name or shown(root)
    said = (*remarks, *of_remarks(odd))
    return Dataset(name, classes, train, validation, test, kind, sentence, tuple(left), said)


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
    return not any(threads(unlike, files, "pictures looked at"))


def _light_on_dark(images: Images) -> bool:
    """True if the pictures' outermost pixels are dark on average."""
    assert not isinstance(images, OnDemand)  # digits are always in memory
    edges = [images[..., 0, :], images[..., -1, :], images[..., 0], images[..., -1]]
    return torch.cat([edge.reshape(-1) for edge in edges]).float().mean().item() < 128


def _with_pictures(
    classes: tuple[str, ...], parts: dict[str, Part]
) -> tuple[tuple[str, ...], dict[str, Part], list[str]]:
    """Without the classes of which no training picture can be read, and a message for each.

    As it was where fewer than two classes would be left.
    """
    counts = torch.bincount(parts["train"].labels, minlength=len(classes))
    kept = counts.nonzero()[:, 0]
    if len(kept) < 2 or len(kept) == len(classes):
        return classes, parts, []
    places = torch.full((len(classes),), -1)
    places[kept] = torch.arange(len(kept))
    found = {}
    for split, part in parts.items():
        chosen = part.select(places[part.labels] >= 0)
        found[split] = replace(chosen, labels=places[chosen.labels])
    gone = [name for name, count in zip(classes, counts.tolist(), strict=True) if not count]
    said = [f"class {name!r}: not one picture to train on can be read" for name in gone]
    return tuple(classes[at] for at in kept.tolist()), found, said


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

"""What a reader should know of a set of pictures, in sentences with a count and the first names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from papernets.data.content import Content, Keys, together
from papernets.data.dataset import Dataset, Part
from papernets.data.picture import ENDLESS, LARGE, RANGE, STRETCHED, TAG, TINY, Remark, shown
from papernets.data.stored import File
from papernets.words import listed, look_alike, plural

MOST_CLASSES = 12
MOST = 3  # groups of names, and names in a group, that a sentence has
SAYINGS = {
    TAG: "with data of a wrong type, which are passed over",
    RANGE: "of 16 bits with small values alone, which become nearly black",
    ENDLESS: "with infinite values or NaN, which become the largest or smallest of the others",
    TINY: "of 1x1 pixel",
    LARGE: f"enlarged more than {STRETCHED} times",
}
PARTS = ("train", "validation", "test")
NAMES = {"train": "training", "validation": "held-out", "test": "test"}


def of_remarks(remarks: Sequence[tuple[File, Remark]]) -> list[str]:
    """A sentence for each kind of remark."""
    found = []
    for kind in SAYINGS:
        some = [(file, remark) for file, remark in remarks if remark.kind == kind]
        if some:
            found.append(of_kind(*some[0], len({str(shown(file)) for file, _ in some})))
    return found


def of_kind(file: File, remark: Remark, count: int) -> str:
    """A sentence on so many pictures with a remark of this kind; the first one's own is given."""
    detail = f", {remark.detail}" if remark.detail else ""
    what = SAYINGS[remark.kind]
    return f"{plural(count, 'picture')} {what} (first: {shown(file)}{detail})"


def notes_of(dataset: Dataset) -> list[str]:
    """What a reader should know of a set: what was noted when it was read, classes that look alike
    or have nothing to train on, and the same picture in several places."""
    parts = {name: getattr(dataset, name) for name in PARTS}
    twice = [*of_parts(parts), *of_classes(parts, dataset.classes)]
    names = listed(map(repr, untrained(dataset)), MOST_CLASSES)
    without = [f"no training picture of {names}"] if names else []
    return [*dataset.remarks, *of_names(dataset.classes), *without, *twice]


def untrained(dataset: Dataset) -> list[str]:
    """The classes without a training picture, in a set that has any."""
    counts = np.bincount(dataset.train.labels.cpu().numpy(), minlength=len(dataset.classes))
    named = zip(dataset.classes, counts.tolist(), strict=True)
    return [name for name, count in named if not count and len(dataset.train)]


def of_names(classes: Iterable[str]) -> list[str]:
    """A sentence on classes whose names look alike."""
    groups = [", ".join(map(repr, group[:MOST])) for group in look_alike(classes)]
    if not groups:
        return []
    return [f"classes that look alike are told apart: {'; '.join(groups[:MOST])}"]


def of_parts(parts: dict[str, Part]) -> list[str]:
    """A sentence for each part that has pictures of an earlier part too."""
    found = []
    for later, earlier in (("test", "train"), ("test", "validation"), ("validation", "train")):
        part, before = parts[later], parts[earlier]
        twice = np.flatnonzero(inside(part.content, before.content.both()))
        if len(twice):
            at = int(twice[0])
            first = part.content.select([at])
            other = np.flatnonzero(inside(before.content, first.both()))[0]
            found.append(
                f"{len(twice):,} of the {len(part):,} {NAMES[later]} pictures are in the "
                f"{NAMES[earlier]} part too (first: {named(parts, later, at)}, the same as "
                f"{named(parts, earlier, int(other))})"
            )
    return found


def of_classes(parts: dict[str, Part], classes: Sequence[str]) -> list[str]:
    """A sentence on pictures that stand under two classes or more."""
    content = Content.joined([part.content for part in parts.values()])
    labels = np.concatenate([part.labels.cpu().numpy() for part in parts.values()])
    same = together(content)
    mixed = np.flatnonzero(labels != labels[same])
    if not len(mixed):
        return []
    places = [(name, at) for name, part in parts.items() for at in range(len(part))]
    at, first = int(mixed[0]), int(same[mixed[0]])
    names = [f"{named(parts, *places[n])} as {classes[labels[n]]!r}" for n in (first, at)]
    kinds = len(np.unique(same[mixed]))
    return [f"{plural(kinds, 'picture')} under two classes or more (first: {' and '.join(names)})"]


def in_numbers(dataset: Dataset) -> dict[str, Any]:
    """What is in a set, as JSON has it: classes, their counts in each part, what was left out."""
    classes = len(dataset.classes)
    parts = {name: getattr(dataset, name).labels.cpu().numpy() for name in PARTS}
    return {
        "name": dataset.name,
        "classes": list(dataset.classes),
        "counts": {k: np.bincount(v, minlength=classes).tolist() for k, v in parts.items()},
        "split": dataset.split,
        "skipped": list(dataset.skipped),
        "notes": notes_of(dataset),
    }


def counted(dataset: Dataset) -> str:
    """The classes with their pictures in each part; of many the number, and the largest."""
    classes = dataset.classes
    counts = [
        np.bincount(getattr(dataset, name).labels.cpu().numpy(), minlength=len(classes))
        for name in PARTS
    ]
    order = range(len(classes))
    if len(classes) > MOST_CLASSES:
        order = np.argsort(-counts[0], kind="stable").tolist()  # type: ignore[assignment]
    each = [f"{classes[at]} {'/'.join(f'{c[at]:,}' for c in counts)}" for at in order]
    return f"{plural(len(classes), 'class', 'classes')}: {listed(each, MOST_CLASSES)}"


def inside(content: Content, keys: Keys) -> np.ndarray:
    """Where the bytes or the pixels of a picture are among these."""
    return np.isin(content.held, keys) | np.isin(content.pixels, keys)


def named(parts: dict[str, Part], part: str, at: int) -> str:
    """A picture's file; of one without, its place in its part, counted from 0."""
    files = parts[part].files
    return shown(files[at]) if files else f"{NAMES[part]} picture {at}"

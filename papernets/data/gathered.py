"""What a source lists before a picture is decoded: parts by their names, classes by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from papernets.data.dataset import Dataset, WrongFolder
from papernets.data.layout import ORDER, SPLITS
from papernets.data.listing import Listing, Wanted, read_dataset
from papernets.data.picture import shown
from papernets.data.stored import File
from papernets.data.tree import natural
from papernets.words import composed, listed, look_alike

MOST_NAMED = 10  # classes that an error names
Rows = list[tuple[File, str]]
"""Pictures, and the name of each one's class."""


@dataclass(frozen=True)
class Gathered:
    """The pictures of each part, "train", and "val" and "test" where the source has them.

    skipped: a message for each picture that was left out, such as one without a label. parted: the
    source says which part a picture is of, though it be one part alone.
    """

    listings: dict[str, Listing]
    skipped: tuple[str, ...] = ()
    parted: bool = False


def gathered(
    root: str, rows: Mapping[str, Rows], skipped: Sequence[str], order: Sequence[str] = ()
) -> Gathered:
    """Parts of these pictures; classes as in `order`, the others after them in natural order.

    The classes are those of the training part: a name that only another part has is a WrongFolder,
    as is a source without a training part. ValueError where no picture has a label. `root` is what
    errors call the source.
    """
    if "train" not in rows:
        raise WrongFolder(f"{root}: {' and '.join(rows)} without train. Name the training part so")
    known = {composed(name) for _, name in rows["train"]}
    if not known:
        first = f" (first: {skipped[0]})" if skipped else ""
        raise ValueError(f"{root}: not one picture with a label{first}")
    places = {composed(name): place for place, name in enumerate(order)}
    classes = sorted(known, key=lambda name: (places.get(name, len(places)), natural(name)))
    listings = {}
    for split in [one for one in ORDER if one in rows]:
        names = [composed(name) for _, name in rows[split]]
        lacking = next((at for at, name in enumerate(names) if name not in known), None)
        if lacking is not None:
            name, file = names[lacking], rows[split][lacking][0]
            alike = [group[1] for group in look_alike([name, *classes]) if name == group[0]]
            hint = f". It looks like {alike[0]!r}: make them the same" if alike else ""
            raise WrongFolder(
                f"{shown(file)}: class {name!r} is not in the training part "
                f"(classes there: {listed(classes, MOST_NAMED)}){hint}"
            )
        listings[split] = Listing.named([file for file, _ in rows[split]], names, classes)
    return Gathered(listings, tuple(skipped), len(listings) > 1)


def open_gathered(root: Path, found: Gathered, wanted: Wanted) -> Dataset:
    """These pictures as a data set; WrongFolder for one class alone, errors as `read_dataset`."""
    classes = found.listings["train"].classes
    if len(classes) < 2:
        raise WrongFolder(
            f"{shown(root)}: only one class, {classes[0]!r}. Telling classes apart needs two or "
            "more"
        )
    return read_dataset(root, found.listings, wanted, found.skipped, mark="")


def split_in_name(relative: Path) -> str:
    """The part that a file's name says, or a folder's above it; empty if none does.

    A name begins with it (`train-00000-of-00002`), or has it between `-`, `_` and `.`
    (`imagenet-val-000001`).
    """
    for name in reversed(relative.parts):
        words = re.split(r"[-_.]", name.casefold())
        found = [SPLITS[word] for word in words if word in SPLITS]
        if found:
            return found[0]
    return ""


def by_part(root: Path, files: Iterable[str], ending: str) -> dict[str, list[str]]:
    """The files of each part, in natural order; all are "train" where no name says a part.

    `root` is the folder that they lie in; WrongFolder where some names say a part, and others none.
    """
    found: dict[str, list[str]] = {}
    for file in sorted(files, key=natural):
        found.setdefault(split_in_name(Path(file).relative_to(root)), []).append(file)
    if set(found) == {""}:
        return {"train": found[""]}
    if "" in found:
        raise WrongFolder(
            f"{shown(found[''][0])}: no part of the data by its name. Parts are train-*{ending}, "
            f"validation-*{ending} and test-*{ending}"
        )
    if "train" not in found:
        raise WrongFolder(
            f"{shown(root)}: {', '.join(Path(f[0]).name for f in found.values())} without "
            f"train-*{ending}. Give one file to use it alone"
        )
    return {split: found[split] for split in ORDER if split in found}

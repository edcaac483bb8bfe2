"""A folder of pictures, one sub-folder a class, with or without train/, val/ and test/."""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from papernets.data.dataset import Dataset, Part, WrongFolder, hold_out
from papernets.data.picture import load, load_photo, pillow_rules, shown

SPLITS = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val",
    "test": "test", "testing": "test",
}  # fmt: skip
JUNK = {"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin"}  # and all that starts with a dot
DIGIT_FORM = (28, 28)
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class _Listing:
    """The files of one part: paths and the class of each, and the classes whose folder is there."""

    paths: tuple[str, ...]
    names: tuple[str, ...]
    classes: tuple[str, ...]


def open_folder(
    root: Path, channels: int, size: tuple[int, int], seed: int, strict: bool
) -> Dataset:
    """The pictures under `root` as uint8 of `channels` x `size`, in memory.

    Each is scaled to cover the size and its middle cut out; a set of grey 28x28 pictures, light on
    dark, in folders named by single digits keeps that form and is of kind "digit". Files that
    cannot be read are left out and named in `skipped`, or with `strict` raise ValueError; so do a
    folder without two classes, an empty class, and a class that the training part lacks.
    """
    listings = _listings(root)
    classes = listings["train"].classes
    if channels not in (1, 3):
        raise ValueError(f"channels={channels}: pictures are read with 1 (grey) or 3 (colour)")
    parts: dict[str, Part] = {}
    skipped: list[str] = [_loose(root)] if _loose(root) else []
    with pillow_rules():
        digits = all(re.fullmatch("[0-9]", name) for name in classes) and channels == 1
        digits = digits and all(_has_digit_form(listing) for listing in listings.values())
        size = DIGIT_FORM if digits else size
        for split, listing in listings.items():
            parts[split], reasons = _decode(listing, classes, channels, size)
            skipped += reasons
    files = sum(len(listing.paths) for listing in listings.values())
    if skipped and strict:
        raise ValueError(
            f"{shown(root)}: {len(skipped):,} of {files:,} files are not readable pictures "
            f"(first: {skipped[0]}). Mend or remove them; without --strict they are left out"
        )
    for split, part in parts.items():
        _check_classes(root if len(parts) == 1 else root / split, part, classes, split, skipped)
    train, validation, test, sentence = _split(root, parts, seed)
    kind = "digit" if digits and _light_on_dark(train.images) else "photo"
    name = root.resolve().name or shown(root)
    return Dataset(name, classes, train, validation, test, kind, sentence, tuple(skipped))


def natural(name: str) -> list[str | int]:
    """A sort key that puts "2" before "10", and capitals beside small letters."""
    parts = re.split(r"([0-9]+)", name.casefold())  # text, number, text, ..., text
    return [*(int(part) if i % 2 else part for i, part in enumerate(parts)), -1, name]


def _visible(folder: Path) -> list[os.DirEntry[str]]:
    """What a folder holds, in natural order, without hidden files and what systems leave behind."""
    with os.scandir(folder) as entries:
        kept = [e for e in entries if e.name[0] != "." and e.name.casefold() not in JUNK]
    return sorted(kept, key=lambda entry: natural(entry.name))


def class_folders(folder: Path) -> list[str]:
    """The names of the visible folders in a folder, in natural order."""
    return [entry.name for entry in _visible(folder) if _is_folder(entry)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """True for a folder and a link to one; a link that goes round is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _check_names(folder: Path, names: Sequence[str]) -> None:
    """WrongFolder where the name of a class is no text: it could not be written in a bundle."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            escaped = os.fsencode(name).decode("utf-8", "backslashreplace")
            raise WrongFolder(
                f"{shown(folder)}: the name of the class folder {escaped} is not UTF-8. Rename it"
            ) from None


def _listings(root: Path) -> dict[str, _Listing]:
    """The files of each part that the folder has: "train", and "val" and "test" where they are.

    A folder counts as a part if it holds folders itself: a class may be called "train".
    """
    names = class_folders(root)
    parts: dict[str, Path] = {}
    for name in names:
        split = SPLITS.get(name.casefold())
        if split and class_folders(root / name):
            if split in parts:
                raise WrongFolder(
                    f"{shown(root)}: {parts[split].name}/ and {name}/ are both taken for the "
                    f"{split} part. Rename one of them"
                )
            parts[split] = root / name
    if not parts:
        return {"train": _listing(root, root)}
    if "train" not in parts:
        raise WrongFolder(
            f"{shown(root)}: {', '.join(p.name + '/' for p in parts.values())} without train/. "
            "Name the folder of the training pictures train/"
        )
    others = [name for name in names if root / name not in parts.values()]
    if others:
        raise WrongFolder(
            f"{shown(root)}: {others[0]}/ beside {parts['train'].name}/ is no part of the data. "
            "Parts are train/, val/ and test/, each with one folder a class"
        )
    order: list[str] = [split for split in ("train", "val", "test") if split in parts]
    listings = {split: _listing(parts[split], root) for split in order}
    known = listings["train"].classes
    for split, listing in listings.items():
        for name in listing.classes:
            if name not in known:
                raise WrongFolder(
                    f"{shown(parts[split])}: class {name!r} is not in {shown(parts['train'])} "
                    f"(classes there: {_some(known)})"
                )
    return listings


def _listing(folder: Path, root: Path) -> _Listing:
    """One part's files; ValueError unless it holds two classes or more (only the training part)."""
    classes = class_folders(folder)
    if not classes:
        raise WrongFolder(
            f"{shown(folder)}: no class folder in it. Put the pictures of each class in a folder "
            f"of its own: {shown(root / 'cat' / '1.jpg')}, {shown(root / 'dog' / '1.jpg')}"
        )
    _check_names(folder, classes)
    training = folder == root or SPLITS.get(folder.name.casefold()) == "train"
    if training and len(classes) == 1:
        raise WrongFolder(
            f"{shown(folder)}: only one class, {classes[0]!r}. Telling classes apart needs two or "
            "more folders"
        )
    paths: list[str] = []
    names: list[str] = []
    for name in classes:
        files = visible_files(folder / name)
        if training and not files:
            raise WrongFolder(
                f"{shown(folder / name)}: the class is empty. Put pictures in it or remove it"
            )
        paths += files
        names += [name] * len(files)
    return _Listing(tuple(paths), tuple(names), tuple(classes))


def visible_files(folder: Path, above: tuple[str, ...] = ()) -> list[str]:
    """Every visible file under a folder, in natural order; links that go round are cut."""
    here = os.path.realpath(folder)
    if here in above:
        return []
    found: list[str] = []
    for entry in _visible(folder):
        inside = _is_folder(entry)
        found += visible_files(Path(entry.path), (*above, here)) if inside else [entry.path]
    return found


def _loose(root: Path) -> str:
    """A message about pictures that lie beside the class folders, or nothing."""
    endings = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp")
    named = [e for e in _visible(root) if e.name.casefold().endswith(endings)]
    loose = [entry.path for entry in named if not _is_folder(entry)]
    more = f" and {len(loose) - 1:,} more" if len(loose) > 1 else ""
    return f"{shown(loose[0])}{more}: in no class folder" if loose else ""


def _decode(
    listing: _Listing, classes: Sequence[str], channels: int, size: tuple[int, int]
) -> tuple[Part, list[str]]:
    """The pictures that can be read, decoded by one thread a core, and why the others cannot."""
    images = torch.empty(len(listing.paths), channels, *size, dtype=torch.uint8)

    def read(place: int) -> str:
        path = listing.paths[place]
        try:
            images[place] = load_photo(path, channels, size)
        except (ValueError, OSError) as error:
            return _reason(path, error)
        return ""

    reasons = _threads(read, range(len(listing.paths)))
    good = [place for place, reason in enumerate(reasons) if not reason]
    numbers = {name: label for label, name in enumerate(classes)}
    labels = torch.tensor([numbers[name] for name in listing.names], dtype=torch.int64)
    part = Part(images, labels, listing.paths)
    if len(good) < len(part):
        part = part.select(good)
    return part, [reason for reason in reasons if reason]


def _threads(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """`function` of each item, in order; Pillow's decoders let threads run side by side."""
    with ThreadPoolExecutor(min(16, os.cpu_count() or 1)) as pool:
        return list(pool.map(function, items))


def whole_folder(root: Path) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The files under a folder's class folders and the class of each; None for a folder with parts.

    Nothing is opened and nothing split off; one class is enough.
    """
    names = class_folders(root)
    if not names or any(SPLITS.get(n.casefold()) and class_folders(root / n) for n in names):
        return None
    _check_names(root, names)
    pairs = [(path, name) for name in names for path in visible_files(root / name)]
    return tuple(path for path, _ in pairs), tuple(name for _, name in pairs)


def _reason(path: str, error: Exception) -> str:
    """One line that says which file was left out and why."""
    if isinstance(error, PermissionError):
        return f"{shown(path)}: no permission to read it"
    if isinstance(error, FileNotFoundError):
        return f"{shown(path)}: not there (a link that leads nowhere?)"
    return str(error) if isinstance(error, ValueError) else f"{shown(path)}: {error}"


def _has_digit_form(listing: _Listing) -> bool:
    """True if every readable file is a grey picture of 28x28; stops at the first that is not."""

    def unlike(path: str) -> bool:
        try:
            image = load(path)
        except (ValueError, OSError):
            return False
        return image.mode != "L" or image.size != DIGIT_FORM

    if any(map(unlike, islice(listing.paths, 8))):
        return False
    return not any(_threads(unlike, listing.paths))


def in_colour(paths: Sequence[str], look: int = 16) -> bool:
    """True if most of a few of these files, spread over them, are pictures in colour.

    A picture without colour that is stored with three channels is grey.
    """
    some = paths[:: max(1, len(paths) // look)][:look]

    def coloured(path: str) -> bool:
        try:
            image = load(path, 32)
        except (ValueError, OSError):
            return False
        image = image.convert("RGB")
        image.thumbnail((32, 32))
        pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).view(-1, 3)
        spread = pixels.amax(1).int() - pixels.amin(1).int()
        return bool((spread > 24).float().mean() > 0.02)

    with pillow_rules():
        return 2 * sum(_threads(coloured, some)) > len(some)


def _light_on_dark(images: Tensor) -> bool:
    """True if the pictures' outermost pixels are dark on average."""
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


def _split(root: Path, parts: dict[str, Part], seed: int) -> tuple[Part, Part, Part, str]:
    """train, validation, test, and the sentence that says how they were made."""
    train = parts["train"]
    few = f"{shown(root)}: {len(train)} training pictures are too few to hold a part out. "
    if "val" in parts and "test" in parts:
        sentence = "train/, val/ and test/ as they are: val/ chooses the epoch"
        return train, parts["val"], parts["test"], sentence
    if "val" in parts or "test" in parts:
        name = "val" if "val" in parts else "test"
        rest, held = hold_out(train.labels, 0.1, seed)
        if not len(held) or not len(rest):
            raise ValueError(few + "Give two or more of each class")
        sentence = (
            f"{name}/ is the test set; {len(held):,} of train/'s {len(train):,} pictures, drawn by "
            f"class with seed {seed}, choose the epoch"
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


def _some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more

"""A folder of pictures, one sub-folder a class, with or without train/, val/ and test/."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import torch

from papernets.data.dataset import Dataset, WrongFolder
from papernets.data.listing import Listing, Wanted, read_dataset
from papernets.data.picture import load, pillow_rules, shown
from papernets.data.stored import File, threads
from papernets.words import composed, listed, look_alike, plural

SPLITS = {
    "train": "train", "training": "train",
    "val": "val", "valid": "val", "validation": "val",
    "test": "test", "testing": "test",
}  # fmt: skip
WITHOUT_STRICT = "without --strict it is left out"
DEEPEST = 100  # folders within folders
JUNK = {"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin"}  # and all that starts with a dot


def open_folder(root: Path, wanted: Wanted) -> Dataset:
    """The pictures under `root`, stored as `wanted` says.

    Each is scaled to cover the size and its middle cut out; a set of grey 28x28 pictures, light on
    dark, in folders named by single digits keeps that form and is of kind "digit". Files that
    cannot be read and empty classes are left out and named in `skipped`, or with `strict` raise
    ValueError; so do a folder without two classes, and a class that the training part lacks.
    Classes whose names are the same in Unicode's composed form (NFC), which they get, are one.
    """
    listings, empty = _listings(root)
    if empty and wanted.strict:
        raise WrongFolder(f"{empty[0]}. Put pictures in it or remove it; {WITHOUT_STRICT}")
    return read_dataset(root, listings, wanted, [*_loose(root), *empty])


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


def _listings(root: Path) -> tuple[dict[str, Listing], list[str]]:
    """The files of each part that the folder has: "train", and "val" and "test" where they are.

    And a message for each class without a training file, which is left out. A folder counts as a
    part if it holds folders itself: a class may be called "train".
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
    bare = [name for name in names if name.casefold() in SPLITS and root / name not in _of(parts)]
    if (parts and bare) or len({SPLITS[name.casefold()] for name in bare}) > 1:
        some = bare if parts else bare[:2]
        raise WrongFolder(
            f"{shown(root)}: no class folder in {' and '.join(f'{name}/' for name in some)}, and "
            f"the names of parts are no classes. Put the pictures of each class in a folder of its "
            f"own: {shown(root / bare[0] / 'cat' / '1.jpg')}, {shown(root / bare[0] / 'dog')}"
        )
    if not parts:
        listing, empty = _listing(root, root)
        return {"train": listing}, empty
    if "train" not in parts:
        raise WrongFolder(
            f"{shown(root)}: {', '.join(p.name + '/' for p in parts.values())} without train/. "
            "Name the folder of the training pictures train/"
        )
    others = [name for name in names if root / name not in _of(parts)]
    if others:
        raise WrongFolder(
            f"{shown(root)}: {others[0]}/ beside {parts['train'].name}/ is no part of the data. "
            "Parts are train/, val/ and test/, each with one folder per class"
        )
    order: list[str] = [split for split in ("train", "val", "test") if split in parts]
    listings, empty = {}, list[str]()
    for split in order:
        listings[split], without = _listing(parts[split], root)
        empty += without
    known = listings["train"].classes
    gone = {composed(name) for name in class_folders(parts["train"])} - set(known)
    for split, listing in listings.items():
        for name in listing.classes:
            if name in known:
                continue
            count = listing.names.count(name)
            if name in gone and count:
                empty.append(
                    f"{shown(parts[split] / name)}: {plural(count, 'picture')} of a class "
                    "that has none "
                    "to train on"
                )
            elif name not in gone:
                alike = [group[1] for group in look_alike([name, *known]) if name == group[0]]
                hint = f". It looks like {alike[0]!r}: rename one of them" if alike else ""
                raise WrongFolder(
                    f"{shown(parts[split])}: class {name!r} is not in {shown(parts['train'])} "
                    f"(classes there: {listed(known, 5)}){hint}"
                )
        listings[split] = listing.of_classes(known)
    return listings, empty


def _of(parts: dict[str, Path]) -> list[Path]:
    return list(parts.values())


def _listing(folder: Path, root: Path) -> tuple[Listing, list[str]]:
    """One part's files, and a message for each empty class (only of the training part).

    ValueError unless a training part holds two classes or more.
    """
    folders = class_folders(folder)
    if not folders:
        raise WrongFolder(
            f"{shown(folder)}: no class folder in it. Put the pictures of each class in a folder "
            f"of its own: {shown(root / 'cat' / '1.jpg')}, {shown(root / 'dog' / '1.jpg')}"
        )
    _check_names(folder, folders)
    training = folder == root or SPLITS.get(folder.name.casefold()) == "train"
    if training and len(set(map(composed, folders))) == 1:
        raise WrongFolder(
            f"{shown(folder)}: only one class, {composed(folders[0])!r}. Telling classes apart "
            "needs two or more folders"
        )
    paths: list[str] = []
    names: list[str] = []
    for name in folders:
        files = visible_files(folder / name)
        paths += files
        names += [composed(name)] * len(files)
    classes = list(dict.fromkeys(map(composed, folders)))
    empty = [name for name in classes if name not in set(names)] if training else []
    kept = [name for name in classes if name not in empty]
    said = [f"{shown(folder / name)}: the class is empty" for name in empty]
    if empty and len(kept) < 2:
        raise WrongFolder(f"{said[0]}. Put pictures in it or remove it")
    return Listing.named(paths, names, kept), said


def visible_files(folder: Path) -> list[str]:
    """Every visible file under a folder, in natural order.

    A folder that several links lead to, round in a circle say, is visited once. ValueError for
    folders within folders without end.
    """
    found: list[str] = []
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[str, int]] = [(os.fspath(folder), 0)]
    while waiting:
        path, depth = waiting.pop()
        if depth > DEEPEST:
            raise WrongFolder(f"{shown(folder)}: folders lie in folders {DEEPEST} deep in it")
        if depth >= 0:
            found_at = os.stat(path)
            place = found_at.st_dev, found_at.st_ino
            if place not in seen:
                seen.add(place)
                inside = [
                    (e.path, depth + 1 if _is_folder(e) else -1) for e in _visible(Path(path))
                ]
                waiting += reversed(inside)
        else:
            found.append(path)
    return found


def _loose(root: Path) -> list[str]:
    """A message about pictures that lie beside the class folders, where any do."""
    endings = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".avif", ".heic")
    named = [e for e in _visible(root) if e.name.casefold().endswith(endings)]
    loose = [entry.path for entry in named if not _is_folder(entry)]
    more = f" and {len(loose) - 1:,} more" if len(loose) > 1 else ""
    return [f"{shown(loose[0])}{more}: in no class folder"] if loose else []


def whole_folder(root: Path) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The files under a folder's class folders and the class of each; None for a folder with parts.

    Nothing is opened and nothing split off; one class is enough.
    """
    names = class_folders(root)
    parts = [name for name in names if name.casefold() in SPLITS]
    several = len({SPLITS[name.casefold()] for name in parts}) > 1
    if not names or several or any(class_folders(root / name) for name in parts):
        return None
    _check_names(root, names)
    pairs = [(path, composed(name)) for name in names for path in visible_files(root / name)]
    return tuple(path for path, _ in pairs), tuple(name for _, name in pairs)


def in_colour(paths: Sequence[File], look: int = 16) -> bool:
    """True if most of a few of these files, spread over them, are pictures in colour.

    A picture without colour that is stored with three channels is grey.
    """
    some = paths[:: max(1, len(paths) // look)][:look]

    def coloured(path: File) -> bool:
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
        return 2 * sum(threads(coloured, some)) > len(some)

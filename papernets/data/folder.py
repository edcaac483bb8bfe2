"""A folder of pictures, one sub-folder a class, with or without train/, val/ and test/."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from papernets.data.dataset import Dataset, WrongFolder
from papernets.data.layout import (
    ORDER,
    check_layout,
    empty_classes,
    no_class_folder,
    of_nested,
    one_class,
    parts_in,
    split_of,
)
from papernets.data.listing import Listing, Wanted, read_dataset
from papernets.data.picture import load, pillow_rules, shown
from papernets.data.stored import File, threads
from papernets.data.tree import class_folders, loose_pictures, natural, visible_files
from papernets.words import composed, listed, look_alike, plural

WITHOUT_STRICT = "; without --strict {} left out"


@dataclass(frozen=True)
class Found:
    """The files of each part that a folder has: "train", and "val" and "test" where they are.

    `said` has a message for each empty class; `nested` the folders in each class that has some.
    """

    listings: dict[str, Listing]
    said: list[str]
    nested: dict[str, list[str]]


def open_folder(root: Path, wanted: Wanted, nested: bool = False) -> Dataset:
    """The pictures under `root`, stored as `wanted` says.

    Each is scaled to cover the size and its middle cut out; a set of grey 28x28 pictures, light on
    dark, in folders named by single digits keeps that form and is of kind "digit". Files that
    cannot be read and empty classes are left out and named in `skipped`, or with `strict` raise
    ValueError; so do a folder without two classes, and a class that the training part lacks.
    Classes whose names are the same in Unicode's composed form (NFC), which they get, are one.
    nested: the innermost folders are the classes, `insects/ants`; else the outermost.
    """
    found = list_folder(root, nested)
    if found.said and wanted.strict:
        several = WITHOUT_STRICT.format("it is" if len(found.said) == 1 else "they are")
        raise empty_classes(root, found.said, several)
    skipped, remarks = [*loose(root), *found.said], of_nested(found.nested)
    return read_dataset(root, found.listings, wanted, skipped, remarks=remarks)


def _check_names(folder: Path, names: Sequence[str]) -> None:
    """WrongFolder where the name of a class is no text: it could not be written in a bundle."""
    for name in names:
        try:
            name.encode()
        except UnicodeEncodeError:
            raise WrongFolder(
                f"{shown(folder)}: the name of the class folder {shown(name)} is not UTF-8. "
                "Rename it"
            ) from None


def list_folder(root: Path, nested: bool = False) -> Found:
    """The files of each part. A class without a training file is left out.

    A folder counts as a part if it holds folders itself: a class may be called "train".
    """
    names = class_folders(root)
    parts: dict[str, Path] = {}
    for name in parts_in(root):
        split = str(split_of(name))
        if split in parts:
            raise WrongFolder(
                f"{shown(root)}: {parts[split].name}/ and {name}/ are both taken for the "
                f"{split} part. Rename one of them"
            )
        parts[split] = root / name
    bare = [name for name in names if split_of(name) and root / name not in parts.values()]
    if (parts and bare) or len({split_of(name) for name in bare}) > 1:
        some = bare if parts else bare[:2]
        where = " and ".join(f"{name}/" for name in some)
        reason = ", and the names of parts are no classes"
        raise no_class_folder(root, root / bare[0], where, reason)
    if not parts:
        if len(names) > 1 and not nested:
            check_layout(root, names)
        return _innermost(root, "train") if nested else _listing(root, root, "train")
    if "train" not in parts:
        raise WrongFolder(
            f"{shown(root)}: {', '.join(p.name + '/' for p in parts.values())} without train/. "
            "Name the folder of the training pictures train/"
        )
    others = [name for name in names if root / name not in parts.values()]
    if others:
        raise WrongFolder(
            f"{shown(root)}: {others[0]}/ beside {parts['train'].name}/ is no part of the data. "
            "Parts are train/, val/ and test/, each with one folder per class"
        )
    listings: dict[str, Listing] = {}
    empty: list[str] = []
    inside: dict[str, list[str]] = {}
    for split in [one for one in ORDER if one in parts]:
        place = parts[split]
        found = _innermost(place, split) if nested else _listing(place, root, split)
        listings |= found.listings
        empty += found.said
        inside = {**found.nested, **inside}
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
    return Found(listings, empty, inside)


def _innermost(folder: Path, split: str) -> Found:
    """One part's files, each of the class that its folder's path says: `insects/ants`."""
    paths, names = _by_path(folder)
    classes = sorted(set(names), key=natural)
    if len(classes) < 2 and split == "train":
        only = f"only one class, {classes[0]!r}" if classes else "no picture in a folder"
        raise WrongFolder(f"{shown(folder)}: {only}. Telling classes apart needs two or more")
    return Found({split: Listing.named(paths, names, classes)}, [], {})


def _by_path(folder: Path) -> tuple[list[str], list[str]]:
    """The files in the folders of a folder, and the path of each one's folder."""
    folders = class_folders(folder)
    paths = [path for name in folders for path in visible_files(folder / name)]
    inside = [Path(path).parent.relative_to(folder).as_posix() for path in paths]
    _check_names(folder, list(dict.fromkeys(inside)))
    return paths, list(map(composed, inside))


def _listing(folder: Path, root: Path, split: str) -> Found:
    """One part's files. WrongFolder unless a training part holds two classes or more."""
    folders = class_folders(folder)
    if not folders:
        raise no_class_folder(folder, root, "it")
    _check_names(folder, folders)
    training = split == "train"
    if training and len(set(map(composed, folders))) == 1:
        raise one_class(root, folder, folders[0])
    paths: list[str] = []
    names: list[str] = []
    nested: dict[str, list[str]] = {}
    for name in folders:
        files = visible_files(folder / name)
        paths += files
        names += [composed(name)] * len(files)
        start = len(os.path.join(folder, name, ""))
        deeper = [file[start:].split(os.sep, 1) for file in files]
        if inside := dict.fromkeys(parts[0] for parts in deeper if len(parts) > 1):
            nested[composed(name)] = list(inside)
    classes = list(dict.fromkeys(map(composed, folders)))
    empty = [name for name in classes if name not in set(names)]
    kept = [name for name in classes if name not in empty or not training]
    said = [f"{shown(folder / name)}: the class is empty" for name in empty]
    if training and empty and len(kept) < 2:
        raise empty_classes(root, said)
    return Found({split: Listing.named(paths, names, kept)}, said, nested)


def loose(root: Path) -> list[str]:
    """A message about pictures that lie beside the class folders, where any do."""
    found = loose_pictures(root)
    more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
    return [f"{shown(found[0])}{more}: in no class folder"] if found else []


def whole_folder(
    root: Path, nested: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The files under a folder's class folders and the class of each; None for a folder with parts.

    Nothing is opened and nothing split off; one class is enough. nested: as in `open_folder`.
    """
    names = class_folders(root)
    parts = [name for name in names if split_of(name)]
    several = len({split_of(name) for name in parts}) > 1
    if not names or several or any(class_folders(root / name) for name in parts):
        return None
    if nested:
        paths, inside = _by_path(root)
        return tuple(paths), tuple(inside)
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

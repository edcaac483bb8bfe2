"""Parquet files of encoded pictures with labels, laid out as Hugging Face's data sets are.

A picture column is a struct with `bytes`, or plain bytes; the label column holds whole numbers,
with names in the schema's metadata where a data set has them, or the names themselves. Pictures are
decoded row by row, when they are read.
"""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path

from papernets.data.dataset import Dataset, WrongFolder
from papernets.data.known import names_by_place, numbers
from papernets.data.layout import SPLITS
from papernets.data.listing import Listing, Wanted, read_dataset
from papernets.data.picture import shown
from papernets.data.tables import TableRow, Tables
from papernets.data.tree import natural, visible_files
from papernets.words import composed

ENDING = ".parquet"
FEW = 20  # entries of a sub-folder that are looked at
MOST_NAMED = 10  # classes that an error names


def is_parquet(path: Path) -> bool:
    """True for a parquet file, and for a folder with one in it or in a folder in it."""
    if not path.is_dir():
        return path.suffix.casefold() == ENDING
    try:
        with os.scandir(path) as entries:
            found = list(entries)
        if any(_named(entry) for entry in found):
            return True
        for entry in found:
            if entry.is_dir() and entry.name[0] != ".":
                with os.scandir(entry.path) as inner:
                    if any(map(_named, islice(inner, FEW))):
                        return True
    except OSError:
        return False
    return False


def _named(entry: os.DirEntry[str]) -> bool:
    return entry.name.casefold().endswith(ENDING) and entry.name[0] != "."


def open_parquet(root: Path, wanted: Wanted) -> Dataset:
    """The pictures of parquet files as a data set; `root` is one file or a folder of them.

    The parts are in the names: train-00000-of-00002.parquet, or train/0000.parquet. A row without
    a label or a picture is left out and named. ValueError says what a file or a column lacks.
    """
    listings, skipped = listings_of(root)
    if len(listings["train"].classes) < 2:
        raise WrongFolder(
            f"{shown(root)}: only one class, {listings['train'].classes[0]!r}. Telling classes "
            "apart needs two or more"
        )
    return read_dataset(root, listings, wanted, skipped, mark="")


def has_no_parts(root: Path) -> bool:
    """True for one file, and for a folder of files whose names say no part."""
    return not root.is_dir() or not any(_split_of(root, file) for file in _files(root))


def _files(root: Path) -> list[str]:
    if not root.is_dir():
        return [str(root)]
    return [file for file in visible_files(root) if file.casefold().endswith(ENDING)]


def _split_of(root: Path, file: str) -> str:
    """The part that a file's name, or its folder's, says; empty if none does."""
    relative = Path(file).relative_to(root) if root.is_dir() else Path(Path(file).name)
    for name in reversed(relative.parts):
        word = re.match(r"[a-z]+", name.casefold())
        rest = name[len(word[0]) :] if word else ""
        if word and word[0] in SPLITS and (not rest or rest[0] in "-_."):
            return SPLITS[word[0]]
    return ""


def parts_of(root: Path) -> dict[str, list[str]]:
    """The files of each part; all are "train" where no name says a part, or it is one file."""
    files = sorted(_files(root), key=natural)
    if not root.is_dir():
        return {"train": files}
    found: dict[str, list[str]] = {}
    for file in files:
        found.setdefault(_split_of(root, file), []).append(file)
    if set(found) == {""}:
        return {"train": files}
    if "" in found:
        raise WrongFolder(
            f"{shown(found[''][0])}: no part of the data by its name. Parts are train-*.parquet, "
            "validation-*.parquet and test-*.parquet"
        )
    if "train" not in found:
        raise WrongFolder(
            f"{shown(root)}: {', '.join(Path(f[0]).name for f in found.values())} without "
            "train-*.parquet. Give one file to use it alone"
        )
    return {split: found[split] for split in ("train", "val", "test") if split in found}


def listings_of(root: Path) -> tuple[dict[str, Listing], list[str]]:
    """The rows of each part with their classes, and why others were left out."""
    parts = parts_of(root)
    tables = Tables([file for files in parts.values() for file in files])
    found: dict[str, list[tuple[int, str]]] = {split: [] for split in parts}
    skipped: list[str] = []
    of_part = [split for split, files in parts.items() for _ in files]
    for at, split in enumerate(of_part):
        for number, name in enumerate(tables.labels(at), tables.starts[at]):
            if name is None:
                skipped.append(f"{TableRow(tables, number).name}: no label")
            else:
                found[split].append((number, composed(name)))
    names = tables.columns.names or names_by_place(root)
    if not tables.columns.names and _numbered(found, len(names)):
        found = {
            split: [(number, names[int(name)]) for number, name in rows]
            for split, rows in found.items()
        }
    known = {name for _, name in found["train"]}
    if not known:
        first = f" (first: {skipped[0]})" if skipped else ""
        raise ValueError(f"{shown(root)}: not one picture with a label{first}")
    order = {composed(name): place for place, name in enumerate(names)}
    classes = sorted(known, key=lambda name: (order.get(name, len(order)), natural(name)))
    listings = {}
    for split, rows in found.items():
        for number, name in rows:
            if name not in known:
                raise WrongFolder(
                    f"{TableRow(tables, number).name}: class {name!r} is not in the training part "
                    f"(classes there: {', '.join(classes[:MOST_NAMED])})"
                )
        pictures = [TableRow(tables, number) for number, _ in rows]
        listings[split] = Listing.named(pictures, [name for _, name in rows], classes)
    return listings, skipped


def _numbered(found: dict[str, list[tuple[int, str]]], count: int) -> bool:
    """Whether all labels are numbers of so many classes."""
    counted = set(numbers(count))
    return all(name in counted for rows in found.values() for _, name in rows)

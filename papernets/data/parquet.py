"""Parquet files of encoded pictures with labels, laid out as Hugging Face's data sets are.

A picture column is a struct with `bytes`, or plain bytes; the label column holds whole numbers,
with names in the schema's metadata where a data set has them, or the names themselves. Pictures are
decoded row by row, when they are read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from papernets.data.gathered import Gathered, Rows, by_part, gathered, split_in_name
from papernets.data.known import names_by_place, numbers
from papernets.data.picture import shown
from papernets.data.tables import TableRow, Tables
from papernets.data.tree import visible_files

ENDING = ".parquet"
FEW = 20  # entries of a sub-folder that are looked at


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


def has_no_parts(root: Path) -> bool:
    """True for one file, and for a folder of files whose names say no part."""
    files = _files(root) if root.is_dir() else []
    return not any(split_in_name(Path(file).relative_to(root)) for file in files)


def _files(root: Path) -> list[str]:
    return [file for file in visible_files(root) if file.casefold().endswith(ENDING)]


def gather_parquet(root: Path) -> Gathered:
    """The rows of parquet files with their classes; `root` is one file or a folder of them.

    The parts are in the names: train-00000-of-00002.parquet, or train/0000.parquet. A row without
    a label is left out and named. ValueError says what a file or a column lacks.
    """
    parts = by_part(root, _files(root), ENDING) if root.is_dir() else {"train": [str(root)]}
    tables = Tables([file for files in parts.values() for file in files])
    rows: dict[str, Rows] = {split: [] for split in parts}
    skipped: list[str] = []
    of_part = [split for split, files in parts.items() for _ in files]
    for at, split in enumerate(of_part):
        for number, name in enumerate(tables.labels(at), tables.starts[at]):
            if name is None:
                skipped.append(f"{TableRow(tables, number).name}: no label")
            else:
                rows[split].append((TableRow(tables, number), name))
    names = tables.columns.names
    if not names and (known := names_by_place(root)) and _numbered(rows, len(known)):
        names = known
        rows = {split: [(file, known[int(name)]) for file, name in r] for split, r in rows.items()}
    found = gathered(shown(root), rows, skipped, names)
    return replace(found, parted=not has_no_parts(root))


def _numbered(rows: Mapping[str, Rows], count: int) -> bool:
    """Whether all labels are numbers of so many classes."""
    counted = set(numbers(count))
    return all(name in counted for some in rows.values() for _, name in some)

"""Parquet files of encoded pictures with labels, laid out as Hugging Face's data sets are.

A picture column is a struct with `bytes`, or plain bytes; the label column holds whole numbers,
with names in the schema's metadata where a data set has them, or the names themselves. Pictures are
decoded row by row, when they are read.
"""

from __future__ import annotations

import bisect
import json
import os
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from threading import Lock
from typing import Any

from papernets.data.dataset import Dataset, WrongFolder
from papernets.data.folder import SPLITS, natural, visible_files
from papernets.data.listing import Listing, Wanted, read_dataset
from papernets.data.picture import Packed, Refused, shown
from papernets.data.stored import room_for_pictures

ENDING = ".parquet"
FEW = 20  # entries of a sub-folder that are looked at
IMAGES = ("image", "img", "picture", "photo", "jpg", "png", "pixels")
LABELS = ("label", "labels", "class", "fine_label", "target", "category")
MOST_NAMED = 10  # columns that an error names


@dataclass(frozen=True)
class Columns:
    """What a table's columns are called, and the classes' names where its metadata has them."""

    image: str
    label: str
    names: tuple[str, ...] = ()


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


def whole_parquet(root: Path) -> tuple[Listing, list[str]]:
    """Every row with a label, of files without parts, and why others were left out."""
    listings, skipped = listings_of(root)
    return listings["train"], skipped


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
    arrow = _pyarrow()
    parts = parts_of(root)
    tables = Tables([file for files in parts.values() for file in files], arrow)
    found: dict[str, list[tuple[int, str]]] = {split: [] for split in parts}
    skipped: list[str] = []
    of_part = [split for split, files in parts.items() for _ in files]
    for at, split in enumerate(of_part):
        for number, name in enumerate(tables.labels(at), tables.starts[at]):
            if name is None:
                skipped.append(f"{Row(tables, number).name}: no label")
            else:
                found[split].append((number, name))
    known = {name for _, name in found["train"]}
    if not known:
        first = f" (first: {skipped[0]})" if skipped else ""
        raise ValueError(f"{shown(root)}: not one picture with a label{first}")
    order = {name: place for place, name in enumerate(tables.columns.names)}
    classes = sorted(known, key=lambda name: (order.get(name, len(order)), natural(name)))
    listings = {}
    for split, rows in found.items():
        for number, name in rows:
            if name not in known:
                raise WrongFolder(
                    f"{Row(tables, number).name}: class {name!r} is not in the training part "
                    f"(classes there: {', '.join(classes[:MOST_NAMED])})"
                )
        pictures = [Row(tables, number) for number, _ in rows]
        listings[split] = Listing.named(pictures, [name for _, name in rows], classes)
    return listings, skipped


class Row(Packed):
    """A picture in a row of some tables, counted through all of them."""

    __slots__ = ("number", "tables")

    def __init__(self, tables: Tables, number: int):
        self.tables, self.number = tables, number

    @property
    def name(self) -> str:
        at, row = self.tables.place(self.number)
        return f"{shown(self.tables.files[at])} row {row}"

    def content(self) -> bytes:
        return self.tables.picture(self.number)


class Tables:
    """Parquet files one after another. Row groups are kept once read, as far as memory goes.

    It can be sent to another process, which opens the files anew.
    """

    def __init__(self, files: Sequence[str], arrow: Any):
        self.files = tuple(files)
        self.groups: list[list[int]] = []  # of each file, the first row of each group, and the end
        for file in self.files:
            meta = _opened(arrow, file).metadata
            sizes = [meta.row_group(g).num_rows for g in range(meta.num_row_groups)]
            self.groups.append([0, *accumulate(sizes)])
        self.starts = [0, *accumulate(group[-1] for group in self.groups)]
        self.columns = self._columns(arrow)
        self._fresh()

    def _fresh(self) -> None:
        self.kept: OrderedDict[tuple[int, int], Any] = OrderedDict()
        self.taken, self.room, self.lock = 0, room_for_pictures() / 2, Lock()

    def __getstate__(self) -> dict[str, Any]:
        own = ("files", "groups", "starts", "columns")
        return {name: getattr(self, name) for name in own}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._fresh()

    def place(self, number: int) -> tuple[int, int]:
        """The file and the row in it of a row counted through all files."""
        at = bisect.bisect_right(self.starts, number) - 1
        return at, number - self.starts[at]

    def _columns(self, arrow: Any) -> Columns:
        """The columns of the first file; ValueError where another file's are others."""
        first: Columns | None = None
        for file in self.files:
            found = columns_of(_opened(arrow, file).schema_arrow, file)
            if first is not None and found != first:
                raise ValueError(
                    f"{shown(file)}: other columns or classes than {shown(self.files[0])}: "
                    "files of one data set have the same"
                )
            first = found
        assert first is not None
        return first

    def labels(self, at: int) -> list[str | None]:
        """The name of the class of each row of a file; None where there is none."""
        names, file = self.columns.names, self.files[at]
        found: list[str | None] = []
        with _damage(file):
            opened = _opened(_pyarrow(), file)
            values = opened.read(columns=[self.columns.label]).column(0).to_pylist()
        for row, value in enumerate(values):
            if value is None or (value == -1 and not isinstance(value, str)):  # -1: a hidden label
                found.append(None)
            elif not names or isinstance(value, str):
                found.append(str(value))
            elif isinstance(value, int) and 0 <= value < len(names):
                found.append(names[value])
            else:
                raise ValueError(
                    f"{shown(file)} row {row}: label {value!r} among {len(names)} classes"
                )
        return found

    def picture(self, number: int) -> bytes:
        """The bytes of a row's picture; `Refused` where there are none."""
        at, row = self.place(number)
        group = bisect.bisect_right(self.groups[at], row) - 1
        with self.lock:
            cells = self.kept.get((at, group))
            if cells is None:
                cells = self._read(at, group)
            else:
                self.kept.move_to_end((at, group))
        content = cells[row - self.groups[at][group]].as_py()
        if not content:
            raise Refused(f"{Row(self, number).name}: no picture in it")
        return bytes(content)

    def _read(self, at: int, group: int) -> Any:
        """The pictures of a row group, kept; the one that was not asked for longest goes."""
        arrow, file = _pyarrow(), self.files[at]
        with _damage(file):
            read = _opened(arrow, file).read_row_group(group, columns=[self.columns.image])
            cells = read.column(0).combine_chunks()
            if hasattr(cells, "chunks"):
                cells = cells.chunk(0)
            if arrow.types.is_struct(cells.type):
                cells = arrow.compute.struct_field(cells, "bytes")
        self.kept[at, group] = cells
        self.taken += cells.nbytes
        while self.taken > self.room and len(self.kept) > 1:
            _, gone = self.kept.popitem(last=False)
            self.taken -= gone.nbytes
        return cells


def columns_of(schema: Any, file: str) -> Columns:
    """The picture's and the label's column of a table; ValueError that names those it has."""
    arrow = _pyarrow()
    features = _features(schema)
    fields = {field.name: field.type for field in schema}
    pictures = [n for n, t in fields.items() if _holds_pictures(arrow, t, features.get(n))]
    whole = [n for n, t in fields.items() if _holds_labels(arrow, t) and n not in pictures]
    named = [n for n in whole if features.get(n, {}).get("_type") == "ClassLabel"]
    has = ", ".join(f"{name} ({kind})" for name, kind in islice(fields.items(), MOST_NAMED))
    if not pictures:
        raise ValueError(
            f"{shown(file)}: no column of encoded pictures (a struct with bytes, or bytes). It "
            f"has {has}"
        )
    label = _first(named, LABELS) or _first([n for n in whole if n.casefold() in LABELS], LABELS)
    if not label:
        raise ValueError(
            f"{shown(file)}: no column of labels. It has {has}; a label is a whole number or text, "
            f"in a column called {', '.join(LABELS[:-1])} or {LABELS[-1]}"
        )
    names = features.get(label, {}).get("names") or ()
    return Columns(_first(pictures, IMAGES), label, tuple(map(str, names)))


def _features(schema: Any) -> dict[str, Any]:
    """What Hugging Face's metadata say of each column; empty without them."""
    try:
        told = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError):
        return {}
    if not isinstance(told, dict):
        return {}
    return {name: each for name, each in told.items() if isinstance(each, dict)}


def _holds_pictures(arrow: Any, kind: Any, told: Any) -> bool:
    types = arrow.types
    if types.is_struct(kind):
        inner = {field.name: field.type for field in kind}
        return "bytes" in inner and _bytes(types, inner["bytes"])
    return _bytes(types, kind) and (told is None or told.get("_type") in ("Image", "Value"))


def _bytes(types: Any, kind: Any) -> bool:
    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _holds_labels(arrow: Any, kind: Any) -> bool:
    types = arrow.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    return bool(types.is_integer(kind) or types.is_string(kind) or types.is_large_string(kind))


def _first(names: Sequence[str], order: Sequence[str]) -> str:
    """The name that comes first in an order of usual names, else the first; empty if none."""
    usual = [name for wanted in order for name in names if name.casefold() == wanted]
    return next(iter([*usual, *names]), "")


def _opened(arrow: Any, file: str) -> Any:
    with _damage(file):
        return arrow.parquet.ParquetFile(file)


class _damage:
    """Within it, what pyarrow says of a file becomes a ValueError that names the file."""

    def __init__(self, file: str):
        self.file = file

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, FileNotFoundError | PermissionError | Refused):
            return
        if isinstance(error, Exception):
            first = (str(error).splitlines() or [type(error).__name__])[0]
            raise ValueError(
                f"{shown(self.file)}: not a whole parquet file ({first.rstrip('.')}). Copy or "
                "download it again"
            ) from error


def _pyarrow() -> Any:
    """The module, with the parts that are used; ValueError with the command that installs it."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.parquet
        import pyarrow.types
    except ImportError:
        raise ValueError(
            "parquet files are read with pyarrow, which is not installed. Install it: "
            "pip install 'papernets[data]'"
        ) from None
    return pyarrow

"""Rows of parquet files: which column holds pictures, which labels, and the bytes of one row."""

from __future__ import annotations

import bisect
import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, islice
from threading import Lock
from typing import Any

from papernets.data.picture import Packed, Refused, shown
from papernets.data.stored import memory_for_pictures
from papernets.files import unreadable
from papernets.machine import free_memory
from papernets.words import NotInstalled, either, first_line, gigabytes, plural

IMAGES = ("image", "img", "picture", "photo", "jpg", "png", "pixels")
LABELS = ("label", "labels", "class", "fine_label", "target", "category")
MOST_NAMED = 10  # columns that an error names


@dataclass(frozen=True)
class Columns:
    """What a table's columns are called and hold, and the classes' names where it says them.

    packed: pictures stand in a struct, not alone. words: labels are text, not whole numbers.
    """

    image: str
    label: str
    names: tuple[str, ...] = ()
    packed: bool = False
    words: bool = False


class TableRow(Packed):
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

    def __init__(self, files: Sequence[str]):
        self.files = tuple(files)
        self.groups: list[list[int]] = []  # of each file, the first row of each group, and the end
        for file in self.files:
            meta = _opened(file).metadata
            sizes = [meta.row_group(g).num_rows for g in range(meta.num_row_groups)]
            self.groups.append([0, *accumulate(sizes)])
        self.starts = [0, *accumulate(group[-1] for group in self.groups)]
        self.columns = self._columns()
        self._fresh()

    def _fresh(self) -> None:
        self.kept: OrderedDict[tuple[int, int], Any] = OrderedDict()
        self.taken, self.limit, self.lock = 0, memory_for_pictures() / 2, Lock()

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

    def _columns(self) -> Columns:
        """The columns of the first file; ValueError where another file's are others."""
        first, *others = self.files
        columns = columns_of(_opened(first).schema_arrow, first)
        for file in others:
            if columns_of(_opened(file).schema_arrow, file) != columns:
                raise ValueError(
                    f"{shown(file)}: other columns or classes than {shown(first)}: "
                    "files of one data set have the same"
                )
        return columns

    def labels(self, at: int) -> list[str | None]:
        """The name of the class of each row of a file; None where there is none."""
        names, file = self.columns.names, self.files[at]
        found: list[str | None] = []
        with _damage(file):
            values = _opened(file).read(columns=[self.columns.label]).column(0).to_pylist()
        for row, value in enumerate(values):
            if value is None or (value == -1 and not isinstance(value, str)):  # -1: a hidden label
                found.append(None)
            elif not names or isinstance(value, str):
                found.append(str(value))
            elif isinstance(value, int) and 0 <= value < len(names):
                found.append(names[value])
            else:
                raise ValueError(
                    f"{shown(file)} row {row}: label {value!r} among "
                    f"{plural(len(names), 'class', 'classes')}"
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
            raise Refused(f"{TableRow(self, number).name}: no picture in it")
        return bytes(content)

    def _read(self, at: int, group: int) -> Any:
        """The pictures of a row group, kept; the one that was not asked for longest goes."""
        arrow, file = pyarrow_module(), self.files[at]
        with _damage(file):
            table = _opened(file)
            size = table.metadata.row_group(group).total_byte_size
        if size > free_memory():
            raise ValueError(
                f"{shown(file)}: a row group needs {gigabytes(size)}, and "
                f"{gigabytes(free_memory())} are free"
            )
        with _damage(file):
            read = table.read_row_group(group, columns=[self.columns.image])
            cells = read.column(0).combine_chunks()
            if hasattr(cells, "chunks"):
                cells = cells.chunk(0)
            if arrow.types.is_struct(cells.type):
                cells = arrow.compute.struct_field(cells, "bytes")
        self.kept[at, group] = cells
        self.taken += cells.nbytes
        while self.taken > self.limit and len(self.kept) > 1:
            _, gone = self.kept.popitem(last=False)
            self.taken -= gone.nbytes
        return cells


def columns_of(schema: Any, file: str) -> Columns:
    """The picture's and the label's column of a table; ValueError that names those it has."""
    arrow = pyarrow_module()
    features = _features(schema)
    fields = {field.name: field.type for field in schema}
    pictures = [n for n, t in fields.items() if _holds_pictures(arrow, t, features.get(n))]
    held = {n: t.value_type if arrow.types.is_dictionary(t) else t for n, t in fields.items()}
    whole = [n for n, t in held.items() if _holds_labels(arrow.types, t) and n not in pictures]
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
            f"in a column called {either(LABELS)}"
        )
    image = _first(pictures, IMAGES)
    told = features.get(label, {}).get("names")
    names = tuple(map(str, told)) if isinstance(told, list) else ()
    packed, words = arrow.types.is_struct(fields[image]), not arrow.types.is_integer(held[label])
    return Columns(image, label, names, packed, words)


def _features(schema: Any) -> dict[str, Any]:
    """What Hugging Face's metadata say of each column; empty without them."""
    try:
        told = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
    except (KeyError, ValueError, TypeError, RecursionError):
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


def _holds_labels(types: Any, kind: Any) -> bool:
    return bool(types.is_integer(kind) or types.is_string(kind) or types.is_large_string(kind))


def _first(names: Sequence[str], order: Sequence[str]) -> str:
    """The name that comes first in an order of usual names, else the first; empty if none."""
    usual = [name for wanted in order for name in names if name.casefold() == wanted]
    return next(iter([*usual, *names]), "")


def _opened(file: str) -> Any:
    arrow = pyarrow_module()
    if what := unreadable(file):
        raise ValueError(f"{shown(file)} is {what}, not a parquet file")
    with _damage(file):
        return arrow.parquet.ParquetFile(file)


@contextmanager
def _damage(file: str) -> Iterator[None]:
    """Within it, what pyarrow says of a file becomes a ValueError that names the file."""
    try:
        yield
    except (FileNotFoundError, PermissionError, Refused):
        raise
    except Exception as error:
        raise ValueError(
            f"{shown(file)}: not a whole parquet file ({first_line(error).rstrip('.')}). Copy or "
            "download it again"
        ) from error


def pyarrow_module() -> Any:
    """The module, with the parts that are used; ValueError with the command that installs it."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.parquet
        import pyarrow.types
    except ImportError:
        raise NotInstalled(
            "parquet files are read with pyarrow, which is not installed. Install it: "
            "pip install pyarrow"
        ) from None
    return pyarrow

"""Hugging Face's data sets by name, with their own library: only where a name begins with `hf:`.

`hf:NAME` has the library download the set into its cache, and reads rows at any place from there.
`hf-stream:NAME` writes nothing to the disk: the encoded pictures stay in memory, where they take at
most a share of it; of a larger set, rows are taken as they pass, anew each epoch (`data.passing`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from papernets.data.gathered import Gathered, Rows, gathered
from papernets.data.layout import SPLITS
from papernets.data.passing import Passing, Stream, Streamed
from papernets.data.picture import MOST_FILE, Packed, Refused
from papernets.data.quiet import EVERY
from papernets.data.stored import memory_for_pictures
from papernets.data.tables import Columns, columns_of
from papernets.files import read_bytes
from papernets.watch import watched
from papernets.words import NotInstalled, first_line, listed, plural

WHOLE, STREAM = "hf:", "hf-stream:"
MOST_ROWS = 1 << 30  # of a stream: more is taken for one without an end
INSTALL = "Install it: pip install datasets, or pip install 'papernets[data]'"


class HubRow(Packed):
    """A picture in a row of a set that lies in the library's cache."""

    __slots__ = ("column", "number", "rows", "where")

    def __init__(self, where: str, rows: Any, column: str, number: int):
        self.where, self.rows, self.column, self.number = where, rows, column, number

    @property
    def name(self) -> str:
        return f"{self.where} row {self.number}"

    def content(self) -> bytes:
        return _bytes(self.name, self.rows[self.number][self.column])


class HubStream(Stream):
    """A part of a set that its library streams."""

    def __init__(self, where: str, part: Any, column: str):
        super().__init__(where)
        self.part, self.column = part, column

    def pictures(self, start: int) -> Iterator[bytes]:
        """As `Stream.pictures`; the library passes over the rows before `start`."""
        with _told(self.where):
            for row in self.part.skip(start) if start else self.part:
                yield _in_cell(row[self.column])


def is_hub(path: Path) -> bool:
    """True for a name that begins as those of Hugging Face's sets do here."""
    return str(path).startswith((WHOLE, STREAM))


def gather_hub(path: Path) -> Gathered:
    """The pictures of a set by its name, `hf:NAME` or `hf:NAME:CONFIGURATION`.

    Parts are those called train, validation and test; others are named and left out. ValueError
    where the library is not installed, where it does not give the set, and for a stream without an
    end.
    """
    asked = str(path)
    streamed = asked.startswith(STREAM)
    name, _, config = asked.split(":", 1)[1].partition(":")
    if not name:
        raise ValueError(f"{asked}: no name: give one, such as {WHOLE}uoft-cs/cifar10")
    with _library(asked) as library:
        found = library.load_dataset(name, config or None, streaming=streamed)
    rows: dict[str, Rows] = {}
    skipped: list[str] = []
    order: tuple[str, ...] = ()
    room = memory_for_pictures() / 2
    for split, part in found.items():
        if split not in SPLITS and len(found) > 1:
            skipped.append(f"{asked}: {split}: no part that is known; left out")
            continue
        with _library(asked):
            columns = _columns(part, f"{asked} {split}")
        order = order or columns.names
        where = f"{asked} {split}"
        if streamed:
            some, lacking, room = _stream(where, part, columns, room)
        else:
            some, lacking = _whole(where, part, columns)
        if lacking:
            skipped.append(f"{where}: {plural(lacking, 'row')} without a label")
        if some:
            rows[SPLITS.get(split, "train")] = some
    if len(rows) == 1:
        rows = {"train": next(iter(rows.values()))}
    if not rows:
        raise ValueError(f"{asked}: not one picture with a label ({listed(skipped, 3)})")
    return gathered(asked, rows, skipped, order)


def _columns(part: Any, where: str) -> Columns:
    """Which column holds the pictures, and which the labels."""
    features = part.features
    if features is None:  # a stream that does not say them
        raise ValueError(f"its columns are not known before it is read: give {WHOLE}NAME")
    return columns_of(features.arrow_schema, where)


def _whole(where: str, part: Any, columns: Columns) -> tuple[Rows, int]:
    """The rows of a part in the cache that have a label, and how many have none."""
    with _library(where) as library:
        part = part.cast_column(columns.image, library.Image(decode=False))
        labels = part[columns.label]
        pictures = part.select_columns([columns.image])
        names = [_label(value, columns, where) for value in labels]
    rows: Rows = [
        (HubRow(where, pictures, columns.image, at), name)
        for at, name in enumerate(names)
        if name is not None
    ]
    return rows, len(names) - len(rows)


def _stream(where: str, part: Any, columns: Columns, room: float) -> tuple[Rows, int, float]:
    """The pictures of a stream with their labels, how many have none, and the room that is left.

    Where they take more than this room, none is kept, and all pass anew when they are asked for.
    """
    rows: Rows = []
    lacking, at = 0, -1
    with _library(where) as library:
        part = part.cast_column(columns.image, library.Image(decode=False))
        stream = HubStream(where, part, columns.image)
        for at, row in enumerate(watched(part, "pictures streamed", _count(part))):
            if at == MOST_ROWS:
                raise ValueError(f"no end after {MOST_ROWS:,} rows: an epoch needs one")
            name = _label(row[columns.label], columns, where)
            if name is None:
                lacking += 1
                continue
            if room >= 0:
                content = _in_cell(row[columns.image])
                room -= len(content)
                if room < 0:
                    rows = [(Passing(stream, _row(one)), its) for one, its in rows]
            one = Streamed(f"{where} row {at}", content) if room >= 0 else Passing(stream, at)
            rows.append((one, name))
    stream.count = at + 1
    return rows, lacking, room


def _row(one: object) -> int:
    """In which row of its stream a picture is."""
    assert isinstance(one, Streamed)
    return int(one.called.rpartition(" ")[2])


def _in_cell(cell: Any) -> bytes:
    """The bytes of a picture's cell; none where it is empty."""
    return bytes((cell.get("bytes") if isinstance(cell, dict) else cell) or b"")


def _count(part: Any) -> int:
    """How many rows a stream has, as far as its description says."""
    splits = getattr(part.info, "splits", None) or {}
    told = splits.get(str(part.split)) if hasattr(splits, "get") else None
    return int(getattr(told, "num_examples", 0) or 0)


def _label(value: Any, columns: Columns, where: str) -> str | None:
    """The name of a row's class; None where it has none."""
    if value is None or (value == -1 and not isinstance(value, str)):  # -1: a hidden label
        return None
    if isinstance(value, str) or not columns.names:
        return str(value)
    if not 0 <= value < len(columns.names):
        count = plural(len(columns.names), "class", "classes")
        raise ValueError(f"label {value!r} among {count}")
    return columns.names[value]


def _bytes(name: str, cell: Any) -> bytes:
    """The bytes of a picture's cell, or of the file that it names in the cache."""
    if isinstance(cell, dict):
        content, path = cell.get("bytes"), cell.get("path")
        if not content and path and os.path.isabs(path):
            return read_bytes(path, MOST_FILE)
        cell = content
    if not cell:
        raise Refused(f"{name}: no picture in it")
    return bytes(cell)


@contextmanager
def _library(where: str) -> Iterator[Any]:
    """Hugging Face's library, its errors as `_told` has them."""
    try:
        with EVERY:
            import datasets
    except ImportError:
        raise NotInstalled(
            f"{where}: read with Hugging Face's datasets, which is not installed. {INSTALL}"
        ) from None
    with _told(where), EVERY:
        yield datasets


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Within it, what the library says becomes a ValueError that names the set."""
    try:
        yield
    except (MemoryError, KeyboardInterrupt, Refused):
        raise
    except Exception as error:  # of many kinds: of networks, files, formats
        said = f"{type(error).__name__}: " * (not isinstance(error, ValueError))
        raise ValueError(f"{where}: {said}{first_line(error).rstrip('.')}") from error

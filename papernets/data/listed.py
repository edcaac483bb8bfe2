"""Tables of text that list pictures: CSV, TSV and JSON lines, a path and a label a line.

The first line of a CSV file names its columns. Paths are taken from the table's folder. A column
`split` says the parts: train, val and test, under any of their usual names.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from papernets.data.dataset import WrongFolder
from papernets.data.gathered import Gathered, Rows, gathered
from papernets.data.layout import split_of
from papernets.data.picture import shown
from papernets.data.tree import PICTURES
from papernets.files import opened
from papernets.texts import parsed
from papernets.words import brief, either, listed, plural

CSV, JSON = (".csv", ".tsv"), (".jsonl", ".ndjson")
PATHS = (
    "path", "file", "filename", "file_name", "filepath", "file_path", "image_path", "img_path",
    "image", "img", "picture", "photo", "image_id", "id",
)  # fmt: skip
LABELS = (
    "label", "labels", "class", "class_name", "target", "category", "species", "breed", "fine_label"
)  # fmt: skip
SPLIT = ("split", "part", "set", "subset", "partition", "fold")
MOST_TABLE, MOST_LINE, MOST_PATHS = 1 << 30, 1 << 20, 1 << 40
"""Bytes of a table, characters of a line of one, and bytes of one that is read line by line."""
MOST_NAMED = 10  # columns that an error names
Line = tuple[int, Mapping[str, Any]]
"""A line's number, from 1, and its values by the columns' names."""


def is_listed(path: Path) -> bool:
    """True for a name that ends as a table of text does that is read."""
    return path.suffix.casefold() in (*CSV, *JSON) and not path.is_dir()


def gather_listed(path: Path) -> Gathered:
    """The pictures that a table lists, with their classes.

    A line without a path, a label or a part is left out and named; a picture that is not there is
    left out when it is read. ValueError for a table that cannot be read, with the line, and where
    none of the first pictures is there; FileNotFoundError where the table is not.
    """
    name, rows, skipped = shown(path), dict[str, Rows](), list[str]()
    with _lines(path, (PATHS, LABELS)) as lines:
        for number, folded in lines:
            where = f"{name} line {number}"
            file, label = (_text(folded, names) for names in (PATHS, LABELS))
            split = _text(folded, SPLIT) if any(one in folded for one in SPLIT) else "train"
            if not (file and label and split):
                lacks = "no path" if not file else "no label" if not label else "no split"
                skipped.append(f"{where}: {lacks}")
                continue
            part = split_of(split)
            if part is None:
                raise WrongFolder(f"{where}: split {brief(split)}: give train, val or test")
            if why := no_path(file):
                skipped.append(f"{where}: {brief(file)} is {why}")
                continue
            rows.setdefault(part, []).append((os.path.join(path.parent, file), label))
    if not rows:
        first = f" (first: {skipped[0]})" if skipped else ""
        raise ValueError(f"{name}: not one line with a path and a label{first}")
    files = [file for some in rows.values() for file, _ in some]
    if not any(os.path.exists(str(file)) for file in files[:: max(1, len(files) // 64)]):
        raise FileNotFoundError(
            f"{name}: {shown(files[0])}: not there, nor is any other that was looked at. Paths are "
            f"taken from the table's folder, {shown(path.parent)}"
        )
    return gathered(name, rows, skipped)


def listed_paths(path: Path) -> Iterator[str]:
    """The paths that a table lists, one after another, as they are from the table's folder.

    A line without a path gives an empty one. ValueError for a table that cannot be read, with the
    line.
    """
    with _lines(path, (PATHS,), MOST_PATHS) as lines:
        for _, values in lines:
            file = _text(values, PATHS)
            yield os.path.join(os.path.dirname(path), file) if file else ""


def no_path(text: str) -> str:
    """Why text can be no file's path; empty where it can."""
    if "\0" in text:
        return "no path: it has a zero byte"
    try:
        os.fsencode(text)
    except UnicodeEncodeError:  # JSON may say halves of a character
        return "no path: it has half of a character"
    return ""


@contextmanager
def _lines(
    path: Path, needed: Sequence[Sequence[str]], most: float = MOST_TABLE
) -> Iterator[Iterator[Line]]:
    """The lines of a table, with their columns' names in small letters.

    needed: names of columns, of each of which it has one. Errors name the table.
    """
    name = shown(path)
    with opened(path, most) as raw, _reading(name):
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        of = _csv if path.suffix.casefold() in CSV else _json
        yield (
            (number, {str(key).strip().casefold(): value for key, value in values.items()})
            for number, values in of(name, text, path, needed)
        )


def _text(values: Mapping[str, Any], names: Sequence[str]) -> str:
    """The value of the first of these columns that is there, as text; empty where it has none."""
    found = next((values[name] for name in names if name in values), None)
    if isinstance(found, str):
        return found.strip()
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Within it, what is wrong with a text becomes a ValueError that names the table."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{name}: not UTF-8 (byte {error.object[error.start]:#04x}). Save it as UTF-8"
        ) from None
    except csv.Error as error:
        raise ValueError(f"{name}: {error}. Is a quote open?") from None


def _csv(
    name: str, text: Iterable[str], path: Path, needed: Sequence[Sequence[str]]
) -> Iterator[Line]:
    """The lines of a table whose first line names the columns."""
    lines = _measured(name, text)
    head = next(lines, "")
    apart = "\t" if path.suffix.casefold() == ".tsv" or "\t" in head else ","
    if apart == "," and ";" in head and "," not in head:
        apart = ";"
    columns = [one.strip() for one in next(csv.reader([head], delimiter=apart), [])]
    _check_columns(name, columns, needed)
    reader = csv.reader(lines, delimiter=apart, skipinitialspace=True, strict=True)
    for cells in reader:
        number = reader.line_num + 1
        if not cells:
            continue
        if len(cells) != len(columns):
            raise ValueError(
                f"{name} line {number}: {plural(len(cells), 'cell')} in {len(columns)} columns. "
                f"A cell with {'a tab' if apart == chr(9) else repr(apart)} in it stands in quotes"
            )
        yield number, dict(zip(columns, cells, strict=True))


def _json(
    name: str, text: Iterable[str], path: Path, needed: Sequence[Sequence[str]]
) -> Iterator[Line]:
    """The lines of a file that has an object a line."""
    for number, line in enumerate(_measured(name, text), 1):
        if not line.strip():
            continue
        try:
            values = parsed(line)
        except ValueError as error:
            raise ValueError(f"{name} line {number}: not JSON ({error})") from None
        if not isinstance(values, dict):
            raise ValueError(
                f"{name} line {number}: {brief(values)}, not an object such as "
                '{"path": "cat/1.jpg", "label": "cat"}'
            )
        if number == 1:
            _check_columns(name, list(values), needed)
        yield number, values


def _measured(name: str, text: Iterable[str]) -> Iterator[str]:
    """The lines; ValueError for one that is too long to be one."""
    readline = getattr(text, "readline")  # noqa: B009 - of a text that is open
    number = 0
    while line := readline(MOST_LINE + 1):
        number += 1
        if len(line) > MOST_LINE:
            raise ValueError(f"{name} line {number}: longer than the {MOST_LINE:,} that are read")
        yield line


def _check_columns(name: str, columns: Sequence[str], needed: Sequence[Sequence[str]]) -> None:
    """ValueError where a table lacks a column that is needed, or has two of one name."""
    folded = [column.casefold() for column in columns]
    has = listed((repr(column[:60]) for column in columns), MOST_NAMED)
    if any(column.endswith(PICTURES) for column in folded):
        raise WrongFolder(
            f"{name}: its first line has a picture ({has}), where the columns' names should be. "
            f"Put a line before it: {'path,label' if LABELS in needed else 'path'}"
        )
    for names in needed:
        what = "paths" if names == PATHS else "labels"
        if not any(one in folded for one in names):
            raise WrongFolder(
                f"{name}: no column of {what} among {has or 'none'}. Call it {either(names)}"
            )
    twice = [column for column in folded if folded.count(column) > 1]
    if twice:
        raise ValueError(f"{name}: two columns are called {brief(twice[0])}")

"""Pictures by files, folders, lists, patterns and tar files: one after another, in a stated order.

The order is that of what is given. A folder's and a pattern's files come in natural order, folder
by folder; a list's and a tar file's as they stand in it. Nothing is kept of what has passed.
"""

from __future__ import annotations

import os
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ..data.listed import MOST_LINE, MOST_PATHS, is_listed, listed_paths, no_path
from ..data.picture import shown
from ..data.shards import ENDING, members_of
from ..evaluate.predict import Source, sources
from ..files import opened
from ..words import did_you_mean
from .patterns import is_pattern, matching, names

LISTS = (".txt", ".lst", ".list")
"""How lists of paths end, a path a line; tables of paths (`data.listed`) are lists too."""
PACKED = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst")
STDIN = "-"


def is_list(path: str) -> bool:
    """True for a file of paths, by its ending."""
    return os.path.splitext(path)[1].casefold() in LISTS or is_listed(Path(path))


def is_tar(path: str) -> bool:
    """True for a tar file, a compressed one too, by its ending."""
    return path.casefold().endswith((ENDING, *PACKED))


def check_given(given: Iterable[str]) -> None:
    """Look at what holds pictures before any is read.

    FileNotFoundError for a list, a tar file or a folder that is not there, ValueError for a pattern
    that names nothing, and for a tar file that is cut short, compressed, or made to do harm.
    """
    for one in given:
        if not is_pattern(one):
            _check(one)
            continue
        empty = True
        for path in matching(one):
            empty = False
            _check(path)
        if empty:
            raise ValueError(
                f"{one}: no file has such a name. * and ? stay within a folder, ** goes into all"
            )


def _check(path: str) -> None:
    if not (is_tar(path) or is_list(path) or path.endswith(os.sep)):
        return
    if not os.path.exists(path):
        raise FileNotFoundError(f"{shown(path)}: not there{_like(path)}")
    if is_tar(path) and not os.path.isdir(path):
        for _ in members_of(path):
            pass


def _like(path: str) -> str:
    """The name beside a path that is not there which is most like it."""
    folder, name = os.path.split(path.rstrip(os.sep))
    try:
        hint = did_you_mean(name, os.listdir(folder or os.curdir))
    except OSError:
        hint = ""
    return f".{hint}" if hint else ""


def pictures_in(given: Iterable[str]) -> Iterator[Source]:
    """A source for each picture; one that cannot be found says so in `error`.

    ValueError for a list or a tar file that turns out to be damaged.
    """
    for one in given:
        if is_pattern(one):
            for path in matching(one):
                yield from _of(path)
        else:
            yield from _of(one)


def _of(path: str) -> Iterator[Source]:
    if not os.path.isdir(path) and is_list(path):
        yield from _listed(path)
    elif not os.path.isdir(path) and is_tar(path):
        empty = True
        for member in members_of(path):
            if member.picture is not None:
                empty = False
                yield Source(member.picture.name, member.picture)
        if empty:
            yield Source(shown(path), path, "a tar file without a picture, by its names' endings")
    else:
        yield from sources([path])


def _listed(path: str) -> Iterator[Source]:
    """What a list names: pictures, and folders of them."""
    empty = True
    for one in listed_paths(Path(path)) if is_listed(Path(path)) else _lines(path):
        empty = False
        if why := no_path(one):
            yield Source(ascii(one)[1:-1], ascii(one)[1:-1], why)
        else:
            yield from sources([one])
    if empty:
        yield Source(shown(path), path, "a list without a path")


def _lines(path: str) -> Iterator[str]:
    """The paths of a list, from its folder; empty lines are passed over."""
    folder = os.path.dirname(path)
    with opened(path, MOST_PATHS) as file:
        for one in lines_of(file, shown(path)):
            yield os.path.join(folder, one)


def lines_of(file: BinaryIO, name: str, begin: bytes = b"") -> Iterator[str]:
    """Paths, one a line, or between zero bytes as `find -print0` writes them, of what is read.

    begin: what was read of it already. A mark of UTF-8 before the first is passed over. ValueError
    for a line of more than 1 MiB, and for UTF-16.
    """
    rest, mark = begin, b""
    read = getattr(file, "read1", file.read)  # of a pipe, what is there
    first = True
    while True:
        block = read(1 << 16)
        rest += block
        if first and (len(rest) >= len(BOM_UTF8) or not block):
            rest, first = _unmarked(rest, name), False
        elif first:
            continue
        mark = mark or (b"\0" if b"\0" in rest else b"\n")
        *whole, rest = rest.split(mark)
        if not block:
            whole, rest = [*whole, rest], b""
        for line in whole:
            text = line.rstrip(b"\r\n") if mark == b"\n" else line
            if text.strip():
                yield os.fsdecode(text)
        if len(rest) > MOST_LINE:
            raise ValueError(f"{name}: a line longer than the {MOST_LINE:,} that are read")
        if not block:
            return


def _unmarked(begin: bytes, name: str) -> bytes:
    """The beginning of a list without the mark of its coding; ValueError for UTF-16."""
    if begin.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ValueError(f"{name}: a list in UTF-16: save it as UTF-8")
    return begin.removeprefix(BOM_UTF8)


def reads(given: Sequence[str], path: str) -> str:
    """What of what is given has a path among its files, or would have; empty where nothing has."""
    place = os.path.realpath(path)
    for one in given:
        if is_pattern(one):
            if names(one, path):
                return one
        elif os.path.isdir(one):
            folder = os.path.realpath(one)
            if os.path.commonpath([folder, place]) == folder:
                return one
        elif os.path.realpath(one) == place:
            return one
    return ""

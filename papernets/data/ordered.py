"""Names in natural order, however many: beyond a chunk they are sorted on the disk.

A folder of ten million pictures takes no more memory than one of twenty thousand.
"""

from __future__ import annotations

import heapq
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple

CHUNK = 20_000  # names that are sorted in memory
BLOCK = 1 << 16  # bytes that are read at a time of each sorted chunk


class Entry(NamedTuple):
    """What lies in a folder: its name, and whether it is a folder itself."""

    name: str
    folder: bool


def natural(name: str) -> list[str | int]:
    """A sort key that puts "2" before "10", and capitals beside small letters."""
    parts = re.split(r"([0-9]+)", name.casefold())  # text, number, text, ..., text
    return [*(int(part) if i % 2 else part for i, part in enumerate(parts)), -1, name]


def in_order(entries: Iterable[Entry], chunk: int = CHUNK) -> Iterator[Entry]:
    """The entries by their names in natural order; more than a chunk go through a temporary file.

    OSError where that file cannot be written.
    """
    taken = iter(entries)
    first = list(islice(taken, chunk))
    if len(first) < chunk:
        yield from sorted(first, key=_key)
        return
    with tempfile.TemporaryFile(prefix="papernets-") as file:
        places = [_written(file, first)]
        while more := list(islice(taken, chunk)):
            places.append(_written(file, more))
        first.clear()
        more.clear()
        file.flush()
        yield from heapq.merge(*(_read(file, *place) for place in places), key=_key)


def _key(entry: Entry) -> list[str | int]:
    return natural(entry.name)


def _written(file: BinaryIO, entries: list[Entry]) -> tuple[int, int]:
    """Where a chunk begins and ends in the file, in order; a zero byte is in no name."""
    begin = file.tell()
    entries.sort(key=_key)
    for name, folder in entries:
        file.write((b"/" if folder else b".") + os.fsencode(name) + b"\0")
    return begin, file.tell()


def _read(file: BinaryIO, begin: int, end: int) -> Iterator[Entry]:
    rest = b""
    while begin < end:
        file.seek(begin)
        block = file.read(min(BLOCK, end - begin))
        begin += len(block)
        *whole, rest = (rest + block).split(b"\0")
        for one in whole:
            yield Entry(os.fsdecode(one[1:]), one[:1] == b"/")

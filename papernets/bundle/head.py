"""The head of a safetensors file, looked at before the file is read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from ..files import opened
from ..numbers import is_whole
from ..texts import parsed
from ..words import first_line, shortened

MOST_WEIGHTS = 32 << 30
"""Bytes of a file of weights: fifty times those of VGG-19, the largest here."""
MOST_HEAD, MOST_TENSORS = 64 << 20, 100_000
"""Bytes of the table at its beginning, which may hold a whole bundle.json, and entries in it."""
BLOCK = 1 << 20


@dataclass(frozen=True)
class Head:
    """What a file's table says: its words, and where in the file each tensor's bytes are."""

    about: dict[str, str]
    places: dict[str, tuple[int, int]]


def check_head(path: Path, advice: str) -> Head:
    """The head; ValueError, which ends with the advice, where no safetensors file of ours is there.

    That is no regular file, one that is too large, a table that is not whole or far too long, and
    one that states another size than the file has. No tensor is read.
    """
    with opened(path, MOST_WEIGHTS) as file:
        start = file.read(8)
        size = int.from_bytes(start, "little")
        if len(start) < 8 or size > MOST_HEAD:
            why = "its head is cut short" if len(start) < 8 else f"a head of {size:,} bytes"
            raise _not_whole(path, why, advice)
        try:
            head = parsed(file.read(size))
        except ValueError as error:
            raise _not_whole(path, f"its head is not JSON: {error}", advice) from None
        there = os.fstat(file.fileno()).st_size - 8 - size
    if not isinstance(head, dict):
        raise _not_whole(path, "its head is no table", advice)
    if len(head) > MOST_TENSORS:
        raise ValueError(f"{path} has {len(head):,} tensors, which no network has. {advice}")
    about = head.pop("__metadata__", None) or {}
    places: dict[str, tuple[int, int]] = {}
    for name, entry in head.items():
        place = _place(entry)
        if place is None:
            raise _not_whole(path, f"no place is stated for {shortened(name)!r}", advice)
        places[name] = 8 + size + place[0], 8 + size + place[1]
    stated = sum(end - begin for begin, end in places.values())  # none shares another's place
    if stated != there:
        why = f"its tensors are stated to have {stated:,} bytes, it has {there:,}"
        raise _not_whole(path, why, advice)
    words = about if isinstance(about, dict) else {}
    return Head({k: v for k, v in words.items() if isinstance(v, str)}, places)


def _place(entry: Any) -> tuple[int, int] | None:
    """Where a tensor's bytes begin and end behind the head; None where that is not stated."""
    place = entry.get("data_offsets") if isinstance(entry, dict) else None
    if not (isinstance(place, list) and len(place) == 2 and all(is_whole(n, 0) for n in place)):
        return None
    begin, end = place
    return (begin, end) if begin <= end else None


def _not_whole(path: Path, why: str, advice: str) -> ValueError:
    return ValueError(f"{path} is not a whole safetensors file ({why}). {advice}")


def digest_of_tensors(path: Path, head: Head) -> str:
    """SHA-256 of a file's names and values as `info.digest` takes it, read piece by piece."""
    sha = hashlib.sha256()
    with opened(path, MOST_WEIGHTS) as file:
        for name, (begin, end) in sorted(head.places.items()):
            sha.update(name.encode("utf-8", "replace"))
            file.seek(begin)
            while begin < end and (part := file.read(min(end - begin, BLOCK))):
                sha.update(part)
                begin += len(part)
    return sha.hexdigest()


@contextmanager
def as_errors(path: Path, advice: str) -> Iterator[None]:
    """What safetensors raises on a file as a ValueError; a panic in it, which is no Exception, too.

    It panics where memory is short: what is told then is a MemoryError.
    """
    try:
        yield
    except SafetensorError as error:
        raise _not_whole(path, shortened(first_line(error), 160), advice) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise MemoryError(f"{path} cannot be read: {shortened(first_line(error), 160)}") from None

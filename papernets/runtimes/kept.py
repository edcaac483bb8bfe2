"""Files that are made once, in the user's cache: a damaged or half one is made anew."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..data.names import cache_folder
from ..files import read_bytes, sweep, write_atomically

FOLDER = "runtimes"
MOST = 1 << 31
"""Bytes of a file: protobuf, in which an ONNX file is written, ends there."""
ROOM = 4 << 30
"""Bytes of all files: those that were used the longest ago make way."""
HEAD = b"papernets, kept 1\n"
SHA = 64


def folder() -> Path | None:
    """Where they lie; None for a user without a home."""
    try:
        return cache_folder() / FOLDER
    except ValueError:
        return None


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """The content of this name: as it was kept, if it is whole, else as it is made now, and kept.

    Where it cannot be kept, on a full disk say, it is made at each call.
    """
    place = folder()
    if place is None:
        return make()
    path = place / name
    found = read_kept(path)
    if found is None:
        found = make()
        keep(path, found)
    return found


def read_kept(path: Path) -> bytes | None:
    """A kept file's content; None where there is none, and for one that is not whole."""
    try:
        content = read_bytes(path, len(HEAD) + SHA + MOST)
    except (ValueError, OSError):
        return None
    start = len(HEAD) + SHA
    inside = content[start:]
    if content[:start] != HEAD + _sha(inside):
        return None
    with suppress(OSError):
        os.utime(path)  # it was used now
    return inside


def keep(path: Path, content: bytes) -> bool:
    """Write it whole, with its checksum, in the room that there is; whether that could be."""
    if len(content) > MOST:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent, ".*")
        _make_room(path.parent, len(content))
        write_atomically(path, HEAD + _sha(content) + content)
    except OSError:
        return False
    return True


def _sha(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _make_room(place: Path, size: int) -> None:
    """Remove what was used the longest ago until so many bytes more are within ROOM."""
    files = [(one, one.stat()) for one in place.iterdir() if one.is_file()]
    left = ROOM - size - sum(found.st_size for _, found in files)
    for one, found in sorted(files, key=lambda each: each[1].st_mtime):
        if left >= 0:
            return
        one.unlink(missing_ok=True)
        left += found.st_size

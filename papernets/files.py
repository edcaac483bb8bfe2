"""Files: written so that a reader finds the old one or the new one, whole; checked before read."""

from __future__ import annotations

import errno
import math
import os
import secrets
import stat
import struct
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path

UNFINISHED = ".unfinished"
"""How the names of temporary files end: one that is left over belongs to a killed process."""
FULL = (errno.ENOSPC, errno.EDQUOT)
FOLDER, SPECIAL = "a folder", "not a regular file"


def unreadable(path: str | os.PathLike[str], most: float = math.inf) -> str:
    """What keeps a path from being read as a file: FOLDER, SPECIAL, or `9 bytes` if `most` is 8.

    SPECIAL is a pipe, a socket or a device: to open one may be to wait for ever. Empty for a file,
    and where nothing is there or it cannot be looked at: opening it says why.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ""
    if stat.S_ISDIR(found.st_mode):
        return FOLDER
    if not stat.S_ISREG(found.st_mode):
        return SPECIAL
    return f"{found.st_size:,} bytes" if found.st_size > most else ""


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file through a temporary one beside it, flushed to the disk before it takes the name.

    Where that fails, or Ctrl-C stops it, the temporary file is removed and the old file stays; on a
    full disk an OSError names the file.
    """
    # The name is known before there is a file: Ctrl-C may come the moment after that is made.
    temporary = path.parent / f".{path.name}.{secrets.token_hex(8)}{UNFINISHED}"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        _remove(temporary)
        if error.errno in FULL:
            kept = ", what was there before is kept" if path.exists() else ""
            raise OSError(error.errno, f"the disk is full: {path} was not written{kept}") from None
        raise
    except BaseException:
        _remove(temporary)
        raise


def _remove(path: Path) -> None:
    with suppress(OSError):  # what went wrong first is told
        path.unlink(missing_ok=True)


def damaged_entry(path: Path) -> str | None:
    """The name of the first entry of a zip file that is not as it was written, by its checksum.

    None where all are, and for a file that is no zip file at all. torch.load looks at no checksum.
    """
    try:
        with zipfile.ZipFile(path) as file:
            return next((e.filename for e in file.infolist() if not _sound(file, e)), None)
    except zipfile.BadZipFile:
        return None


def _sound(file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    try:
        with file.open(entry) as content:
            while content.read(1 << 20):
                pass
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError):
        return False
    except OSError:  # its place is outside the file
        return False
    return True

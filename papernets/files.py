"""Writing files so that a reader finds the old one or the new one, whenever the writing stops."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

UNFINISHED = ".unfinished"
"""How the names of temporary files end: one that is left over belongs to a killed process."""


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file through a temporary one beside it, flushed to the disk before it takes the name.

    On a full disk the temporary file is removed, the old file stays, and an OSError names the file.
    """
    handle, temporary = tempfile.mkstemp(
        prefix=f".{path.name}.", suffix=UNFINISHED, dir=path.parent
    )
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        _remove(temporary)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OSError(
                error.errno,
                f"the disk is full: {path} was not written, what was there before is kept",
            ) from None
        raise
    except BaseException:
        _remove(temporary)
        raise


def _remove(path: str) -> None:
    if os.path.exists(path):
        os.unlink(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

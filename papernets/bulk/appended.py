"""A file that grows by whole pieces, and goes on after a kill where it was known to be whole."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from ..files import FULL, lock_file


class InUse(OSError):
    """Another process writes the file."""


class Appended:
    """A file, `size` bytes of which are whole pieces. What is beyond them nobody counts on.

    It belongs to one process at a time; `InUse` for another one. It is as it was before `cut`.
    """

    def __init__(self, path: Path, size: int = 0):
        self.path, self.size, self._cut = path, size, False
        self._file = lock_file(path)
        try:
            self._take()
            there = os.fstat(self._file.fileno()).st_size
            if there < size:
                raise ValueError(changed(path, there, size))
        except BaseException:
            self._file.close()
            raise

    def _take(self) -> None:
        try:
            import fcntl
        except ImportError:  # pragma: no cover - Windows
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(
                errno.EBUSY, f"{self.path} is being written by another process: wait for it"
            ) from None

    def cut(self) -> None:
        """Cut off what is beyond the whole pieces."""
        os.ftruncate(self._file.fileno(), self.size)
        self._cut = True

    def add(self, piece: bytes) -> None:
        """Write a piece at the end, whole: an error leaves the pieces before it."""
        handle, rest = self._file.fileno(), memoryview(piece)
        os.lseek(handle, self.size, os.SEEK_SET)
        try:
            while rest:
                rest = rest[os.write(handle, rest) :]
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(handle, self.size)
            raise full(error, self.path) from None
        self.size += len(piece)

    def over(self, piece: bytes) -> None:
        """Write over the beginning, which is as long."""
        handle = self._file.fileno()
        os.lseek(handle, 0, os.SEEK_SET)
        assert os.write(handle, piece) == len(piece) <= self.size

    def flush(self) -> None:
        """See to it that the pieces outlive a power cut."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise full(error, self.path) from None

    def close(self) -> None:
        """Let others have it, without what is beyond the whole pieces."""
        if self._cut:
            with suppress(OSError):
                self.cut()
        self._file.close()


def changed(path: Path, there: int, size: int) -> str:
    """What is said of a file that does not have the bytes that were written."""
    return (
        f"{path} has {there:,} bytes, and {size:,} were written: somebody changed it. Remove it, "
        "with its manifest, and begin again"
    )


def full(error: OSError, path: Path) -> OSError:
    """The error, with the file's name; of a full disk in words that say so."""
    if error.errno in (*FULL, errno.EFBIG):
        return DiskFull(error.errno, f"the disk is full: {path} cannot grow")
    if error.strerror and error.filename is None:
        return OSError(error.errno, error.strerror, os.fspath(path))
    return error


class DiskFull(OSError):
    """No room is left for what is to be written."""

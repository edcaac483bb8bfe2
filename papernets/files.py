"""Files: opened where they are what they should be; written whole, or not at all.

What comes from outside is opened by `opened`: docs/files.md lists it. Nothing is written through a
link.
"""

from __future__ import annotations

import errno
import hashlib
import math
import os
import secrets
import shutil
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

UNFINISHED = ".unfinished"
"""How the names of temporary files end: one that is left over belongs to a killed process."""
DAY = 24 * 60 * 60.0  # seconds
FULL = (errno.ENOSPC, errno.EDQUOT)
NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)
"""What a file system says that has no second names for files."""
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


def path_of(given: str | os.PathLike[str]) -> Path:
    """A path as a user or a file gives it, `~` and `~user` as a shell reads them.

    A user that there is not is left as it stands; ValueError for a zero byte, which no path has.
    """
    text = os.fspath(given)
    if "\0" in text:
        raise ValueError(f"{text!r} is no path: it has a zero byte")
    return Path(os.path.expanduser(text))  # Path.expanduser raises for a user that there is not


def opened(path: str | os.PathLike[str], most: float = math.inf) -> BinaryIO:
    """A regular file of at most `most` bytes, open to be read; no other is waited for.

    ValueError that names it for a folder, a pipe, a socket or a device, and for a larger file; the
    system's OSError where there is none or it may not be read.
    """
    _refuse(path, unreadable(path, most), most)
    flags = os.O_RDONLY | NO_WAIT
    file = os.fdopen(os.open(path, flags), "rb")
    try:  # what was looked at by its name may have been replaced since
        found = os.fstat(file.fileno())
        regular = stat.S_ISREG(found.st_mode)
        large = f"{found.st_size:,} bytes" if found.st_size > most else ""
        _refuse(path, large if regular else SPECIAL, most)
    except BaseException:
        file.close()
        raise
    return file


NO_WAIT = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
"""To open a pipe that nobody writes to is not to wait."""


def _refuse(path: str | os.PathLike[str], what: str, most: float) -> None:
    if what in (FOLDER, SPECIAL):
        raise ValueError(f"{os.fspath(path)} is {what}, where a file should be")
    if what:
        raise ValueError(f"{os.fspath(path)} has {what}, more than the {most:,} that are read")


def read_bytes(path: str | os.PathLike[str], most: int) -> bytes:
    """The content of a file that `opened` opens; one that has no end is not read to it."""
    with opened(path, most) as file:
        size = os.fstat(file.fileno()).st_size
        content = file.read(size + 1)
        while size < len(content) <= most and (more := file.read(1 << 20)):  # it says too little
            content += more
    _refuse(path, f"{len(content):,} bytes" if len(content) > most else "", most)
    return content


def sha256_of(file: BinaryIO, size: float = math.inf) -> str:
    """SHA-256 of an open file from where it stands, or of so many bytes of it."""
    sha = hashlib.sha256()
    while size > 0 and (part := file.read(int(min(size, 1 << 20)))):
        sha.update(part)
        size -= len(part)
    return sha.hexdigest()


def make_folder(path: Path) -> None:
    """Make a folder to write in, beside what we wrote there; NotADirectoryError for a link.

    What is behind a link may be anybody's, and would be written over.
    """
    with suppress(FileExistsError):
        path.mkdir()
    if path.is_symlink() or not path.is_dir():
        kind = "a link" if path.is_symlink() else "no folder"
        raise NotADirectoryError(
            errno.ENOTDIR, f"{path} is {kind}: nothing is written through it. Move it away"
        )


@contextmanager
def new_folders(path: Path) -> Iterator[None]:
    """Make a folder to write in, and those above it; gone again, where empty, after an error."""
    made = [place for place in (path, *path.parents) if not place.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    make_folder(path)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for place in made:
                place.rmdir()
        raise


def lock_file(path: Path) -> BinaryIO:
    """A file to be locked, made where it is not there; nothing in it is changed.

    OSError for a link, a folder, and anything else that is no regular file.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | NO_WAIT
    what = "a link" if path.is_symlink() else unreadable(path)
    try:
        if not what:
            file = os.fdopen(os.open(path, flags, 0o666), "r+b")
            if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return file
            file.close()
            what = SPECIAL
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        what = "a link"
    raise OSError(errno.EINVAL, f"{path} is {what}, where a lock should be. Move it away")


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file through a temporary one beside it, flushed to the disk before it takes the name.

    Where that fails, or Ctrl-C stops it, the temporary file is removed and the old file stays; on a
    full disk an OSError names the file. What is no file, a device say, is not replaced by one.
    """
    if not path.is_symlink() and unreadable(path) == SPECIAL:
        raise OSError(errno.EINVAL, f"{path} is {SPECIAL}: nothing is written in its place")
    # The name is known before there is a file: Ctrl-C may come the moment after that is made.
    temporary = path.parent / f".{path.name}.{secrets.token_hex(8)}{UNFINISHED}"
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _take_name(temporary, path)
    except OSError as error:
        _remove(temporary)
        if error.errno in FULL:
            kept = ", what was there before is kept" if path.exists() else ""
            raise OSError(error.errno, f"the disk is full: {path} was not written{kept}") from None
        if error.strerror and str(error.filename) in ("None", str(temporary)):  # nobody gave it
            raise OSError(error.errno, error.strerror, os.fspath(path)) from None
        raise
    except BaseException:
        _remove(temporary)
        raise


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file's name beside a file, whose place it takes at the end, flushed to the disk.

    After an error it is removed, and what was there before stays; a full disk is an OSError that
    names the file.
    """
    temporary = path.parent / f".{path.name}.{secrets.token_hex(8)}{UNFINISHED}"
    try:
        yield temporary
        with open(temporary, "rb") as file:
            os.fsync(file.fileno())
        _take_name(temporary, path)
    except OSError as error:
        _remove(temporary)
        if error.errno in FULL:
            raise OSError(error.errno, f"the disk is full: {path} was not written") from None
        raise
    except BaseException:
        _remove(temporary)
        raise


def _take_name(temporary: Path, path: Path) -> None:
    """Give a file its name, and flush the folder, so that the name outlives a power cut."""
    os.replace(temporary, path)
    if not hasattr(os, "fdatasync"):  # pragma: no cover - macOS and Windows keep names in order
        return
    with suppress(OSError):  # a folder that cannot be read, or a file system that knows no such
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fdatasync(handle)
        finally:
            os.close(handle)


def link_atomically(path: Path, other: Path) -> None:
    """Give a file a second name, in the place of what had it; a copy where there are no links."""
    temporary = other.parent / f".{other.name}.{secrets.token_hex(8)}{UNFINISHED}"
    try:
        os.link(path, temporary)
        os.replace(temporary, other)
        temporary.unlink(missing_ok=True)  # it stays where both were one file already
    except OSError as error:
        _remove(temporary)
        if error.errno not in NO_LINKS:
            raise
        write_atomically(other, path.read_bytes())
    except BaseException:
        _remove(temporary)
        raise


def _remove(path: Path) -> None:
    with suppress(OSError):  # what went wrong first is told
        path.unlink(missing_ok=True)


def sweep(folder: Path, pattern: str) -> None:
    """Remove what killed processes left under such names: our own, and old.

    Old is what nothing was written to in a day. A link, and what is another user's, stays.
    """
    for path in folder.glob(pattern):
        with suppress(OSError):
            if path.is_symlink() or (hasattr(os, "getuid") and path.stat().st_uid != os.getuid()):
                continue
            inside = [path, *path.rglob("*")]
            if max(one.lstat().st_mtime for one in inside) > time.time() - DAY:
                continue
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


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

"""A zip file of class folders, read without unpacking it to the disk.

Each entry is unpacked where it is asked for, within the size that its head says. What unpacks to
far more than it takes, or lies over another entry, is refused: a small file may be made to fill a
disk (Fifield 2019, "A better zip bomb").
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from papernets.data.gathered import Gathered, gathered
from papernets.data.members import (
    MOST_MARK,
    Member,
    hidden,
    is_mark,
    is_picture,
    of_folders,
    of_samples,
    parted,
    refuse_kind,
    refuse_name,
)
from papernets.data.picture import MOST_FILE, Packed, Refused, shown
from papernets.files import SPECIAL, unreadable
from papernets.words import plural

ENDING = ".zip"
SMALL, TIMES = 16 << 20, 200
"""Bytes that an entry may unpack to in any case, and beyond them how many times what it takes."""
HEAD = 30  # bytes: the least that an entry takes before its content


class Archive:
    """A zip file that threads read entries of; it can be sent to another process."""

    def __init__(self, file: str):
        self.file, self.lock = file, Lock()
        self.opened: zipfile.ZipFile | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"file": self.file}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["file"])  # type: ignore[misc]

    def entries(self) -> zipfile.ZipFile:
        """The open file; ValueError where it is no whole zip file."""
        with self.lock:
            if self.opened is None:
                if unreadable(self.file) == SPECIAL:
                    raise ValueError(f"{shown(self.file)}: {SPECIAL}")
                with damage(shown(self.file)):
                    self.opened = zipfile.ZipFile(self.file)
            return self.opened

    def read(self, name: str) -> bytes:
        """The bytes of an entry; `Refused` for one that is damaged, or larger than it says."""
        try:
            with self.entries().open(name) as content:
                size = self.entries().getinfo(name).file_size
                found = content.read(size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, OSError) as error:
            raise Refused(f"{shown(self.file)}: {name}: damaged ({error})") from error
        except (RuntimeError, NotImplementedError) as error:  # a password; an unknown compression
            raise Refused(f"{shown(self.file)}: {name}: {error}") from error
        if len(found) != size:
            raise Refused(f"{shown(self.file)}: {name}: not of the {size:,} bytes that it says")
        return found


class InZip(Packed):
    """A picture in a zip file."""

    __slots__ = ("archive", "member")

    def __init__(self, archive: Archive, member: str):
        self.archive, self.member = archive, member

    @property
    def name(self) -> str:
        return f"{shown(self.archive.file)}: {self.member}"

    def content(self) -> bytes:
        return self.archive.read(self.member)


def is_zip(path: Path) -> bool:
    """True for a file that is called as zip files are."""
    return path.suffix.casefold() == ENDING and not path.is_dir()


def gather_zip(path: Path) -> Gathered:
    """The pictures of a zip file with their classes; only its table and labels are read.

    ValueError for one that is no whole zip file, that is made to fill a disk, or holds a link or a
    name that leads out of it.
    """
    archive, name = Archive(str(path)), shown(path)
    entries = [entry for entry in archive.entries().infolist() if not entry.is_dir()]
    _check_sizes(name, entries)
    members = []
    for entry in entries:
        refuse_name(name, entry.filename)
        mode = entry.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            refuse_kind(name, entry.filename, "a link" if stat.S_ISLNK(mode) else "no file")
        if hidden(entry.filename):
            continue
        ending = parted(entry.filename)[1]
        if is_picture(ending):
            members.append(Member(entry.filename, InZip(archive, entry.filename)))
        elif is_mark(ending) and entry.file_size <= MOST_MARK:
            members.append(Member(entry.filename, None, archive.read(entry.filename)))
    if sum(one.filename.casefold().endswith(".cls") for one in entries):
        rows, skipped = of_samples(name, members, ())
        return gathered(name, {"train": rows}, skipped)
    return gathered(name, of_folders(name, members), ())


def _check_sizes(name: str, entries: list[zipfile.ZipInfo]) -> None:
    """ValueError for an archive that is a bomb: entries that swell, or that share their bytes."""
    twice = Counter(entry.filename for entry in entries).most_common(1)
    if twice and twice[0][1] > 1:
        raise ValueError(f"{name}: {twice[0][0]!r} is in it twice: make it anew")
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise ValueError(
                f"{name}: {entry.filename!r} lies over another entry: made to swell, refused"
            )
        end = entry.header_offset + HEAD + entry.compress_size
        swells = entry.file_size > max(SMALL, TIMES * entry.compress_size)
        if swells or entry.file_size > MOST_FILE:
            raise ValueError(
                f"{name}: {entry.filename!r} unpacks from {entry.compress_size:,} to "
                f"{plural(entry.file_size, 'byte')}: no picture does, refused"
            )


@contextmanager
def damage(name: str) -> Iterator[None]:
    """Within it, what zipfile says of a file becomes a ValueError that names it."""
    try:
        yield
    except (zipfile.BadZipFile, struct.error, NotImplementedError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{name}: not a whole zip file ({error}). Copy or download it again"
        ) from error

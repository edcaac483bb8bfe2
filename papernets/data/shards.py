"""Tar shards: where each member lies is looked up once, and then read at any place, in any order.

WebDataset's layout (`7.jpg` and `7.cls`) or class folders. Nothing is unpacked to the disk. An
index of places makes an epoch a true permutation, however much larger than memory the shards are.
"""

from __future__ import annotations

import itertools
import os
import re
import struct
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from papernets.data.gathered import Gathered, Rows, by_part, gathered
from papernets.data.layout import parts_in, split_of
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
from papernets.data.tree import class_folders, visible_files
from papernets.files import opened, read_bytes
from papernets.watch import watched
from papernets.words import brief, composed, plural

ENDING = ".tar"
NAMED = ("classnames.txt", "classes.txt")
"""Files beside shards that name the classes, a line each, in the order of the labels."""
KINDS = {
    tarfile.SYMTYPE: "a link", tarfile.LNKTYPE: "a link", tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device", tarfile.FIFOTYPE: "a pipe",
    tarfile.GNUTYPE_SPARSE: "a sparse file",
}  # fmt: skip
PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")  # gzip, bzip2, xz, zstd
MOST_TAIL = 1 << 20  # bytes after a tar file's end that are looked at: zeros fill it up
BLOCK = 512  # bytes: a member's head, and what a member is filled up to
MOST_SHARDS, MOST_NAMES = 100_000, 16 << 20
BRACES = re.compile(r"\{([^{}]*)\}")


class InShard(Packed):
    """A picture in a tar file: its place in it, in bytes."""

    __slots__ = ("at", "file", "member", "size")

    def __init__(self, file: str, member: str, at: int, size: int):
        self.file, self.member, self.at, self.size = file, member, at, size

    @property
    def name(self) -> str:
        return f"{shown(self.file)}: {shown(self.member)}"

    def content(self) -> bytes:
        return _bytes_at(self.file, self.member, self.at, self.size)


def _bytes_at(file: str, member: str, at: int, size: int) -> bytes:
    """So many bytes of a file; `Refused` where it has become shorter."""
    if size > MOST_FILE:
        raise Refused(f"{shown(file)}: {member}: {size:,} bytes, more than {MOST_FILE:,}")
    with opened(file) as shard:
        shard.seek(at)
        content = shard.read(size)
    if len(content) < size:
        raise Refused(f"{shown(file)}: {member}: the shard has been cut short")
    return content


def is_shards(path: Path) -> bool:
    """True for a tar file, a pattern such as `train-{000..009}.tar`, and a folder of tar files.

    A folder with other folders than train/, val/ and test/, or with folders in these, is one of
    class folders, whatever tar file lies beside them.
    """
    if not path.is_dir():
        return path.suffix.casefold() == ENDING
    try:
        folders = class_folders(path)
        if not all(split_of(name) for name in folders) or parts_in(path):
            return False
        return any(map(_holds_tar, (path, *(path / name for name in folders))))
    except OSError:
        return False


def _holds_tar(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return any(e.name.casefold().endswith(ENDING) and e.name[0] != "." for e in entries)


def expanded(pattern: str) -> list[str]:
    """The names of a pattern: `{000..009}` counts, `{a,b}` lists; ValueError for what does neither.

    A name that is there as it stands is no pattern.
    """
    if "{" not in pattern or os.path.exists(pattern):
        return [pattern]
    parts, at, count = [], 0, 1
    for found in BRACES.finditer(pattern):
        parts += [[pattern[at : found.start()]], _several(found[1], pattern)]
        at, count = found.end(), count * len(parts[-1])
    if count > MOST_SHARDS:
        raise ValueError(f"{pattern}: {count:,} shards, more than {MOST_SHARDS:,}")
    return ["".join(one) for one in itertools.product(*parts, [pattern[at:]])]


def _several(inside: str, pattern: str) -> list[str]:
    ends = re.fullmatch(r"([0-9]{1,18})\.\.([0-9]{1,18})", inside)
    if not ends and "," not in inside:
        where = pattern if pattern == f"{{{inside}}}" else f"{pattern}: {{{inside}}}"
        raise ValueError(f"{where} is neither {{000..009}} nor {{a,b}}")
    if not ends:
        return inside.split(",")
    low, high, wide = int(ends[1]), int(ends[2]), len(ends[1])
    if high < low or high - low >= MOST_SHARDS:
        where = pattern if pattern == f"{{{inside}}}" else f"{pattern}: {{{inside}}}"
        raise ValueError(f"{where}: give the first and the last, up to {MOST_SHARDS:,}")
    return [str(number).zfill(wide) for number in range(low, high + 1)]


def shards_of(path: Path) -> dict[str, list[str]]:
    """The shards of each part. FileNotFoundError names those of a pattern that are not there."""
    if path.is_dir():
        files = [file for file in visible_files(path) if file.casefold().endswith(ENDING)]
        return by_part(path, files, ENDING)
    files = expanded(str(path))
    gone = [file for file in files if not os.path.exists(file)]
    if gone:
        several = f" and {len(gone) - 1:,} more" if len(gone) > 1 else ""
        raise FileNotFoundError(
            f"{shown(path)}: {shown(gone[0])}{several} of {plural(len(files), 'shard')}: not there"
        )
    if len(files) == 1:
        return {"train": files}
    return by_part(Path(os.path.commonpath([os.path.dirname(f) for f in files])), files, ENDING)


def gather_shards(path: Path) -> Gathered:
    """The pictures of tar files with their classes; nothing but heads and labels is read.

    `path` is a tar file, a pattern of several, or a folder of them; the parts are in the names, as
    in train-000.tar, or in the folders in them. A picture without a label is left out and named.
    ValueError for a shard that is cut short, compressed, or holds what is no file.
    """
    parts = shards_of(path)
    every = [(split, file) for split, files in parts.items() for file in files]
    names = _names(path if path.is_dir() else Path(every[0][1]).parent)
    rows: dict[str, Rows] = {}
    skipped: list[str] = []
    for split, file in watched(every, "shards looked through", len(every)):
        members = list(members_of(file))
        if any(member.mark is not None for member in members):
            found, left = of_samples(shown(file), members, names)
            rows.setdefault(split, []).extend(found)
            skipped += left
            continue
        for part, some in of_folders(shown(file), members).items():
            rows.setdefault(part if len(parts) == 1 else split, []).extend(some)
    return gathered(shown(path), rows, skipped, names)


def members_of(file: str) -> Iterator[Member]:
    """The pictures and labels of a shard, in its order; ValueError where it is not whole."""
    name = shown(file)
    with opened(file) as raw, _damage(name):
        head = raw.read(6)
        if head.startswith(PACKED):
            raise ValueError(
                f"{name}: compressed, so that no place in it can be read by itself. Pictures gain "
                "nothing by that: unpack it with gunzip, say, and give the tar file"
            )
        raw.seek(0)
        with tarfile.open(fileobj=raw, mode="r:", encoding="utf-8") as tar:
            while (one := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined] # tarfile keeps each for ever
                member = _member(file, tar, one)
                if member is not None:
                    yield member
            end = tar.offset
        _check_end(name, raw, end)


def _member(file: str, tar: tarfile.TarFile, one: tarfile.TarInfo) -> Member | None:
    """A picture or a label; None for a folder, and for a file that is neither."""
    refuse_name(shown(file), one.name)
    if one.isdir():
        return None
    if not one.isreg() or one.sparse is not None:
        refuse_kind(shown(file), one.name, KINDS.get(one.type, "no regular file"))
    if hidden(one.name):
        return None
    ending = parted(one.name)[1]
    if is_picture(ending):
        return Member(one.name, InShard(file, one.name, one.offset_data, one.size))
    if not is_mark(ending):
        return None
    if one.size > MOST_MARK:
        raise ValueError(f"{shown(file)}: {one.name}: {one.size:,} bytes, too many for a label")
    content = tar.extractfile(one)
    return Member(one.name, None, content.read() if content else b"")


@contextmanager
def _damage(name: str) -> Iterator[None]:
    """Within it, what tarfile says of a file becomes a ValueError that names it."""
    try:
        yield
    except (tarfile.TarError, EOFError, struct.error) as error:
        raise ValueError(
            f"{name}: not a whole tar file ({error}). Copy or download it again"
        ) from error


def _check_end(name: str, raw: BinaryIO, end: int) -> None:
    """ValueError where a shard does not end as tar files do: tarfile takes any end for one."""
    size = os.fstat(raw.fileno()).st_size
    raw.seek(end)
    block = raw.read(BLOCK)
    if len(block) < BLOCK:
        raise ValueError(
            f"{name}: cut short: {size:,} bytes, and no end of a tar file. Copy or download it "
            "again"
        )
    if any(block):
        raise ValueError(
            f"{name}: damaged at byte {end:,}: no head of a member. Copy or download it again"
        )
    if any(raw.read(MOST_TAIL)):
        raise ValueError(
            f"{name}: two archives in one: {size - end:,} bytes after its end would not be read. "
            "Make one of the two, or give both as shards"
        )


def _names(folder: Path) -> tuple[str, ...]:
    """The classes' names in a file beside the shards; empty without one."""
    file = next((folder / name for name in NAMED if (folder / name).is_file()), None)
    if file is None:
        return ()
    text = read_bytes(file, MOST_NAMES).decode("utf-8", "replace")
    names = tuple(composed(line.strip()) for line in text.splitlines() if line.strip())
    twice = [name for name in names if names.count(name) > 1] if len(names) <= 10_000 else []
    if twice:
        raise ValueError(f"{shown(file)}: two classes are called {brief(twice[0])}")
    return names

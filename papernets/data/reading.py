"""Pictures that are read for the first time: each decoded once, checked, and known by its content.

Where several processes read the same ones (`sharing`), each decodes a share, and tells the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from papernets.data.content import Content, Keys, held_key, pixels_key
from papernets.data.fitting import fitted, near_of
from papernets.data.passing import Passing
from papernets.data.picture import Remark, load, pillow_rules, shown, size_remarks
from papernets.data.stored import (
    COPIES,
    THREADS,
    File,
    Images,
    Marks,
    OnDemand,
    room_for,
    threads,
    why,
)
from papernets.machine import free_memory
from papernets.words import by, gigabytes

BLOCK = 64 << 20
"""Bytes of pictures that processes exchange at a time."""
SAMPLE = 64
"""Pictures of others that each process reads too, spread over all: are they the same there?"""


@dataclass(frozen=True)
class Stored:
    """Photos that could be read: uint8 (N, C, h, w), their places among the files, their content.

    reasons: why others could not be read. remarks: what should be known of some, by their files.
    """

    images: Images
    good: list[int]
    reasons: list[str]
    content: Content
    remarks: list[tuple[File, Remark]]


class Readers(Protocol):
    """Several processes that read the same pictures; `ranks.group.Group` is one."""

    rank: int
    size: int

    def most(self, *values: int) -> list[int]:
        """The largest of each of these numbers, over all."""

    def all(self, values: Tensor) -> list[Tensor]:
        """Each one's tensor, in their order; the first dimension may differ."""

    def texts(self, text: str) -> list[str]:
        """Each one's text."""


_READERS: ContextVar[Readers | None] = ContextVar("papernets_readers", default=None)


@contextmanager
def sharing(readers: Readers | None) -> Iterator[None]:
    """Within it pictures are read together by these processes, all of which read the same."""
    before = _READERS.set(readers)
    try:
        yield
    finally:
        _READERS.reset(before)


def agree(what: str, given: str) -> None:
    """ValueError where another process has been given something else than the first."""
    readers = _READERS.get()
    if readers is None:
        return
    every = readers.texts(given)
    other = next((at for at, one in enumerate(every) if one != every[0]), None)
    if other is not None:
        raise ValueError(_others(other, what))


def _others(rank: int, what: str) -> str:
    return (
        f"rank {rank} reads other pictures than rank 0 in {what}: every machine needs the same "
        "ones, in folders and files of the same names"
    )


def check_reading(count: int, channels: int, size: tuple[int, int]) -> None:
    """ValueError where the pictures that threads read at a time do not fit into the free memory."""
    needed = min(THREADS, count) * COPIES * channels * size[0] * size[1]
    if needed > free_memory():
        raise ValueError(
            f"pictures of {by(size)} need {gigabytes(needed)} while they are read, and "
            f"{gigabytes(free_memory())} are free. Give a smaller input, such as --set input=224"
        )


@dataclass(frozen=True)
class _Read:
    """What was found of files, one for one: a reason where a picture could not be read."""

    images: Tensor | None
    marks: Marks | None
    content: Content
    reasons: list[str]
    remarks: list[list[Remark]]


def read_stored(
    files: Sequence[File],
    channels: int,
    size: tuple[int, int],
    in_memory: bool,
    exact: bool = False,
) -> Stored:
    """The photos of these files, all decoded once, by a thread a core; of several processes that
    read the same by one of them.

    What is not kept in memory leaves its marks. exact: JPEGs are decoded whole; by what they are
    known is the same either way.
    """
    readers = _READERS.get()
    if readers is None or len(files) < readers.size:
        images = room_for(len(files), channels, size) if in_memory else None
        read = _read(files, channels, size, images, not in_memory, exact)
    else:
        read = _read_together(readers, files, channels, size, in_memory, exact)
    good = [place for place, reason in enumerate(read.reasons) if not reason]
    bad = [reason for reason in read.reasons if reason]
    said = [(files[place], remark) for place in good for remark in read.remarks[place]]
    content, found = read.content, _images(read, files, channels, size, exact)
    if bad:
        places = torch.tensor(good, dtype=torch.int64)
        found = found[places] if isinstance(found, Tensor) else found.select(places)
        content = content.select(good)
    return Stored(found, good, bad, content, said)


def _images(
    read: _Read, files: Sequence[File], channels: int, size: tuple[int, int], exact: bool
) -> Images:
    if read.images is not None:
        return read.images
    assert read.marks is not None
    return OnDemand(files, channels, size, read.marks, exact)


def _read(
    files: Sequence[File],
    channels: int,
    size: tuple[int, int],
    images: Tensor | None,
    marked: bool,
    exact: bool,
) -> _Read:
    """Read files; pictures are written into `images`, uint8 (N, C, h, w), where that is given."""
    marks = Marks.empty(len(files), channels) if marked else None
    content, remarks = Content.empty(len(files)), [list[Remark]() for _ in files]

    def read(place: int) -> str:
        try:
            file = files[place]
            file = file.now() if isinstance(file, Passing) else file
            image = load(file, near_of(size), remarks[place])
            remarks[place] += size_remarks(image, size)
            content.pixels[place] = pixels = pixels_key(image)
            content.held[place] = held_key(file, pixels)
            if exact:
                image = load(file)
            picture = fitted(image, channels, size)
        except (ValueError, OSError) as error:
            return why(files[place], error)
        if images is not None:
            images[place] = picture
        if marks is not None:
            marks.mark(place, picture)
        return ""

    with pillow_rules():
        reasons = threads(read, range(len(files)), "pictures read")
    return _Read(images, marks, content, reasons, remarks)


def _read_together(
    readers: Readers,
    files: Sequence[File],
    channels: int,
    size: tuple[int, int],
    in_memory: bool,
    exact: bool,
) -> _Read:
    """As `_read`, of which each process does a share, one stretch of the files.

    Pictures are exchanged where one of the processes keeps them in memory, marks where one does
    not.
    """
    names = "\n".join(shown(file).rpartition("/")[2] for file in files)
    given = f"{len(files)} {channels} {size} {exact} {names}"
    agree(_of(files), hashlib.sha256(given.encode()).hexdigest())
    ends = [len(files) * at // readers.size for at in range(readers.size + 1)]
    low, high = ends[readers.rank], ends[readers.rank + 1]
    kept, marked = map(bool, readers.most(int(in_memory), int(not in_memory)))
    whole = room_for(len(files) if in_memory else 0, channels, size)
    own = whole[low:high]
    if kept and not in_memory:
        own = room_for(high - low, channels, size)
    read = _read(files[low:high], channels, size, own if kept else None, marked, exact)
    content = Content(*(_joined(readers, one) for one in (read.content.held, read.content.pixels)))
    reasons, remarks = _said(readers, read)
    _check_sample(readers, files, size, content, reasons, (low, high))
    if kept:
        _exchange(readers, own, whole if in_memory else None, ends)
    marks = None
    if read.marks is not None:
        each = (read.marks.checksum, read.marks.sums, read.marks.squares)
        marks = Marks(*(torch.cat(readers.all(one)) for one in each))
    return _Read(whole if in_memory else None, marks, content, reasons, remarks)


def _of(files: Sequence[File]) -> str:
    """Where files are, for an error: the first, and how many."""
    return f"{shown(files[0])} and {len(files) - 1:,} more"


def _joined(readers: Readers, keys: Keys) -> Keys:
    """The keys of all processes, in their order."""
    found = readers.all(torch.from_numpy(keys.view(np.int64)))
    return torch.cat(found).numpy().view(np.uint64)


def _said(readers: Readers, read: _Read) -> tuple[list[str], list[list[Remark]]]:
    """The reasons and remarks of all processes, in their order."""
    own = {
        at: [one, said]
        for at, (one, said) in enumerate(zip(read.reasons, read.remarks, strict=True))
        if one or said
    }
    reasons: list[str] = []
    remarks: list[list[Remark]] = []
    for text in readers.texts(json.dumps([len(read.reasons), own])):
        count, theirs = json.loads(text)
        found = [theirs.get(str(at), ["", []]) for at in range(count)]
        reasons += [reason for reason, _ in found]
        remarks += [[Remark(*one) for one in said] for _, said in found]
    return reasons, remarks


def _exchange(readers: Readers, own: Tensor, whole: Tensor | None, ends: list[int]) -> None:
    """Give the others one's own pictures, and write theirs into the whole, a block at a time."""
    rows = max(1, BLOCK // max(1, own[:1].numel() * readers.size))
    longest = max(high - low for low, high in pairwise(ends))
    for start in range(0, longest, rows):
        for rank, some in enumerate(readers.all(own[start : start + rows].contiguous())):
            if whole is not None and rank != readers.rank:
                at = ends[rank] + start
                whole[at : at + len(some)] = some


def _check_sample(
    readers: Readers,
    files: Sequence[File],
    size: tuple[int, int],
    content: Content,
    reasons: Sequence[str],
    own: tuple[int, int],
) -> None:
    """ValueError where some pictures that others read are not the same here."""
    places = range(0, len(files), max(1, len(files) // SAMPLE))
    theirs = [at for at in places if not (own[0] <= at < own[1] or reasons[at])]
    if not any(isinstance(file, Passing) for file in files):  # a stream comes from one place
        there = content_of_files([files[at] for at in theirs], size, "")
        if (there.pixels != content.pixels[theirs]).any():
            raise ValueError(_others(readers.rank, _of(files)))


def content_of_files(
    files: Sequence[File], size: tuple[int, int], told: str = "pictures known by their content"
) -> Content:
    """By what pictures are known that were read otherwise, as if they were stored at this size."""
    found = Content.empty(len(files))

    def read(place: int) -> None:
        found.pixels[place] = pixels = pixels_key(load(files[place], near_of(size)))
        found.held[place] = held_key(files[place], pixels)

    with pillow_rules():
        threads(read, range(len(files)), told)
    return found

"""Stored pictures: in memory where they fit, else read again whenever they are asked for.

Both forms give the same bytes for the same places, so that nothing that is computed from them
tells which it was.
"""

from __future__ import annotations

import math
import os
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from papernets.data.fitting import load_photo
from papernets.data.passing import Passing, Taker
from papernets.data.picture import (
    Packed,
    pillow_rules,
    shown,
)
from papernets.data.resample import SMALL
from papernets.data.room import ROOM
from papernets.machine import free_memory
from papernets.watch import watched

T = TypeVar("T")
R = TypeVar("R")
File = str | Packed
"""A picture as it lies on the disk: a path, or a place in another file."""
THREADS = min(16, os.cpu_count() or 1)
AHEAD = 64 * THREADS  # pictures that wait for a thread
COPIES = 4  # of a picture, while it is scaled, cut and brought into order
MOST_KEPT = 8e9  # bytes of pictures that are kept decoded unless a run asks for more: `memory`
SHARE = 0.25  # of the free memory, for pictures: while a part is held out, some are there twice


@dataclass(frozen=True)
class Marks:
    """Of each picture: a checksum (N,), and the sums of values and of squares (N, C), all int64."""

    checksum: Tensor
    sums: Tensor
    squares: Tensor

    @staticmethod
    def empty(count: int, channels: int) -> Marks:
        """Zeros to be filled in by `mark`."""
        whole = torch.zeros(count, channels, dtype=torch.int64)
        return Marks(torch.zeros(count, dtype=torch.int64), whole, whole.clone())

    def mark(self, place: int, picture: Tensor) -> None:
        """Note a picture uint8 (C, h, w)."""
        values = picture.contiguous().numpy()
        self.checksum[place] = zlib.crc32(values.data)
        flat = values.reshape(len(values), -1).astype(np.int64)
        self.sums[place] = torch.from_numpy(flat.sum(1))
        self.squares[place] = torch.from_numpy(np.einsum("cp,cp->c", flat, flat))

    def select(self, places: Tensor) -> Marks:
        """Those of some pictures."""
        return Marks(self.checksum[places], self.sums[places], self.squares[places])


def room_for(count: int, channels: int, size: tuple[int, int]) -> Tensor:
    """Memory for pictures uint8 (N, C, h, w): pixels of large colour ones lie together.

    So they are decoded, and so they are scaled in half the time.
    """
    # an array: a tensor made in inference mode could not be written to by other threads
    if channels == 1 or max(size) <= SMALL:
        return torch.from_numpy(np.empty((count, channels, *size), np.uint8))
    return torch.from_numpy(np.empty((count, *size, channels), np.uint8)).permute(0, 3, 1, 2)


def as_it_lies(images: Tensor) -> Tensor:
    """Pictures (N, C, h, w), or (N, h, w, C) where the pixels lie together: without a copy."""
    return images.permute(0, 2, 3, 1) if images.stride(1) == 1 < images.shape[1] else images


def as_it_stands(lying: Tensor, shape: torch.Size) -> Tensor:
    """The pictures of `as_it_lies` again, each of them of the shape (C, h, w)."""
    return lying if lying.shape[1:] == shape else lying.permute(0, 3, 1, 2)


class OnDemand:
    """Stored pictures uint8 (N, C, h, w) that are read, by threads, whenever they are indexed.

    An index gives a tensor, as a tensor's does. A picture that can no longer be read is a
    ValueError that names it.
    """

    dtype, ndim = torch.uint8, 4

    def __init__(
        self,
        files: Sequence[File],
        channels: int,
        size: tuple[int, int],
        marks: Marks,
        exact: bool = False,
    ):
        assert len(files) == len(marks.checksum)
        self.files, self.channels, self.size, self.marks = tuple(files), channels, size, marks
        self.exact, self._taker = exact, Taker()

    @property
    def shape(self) -> torch.Size:
        return torch.Size((len(self.files), self.channels, *self.size))

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int | slice | Tensor | Sequence[int]) -> Tensor:
        places = torch.arange(len(self))[index]
        found = room_for(places.numel(), self.channels, self.size)
        self.read_into(found, places.reshape(-1).tolist())
        return found.unflatten(0, places.shape) if places.ndim else found[0]

    def read_into(self, found: Tensor, places: Sequence[int]) -> None:
        """Read the pictures at these places into a tensor (N, C, h, w), one after another."""
        files = self._taker.ready([self.files[at] for at in places])
        filled = found.numpy()

        def read(at: int) -> None:
            file = files[at]
            try:
                filled[at] = load_photo(file, self.channels, self.size, self.exact).numpy()
            except (ValueError, OSError) as error:
                raise ValueError(
                    f"{why(file, error)}. It could be read when this began: bring it back, then "
                    "go on with --resume"
                ) from None

        with pillow_rules():
            threads(read, range(len(places)))

    def expect(self, wanted: Sequence[Tensor]) -> None:
        """What is going to be asked for, place by place: such as are in a stream are held then."""
        if self.passing:
            self._taker.expect(self.files[at] for some in wanted for at in some.tolist())

    @property
    def passing(self) -> bool:
        """Whether they are in a stream, which has no places to go to."""
        return any(isinstance(file, Passing) for file in self.files[:1] + self.files[-1:])

    def __getstate__(self) -> dict[str, object]:
        """Without where it stands in streams, which each process has for itself."""
        return {**self.__dict__, "_taker": None}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state | {"_taker": Taker()})

    @staticmethod
    def joined(parts: Sequence[OnDemand]) -> OnDemand:
        """Those of several, one after another."""
        files = [file for part in parts for file in part.files]
        marks = [part.marks for part in parts]
        every = Marks(
            torch.cat([m.checksum for m in marks]),
            torch.cat([m.sums for m in marks]),
            torch.cat([m.squares for m in marks]),
        )
        return OnDemand(files, parts[0].channels, parts[0].size, every, parts[0].exact)

    def select(self, places: Tensor) -> OnDemand:
        """The pictures at these places, still to be read."""
        chosen = [self.files[at] for at in places.tolist()]
        marks = self.marks.select(places)
        return OnDemand(chosen, self.channels, self.size, marks, self.exact)


Images = Tensor | OnDemand


def threads(function: Callable[[T], R], items: Sequence[T], what: str = "") -> list[R]:
    """`function` of each item, in order; Pillow's decoders let threads run side by side.

    With `what`, `pictures read` say, whoever waits is told how many are done.
    """

    def held(item: T) -> R:
        with ROOM.held():  # until the picture is as small as it is stored
            return function(item)

    with ThreadPoolExecutor(THREADS) as pool:
        done = _in_order(pool, held, items)
        return list(watched(done, what, len(items)) if what else done)


def _in_order(
    pool: ThreadPoolExecutor, function: Callable[[T], R], items: Sequence[T]
) -> Iterator[R]:
    """As `pool.map`, with few items ahead: what waits for a thread takes a kilobyte each."""
    ahead: deque[Future[R]] = deque()
    try:
        for item in items:
            ahead.append(pool.submit(function, item))
            if len(ahead) >= AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        for one in ahead:
            one.cancel()


def why(file: File, error: Exception) -> str:
    """One line that says which file was left out and why."""
    if isinstance(error, PermissionError):
        return f"{shown(file)}: no permission to read it"
    if isinstance(error, FileNotFoundError):
        return f"{shown(file)}: not there (a link that leads nowhere?)"
    return str(error) if isinstance(error, ValueError) else f"{shown(file)}: {error}"


def marks_of(images: Images) -> Marks:
    """The marks of pictures in either form."""
    if isinstance(images, OnDemand):
        return images.marks
    found = Marks.empty(len(images), images.shape[1])
    for place, picture in enumerate(images):
        found.mark(place, picture)
    return found


def channel_statistics(images: Images) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel, 0 to 255, over all pixels of all pictures.

    A channel of one value has deviation 1.
    """
    marks = marks_of(images)
    pixels = math.prod(images.shape) // images.shape[1]
    means, deviations = [], []
    sums, squares = marks.sums.sum(0).tolist(), marks.squares.sum(0).tolist()
    for total, square in zip(sums, squares, strict=True):  # whole numbers: exact
        means.append(total / pixels)
        variance = (square * pixels - total * total) / pixels**2
        deviations.append(math.sqrt(variance) if variance > 0 else 1.0)
    return tuple(means), tuple(deviations)


def memory_for_pictures() -> float:
    """Bytes that stored pictures may take: a share of the memory that is free, `MOST_KEPT` at most.

    So a run on a large machine does not take most of it for pictures without being asked.
    """
    return min(SHARE * free_memory(), MOST_KEPT)

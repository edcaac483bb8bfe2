"""Memory that processes share, and a barrier in it where they wait for one another."""

from __future__ import annotations

import mmap
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from math import prod
from threading import Lock

import torch
from torch import Tensor

LINE = 8
"""Numbers in a line of the cache: each rank's count stands in a line of its own."""
SPINS = 300
"""How often a rank that waits looks before it gives its core away between looks."""
YIELDS, NAPS, CHECKS = 0.02, 1.0, 0.1
"""Seconds: so long it does that; so long it naps, then longer; so often it looks for the dead."""

Layout = Sequence[tuple[tuple[int, ...], torch.dtype]]
"""Shape and type of each tensor in shared memory."""


def tensors_in(layout: Layout, file: int) -> list[Tensor]:
    """The tensors of a layout in a file's memory, each from the start of a line on."""
    ends = [0]
    for shape, kind in layout:
        ends.append(ends[-1] + -(-prod(shape) * kind.itemsize // 64) * 64)
    block = mmap.mmap(file, ends[-1])
    return [
        torch.frombuffer(block, dtype=kind, count=prod(shape), offset=start).view(shape)
        for (shape, kind), start in zip(layout, ends[:-1], strict=True)
    ]


def nameless_file(layout: Layout) -> int:
    """A file in memory for a layout; it has no name, so that it goes with the last process."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("papernets")
    else:
        with tempfile.TemporaryFile() as opened:
            file = os.dup(opened.fileno())
    os.truncate(file, sum(64 + prod(shape) * kind.itemsize for shape, kind in layout))
    return file


class Barrier:
    """A place where each rank waits until all are there; word 0 is for a rank that failed."""

    def __init__(self, words: Tensor, rank: int, size: int, check: Callable[[], None]):
        self.words = memoryview(words.numpy().data).cast("B").cast("q")
        self.others = [(r + 1) * LINE for r in range(size) if r != rank]
        self.own, self.check, self.count = (rank + 1) * LINE, check, 0
        self.lock = Lock()

    def wait(self) -> None:
        """Return when all ranks have come as often; `check`, called now and then, may raise."""
        self._fence()
        self.count += 1
        words, count = self.words, self.count
        words[self.own] = count
        for other in self.others:
            for _ in range(SPINS):
                if words[other] >= count:
                    break
            else:
                self._linger(other)
        self._fence()

    def _linger(self, other: int) -> None:
        began = checked = time.monotonic()
        while self.words[other] < self.count:
            now = time.monotonic()
            if now - began < YIELDS:
                os.sched_yield()
            else:
                time.sleep(2e-4 if now - began < NAPS else 2e-3)
            if now - checked > CHECKS:
                checked = now
                self.check()

    def _fence(self) -> None:
        """What was written is seen by others: a lock does it where the processor does not."""
        with self.lock:
            pass

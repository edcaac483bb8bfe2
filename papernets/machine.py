"""The machine that we run on: its memory, its devices and its threads."""

from __future__ import annotations

import ctypes
import math
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

WORTH_A_THREAD = 20_000_000
"""Multiply-adds in the forward pass of a step: with fewer, another thread is not worth its cost."""
MEMINFO, GROUP = Path("/proc/meminfo"), Path("/sys/fs/cgroup")
CPUINFO = Path("/proc/cpuinfo")
LIMITS = (  # of a container: the most, what is taken, and files read before, which make way
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
)


def memory() -> float:
    """The bytes of memory that this machine has; infinite where it does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return math.inf


def free_memory() -> float:
    """Bytes of memory that are free, in this container if it is one; infinite where unknown."""
    found = math.inf
    try:
        for line in MEMINFO.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                found = 1024.0 * int(line.split()[1])
    except (OSError, ValueError):
        pass
    for most, used, stat, idle in LIMITS:
        try:
            limit = int((GROUP / most).read_text())
            lines = dict(line.split() for line in (GROUP / stat).read_text().splitlines())
            taken = int((GROUP / used).read_text()) - int(lines.get(idle, 0))
        except (OSError, ValueError):  # not there, or without a limit
            continue
        found = min(found, limit - taken)
    return max(found, 0.0) if found < math.inf else memory() / 2


def release_memory() -> None:
    """Give what was freed back to the system, where the C library (glibc) keeps it for a thread.

    What each thread keeps is of no use to the others: sixteen of them would keep sixteen pictures.
    """
    trim = _of_the_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def keep_memory() -> None:
    """Let this process keep the memory of large arrays that it frees, where the C library is glibc.

    Otherwise it is given back after each layer, and asked for again, page by page: a batch of a
    network that is quick takes twice as long. Other programs get it when the process ends, or at
    `release_memory`. It is for a process that does one work, as the command line's.
    """
    setting = _of_the_c_library("mallopt")
    if setting is not None:
        setting(MMAP_THRESHOLD, 1 << 30)
        setting(TRIM_THRESHOLD, (1 << 31) - 1)


MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1  # malloc.h


@cache
def _of_the_c_library(name: str) -> Any:
    try:
        return getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError, TypeError):  # another C library
        return None


def choose_device(name: str) -> torch.device:
    """The device of a name; `auto` takes CUDA, then MPS, then the CPU; ValueError if not there."""
    import torch

    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        return torch.device(next(kind for kind in there if there[kind]))
    if name not in there:
        raise ValueError(f"unknown device {name!r}: auto, cpu, cuda or mps")
    if not there[name]:
        raise ValueError(
            f"this machine has no {name} device that torch can use. "
            "--device auto takes what there is"
        )
    return torch.device(name)


@contextmanager
def threads(count: int = 0) -> Iterator[None]:
    """Within it torch uses so many threads, 0: as before; afterwards as many as before."""
    import torch

    before = torch.get_num_threads()
    try:
        if count:
            torch.set_num_threads(count)
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)


def processor() -> str:
    """The processor's name, where the system says it."""
    try:
        lines = CPUINFO.read_text().splitlines()
    except (OSError, ValueError):
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()


def cores() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows do not say
        return os.cpu_count() or 1


def threads_for(macs: int) -> int:
    """How many of torch's threads are worth their cost in a step of so many multiply-adds.

    A thread that waits for others costs more than it brings where a step's work is little, and far
    more where other programs use the cores too.
    """
    import torch

    return max(1, min(torch.get_num_threads(), round(macs / WORTH_A_THREAD)))

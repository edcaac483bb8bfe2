"""Which of several processes this one is, by the environment that torchrun gives. No torch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

START = "torchrun --standalone --nproc-per-node 2 -m papernets train ..."
NEEDED = ("RANK", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT")


@dataclass(frozen=True)
class Place:
    """A process's rank among `size`, and its number `local` among the `here` of its machine.

    `restarts` counts how often torchrun has started all of them anew, at most `most` times.
    """

    rank: int = 0
    size: int = 1
    local: int = 0
    here: int = 1
    restarts: int = 0
    most: int = 0

    @property
    def several(self) -> bool:
        """Whether there are others."""
        return self.size > 1

    @property
    def machines(self) -> int:
        """On how many machines they are, where each has as many."""
        return max(1, self.size // self.here)


def place(environ: Mapping[str, str] = os.environ) -> Place:
    """Where this process stands; ValueError where the environment says it by halves.

    Without WORLD_SIZE, or where it is 1, the process is alone.
    """
    size = _number(environ, "WORLD_SIZE", 1)
    restarts = _number(environ, "TORCHELASTIC_RESTART_COUNT", 0)
    most = _number(environ, "TORCHELASTIC_MAX_RESTARTS", 0)
    if size < 1:
        raise ValueError(f"WORLD_SIZE is {size}: it is the number of processes, 1 or more")
    if size == 1:
        return Place(restarts=restarts, most=most)
    lacking = [name for name in NEEDED if not environ.get(name)]
    if lacking:
        raise ValueError(
            f"WORLD_SIZE is {size}, but {' and '.join(lacking)} "
            f"{'is' if len(lacking) == 1 else 'are'} not set: start {size} processes by torchrun, "
            f"which sets them all ({START}), or take WORLD_SIZE away: unset WORLD_SIZE"
        )
    if not 0 <= (port := _number(environ, "MASTER_PORT", 0)) < 1 << 16:
        raise ValueError(f"MASTER_PORT is {port}: a port is below 65536. torchrun sets it: {START}")
    rank, local = _number(environ, "RANK", 0), _number(environ, "LOCAL_RANK", 0)
    here = _number(environ, "LOCAL_WORLD_SIZE", local + 1)
    if not (0 <= rank < size and 0 <= local < here <= size):
        raise ValueError(
            f"RANK {rank} of WORLD_SIZE {size}, LOCAL_RANK {local} of {here} on this machine: that "
            f"cannot be. torchrun sets them: {START}"
        )
    return Place(rank, size, local, here, restarts, most)


def speaks(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is to say what all would say alike: the first, or one that is alone."""
    return not environ.get("LOCAL_RANK") or environ.get("RANK", "0") == "0"


def _number(environ: Mapping[str, str], name: str, usual: int) -> int:
    text = environ.get(name, "")
    try:
        return int(text) if text else usual
    except ValueError:
        raise ValueError(f"{name} is {text!r}, not a number: torchrun sets it ({START})") from None

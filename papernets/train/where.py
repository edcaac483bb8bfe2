"""Where a training run is done: its device and processes, and the place of its data. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .toml import check

DEVICES = ("auto", "cpu", "cuda", "mps")
MOST_THREADS = 1024


@dataclass(frozen=True)
class Where:
    """What does not decide what a run learns, but for rounding.

    data_dir is where data sets lie. strict: a file that cannot be read is an error. memory:
    gigabytes that pictures may take, 0 for a share of what is free; with more pictures they are
    read anew in every epoch. threads are the CPU's, 0 for as many as are worth it. workers: on a
    CPU, so many processes of one thread share each batch (`train.workers`); 0 or 1 for none. tiles:
    on a CPU, train the first layers as one chain where they can be (`run.tiles`): faster.
    ValueError names an impossible value.
    """

    data_dir: str = ""
    strict: bool = False
    memory: float = 0.0
    device: str = "auto"
    threads: int = 0
    workers: int = 0
    tiles: bool = True

    def __post_init__(self) -> None:
        if self.device not in DEVICES:  # the name nearest to gpu is not what is meant
            raise ValueError(f"unknown device {self.device!r}. Devices: {', '.join(DEVICES)}")
        for name in ("threads", "workers"):
            check(self, name, getattr(self, name) >= 0, "0 or more")
            check(self, name, getattr(self, name) <= MOST_THREADS, f"at most {MOST_THREADS:,}")
        check(self, "memory", math.isfinite(self.memory) and self.memory >= 0, "0 or more")

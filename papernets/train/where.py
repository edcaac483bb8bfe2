"""Where a training run is done: its device and processes, and the place of its data. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .toml import check_setting

DEVICES = ("auto", "cpu", "cuda", "mps")
MOST_THREADS = 1024
MOVABLE = ("data", "data_dir", "strict", "memory", "device", "threads", "workers", "tiles")
"""What may be given anew where a run goes on: where it is done, and where its pictures are."""


@dataclass(frozen=True)
class Where:
    """What does not decide what a run learns, but for rounding. ValueError as in a recipe."""

    data_dir: str = ""  # where data sets lie
    strict: bool = False  # a file that cannot be read is an error
    memory: float = 0.0  # gigabytes of pictures to keep; 0: a share of what is free
    device: str = "auto"
    threads: int = 0  # of the CPU; 0 for as many as are worth it
    workers: int = 0  # on a CPU, processes of one thread that share each batch; 0 or 1 for none
    tiles: bool = True  # on a CPU, the first layers as one chain where they can be (`run.tiles`)

    def __post_init__(self) -> None:
        if self.device not in DEVICES:  # the name nearest to gpu is not what is meant
            raise ValueError(f"unknown device {self.device!r}. Devices: {', '.join(DEVICES)}")
        most = f"at most {MOST_THREADS:,}"
        for name in ("threads", "workers"):
            check_setting(self, name, getattr(self, name) >= 0, "0 or more")
            check_setting(self, name, getattr(self, name) <= MOST_THREADS, most)
        check_setting(self, "memory", math.isfinite(self.memory) and self.memory >= 0, "0 or more")

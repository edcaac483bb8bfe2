"""Where a training run is done: its device and processes, and the place of its data. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..words import did_you_mean
from .keeping import every
from .toml import check_setting

DEVICES = ("auto", "cpu", "cuda", "mps")
TRACKERS = ("", "tensorboard", "mlflow")
MOST_THREADS = 1024
MOVABLE = (
    "data", "data_dir", "strict", "memory", "device", "threads", "workers", "processes", "tiles",
    "save_every", "tracker",
)  # fmt: skip
"""What may be given anew where a run goes on: where it is done, and where its pictures are."""


@dataclass(frozen=True)
class Where:
    """What does not decide what a run learns, but for rounding. ValueError as in a recipe."""

    data_dir: str = ""  # where data sets lie
    strict: bool = False  # a file that cannot be read is an error
    memory: float = 0.0  # gigabytes of pictures to keep; 0: a share of what is free
    device: str = "auto"
    threads: int = 0  # of the CPU; 0 for as many as are worth it
    workers: int = 0  # loader processes, which prepare batches ahead; 0: this process does
    processes: int = 0  # on a CPU, processes of one thread that share each batch; 0 or 1 for none
    tiles: bool = True  # on a CPU, the first layers as one chain where they can be (`run.tiles`)
    save_every: str = "5min"  # within an epoch: 200steps, 30s, 5min, 2h; 1epoch: at its end alone
    tracker: str = ""  # tensorboard or mlflow is told of the run; empty: none

    def __post_init__(self) -> None:
        if self.tracker not in TRACKERS:
            known = ", ".join(filter(None, TRACKERS))
            raise ValueError(
                f"unknown tracker {self.tracker!r}.{did_you_mean(self.tracker, TRACKERS)} "
                f"Trackers: {known}"
            )
        if self.device not in DEVICES:  # the name nearest to gpu is not what is meant
            raise ValueError(f"unknown device {self.device!r}. Devices: {', '.join(DEVICES)}")
        most = f"at most {MOST_THREADS:,}"
        for name in ("threads", "workers", "processes"):
            check_setting(self, name, getattr(self, name) >= 0, "0 or more")
            check_setting(self, name, getattr(self, name) <= MOST_THREADS, most)
        if self.workers and self.processes > 1:
            raise ValueError(
                "processes that share a batch prepare their shares themselves: give workers or "
                "processes, --workers 0 or --processes 0"
            )
        every(self.save_every)
        check_setting(self, "memory", math.isfinite(self.memory) and self.memory >= 0, "0 or more")

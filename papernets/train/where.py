"""Where a training run is done: its device and processes, and the place of its data. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..words import did_you_mean
from .keeping import every
from .toml import check_setting

CHANNELS_LAST = ("auto", "on", "off")
DEVICES = ("auto", "cpu", "cuda", "mps")
TRACKERS = ("", "tensorboard", "mlflow")
MOST_THREADS = 1024
MOVABLE = (
    "data", "data_dir", "strict", "memory", "device", "threads", "workers", "processes", "tiles",
    "save_every", "compile", "checkpointing", "channels_last", "tracker",
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
    workers: int = -1  # loader processes, which prepare batches ahead; -1: as many as are worth it
    processes: int = 0  # on a CPU, processes of one thread that share each batch; 0 or 1 for none
    compile: bool = False  # torch.compile makes the forward and the backward pass
    checkpointing: bool = False  # parts of the forward pass are computed twice, to save memory
    channels_last: str = "auto"  # what one pixel's channels hold lies together; auto: where faster
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
            least = -1 if name == "workers" else 0
            wanted = "0 or more, or -1 for as many as are worth it" if least else "0 or more"
            check_setting(self, name, getattr(self, name) >= least, wanted)
            check_setting(self, name, getattr(self, name) <= MOST_THREADS, most)
        if self.workers > 0 and self.processes > 1:
            raise ValueError(
                "processes that share a batch prepare their shares themselves: give workers or "
                "processes, --workers 0 or --processes 0"
            )
        if self.channels_last not in CHANNELS_LAST:
            raise ValueError(
                f"channels_last takes {', '.join(CHANNELS_LAST)}, not {self.channels_last!r}"
            )
        self._check_forms()
        every(self.save_every)
        check_setting(self, "memory", math.isfinite(self.memory) and self.memory >= 0, "0 or more")

    def _check_forms(self) -> None:
        """ValueError for two forms of the forward pass at once."""
        if self.compile and self.checkpointing:
            raise ValueError(
                "compile chooses itself what it computes twice: leave checkpointing out, or compile"
            )
        for name in ("compile", "checkpointing"):
            if getattr(self, name) and self.processes > 1:
                raise ValueError(
                    f"{name} is for one process, and {self.processes} would share each batch: "
                    f"--processes 0, or leave {name} out"
                )

"""How the learning rate moves, as settings; `schedule` makes a number of them. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .basics import check_word
from .toml import check_setting

SCHEDULES = (
    "constant", "cosine", "one_cycle", "step", "plateau", "exponential", "polynomial", "listed",
)  # fmt: skip
MONITORS = {"error": "val_error", "loss": "val_loss", "train_error": "train_error"}
"""What a plateau may look at, with its name in the log: on held-out pictures, or in training."""
TAKEN = {
    "warmup": ("one_cycle",),
    "milestones": ("step",),
    "gamma": ("step", "plateau", "exponential"),
    "patience": ("plateau",),
    "drops": ("plateau",),
    "monitor": ("plateau",),
    "every": ("exponential",),
    "power": ("polynomial",),
    "rates": ("listed",),
}
"""Settings of some schedules alone."""
Listed = tuple[tuple[float, float], ...]
"""Learning rates, each with the passes for which it holds."""

LEAST_EVERY = 1e-6
"""Passes between two falls: more often than once a picture of any set would be no staircase."""


@dataclass(frozen=True)
class Pacing:
    """The schedule of the learning rate, and the lower rate that may come before it."""

    schedule: str = "constant"
    warmup: float = 0.15  # the share of all steps in which one_cycle rises
    milestones: tuple[float, ...] = (0.5, 0.75)  # shares of all steps at which `step` falls
    gamma: float = 0.1  # by what step, plateau and exponential multiply the rate
    patience: int = 5  # plateau: falls after so many epochs without a better held-out result
    drops: int = 3  # plateau: so often
    monitor: str = "error"  # plateau: what must become better; see MONITORS
    every: float = 1.0  # exponential: falls after each so many epochs, in a staircase
    power: float = 1.0  # polynomial: (1 - the share of steps done) to this power
    rates: Listed = ()  # listed: [rate, passes] one after another; the last one holds on
    warmup_steps: int = 0  # so many first steps have the rate warmup_rate
    warmup_rate: float = 0.0  # with warmup_steps or warmup_error
    warmup_error: float = 0.0  # warmup_rate holds until the training error is below this fraction

    def check_pacing(self) -> None:
        """ValueError names a value that cannot be."""
        check_word("schedule", self.schedule, SCHEDULES)
        check_word("monitor", self.monitor, tuple(MONITORS))
        for name in ("warmup", "warmup_error"):
            check_setting(self, name, 0 <= getattr(self, name) < 1, "from 0 to below 1")
        good = all(0 < share < 1 for share in self.milestones)
        good = good and sorted(set(self.milestones)) == list(self.milestones)
        wanted = "rising shares of all steps, such as [0.5, 0.75]"
        check_setting(self, "milestones", good, wanted)
        check_setting(self, "gamma", 0 < self.gamma < 1, "above 0 and below 1")
        for name in ("patience", "drops"):
            check_setting(self, name, getattr(self, name) >= 1, "at least 1")
        for name in ("every", "power"):
            value = getattr(self, name)
            check_setting(self, name, math.isfinite(value) and value > 0, "above 0")
        check_setting(self, "every", self.every >= LEAST_EVERY, "at least a millionth")
        check_setting(self, "rates", all(map(_is_rate, self.rates)), f"pairs of {PAIRS}")
        if self.schedule == "listed" and not self.rates:
            raise ValueError(f"schedule 'listed' needs rates, pairs of {PAIRS}")
        check_setting(self, "warmup_steps", self.warmup_steps >= 0, "0 or more")
        good = math.isfinite(self.warmup_rate) and self.warmup_rate >= 0
        check_setting(self, "warmup_rate", good, "0 or more")
        warms = bool(self.warmup_steps or self.warmup_error)
        if warms != bool(self.warmup_rate):
            raise ValueError(
                "a warm-up needs its rate and its end: --set warmup_rate=0.01 with "
                "--set warmup_steps=400 or --set warmup_error=0.8"
            )


PAIRS = "a rate above 0 and its passes, such as rates=[[0.0005, 2], [0.0002, 3]]"


def _is_rate(pair: object) -> bool:
    """Whether a pair is a learning rate and a number of passes."""
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return False
    good = all(type(n) in (int, float) and math.isfinite(n) for n in pair)
    return good and pair[0] > 0 and pair[1] > 0  # less than a pass in a shortened run

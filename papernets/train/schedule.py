"""How the learning rate moves: a number for each step, from the run alone."""

from __future__ import annotations

import math

from .run import Run

FLOOR = 1e-3
"""What cosine schedules end at, as a share of the peak."""


def learning_rate(run: Run, step: int, steps: int) -> float:
    """The rate of step `step` (from 0) of `steps` in the whole run.

    `one_cycle` rises linearly over the share `warmup` of all steps and falls by a cosine (Smith and
    Topin 2017); `cosine` falls from the start (Loshchilov and Hutter 2016).
    """
    if run.schedule == "constant":
        return run.learning_rate
    rise = run.warmup * steps if run.schedule == "one_cycle" else 0.0
    if step < rise:
        return run.learning_rate * (step + 1) / rise if rise >= 1 else run.learning_rate
    along = (step - rise) / max(steps - rise, 1)
    return run.learning_rate * (FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * along)))

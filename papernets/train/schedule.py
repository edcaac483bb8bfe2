"""How the learning rate moves: a number for each step, from the recipe and the epochs so far."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from .pacing import MONITORS, Listed, Pacing
from .recipe import TrainRecipe

FLOOR = 1e-3
"""What cosine schedules end at, as a share of the peak."""


@dataclass(frozen=True)
class Course:
    """What a run itself has decided of its rates: how often it fell, and if it is warm yet."""

    drops: int = 0
    warm: bool = True


AT_FIRST = Course()


def learning_rate(recipe: TrainRecipe, step: int, steps: int, course: Course = AT_FIRST) -> float:
    """The rate of step `step` (from 0) of `steps` in the whole run.

    A warm-up comes first: `warmup_rate` in the first `warmup_steps` (He et al. 2016, Identity
    mappings, appendix: 0.01 for 400 steps), or until the course is warm (He et al. 2015, section
    4.2). It takes the place of the schedule's rates and moves none of them.
    """
    if step < recipe.warmup_steps or (recipe.warmup_error and not course.warm):
        return recipe.warmup_rate
    return scheduled(recipe, step, steps, course)


def scheduled(recipe: TrainRecipe, step: int, steps: int, course: Course) -> float:
    """The schedule's own rate of a step, without a warm-up.

    `one_cycle` rises linearly over the share `warmup` of all steps and falls by a cosine (Smith and
    Topin 2017); `cosine` falls from the start (Loshchilov and Hutter 2016). `step` is multiplied by
    `gamma` at each of the `milestones`, shares of all steps: 32,000 of 64,000 is 0.5 (He et al.
    2015, section 4.2), and a shorter run has the same shape. `plateau` is multiplied by it as often
    as the held-out pictures said (`drops_of`), `exponential` after every so many epochs, all at
    once. `polynomial` is (1 - step / steps) to a power. `listed` gives each pass its own rate.
    """
    peak, epochs = recipe.learning_rate, step * recipe.epochs / max(steps, 1)
    match recipe.schedule:
        case "constant":
            return peak
        case "step":
            passed = sum(step >= round(share * steps) for share in recipe.milestones)
            return peak * recipe.gamma**passed
        case "plateau":
            return peak * recipe.gamma**course.drops
        case "exponential":
            # rounded: 8 epochs of 391 steps are no hair's breadth less
            return peak * recipe.gamma ** math.floor(round(epochs / recipe.every, 9))
        case "polynomial":
            return float(peak * (1 - step / max(steps, 1)) ** recipe.power)
        case "listed":
            return listed(recipe.rates, math.floor(round(epochs, 9)))
    rise = recipe.warmup * steps if recipe.schedule == "one_cycle" else 0.0
    if step < rise:
        return peak * (step + 1) / rise if rise >= 1 else peak
    along = (step - rise) / max(steps - rise, 1)
    return peak * (FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * along)))


def listed(rates: Listed, done: int) -> float:
    """The rate after so many passes; the last one holds on (LeCun et al. 1998, section III-B)."""
    ends = accumulate(passes for _, passes in rates)
    found = (rate for (rate, _), end in zip(rates, ends, strict=True) if done < end)
    return float(next(found, rates[-1][0]))


def drops_of(recipe: Pacing, history: Sequence[Mapping[str, Any]]) -> int:
    """How often a plateau's rate has fallen after these epochs, the log's records.

    It falls when `patience` epochs, since the best one or since it last fell, were no better by
    what the recipe monitors. An epoch that is as good is no better.
    """
    if recipe.schedule != "plateau":
        return 0
    best, waited, drops = math.inf, 0, 0
    for record in history:
        value = record[MONITORS[recipe.monitor]]
        waited = 0 if value < best else waited + 1
        best = min(best, value)
        if waited >= recipe.patience and drops < recipe.drops:
            drops, waited = drops + 1, 0
    return drops

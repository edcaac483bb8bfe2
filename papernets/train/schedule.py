"""How the learning rate moves: a number for each step, from the recipe alone."""

from __future__ import annotations

import math

from .recipe import TrainRecipe

FLOOR = 1e-3
"""What cosine schedules end at, as a share of the peak."""


def learning_rate(recipe: TrainRecipe, step: int, steps: int) -> float:
    """The rate of step `step` (from 0) of `steps` in the whole run.

    `one_cycle` rises linearly over the share `warmup` of all steps and falls by a cosine (Smith and
    Topin 2017); `cosine` falls from the start (Loshchilov and Hutter 2016). `step` is multiplied by
    `gamma` at each of the `milestones`, shares of all steps: 32,000 of 64,000 is 0.5 (He et al.
    2015, section 4.2), and a shorter run has the same shape.
    """
    if recipe.schedule == "step":
        passed = sum(step >= round(share * steps) for share in recipe.milestones)
        return recipe.learning_rate * recipe.gamma**passed
    if recipe.schedule == "constant":
        return recipe.learning_rate
    rise = recipe.warmup * steps if recipe.schedule == "one_cycle" else 0.0
    if step < rise:
        return recipe.learning_rate * (step + 1) / rise if rise >= 1 else recipe.learning_rate
    along = (step - rise) / max(steps - rise, 1)
    return recipe.learning_rate * (FLOOR + (1 - FLOOR) * 0.5 * (1 + math.cos(math.pi * along)))

"""Rows that keep their weights and the statistics of their normalisation, some for good."""

from __future__ import annotations

import torch
from torch import nn

from ..run.network import Network
from .recipe import TrainRecipe
from .transfer import NEVER, waits

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def freeze(model: Network, recipe: TrainRecipe) -> dict[str, float]:
    """Take the rows that never learn from what is trained; for how many epochs others wait.

    By the names of the parameters, of those that do not learn at once.
    """
    if not (recipe.freeze_to or recipe.unfreeze):
        return {}
    resting = waits(model.net, recipe)
    found = {}
    for name, parameter in model.named_parameters():
        wait = _wait(name, resting)
        if wait == NEVER:
            parameter.requires_grad_(False)
        elif wait and parameter.requires_grad:
            found[name] = wait
    return found


def rest(model: Network, optimizer: torch.optim.Optimizer, recipe: TrainRecipe, epoch: int) -> None:
    """Before an epoch (from 1): let what waits in it keep its weights and statistics."""
    if not (recipe.freeze_to or recipe.unfreeze):
        return
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            parameter.requires_grad_(group["wait"] < epoch)
            if not parameter.requires_grad:
                parameter.grad = None  # the optimiser passes by what has none
    for norm in resting_norms(model, recipe, epoch):
        norm.eval()


def resting_norms(model: Network, recipe: TrainRecipe, epoch: int) -> list[nn.Module]:
    """The batch normalisations that keep their mean and variance in an epoch (from 1)."""
    if not (recipe.freeze_to or recipe.unfreeze):
        return []
    resting = waits(model.net, recipe)
    named = model.named_modules()
    return [m for name, m in named if isinstance(m, NORMS) and _wait(name, resting) >= epoch]


def _wait(name: str, resting: dict[str, float]) -> float:
    """How many epochs the row waits that a parameter or module belongs to."""
    parts = name.split(".")
    rows = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((resting[row] for row in rows if row in resting), 0)

"""Second derivatives before a pass, for the optimiser that takes them."""

from __future__ import annotations

import torch
from torch import Tensor

from ..bundle.modes import evaluating
from ..evaluate.infer import batch_of
from .losses import distance_pull, measures, output_curvature
from .optimizers import LevenbergMarquardt
from .optimizers.curvature import second_derivatives
from .source import Source, generator
from .state import State

OF_CURVATURE = 2_000_000
"""Added to an epoch's number: its own random numbers, not those of the pictures' order."""


def look_at_curvature(state: State, source: Source, number: int) -> None:
    """Give the optimiser second derivatives under today's weights; nothing where it takes none.

    They are means over pictures drawn from the training part by the epoch's number, prepared as for
    evaluation (LeCun et al. 1998, section III-B: 500 before each pass).
    """
    if not isinstance(state.optimizer, LevenbergMarquardt):
        return
    recipe, model, part = source.recipe, state.model, source.part
    draws = generator(recipe.seed, OF_CURVATURE + number)
    places = torch.randperm(len(part), generator=draws)[: recipe.curvature]
    measured = measures(model.net)
    of_outputs = output_curvature(recipe, measured)
    of_distances = distance_pull(recipe) if measured else None
    total: dict[Tensor, Tensor] = {
        p: torch.zeros_like(p) for p in model.parameters() if p.requires_grad
    }
    with evaluating(model):
        for some in places.split(batch_of(model)):
            x = source.plain(some)
            y = part.labels[some].to(source.device)
            found = second_derivatives(model, x, y, of_outputs, of_distances)
            for p, value in found.items():
                total[p] += value
    state.optimizer.set_curvature({p: value / len(places) for p, value in total.items()})

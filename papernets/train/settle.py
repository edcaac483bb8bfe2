"""Batch normalisation's mean and variance in the first steps, when its running averages lag."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from ..bundle.modes import evaluating
from .freezing import NORMS, resting_norms
from .recipe import TrainRecipe
from .source import Source, generator, sizes_of
from .state import State, saved_weights

ENOUGH = 10.0
"""After so many steps times momentum, a start weighs e^-10 in a running average."""
MOST = 50
"""Batches that are looked at."""
BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d


@torch.no_grad()
def settle(state: State, source: Source, show: Callable[[Tensor], object] | None = None) -> None:
    """Give each normalisation whose averages lag those of training pictures under today's weights.

    Where weights are averaged, it is their mean's normalisation, and those weights that look at the
    pictures: the mean of statistics is not the statistics of a mean (Izmailov et al. 2018, section
    3.2). Batches as large as training computes at once, in a random order, prepared as for
    evaluation; the random numbers are their own. Nothing changes where normalisation, or its row,
    is frozen. `show` lets the network see the pictures at these places, where that is not this
    process alone.
    """
    recipe, model = source.recipe, state.model
    if recipe.freeze_norm or recipe.neighbours:
        return
    moved = _moved(recipe) if state.average else 1.0
    still = resting_norms(model, recipe, state.epoch + 1)
    norms = [m for m in model.modules() if isinstance(m, NORMS) and lags(m, state.step, moved)]
    norms = [norm for norm in norms if norm not in still]
    if norms:
        with saved_weights(state):
            _measure(norms, state, source, show)
            for name, value in model.named_buffers():
                if name in state.average:
                    state.average[name].copy_(value)


def _moved(recipe: TrainRecipe) -> float:
    """By how much of the way the mean of the weights moves in a step; a plain mean always lags."""
    return 0.0 if recipe.average_kind == "polyak" else 1 - recipe.average


def _measure(
    norms: Sequence[BatchNorm],
    state: State,
    source: Source,
    show: Callable[[Tensor], object] | None,
) -> None:
    """Give these the mean and variance of training pictures."""
    recipe, model = source.recipe, state.model
    kept = [(norm.momentum, {k: v.clone() for k, v in norm.named_buffers()}) for norm in norms]
    show = show or (lambda at: model(source.plain(at)))
    order = torch.randperm(len(source.part), generator=generator(recipe.seed, 0))
    with evaluating(model):
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # the mean over all batches
            norm.train()
        try:
            for places in order.split(sizes_of(len(order), recipe.at_once))[:MOST]:
                show(places)
        finally:
            for norm, (momentum, buffers) in zip(norms, kept, strict=True):
                norm.momentum = momentum
                if not norm.num_batches_tracked:  # of a head, which evaluation does not ask
                    norm.load_state_dict(buffers, strict=False)
                norm.num_batches_tracked = buffers["num_batches_tracked"]


def lags(norm: BatchNorm, steps: int, moved: float = 1.0) -> bool:
    """Whether a normalisation's running averages may still be those of its start.

    `moved` is by how much of the way a mean of the weights, with their averages, moves in a step.
    """
    if norm.running_mean is None or norm.momentum is None:
        return False
    return steps * min(norm.momentum, moved) < ENOUGH

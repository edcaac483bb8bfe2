"""In which form a network learns: how its numbers lie in memory, and who makes the forward pass."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..run.compiled import compiled
from ..run.fast import Fast
from ..run.network import Logits, Network
from ..run.recomputed import Recomputed
from ..run.tiles import tiled
from .learning import HALVES
from .recipe import TrainRecipe
from .where import Where

USUAL = Where()
Forward = Callable[[Tensor], Tensor | Logits]


def laid_out(
    model: Network, device: torch.device, recipe: TrainRecipe, where: Where = USUAL
) -> Network:
    """The model on its device, its numbers of the recipe's kind and in the order asked for."""
    model = model.to(device)
    if recipe.precision == "float64":
        model = model.double()
    if _channels_last(model, device, recipe, where):
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def _channels_last(model: Network, device: torch.device, recipe: TrainRecipe, where: Where) -> bool:
    """Whether what one pixel's channels hold lies together in memory.

    On a CPU oneDNN convolves faster so, up to 1.4 times, and on a GPU its units for half precision
    want it; both where pictures have several channels.
    """
    if where.channels_last != "auto":
        return where.channels_last == "on"
    if model.net.input[0] < 2:
        return False
    if device.type == "cpu":
        return recipe.precision != "float32" or tiled(Fast(model)) is None
    return device.type == "cuda" and recipe.precision in HALVES


def forward_of(form: Fast, recipe: TrainRecipe, where: Where) -> Forward:
    """Who makes the forward pass: tiles for float32 where they fit, else the fast form itself.

    Or the compiled network, or the one that computes parts twice, where the run asks for it.
    """
    if where.compile:
        return compiled(form)
    if where.checkpointing:
        return Recomputed(form)
    found = tiled(form) if where.tiles and recipe.precision == "float32" else None
    return found or form

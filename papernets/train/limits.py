"""What bounds a step: gradients are clipped before it, filters are set back after it."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from ..run.layers import ConnectionTable
from .recipe import TrainRecipe


def clip(parameters: Iterable[nn.Parameter], recipe: TrainRecipe) -> None:
    """Bound gradients as a recipe asks: first each number in them, then the length of all."""
    if not (recipe.clip_value or recipe.clip_norm):
        return
    given = [p for p in parameters if p.grad is not None]
    if recipe.clip_value:
        nn.utils.clip_grad_value_(given, recipe.clip_value)
    if recipe.clip_norm:
        nn.utils.clip_grad_norm_(given, recipe.clip_norm)


@torch.no_grad()
def limit_filters(model: nn.Module, most: float) -> None:
    """Scale each convolution's filter whose root mean square is above `most` back to it.

    A filter is all weights of one output map (Zeiler and Fergus 2013, section 3).
    """
    if not most:
        return
    for module in model.modules():
        if not any(p.requires_grad for p in module.parameters(recurse=False)):
            continue  # its row is frozen
        if isinstance(module, nn.Conv2d):
            squares = module.weight.square().mean((1, 2, 3), keepdim=True)
            module.weight.mul_((most * squares.rsqrt()).clamp_(max=1))
        elif isinstance(module, ConnectionTable):
            module.weight.mul_(_of_table(module, most))


def _of_table(module: ConnectionTable, most: float) -> Tensor:
    """The factor of each kernel of a connection table: that of the map which it belongs to."""
    counts = torch.tensor([len(sources) for sources in module.table])
    owner = torch.arange(len(counts)).repeat_interleave(counts).to(module.weight.device)
    own = module.weight.square().mean((1, 2))
    sums = own.new_zeros(len(counts)).index_add_(0, owner, own)
    factors = (most * (sums / counts.to(own.device)).rsqrt()).clamp_(max=1)
    return factors[owner][:, None, None]

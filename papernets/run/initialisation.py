"""How the papers draw their first weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..spec import Initialisation, pair
from .layers import Conv, Dense, Subsample, TableConv


def fans(module: nn.Module) -> list[tuple[Tensor, int, int]]:
    """(weights, fan-in, fan-out) of a layer; a connection table has a fan-in an output map."""
    if isinstance(module, Conv):
        k = module.weight.shape[2] * module.weight.shape[3]
        out = module.weight.shape[0] // module.layer.groups
        return [(module.weight, k * module.weight.shape[1], k * out)]
    if isinstance(module, Dense):
        return [(module.weight, module.weight.shape[1], module.weight.shape[0])]
    if isinstance(module, TableConv):
        k, parts, start = module.weight.shape[1] * module.weight.shape[2], [], 0
        for maps in module.layer.table:
            parts.append((module.weight[start : start + len(maps)], k * len(maps), k))
            start += len(maps)
        return parts
    if isinstance(module, Subsample):
        kernel = pair(module.layer.kernel)
        return [(module.weight, kernel[0] * kernel[1], 1)]
    return []


@torch.no_grad()
def initialise(
    model: nn.Module, init: Initialisation, generator: torch.Generator | None = None
) -> None:
    """Draw all parameters in place by a rule; on meta nothing happens."""
    for name, module in model.named_modules():
        parts = fans(module)
        bias = getattr(module, "bias", None)
        if not parts or parts[0][0].is_meta:
            continue
        rule = init.of(name)
        for at, (weight, fan_in, fan_out) in enumerate(parts):
            draw(weight, rule, fan_in, fan_out, generator)
            if bias is not None and rule.biases_too:
                own = bias[at : at + 1] if isinstance(module, TableConv) else bias
                draw(own, rule, fan_in, fan_out, generator)
        if bias is not None and not rule.biases_too:
            bias.fill_(1.0 if name in rule.ones else rule.bias)


def draw(
    weight: Tensor,
    init: Initialisation,
    fan_in: int,
    fan_out: int,
    generator: torch.Generator | None,
) -> None:
    """Fill one tensor in place."""
    spread = init.spread(fan_in, fan_out)
    if not init.gaussian:
        weight.uniform_(-spread, spread, generator=generator)
    elif init.cut is None:
        weight.normal_(0, spread, generator=generator)
    else:
        truncated(weight, spread, init.cut * spread, generator)


CHUNK = 1 << 18
"""So many values are looked over at a time: what redrawing takes of memory stays this small."""


def truncated(
    weight: Tensor, deviation: float, bound: float, generator: torch.Generator | None
) -> None:
    """Gaussian values within +-bound: those beyond are drawn again until none is.

    The distribution is exact, as no value is moved; at two deviations a twentieth is drawn again.
    """
    for part in weight.view(-1).split(CHUNK):
        part.normal_(0, deviation, generator=generator)
        far = (part.abs() > bound).nonzero()[:, 0]
        while len(far):
            again = part.new_empty(len(far)).normal_(0, deviation, generator=generator)
            part[far] = again
            far = far[again.abs() > bound]


__all__ = ["draw", "fans", "initialise", "truncated"]

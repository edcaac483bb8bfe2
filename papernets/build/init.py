"""How the papers draw their first weights."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ..paper import Init
from ..spec import pair
from .layers import Conv, Dense, Subsample, TableConv

HE = Init("he", 2.0, "He et al. 2015, section 2.2")


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
    model: nn.Module, init: Init | None, generator: torch.Generator | None = None
) -> None:
    """Draw all parameters in place by the paper's rule (None: He's); on meta nothing happens."""
    init = HE if init is None else init
    for name, module in model.named_modules():
        parts = fans(module)
        bias = getattr(module, "bias", None)
        if not parts or parts[0][0].is_meta:
            continue
        for at, (weight, fan_in, fan_out) in enumerate(parts):
            draw(weight, init, fan_in, fan_out, generator)
            if bias is not None and init.kind == "fan_in":
                own = bias[at : at + 1] if isinstance(module, TableConv) else bias
                draw(own, init, fan_in, fan_out, generator)
        if bias is not None and init.kind != "fan_in":
            bias.fill_(1.0 if name in init.ones else 0.0)


def draw(
    weight: Tensor, init: Init, fan_in: int, fan_out: int, generator: torch.Generator | None
) -> None:
    """Fill one tensor in place."""
    if init.kind == "fan_in":
        bound = init.scale / fan_in
        weight.uniform_(-bound, bound, generator=generator)
    elif init.kind == "glorot":
        bound = init.scale * math.sqrt(6 / (fan_in + fan_out))
        weight.uniform_(-bound, bound, generator=generator)
    elif init.kind == "he":
        weight.normal_(0, math.sqrt(init.scale / fan_in), generator=generator)
    elif init.kind == "gaussian":
        weight.normal_(0, init.scale, generator=generator)
    else:
        raise ValueError(f"unknown initialisation {init.kind!r}: fan_in, glorot, he or gaussian")


__all__ = ["draw", "fans", "initialise"]

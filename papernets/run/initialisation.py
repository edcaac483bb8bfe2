"""How the papers draw their first weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .. import spec
from ..spec import Initialisation, Layer, Net, pair
from ..spec.tensors import in_order

Fans = tuple[Tensor, int, int]
"""Weights, their fan-in and their fan-out."""
DRAWN = (spec.Conv, spec.Dense, spec.TableConv, spec.Subsample)
"""The layers whose weights are drawn."""


def fans(layer: Layer, weight: Tensor) -> list[Fans]:
    """The parts of a layer's weights that are drawn alike: a table has a fan-in an output map."""
    if isinstance(layer, spec.Conv):
        k = weight.shape[2] * weight.shape[3]
        return [(weight, k * weight.shape[1], k * (layer.out // layer.groups))]
    if isinstance(layer, spec.Dense):
        return [(weight, weight.shape[1], weight.shape[0])]
    if isinstance(layer, spec.TableConv):
        k, parts, start = weight.shape[1] * weight.shape[2], [], 0
        for maps in layer.table:
            parts.append((weight[start : start + len(maps)], k * len(maps), k))
            start += len(maps)
        return parts
    assert isinstance(layer, spec.Subsample)
    kernel = pair(layer.kernel)
    return [(weight, kernel[0] * kernel[1], 1)]


@torch.no_grad()
def initialise(
    model: nn.Module, net: Net, init: Initialisation, generator: torch.Generator | None = None
) -> None:
    """Draw all parameters of a network's module in place by a rule, in the order of its state_dict.

    On meta nothing happens.
    """
    for row in in_order(net):
        if not isinstance(row.layer, DRAWN):
            continue
        name = row.name
        own = model.get_submodule(module_name(name, row.layer))
        weight, bias = own._parameters["weight"], own._parameters["bias"]
        if weight is None or weight.is_meta:
            continue
        parts = fans(row.layer, weight)
        rule = init.of(name)
        for at, (part, fan_in, fan_out) in enumerate(parts):
            draw(part, rule, fan_in, fan_out, generator)
            if bias is not None and rule.biases_too:
                table = isinstance(row.layer, spec.TableConv)
                draw(bias[at : at + 1] if table else bias, rule, fan_in, fan_out, generator)
        if bias is not None and not rule.biases_too:
            bias.fill_(1.0 if name in rule.ones else rule.bias)


def module_name(row: str, layer: Layer) -> str:
    """The name of the module in which a row has its weights."""
    return f"{row}.{layer.operation}" if len(layer.operations) > 1 else row


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


__all__ = ["draw", "fans", "initialise", "module_name", "truncated"]

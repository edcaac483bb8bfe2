"""A network as a map through which every path adds: a judge of who sees what, without formulas."""

from dataclasses import replace

import torch

from papernets.run.network import build
from papernets.spec import LRN, Identity, Net, Pool, rebuilt


def linear(name, part):
    """The part as a linear map: pooling by averages, no activations, no local normalisation."""
    if isinstance(part, Pool):
        return replace(part, how="average")
    if isinstance(part, LRN):
        return Identity()
    if getattr(part, "activation", None) is not None:
        return replace(part, activation=None)
    return part


def positive(net: Net) -> torch.nn.Module:
    """The network as such a map with positive weights, so that nothing cancels, in doubles."""
    model = build(replace(net, body=rebuilt(net.body, linear))).double().eval()
    with torch.no_grad():
        for weight in model.parameters():
            torch.nn.init.uniform_(weight, 0.5, 1.0)
            weight /= max(weight[0].numel() if weight.dim() > 1 else 1, 1)
    return model


def heard(picture, output, at):
    """Top, left, bottom, right of the pixels of the picture that one place of the output hears."""
    (gradient,) = torch.autograd.grad(output[0, :, at[0], at[1]].sum(), picture, retain_graph=True)
    pixels = gradient[0].abs().sum(0).nonzero()
    return (*pixels.min(0).values.tolist(), *pixels.max(0).values.tolist())

"""Second derivatives of the loss by each weight: the diagonal of appendix C of LeCun et al. 1998.

They are propagated backwards as gradients are, with squared weights and squared slopes. What could
make them negative is dropped (the Gauss-Newton approximation), and so is what two connections of
one weight, or two paths, have in common.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from ...run.layers import RBF, ConnectionTable, PadSame, ScaledTanh, Subsample
from ...run.network import Network

SLOPES = (nn.Tanh, nn.Sigmoid, nn.ReLU, nn.ReLU6, ScaledTanh)
CHOSEN = (
    nn.MaxPool2d, nn.Flatten, nn.Identity, nn.Dropout, nn.ZeroPad2d, nn.ConstantPad2d, PadSame,
)  # fmt: skip
"""Modules of which each output is one of the inputs, or a constant."""
WEIGHTED = (nn.Conv2d, nn.Linear, ConnectionTable, Subsample)
Curvature = Callable[[Tensor, Tensor], Tensor]
"""Of outputs (N, K) and labels (N,): second derivatives of each picture's loss by the outputs."""
Pull = Curvature
"""Likewise the sum of each picture's slopes by its distances (N,), 0 or more: how much the loss
falls if all codes come nearer at once."""


def second_derivatives(
    model: Network, x: Tensor, y: Tensor, of_outputs: Curvature, of_distances: Pull | None = None
) -> dict[Tensor, Tensor]:
    """The sum over pictures x (N, C, H, W) of the second derivatives, for each trained parameter.

    The model must be a line of layers, in evaluation mode. An RBF layer at its end measures squared
    distances, which are curved themselves: each has the second derivative 2 by each of its inputs,
    times the slope of the loss by it. `of_distances` gives the sum of these slopes.
    """
    found: dict[Tensor, Tensor] = {
        p: torch.zeros_like(p) for p in model.parameters() if p.requires_grad
    }
    calls = _calls(model, x)
    last, given, out = calls[-1]
    h = of_outputs(out, y)
    if of_distances is not None and isinstance(last, RBF):
        pull = 2 * last.scale * of_distances(out, y)
        h = _back(last, given, h, found) + pull.view(-1, *[1] * (given.dim() - 1))
        calls = calls[:-1]
    for module, value, _ in reversed(calls):
        h = _back(module, value, h, found)
    return found


def _calls(model: Network, x: Tensor) -> list[tuple[nn.Module, Tensor, Tensor]]:
    """Each module without children, in the order of their calls, with its input and its output."""
    found: list[tuple[nn.Module, Tensor, Tensor]] = []

    def seen(module: nn.Module, given: tuple[Any, ...], out: Tensor) -> None:
        found.append((module, given[0].detach().clone(), out.detach().clone()))

    with ExitStack() as stack, torch.no_grad():
        for module in model.modules():
            if not list(module.children()) and module is not model:
                stack.callback(module.register_forward_hook(seen).remove)
        model(x)
    return found


def _back(module: nn.Module, x: Tensor, h: Tensor, found: dict[Tensor, Tensor]) -> Tensor:
    """The second derivatives by a module's input, of those by its output; parameters' are added."""
    if isinstance(module, SLOPES):
        return _vjp(_over_nothing(module), (x,), torch.ones_like(h))[0].square() * h
    if isinstance(module, CHOSEN):
        return _vjp(module, (x,), h)[0]
    if isinstance(module, nn.AvgPool2d):
        # each of k values has a share of 1/k, squared
        return _vjp(module, (x,), h / _count(module.kernel_size))[0]
    if isinstance(module, nn.AdaptiveAvgPool2d):
        return _vjp(module, (x,), h / (x.shape[-2] * x.shape[-1]))[0]
    if isinstance(module, RBF):
        away = x.movedim(1, -1).unsqueeze(-2) - module.codes  # (..., classes, in)
        slopes = (2 * module.scale * away).square()
        return (slopes * h.movedim(1, -1).unsqueeze(-1)).sum(-2).movedim(-1, 1)
    assert isinstance(module, WEIGHTED), type(module).__name__
    return _weighted(module, x, h, found)


def _weighted(module: nn.Module, x: Tensor, h: Tensor, found: dict[Tensor, Tensor]) -> Tensor:
    """Through a layer that multiplies inputs by weights: it is linear in either.

    The same layer of squared inputs and squared weights has, as its gradients by these, the second
    derivatives by weights and by inputs.
    """
    own = dict(module.named_parameters())
    names = list(own)
    squared = [p.detach().square() if name == "weight" else p.detach() for name, p in own.items()]

    def layer(value: Tensor, *params: Tensor) -> Tensor:
        out: Tensor = functional_call(module, dict(zip(names, params, strict=True)), (value,))
        return out

    by_input, *by_params = _vjp(layer, (x.square(), *squared), h)
    for name, value in zip(names, by_params, strict=True):
        if name == "weight" and isinstance(module, Subsample):
            # four values are added, then multiplied by the one weight (section II-B)
            total = F.avg_pool2d(x, module.kernel) * _count(module.kernel)
            if module.sources is not None:
                total = torch.cat([total[:, one : one + 1] for one in module.sources], 1)
            value = (total.square() * h).sum((0, 2, 3))
        if own[name] in found:
            found[own[name]] += value
    return by_input


def _over_nothing(module: nn.Module) -> nn.Module:
    """The activation as a module that does not write over what it is given."""
    if isinstance(module, nn.ReLU | nn.ReLU6):
        return type(module)()
    return module


def _count(kernel: Any) -> int:
    """The values of a window."""
    height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
    return int(height * width)


def _vjp(function: Callable[..., Tensor], given: Sequence[Tensor], h: Tensor) -> tuple[Tensor, ...]:
    """The gradients of <function(given), h> by all that is given."""
    with torch.enable_grad():
        leaves = [value.detach().requires_grad_() for value in given]
        return torch.autograd.grad(function(*leaves), leaves, h)

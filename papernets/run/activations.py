"""Activations by name, plain and fast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ..rewrite.forms import CENTRED, GAIN, SLOPE


def scaled_tanh(x: Tensor) -> Tensor:
    """1.7159 tanh(2x/3), of any shape (LeCun et al. 1998, appendix A)."""
    return GAIN * torch.tanh(SLOPE * x)


class _BySigmoid(torch.autograd.Function):
    """gain * tanh(slope * x) as gain * (2 sigmoid(2 slope x) - 1), with few passes over memory."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, gain: float, slope: float) -> Tensor:
        return (x * (2 * slope)).sigmoid_().mul_(2 * gain).sub_(gain)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        _, ctx.gain, ctx.slope = inputs
        ctx.save_for_backward(output)
        ctx.save_for_forward(output)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (y,) = ctx.saved_tensors
        return _sloped(grad, y, ctx.gain, ctx.slope), None, None

    @staticmethod
    def jvp(ctx: Any, tangent: Tensor, *_: None) -> Tensor:
        (y,) = ctx.saved_tensors
        return _sloped(tangent, y, ctx.gain, ctx.slope)


def _sloped(by: Tensor, y: Tensor, gain: float, slope: float) -> Tensor:
    """A gradient, or a tangent, times the derivative of gain * tanh(slope * x) where that is y."""
    return torch.addcmul(by * (gain * slope), by * y, y, value=-slope / gain)


def _by_sigmoid(x: Tensor, gain: float, slope: float) -> Tensor:
    """The same value but for float32's rounding: on many CPUs sigmoid takes a tenth as long."""
    if x.dtype != torch.float32 or x.device.type != "cpu":
        return gain * torch.tanh(slope * x)
    if torch.is_grad_enabled() and x.requires_grad:
        y: Tensor = _BySigmoid.apply(x, gain, slope)  # type: ignore[no-untyped-call]
        return y
    return (x * (2 * slope)).sigmoid_().mul_(2 * gain).sub_(gain)


ACTIVATE: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "relu6": F.relu6,
    "tanh": torch.tanh,
    "scaled_tanh": scaled_tanh,
    "sigmoid": torch.sigmoid,
    CENTRED: lambda x: torch.sigmoid(x).sub_(0.5),
    "softmax": lambda x: x,  # belongs to the loss: a network gives logits
    "tanh_by_sigmoid": lambda x: _by_sigmoid(x, 1.0, 1.0),
    "scaled_tanh_by_sigmoid": lambda x: _by_sigmoid(x, GAIN, SLOPE),
}


def activate(x: Tensor, name: str | None) -> Tensor:
    """The activation of this name, or x itself for None."""
    return x if name is None else ACTIVATE[name](x)


OVER: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu_,
    "relu6": lambda x: F.hardtanh(x, 0.0, 6.0, inplace=True),
    "tanh": torch.tanh_,
    "sigmoid": torch.sigmoid_,
    CENTRED: lambda x: x.sigmoid_().sub_(0.5),
}


def activate_(x: Tensor, name: str | None) -> Tensor:
    """The same, written over x where that can be: x must be the caller's own, read by nobody else.

    Its maker's gradient must not need it: a convolution's, a normalisation's or a sum's does not.
    """
    return OVER[name](x) if name in OVER else activate(x, name)

"""A row of a network as a module: torch's own where torch has it.

A row of one operation is that operation's module; a row of several is an `nn.Sequential` whose
children are called as `Layer.operations` says: `pad`, `conv`, `norm`, `relu`.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import singledispatch
from typing import TypeVar

import torch
from torch import nn
from torch.nn.utils import skip_init

from .. import spec
from ..spec import Shape, pair
from .layers import (
    LRN,
    RBF,
    AverageSame,
    ConnectionTable,
    PadSame,
    PadShortcut,
    ScaledTanh,
    Subsample,
)

M = TypeVar("M", bound=nn.Module)
ACTIVATIONS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "tanh": nn.Tanh,
    "scaled_tanh": ScaledTanh,
    "sigmoid": nn.Sigmoid,
}
OWN = (spec.Conv, spec.TableConv, spec.Subsample, spec.Dense)
"""Layers whose output is a value of its own, which an activation may be written over."""


def activation(name: str, over: bool) -> nn.Module:
    """The module of an activation, written over what it is given where that is asked for."""
    kind = ACTIVATIONS[name]
    return kind(inplace=True) if over and kind in (nn.ReLU, nn.ReLU6) else kind()


def row_module(layer: spec.Layer, s: Shape, flat: bool = False, first: bool = True) -> nn.Module:
    """The module of a row for an input of shape `s`, which comes as (N, C) where it is `flat`.

    A row that is the `first` on a value may share it with others: it writes over nothing of it.
    """
    parts: list[nn.Module] = []
    window = layer.window()
    names = layer.operations
    if "pad" in names and window is not None:
        fill = -math.inf if isinstance(layer, spec.Pool) and layer.how == "max" else 0.0
        parts.append(_pad(window, fill))
    if layer.operation:
        parts.append(operation(layer, s))
    norm: spec.Norm | None = getattr(layer, "norm", None)
    if norm is not None:
        parts.append(batch_norm(norm, layer.shape(s)[0], flat))
    if layer.activation in ACTIVATIONS:
        over = isinstance(layer, OWN) or (bool(parts) and not first)
        parts.append(activation(layer.activation, over))
    if len(parts) > 1:
        return nn.Sequential(OrderedDict(zip(names, parts, strict=True)))
    return parts[0] if parts else nn.Identity()


def _pad(window: spec.Window, fill: float) -> nn.Module:
    if window.padding == "same" and max(window.stride) > 1:
        return PadSame(window, fill)
    (top, bottom), (left, right) = window.pads(window.stride)  # the same for every size
    return nn.ConstantPad2d((left, right, top, bottom), fill)


def batch_norm(norm: spec.Norm, channels: int, flat: bool) -> nn.Module:
    """torch's batch normalisation, of maps or values; without gamma where the paper has none."""
    kind = nn.BatchNorm1d if flat else nn.BatchNorm2d
    module = kind(channels, eps=norm.eps, momentum=norm.momentum)
    if not norm.scale:
        module.register_parameter("weight", None)
    return module


def _undrawn(kind: type[M], *given: object, **named: object) -> M:
    """A module whose weights are not drawn yet, which takes time for nothing."""
    device = torch.get_default_device()
    module: M = skip_init(kind, *given, device=device, **named)
    return module


class NoModule(TypeError, ValueError):
    """A layer of a user's own, which can be explained and not computed."""


@singledispatch
def operation(layer: spec.Layer, s: Shape) -> nn.Module:
    """The module of what a row does, for an input of this shape, without activation.

    `NoModule` for a layer that is not of ours.
    """
    raise NoModule(
        f"no module for a layer of kind {layer.kind!r}: a layer of one's own is explained and "
        "compared, not trained"
    )


@operation.register
def _(layer: spec.Conv, s: Shape) -> nn.Module:
    kernel, stride = pair(layer.kernel), pair(layer.stride)
    return _undrawn(
        nn.Conv2d,
        s[0],
        layer.out,
        kernel,
        stride,
        layer.window().fixed or 0,
        groups=layer.groups,
        bias=layer.bias,
    )


@operation.register
def _(layer: spec.Dense, s: Shape) -> nn.Module:
    return _undrawn(nn.Linear, s[0], layer.out, bias=layer.bias)


@operation.register
def _(layer: spec.Pool, s: Shape) -> nn.Module:
    window = layer.window()
    padding = window.fixed or 0
    if layer.how == "max":
        return nn.MaxPool2d(window.kernel, window.stride, padding, ceil_mode=layer.ceil)
    if window.fixed is None and not layer.count_padding:
        return AverageSame(window)
    return nn.AvgPool2d(window.kernel, window.stride, padding, layer.ceil, layer.count_padding)


@operation.register
def _(layer: spec.Pad, s: Shape) -> nn.Module:
    height, width = pair(layer.padding)
    return nn.ZeroPad2d((width, width, height, height))


for _layer, _module in (
    (spec.TableConv, lambda layer, s: ConnectionTable(layer, s[0])),
    (spec.Subsample, lambda layer, s: Subsample(layer, layer.shape(s)[0])),
    (spec.RBF, lambda layer, s: RBF(layer)),
    (spec.LRN, lambda layer, s: LRN(layer)),
    (spec.PadShortcut, lambda layer, s: PadShortcut(layer, s[0])),
    (spec.GlobalPool, lambda layer, s: nn.AdaptiveAvgPool2d(1)),
    (spec.AdaptivePool, lambda layer, s: nn.AdaptiveAvgPool2d(pair(layer.size))),
    (spec.Flatten, lambda layer, s: nn.Flatten()),
    (spec.Dropout, lambda layer, s: nn.Dropout(layer.rate)),
    (spec.Identity, lambda layer, s: nn.Identity()),
):
    operation.register(_layer, _module)

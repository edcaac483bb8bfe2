"""Convolutions and dense layers by oneDNN: weights laid out once, activation and sum in one pass.

torch's own convolution lays kernels out anew at every call, and passes over its output once more
for each of these; its dense layer asks another library, which takes up to three times as long for
eight pictures. The operations are those that torch's compiler puts in their place; they are called
here without one. Float32, on x86 alone: elsewhere nothing was measured.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ..rewrite.forms import CENTRED

NAMES: dict[str | None, tuple[str, list[float]]] = {
    None: ("none", []),
    "relu": ("relu", []),
    "relu6": ("hardtanh", [0.0, 6.0]),
    "sigmoid": ("sigmoid", []),
    "tanh": ("tanh", []),
    CENTRED: ("sigmoid", []),
}
"""Activations as the operation calls them, with their constants."""
OPERATIONS = (
    *("_convolution_pointwise", "_reorder_convolution_weight"),
    *("_linear_pointwise", "_reorder_linear_weight"),
)


def packs(x: Tensor) -> bool:
    """Whether an input is one for it: values on a CPU, that nobody traces or differentiates."""
    return bool(
        type(x) is Tensor
        and x.device.type == "cpu"
        and x.dtype is torch.float32
        and not (torch.is_grad_enabled() and x.requires_grad)
        and HERE
        and torch.backends.mkldnn.enabled  # type: ignore[attr-defined]
        and not torch.is_autocast_enabled("cpu")
        and not torch._C._are_functorch_transforms_active()
        and not torch.utils._python_dispatch._get_current_dispatch_mode_stack()
    )


def _here() -> bool:
    known = all(hasattr(torch.ops.mkldnn, name) for name in OPERATIONS)
    wide = platform.machine().lower() in ("x86_64", "amd64")
    return known and wide and torch.backends.mkldnn.is_available()


HERE = _here()
"""Whether this machine, and its torch, have the operations."""


@dataclass(frozen=True)
class Packed:
    """A convolution's kernels in oneDNN's layout, its bias, and its constants."""

    pad: nn.Module | None
    kernels: Tensor
    bias: Tensor | None
    constants: tuple[list[int], list[int], list[int], int]

    def __call__(self, x: Tensor, activation: str | None, other: Tensor | None = None) -> Tensor:
        """The activation of the convolution of x, or of its sum with `other`, which is kept."""
        if self.pad is not None:
            x = self.pad(x)
        name, scalars = NAMES[activation]
        out: Tensor
        if other is None:
            out = torch.ops.mkldnn._convolution_pointwise(
                x, self.kernels, self.bias, *self.constants, name, scalars, ""
            )
        else:
            after = None if activation is None else name
            out = torch.ops.mkldnn._convolution_pointwise.binary(
                x, other, self.kernels, self.bias, *self.constants, "add", 1.0, after, scalars, ""
            )
        return out.sub_(0.5) if activation == CENTRED else out


@dataclass(frozen=True)
class Dense:
    """A dense layer's weights, in oneDNN's layout or as they are, and its bias."""

    weights: Tensor
    bias: Tensor | None

    def __call__(self, x: Tensor, activation: str | None) -> Tensor:
        """The activation of the layer's outputs for x, (N, inputs) to (N, outputs)."""
        name, scalars = NAMES[activation]
        out: Tensor = torch.ops.mkldnn._linear_pointwise(
            x, self.weights, self.bias, name, scalars, ""
        )
        return out.sub_(0.5) if activation == CENTRED else out


def dense(module: nn.Linear, batch: int) -> Dense:
    """The packed form of a dense layer, for batches of about this size.

    For one picture the weights are the layer's own, which are read once: a layout of their own
    would gain nothing, and they are the most of some networks.
    """
    weights = module.weight.detach()
    if batch > 1:
        weights = torch.ops.mkldnn._reorder_linear_weight(weights, batch)
    return Dense(weights, None if module.bias is None else module.bias.detach())


def packed(module: nn.Module, size: tuple[int, ...]) -> Packed | None:
    """The packed form of a row's module, a convolution perhaps padded; None for anything else.

    `size` is that of the row's input, (N, C, H, W): the layout is chosen for it, and takes any. A
    layout for one picture may take three times as long for eight, and the other way round.
    """
    pad: nn.Module | None = None
    if type(module) is nn.Sequential:
        pad, module = list(module)
        size = tuple(pad(torch.empty(size, device="meta")).shape)
    if type(module) is not nn.Conv2d:
        return None
    constants: Any = (list(module.padding), list(module.stride), [1, 1], module.groups)
    kernels = torch.ops.mkldnn._reorder_convolution_weight(
        module.weight.detach(), *constants, list(size)
    )
    bias = None if module.bias is None else module.bias.detach()
    return Packed(pad, kernels, bias, constants)


__all__ = ["NAMES", "Dense", "Packed", "dense", "packed", "packs"]

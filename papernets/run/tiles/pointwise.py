"""Activations in place, and their derivatives from their own values."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..activations import GAIN, SLOPE

aten = torch.ops.aten
PLAIN = frozenset({None, "softmax"})
"""What leaves a layer's values alone: softmax belongs to the loss."""
TANH = {
    "tanh": (1.0, 1.0, False),
    "tanh_by_sigmoid": (1.0, 1.0, True),
    "scaled_tanh": (GAIN, SLOPE, False),
    "scaled_tanh_by_sigmoid": (GAIN, SLOPE, True),
}
"""Gain, slope, and whether it is computed as gain * (2 sigmoid(2 slope x) - 1)."""
POINTWISE = PLAIN | TANH.keys() | {"relu", "relu6", "sigmoid"}


@dataclass(frozen=True)
class Pointwise:
    """An activation by name, one of POINTWISE."""

    name: str | None

    def forward_(self, z: Tensor, out: Tensor | None = None) -> Tensor:
        """The values for z, which is overwritten; in `out`, of z's shape, where it is given."""
        out = z if out is None else out
        if self.name in TANH:
            gain, slope, by_sigmoid = TANH[self.name]
            if by_sigmoid:
                z.mul_(2 * slope).sigmoid_()
                return torch.add(z.new_full((), -gain), z, alpha=2 * gain, out=out)
            torch.tanh(z if slope == 1.0 else z.mul_(slope), out=out)
            return out if gain == 1.0 else out.mul_(gain)
        if self.name == "relu":
            return torch.clamp_min(z, 0.0, out=out)
        if self.name == "relu6":
            return torch.clamp(z, 0.0, 6.0, out=out)
        if self.name == "sigmoid":
            return torch.sigmoid(z, out=out)
        return out if out is z else out.copy_(z)

    def backward(self, grad: Tensor, y: Tensor) -> Tensor:
        """The gradient of the input from that of the values y; both of one shape."""
        if self.name in TANH:
            gain, slope, _ = TANH[self.name]
            if gain == 1.0 and slope == 1.0:
                return aten.tanh_backward(grad, y)  # type: ignore[no-any-return]
            # d/dx = slope * (gain - y^2 / gain)
            slopes = torch.add(y.new_full((), gain * slope), y * y, alpha=-slope / gain)
            return slopes.mul_(grad)
        if self.name == "relu":
            return aten.threshold_backward(grad, y, 0)  # type: ignore[no-any-return]
        if self.name == "relu6":
            return aten.hardtanh_backward(grad, y, 0.0, 6.0)  # type: ignore[no-any-return]
        if self.name == "sigmoid":
            return aten.sigmoid_backward(grad, y)  # type: ignore[no-any-return]
        return grad

"""Pictures that do not fit a built network: the error says which would."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from .. import rewrite
from ..spec import Net
from ..spec.walk import fixed_size, walk


def check_kind(name: str, x: Tensor, own: Tensor) -> None:
    """Raise ValueError where pictures have another kind of number than a network's weights."""
    if x.dtype == own.dtype or torch.is_autocast_enabled(x.device.type):
        return
    kind, wanted = (str(t.dtype).removeprefix("torch.") for t in (x, own))
    instead = f"x.to(torch.{wanted})" + (" / 255, say" if not x.is_floating_point() else "")
    raise ValueError(
        f"{name} has {wanted} weights, these pictures are {kind}: give {instead}, or "
        "change the network's: model.double(), model.half()"
    )


class InputCheck:
    """Checks pictures against a network; what it found out of a size it remembers."""

    def __init__(self, net: Net):
        self._net = net
        self._fixed: dict[bool, bool] = {}
        self._sizes = {(*net.input[1:], heads) for heads in (True, False)}

    def __call__(self, x: Tensor, heads: bool) -> None:
        """Raise ValueError where pictures x do not fit the network, with its heads or without."""
        name, (channels, *want) = self._net.name, self._net.input
        if not isinstance(x, Tensor):
            raise TypeError(
                f"{name} takes pictures as a tensor of shape "
                f"(N, {channels}, {want[0]}, {want[1]}), not a {type(x).__name__}"
            )
        if x.dim() != 4 or x.shape[1] != channels:
            raise ValueError(
                f"{name} takes pictures of shape (N, {channels}, {want[0]}, {want[1]}), "
                f"not {tuple(x.shape)}"
            )
        height, width = x.shape[2:]
        if [height, width] != want and self._is_fixed(heads):
            raise ValueError(
                f"{name} was built for {want[0]}x{want[1]} pictures and its dense layers "
                f"are sized for them; this one is {height}x{width}. Build it with input=({height}, "
                f"{width}), or with dense=True for a map of outputs"
            )
        if not (isinstance(height, int) and isinstance(width, int)):
            return  # torch traces the shape as a symbol
        if (height, width, heads) not in self._sizes:
            asked = replace(self._asked(heads), input=(channels, height, width))
            walk(asked)  # names a layer that is too small
            self._sizes.add((height, width, heads))

    def _asked(self, heads: bool) -> Net:
        return self._net if heads else rewrite.without_heads(self._net).net

    def _is_fixed(self, heads: bool) -> bool:
        """True where dense layers are sized for the net's own input."""
        if heads not in self._fixed:
            self._fixed[heads] = fixed_size(self._asked(heads))
        return self._fixed[heads]

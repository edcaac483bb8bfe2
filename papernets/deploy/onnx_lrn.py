"""Local response normalisation as the one operation that ONNX has for it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..run import lrn
from ..run.layers import LRN


@torch.library.custom_op("papernets::lrn", mutates_args=())
def one_lrn(x: Tensor, size: int, k: float, alpha: float, beta: float) -> Tensor:
    """What `LRN` computes, as one operation: no file but an ONNX one may have it."""
    return lrn.plain(x, lrn.Window(size, k, alpha, beta))


@one_lrn.register_fake
def _(x: Tensor, size: int, k: float, alpha: float, beta: float) -> Tensor:
    return torch.empty_like(x)


class _One(nn.Module):
    def __init__(self, window: lrn.Window):
        super().__init__()
        self.window = window

    def forward(self, x: Tensor) -> Tensor:
        w = self.window
        found: Tensor = one_lrn(x, w.size, w.k, w.alpha, w.beta)
        return found


def with_one(model: nn.Module) -> nn.Module:
    """The model, or a copy on the same weights in which each normalisation is one operation.

    Windows of an even size stay: ONNX lays them one map further on.
    """
    norms = {
        name: one.window
        for name, one in model.named_modules()
        if type(one) is LRN and one.window.size % 2
    }
    if not norms:
        return model
    held = [*model.parameters(), *model.buffers()]
    model = copy.deepcopy(model, {id(one): one for one in held})
    for name, window in norms.items():
        model.set_submodule(name, _One(window))
    return model


def translations() -> dict[Callable[..., Any], Callable[..., Any]]:
    """What torch's exporter writes for it."""
    from onnxscript import opset18

    def written(x: Any, size: int, k: float, alpha: float, beta: float) -> Any:
        # ONNX divides alpha by the size, as torch does and the paper does not
        return opset18.LRN(x, size=size, bias=k, alpha=alpha * size, beta=beta)

    return {torch.ops.papernets.lrn.default: written}

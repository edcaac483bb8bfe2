"""Batch normalisation: torch's own, and written over its input where that gives the same bits."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

from .block import is_changed


def normalised_(x: Tensor, norm: nn.Module) -> Tensor:
    """x normalised, to the same bits as by calling `norm`; x must be the caller's own.

    In evaluation without gradients it is written over x, which takes no memory and less time.
    A module that somebody put in the place of torch's, or changed, is called.
    """
    if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d) and _writes_over(x, norm):
        mean, spread, eps = norm.running_mean, norm.running_var, norm.eps
        none = x.new_empty(0), x.new_empty(0)  # the batch's own statistics, which nobody asks for
        try:
            torch.native_batch_norm(
                x, norm.weight, norm.bias, mean, spread, False, 0.0, eps, out=(x, *none)
            )
            return x
        except RuntimeError:  # torch.func's transforms do not write over
            pass
    out: Tensor = norm(x)
    return out


def _writes_over(x: Tensor, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> bool:
    """Whether a normalisation may be: on a CPU, where it is torch's one way, in one precision.

    Not where somebody changed it, or a hook must see it, nor in forward mode: the derivatives along
    would not be written.
    """
    return (
        type(norm) in (nn.BatchNorm1d, nn.BatchNorm2d)
        and not is_changed(norm)
        and forward_ad._current_level < 0
        and not norm.training
        and norm.running_mean is not None
        and norm.running_mean.dtype == x.dtype
        and _fits(x, norm)
        and x.device.type in ("cpu", "meta")
        and not (
            torch.is_grad_enabled()
            and (x.requires_grad or any(p.requires_grad for p in norm.parameters(recurse=False)))
        )
    )


def _fits(x: Tensor, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> bool:
    """Whether a normalisation is of x's channels: torch's kernel for writing over does not look."""
    held = (norm.running_mean, norm.running_var, norm.weight, norm.bias)
    return all(one is None or one.shape == x.shape[1:2] for one in held)

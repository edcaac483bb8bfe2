"""RMSProp as TensorFlow computes it: so the Inception networks and MobileNet were trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor


class RMSpropTensorFlow(torch.optim.Optimizer):
    """RMSProp of TensorFlow 1's `RMSPropOptimizer` (tensorflow/core/kernels/training_ops.cc).

    The mean square starts at 1, epsilon stands under the root, and the momentum is of whole steps,
    each with the rate of its time:

        square = alpha square + (1 - alpha) g^2;  m = momentum m + rate g / sqrt(square + epsilon);
        w = w - m
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        alpha: float = 0.9,
        eps: float = 1e-10,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ):
        """`weight_decay` times the weight is added to the gradient."""
        super().__init__(
            params,
            {
                "lr": lr,
                "alpha": alpha,
                "eps": eps,
                "momentum": momentum,
                "weight_decay": weight_decay,
            },
        )

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step with the gradients that are there."""
        assert closure is None
        for group in self.param_groups:
            params = [p for p in group["params"] if p.grad is not None]
            if not params:
                continue
            grads: list[Tensor] = [p.grad for p in params]
            for p in params:
                if not self.state[p]:
                    self.state[p]["square"] = torch.ones_like(p)
                    self.state[p]["momentum"] = torch.zeros_like(p)
            squares = [self.state[p]["square"] for p in params]
            steps = [self.state[p]["momentum"] for p in params]
            if group["weight_decay"]:
                grads = list(torch._foreach_add(grads, params, alpha=group["weight_decay"]))
            torch._foreach_mul_(squares, group["alpha"])
            torch._foreach_addcmul_(squares, grads, grads, value=1 - group["alpha"])
            roots = torch._foreach_add(squares, group["eps"])
            torch._foreach_sqrt_(roots)
            torch._foreach_mul_(steps, group["momentum"])
            torch._foreach_addcdiv_(steps, grads, roots, value=group["lr"])
            torch._foreach_sub_(params, steps)

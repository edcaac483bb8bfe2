"""The stochastic diagonal Levenberg-Marquardt method of LeCun et al. 1998, appendix C."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor

MU = 0.02
"""Section III-B of the paper: the step where a second derivative is 0 is the rate divided by it."""


class LevenbergMarquardt(torch.optim.Optimizer):
    """Each weight moves by its own rate, the global one divided by mu + its second derivative.

    w = w - rate / (mu + h) g The h are given by `set_curvature` before each pass,
    and 0 until then; `eps` is mu.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 5e-4,
        eps: float = MU,
        weight_decay: float = 0.0,
    ):
        """`weight_decay` times the weight is added to the gradient, and it to the h."""
        super().__init__(params, {"lr": lr, "eps": eps, "weight_decay": weight_decay})

    def set_curvature(self, curvature: Mapping[Tensor, Tensor]) -> None:
        """Take the second derivatives of the mean loss, 0 or more, for the steps to come."""
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["curvature"] = curvature[p].detach().clone()

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step with the gradients that are there."""
        assert closure is None
        for group in self.param_groups:
            decay = group["weight_decay"]
            params = [p for p in group["params"] if p.grad is not None]
            if not params:
                continue
            for p in params:
                if not self.state[p]:
                    self.state[p]["curvature"] = torch.zeros_like(p)
            grads: list[Tensor] = [p.grad for p in params]
            if decay:
                grads = list(torch._foreach_add(grads, params, alpha=decay))
            curvature = [self.state[p]["curvature"] for p in params]
            scales = torch._foreach_add(curvature, group["eps"] + decay)
            torch._foreach_addcdiv_(params, grads, scales, value=-group["lr"])

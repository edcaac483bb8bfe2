"""Networks whose outputs are added, with an early exit where the first one is sure."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Committee(nn.Module):
    """The sum of its members' logits, each times its weight: (N, C, H, W) to (N, classes).

    In evaluation, where `margin` is given, a picture on which the first member alone (its logits
    times `alone`, through softmax) puts its best class more than `margin` ahead of the second is
    not shown to the others (LeCun et al. 1998, section III-C). `asked` of the `seen` pictures went
    to the others since both were set to 0.
    """

    def __init__(
        self,
        members: Sequence[nn.Module],
        weights: Sequence[float] | None = None,
        alone: float = 1.0,
        margin: float | None = None,
    ):
        super().__init__()
        self.members = nn.ModuleList(members)
        self.weights = tuple(weights) if weights else (1.0,) * len(members)
        self.alone, self.margin = alone, margin
        self.asked = self.seen = 0

    def forward(self, x: Tensor) -> Tensor:
        first = self.members[0](x)
        self.seen += len(x)
        if self.margin is None or self.training:
            self.asked += len(x)
            return self._with_others(first, x)
        top = torch.softmax(first * self.alone, 1).topk(min(2, first.shape[1]), 1).values
        unsure = (top[:, 0] - top[:, -1] <= self.margin).nonzero()[:, 0]
        self.asked += len(unsure)
        answer = first * self.alone
        if len(unsure):
            answer = answer.index_copy(0, unsure, self._with_others(first[unsure], x[unsure]))
        return answer

    def _with_others(self, first: Tensor, x: Tensor) -> Tensor:
        total = first * self.weights[0]
        for weight, member in zip(self.weights[1:], list(self.members)[1:], strict=True):
            total = total + member(x) * weight
        return total

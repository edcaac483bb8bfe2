"""Networks whose outputs are added, with an early exit where the first one is sure."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Committee(nn.Module):
    """The sum of its members' scores, as log-probabilities (N, classes).

    In evaluation, where `margin` is given, a picture on which the first member's best class leads the second by
    more than `margin` in probability is answered by the first alone (LeCun et al. 1998, section III-C).
    `asked` then counts how many pictures went to the others since it was last set to 0.
    """

    def __init__(self, members: Sequence[nn.Module], margin: float | None = None, scale: float = 1.0):
        super().__init__()
        self.members = nn.ModuleList(members)
        self.margin, self.scale = margin, scale
        self.asked = self.seen = 0

    def forward(self, x: Tensor) -> Tensor:
        first = self._scores(0, x)
        self.seen += len(x)
        if self.margin is None or self.training:
            self.asked += len(x)
            for at in range(1, len(self.members)):
                first = first + self._scores(at, x)
            return first
        top = first.exp().topk(2, 1).values
        unsure = (top[:, 0] - top[:, 1] <= self.margin).nonzero()[:, 0]
        self.asked += len(unsure)
        if len(unsure):
            rest = x[unsure]
            total = first[unsure]
            for at in range(1, len(self.members)):
                total = total + self._scores(at, rest)
            first = first.index_copy(0, unsure, total)
        return first

    def _scores(self, at: int, x: Tensor) -> Tensor:
        return torch.log_softmax(self.members[at](x) * self.scale, 1)

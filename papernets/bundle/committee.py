"""Networks whose outputs are added, with an early exit where the first one is sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass
class Tally:
    """How many pictures a committee was shown, and how many of them it asked all members about."""

    asked: int = 0
    seen: int = 0


class Committee(nn.Module):
    """The sum of its members' logits, each times its weight: (N, C, H, W) to (N, classes).

    In evaluation, where `margin` is given, a picture on which the first member alone (its logits
    times `alone`, through softmax) puts its best class more than `margin` ahead of the second is
    not shown to the others (LeCun et al. 1998, section III-C). `asked` of the `seen` pictures went
    to the others. Compiled, exported, traced or mapped it shows every picture to all members, and
    gives the same answers.
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
        self.tally = Tally()

    @property
    def asked(self) -> int:
        """Pictures that went to all members, since it was set to 0."""
        return self.tally.asked

    @asked.setter
    def asked(self, count: int) -> None:
        self.tally.asked = count

    @property
    def seen(self) -> int:
        """Pictures that it was shown, since it was set to 0."""
        return self.tally.seen

    @seen.setter
    def seen(self, count: int) -> None:
        self.tally.seen = count

    def forms(self) -> Sequence[nn.Module]:
        """The members as they are called."""
        return list(self.members)

    def forward(self, x: Tensor) -> Tensor:
        own, *others = self.forms()
        first = own(x)
        whole = torch.compiler.is_compiling() or torch.jit.is_tracing()
        counted = not whole and isinstance(x, Tensor)
        if counted:
            self.tally.seen += len(x)
        if self.margin is None or self.training:
            if counted:
                self.tally.asked += len(x)
            return self._with_others(first, x, others)
        top = torch.softmax(first * self.alone, 1).topk(min(2, first.shape[1]), 1).values
        unsure = top[:, 0] - top[:, -1] <= self.margin
        places = _places(unsure) if counted else None
        if places is None:
            all_asked = self._with_others(first, x, others)
            return torch.where(unsure.unsqueeze(1), all_asked, first * self.alone)
        self.tally.asked += len(places)
        answer: Tensor = first * self.alone
        if len(places):
            answer = answer.index_copy(
                0, places, self._with_others(first[places], x[places], others)
            )
        return answer

    def _with_others(self, first: Tensor, x: Tensor, others: Sequence[nn.Module]) -> Tensor:
        total = first * self.weights[0]
        for weight, member in zip(self.weights[1:], others, strict=True):
            total = total + member(x) * weight
        return total


def _places(unsure: Tensor) -> Tensor | None:
    """Which of a batch's pictures are unsure; None where torch.func's transforms hide it."""
    try:
        return unsure.nonzero()[:, 0]
    except RuntimeError:
        return None

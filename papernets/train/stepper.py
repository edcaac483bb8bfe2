"""One step of the optimiser on one batch, by the calling process alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import torch
from torch import Tensor

from ..run.network import Logits
from .losses import Loss
from .source import Batch, Source
from .state import State

Forward = Callable[[Tensor], Tensor | Logits]
"""Pictures (N, C, H, W) to what the network gives."""


class Stepper(Protocol):
    """Who makes the steps of a run: this process, or a team of which it is a part."""

    def epoch(self, number: int) -> Iterator[Batch]:
        """Begin an epoch: the batches, or this process's share of each."""

    def step(self, state: State, batch: Batch, rate: float) -> Tensor:
        """One step of the optimiser at this learning rate; the loss, not yet read."""

    def __len__(self) -> int:
        """How many steps an epoch has."""


class Alone:
    """The calling process by itself.

    `model` computes what the state's own model does, with the same parameters; None takes that one.
    """

    def __init__(self, source: Source, loss_of: Loss, model: Forward | None = None):
        self.source, self.loss_of, self.model = source, loss_of, model

    def __len__(self) -> int:
        return len(self.source)

    def epoch(self, number: int) -> Iterator[Batch]:
        return self.source.epoch(number)

    def step(self, state: State, batch: Batch, rate: float) -> Tensor:
        x, y, _ = batch
        set_rate(state.optimizer, rate)
        state.optimizer.zero_grad()
        loss = self.loss_of((self.model or state.model)(x), y)
        loss.backward()
        state.optimizer.step()
        return loss.detach()


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of the next step."""
    for group in optimizer.param_groups:
        group["lr"] = rate

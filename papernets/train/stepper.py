"""Who makes the steps of a run: this process alone, or a team (`train.workers`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor

from ..run.fast import Fast
from ..run.network import Network
from ..run.tiles import tiled
from .losses import make_loss
from .source import Batch, Source
from .state import State


class Stepper(Protocol):
    """Who makes the steps of a run: this process, or a team of which it is a part."""

    def epoch(self, number: int) -> Iterator[Batch]:
        """Begin an epoch: the batches, or this process's share of each."""

    def step(self, state: State, batch: Batch, rate: float) -> Tensor:
        """One step of the optimiser at this learning rate; the loss, not yet read."""

    def __len__(self) -> int:
        """How many steps an epoch has."""


class Alone:
    """The calling process by itself; `tiles` as a run's: the first layers as one chain."""

    def __init__(self, model: Network, source: Source, tiles: bool = True):
        self.source, self.loss_of = source, make_loss(source.recipe, model.net)
        form = Fast(model)
        self.forward = (tiled(form) if tiles else None) or form

    def __len__(self) -> int:
        return len(self.source)

    def epoch(self, number: int) -> Iterator[Batch]:
        """The whole batches."""
        return self.source.epoch(number)

    def step(self, state: State, batch: Batch, rate: float) -> Tensor:
        """One step on a whole batch."""
        x, y, _ = batch
        set_rate(state.optimizer, rate)
        state.optimizer.zero_grad()
        loss = self.loss_of(self.forward(x), y)
        loss.backward()
        state.optimizer.step()
        return loss.detach()


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of the next step."""
    for group in optimizer.param_groups:
        group["lr"] = rate

"""Who makes the steps of a run: this process alone, or a team (`train.workers`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from ..data.draws import Draws
from ..run.fast import Fast
from ..run.network import Logits, Network
from ..spent import part
from .curving import look_at_curvature
from .forms import forward_of
from .limits import clip, limit_filters
from .losses import make_loss, wrong
from .precision import casting, laid, whole
from .recipe import TrainRecipe
from .source import Batch, Source, sizes_of
from .state import State
from .where import Where


class Step(NamedTuple):
    """What a step found, not yet read: the mean loss of its batch, and how many were wrong."""

    loss: Tensor
    wrong: Tensor


class Stepper(Protocol):
    """Who makes the steps of a run: this process, or a team of which it is a part."""

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """Begin an epoch, or go on with it: the batches from `start` on, or shares of them."""

    def prepare(self, state: State, number: int) -> None:
        """Before an epoch: give the optimiser what it wants to know of the loss."""

    def step(self, state: State, batch: Batch, rate: float) -> Step:
        """One step of the optimiser at this learning rate."""

    def __len__(self) -> int:
        """How many steps an epoch has."""


class Alone:
    """The calling process by itself, in the form that `where` asks for.

    `epoch_of` gives an epoch's batches from a step on, where that is not the source.
    """

    def __init__(
        self,
        model: Network,
        source: Source,
        where: Where | None = None,
        epoch_of: Callable[[int, int], Iterator[Batch]] | None = None,
    ):
        self.source, self.loss_of = source, make_loss(source.recipe, model.net, source.balance)
        self.epoch_of = epoch_of or source.epoch
        self.form = Fast(model)
        self.forward = forward_of(self.form, source.recipe, where or Where())

    def __len__(self) -> int:
        return len(self.source)

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The whole batches."""
        return self.epoch_of(number, start)

    def prepare(self, state: State, number: int) -> None:
        """Second derivatives, where the optimiser takes them."""
        look_at_curvature(state, self.source, number)

    def step(self, state: State, batch: Batch, rate: float) -> Step:
        """One step on a whole batch."""
        x, y, _, draws = batch
        recipe = self.source.recipe
        state.optimizer.zero_grad()
        if 0 < recipe.micro_batch < len(x):
            found = self._accumulated(state, x, y, draws)
        else:
            self.form.drop_by(draws.dropped)
            with part("forward"):
                out = self.answers(x)
                loss = self.loss_of(out, y)
            backward(loss, state)
            found = Step(loss.detach(), wrong(recipe, out, y))
        with part("update"):
            move(state, recipe, rate)
        return found

    def answers(self, x: Tensor) -> Tensor | Logits:
        """What the network gives for pictures, by the recipe's precision."""
        precision = self.source.recipe.precision
        with casting(precision, x.device):
            out = self.forward(laid(x, precision))
        return whole(out)

    def _accumulated(self, state: State, x: Tensor, y: Tensor, draws: Draws) -> Step:
        """The gradient of the mean loss over a batch, computed so many pictures at a time."""
        recipe = self.source.recipe
        sizes = sizes_of(len(x), recipe.micro_batch)
        losses, wrongs = [], []
        parts = zip(x.split(sizes), y.split(sizes), draws.split(sizes), strict=True)
        for some, labels, own in parts:
            self.form.drop_by(own.dropped)
            with part("forward"):
                out = self.answers(some)
                loss = self.loss_of(out, labels) * (len(some) / len(x))
            backward(loss, state)
            losses.append(loss.detach())
            wrongs.append(wrong(recipe, out, labels))
        return Step(torch.stack(losses).sum(), torch.stack(wrongs).sum())


def backward(loss: Tensor, state: State) -> None:
    """Add the gradients of a loss to those that are there, scaled where the state has a scaler."""
    with part("backward"):
        (loss if state.scaler is None else state.scaler.scale(loss)).backward()  # type: ignore[no-untyped-call]


def move(state: State, recipe: TrainRecipe, rate: float) -> None:
    """One step of the optimiser by the gradients that are there, bounded as the recipe asks.

    Where scaled gradients of fp16 overflowed, nothing moves, and the step counts as skipped.
    """
    set_rate(state.optimizer, rate)
    scaler = state.scaler
    if scaler is None:
        clip(state.model.parameters(), recipe)
        state.optimizer.step()
    else:
        scaler.unscale_(state.optimizer)
        clip(state.model.parameters(), recipe)
        before = scaler.get_scale()
        scaler.step(state.optimizer)
        scaler.update()
        if scaler.get_scale() < before and state.part is not None:
            state.part.skipped += 1
    limit_filters(state.model, recipe.filter_rms)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of the next step, of each group times its speed."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get("speed", 1.0)

"""One rank's part of each step: its share of the batch, through DistributedDataParallel.

The loss of a share counts by its part of the batch, so that the mean over ranks, which
DistributedDataParallel takes of the gradients, is the gradient of the mean over the whole batch,
however unequal the shares. Each rank then makes the same step of its own optimiser.
"""

from __future__ import annotations

from contextlib import nullcontext
from inspect import signature
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from ...ranks.group import Group
from ...run.network import Logits, Network
from ...spent import part
from ..losses import wrong
from ..optimizers import LevenbergMarquardt
from ..settle import settle
from ..source import Batch, Source, bounds, sizes_of
from ..state import State
from ..stepper import Alone, Step, backward, move
from .norms import Synced

OF_BUFFERS = ("forward_sync_buffers", "broadcast_buffers")
BUFFERS: dict[str, Any] = {
    next(n for n in OF_BUFFERS if n in signature(DistributedDataParallel).parameters): False
}
"""Whether DistributedDataParallel makes buffers alike before each step, under its name of today."""


class Form(nn.Module):
    """A network as DistributedDataParallel takes it, computed by its quick form."""

    def __init__(self, network: Network, forward: object):
        super().__init__()
        self.network = network
        self._by = (forward,)  # it has the same parameters, which are there once

    def forward(self, x: Tensor) -> Tensor | Logits:
        """What the quick form gives."""
        out: Tensor | Logits = self._by[0](x)  # type: ignore[operator]
        return out


class Shared(Alone):
    """A rank: `source` gives its shares. What is a batch of `micro_batch` is shared likewise."""

    def __init__(self, model: Network, source: Source, group: Group, *more: object):
        super().__init__(model, source, *more)  # type: ignore[arg-type]
        self.group, self.model = group, model
        self.alone = self.forward
        self.learning: tuple[bool, ...] = ()
        self.synced = Synced(group.sum)
        self._normalise()

    def _normalise(self) -> None:
        self.form.normalise_by(self.synced if self.source.recipe.sync_norm else None)

    def prepare(self, state: State, number: int) -> None:
        """Second derivatives, where the optimiser takes them: rank 0 finds them for all."""
        if not isinstance(state.optimizer, LevenbergMarquardt):
            return
        learnt = [p for p in state.model.parameters() if p.requires_grad]
        if self.group.first:
            super().prepare(state, number)
        else:
            state.optimizer.set_curvature({p: torch.zeros_like(p) for p in learnt})
        for p in learnt:
            self.group.of_first(state.optimizer.state[p]["curvature"])

    def step(self, state: State, batch: Batch, rate: float) -> Step:
        """One step on the batch of which this is the rank's share; its loss is the batch's."""
        x, y, total, draws = batch
        recipe = self.source.recipe
        self._join()
        state.optimizer.zero_grad()
        most = recipe.micro_batch
        wholes = sizes_of(total, most) if 0 < most < total else [total]
        sizes = [high - low for low, high in (bounds(n, *self.source.worker) for n in wholes)]
        found = []
        parts = zip(x.split(sizes), y.split(sizes), draws.split(sizes), wholes, strict=True)
        for at, (some, labels, own, whole) in enumerate(parts):
            with nullcontext() if at == len(wholes) - 1 else self.joined.no_sync():
                self.form.drop_by(own.dropped if len(some) else _kept)
                found.append(self._part(state, some, labels, whole, total))
        with part("ranks"):
            sums = self.group.sum(torch.stack(found).sum(0))
        with part("update"):
            move(state, recipe, rate)
        return Step(sums[0], sums[1])

    def _part(self, state: State | None, x: Tensor, y: Tensor, whole: int, total: int) -> Tensor:
        """Add the gradient of some pictures' part of the mean loss over `total` to what is there.

        The part of the loss, and how many were wrong. `whole` pictures are shown to all ranks;
        where this one has none, it shows a stand-in that counts nothing.
        """
        x, y = self._shown(x, y, whole)
        share = 0.0 if self.synced.idle else len(x) / total
        with part("forward"):
            out = self.answers(x)
            loss = self.loss_of(out, y) * share
        if state is None:
            loss.backward()  # type: ignore[no-untyped-call]
        else:
            backward(loss * self.group.size, state)
        missed = wrong(self.source.recipe, out, y) if share else torch.zeros_like(loss)
        return torch.stack([loss.detach(), missed.to(loss.dtype)])

    def _shown(self, x: Tensor, y: Tensor, whole: int) -> tuple[Tensor, Tensor]:
        self.synced.total, self.synced.idle = whole, not len(x)
        if not len(x):
            x, y = x.new_zeros(1, *x.shape[1:]), y.new_zeros(1)
        return x, y

    def show(self, places: Tensor) -> None:
        """Let the network see this rank's share of the pictures at these places, without a loss."""
        source = self.source
        low, high = bounds(len(places), *source.worker)
        x = source.plain(places[low:high])
        self.form(self._shown(x, places[:0], len(places))[0])

    def settle(self, state: State) -> None:
        """As `train.settle`, together; the statistics are then rank 0's on all ranks."""
        settle(state, self.source, self.show)
        if self.source.recipe.sync_norm:
            return
        for name, value in state.model.named_buffers():
            self.group.of_first(value)
            if name in state.average:
                self.group.of_first(state.average[name])

    def _join(self) -> None:
        """Let gradients be averaged over the ranks, anew where other rows learn than before.

        A first pass on nothing comes before the first step: after it gradients are added up in the
        same order in every step, of a run that goes on too.
        """
        learning = tuple(p.requires_grad for p in self.model.parameters())
        if learning == self.learning:
            return
        self.learning = learning
        form = Form(self.model, self.alone)
        self.joined = DistributedDataParallel(
            form, init_sync=False, gradient_as_bucket_view=True, **BUFFERS
        )
        self.forward = self.joined  # type: ignore[assignment]
        kind = next(self.model.parameters()).dtype
        none = torch.zeros(0, *self.model.net.input, device=self.source.device, dtype=kind)
        self.form.drop_by(_kept)
        self.form.normalise_by(Synced(_alone))
        for _ in range(2):  # the order is chosen by the first, and taken in the second
            self._part(None, none, torch.zeros(0, dtype=torch.int64, device=none.device), 0, 1)
        self._normalise()


def _kept(row: str, x: Tensor, p: float) -> Tensor:
    """Nothing is left out."""
    return x


def _alone(values: Tensor) -> Tensor:
    """Nothing is added."""
    return values

"""What a run asks of its ranks: batches, steps and looks at pictures, all of them shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn

from ...data import Part, Preprocessing
from ...data.stored import Images
from ...evaluate.form import quickest
from ...evaluate.infer import batch_of, logits_of
from ...ranks.group import Group
from ...ranks.turns import in_turns
from ...run.network import Network
from ..fit import Between, validate
from ..loader import Loaders
from ..recipe import TrainRecipe
from ..source import Source
from ..state import State
from ..where import Where
from .agreed import Agreed
from .stepper import Shared


class Together:
    """One rank of a run."""

    def __init__(self, group: Group, stop: Agreed):
        self.group, self.stop = group, stop
        self.shared: Shared | None = None

    @contextmanager
    def stepper(self, model: Network, source: Source, where: Where) -> Iterator[Shared]:
        """Who makes this rank's part of the steps; its loader processes read its shares alone."""
        own = replace(source, worker=(self.group.rank, self.group.size))
        self.group.meet()  # the clock of an epoch does not count who came late
        if where.workers > 0:
            with Loaders(own, where.workers) as loaders:
                self.shared = Shared(model, own, self.group, where, loaders.epoch)
                yield self.shared
        else:
            self.shared = Shared(model, own, self.group, where)
            yield self.shared

    def settle(self, state: State, source: Source) -> None:
        """As `train.settle`, together."""
        assert self.shared is not None
        self.shared.settle(state)

    def between(
        self,
        looking: Callable[[], AbstractContextManager[None]],
        due: Callable[[], bool] | None = None,
    ) -> Between:
        """What is asked between steps; `due` by rank 0, which saves."""
        return Between(looking, lambda: self.stop.due(due is not None and due()), self.look)

    def look(
        self, state: State, part: Part, preprocessing: Preprocessing, recipe: TrainRecipe
    ) -> tuple[float, float]:
        """(loss, error) on held-out pictures, each looked at by one rank; the same on all."""
        found = validate(state, part, preprocessing, recipe, self.answers)
        loss, error = self.group.of_first(torch.tensor(found, dtype=torch.float64)).tolist()
        return loss, error

    def answers(
        self,
        model: nn.Module,
        images: Images,
        preprocessing: Callable[[Tensor], Tensor],
        device: torch.device | str = "cpu",
    ) -> Tensor:
        """As `logits_of`, on every rank; each picture is shown to one of them."""
        quick = quickest(model)

        def answer(some: slice) -> Tensor:
            return logits_of(quick, images[some], preprocessing, device)

        return in_turns(self.group, len(images), batch_of(quick), answer, self._hear)

    def _hear(self) -> None:
        self.stop.due()

"""About how long a claim takes here, by some steps of each of its networks on its pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..data import Dataset
from ..train.rehearsal import epoch_seconds, filter_seconds, looked_at
from .claim import Experiment
from .work import Task, epochs_left, epochs_of, filters_left


@dataclass(frozen=True)
class Pace:
    """Seconds of an epoch of one network of each arm, by the arm's name, and of a committee's
    filters.

    Reading the pictures, held-out errors, the test and what a run writes are not in it, nor that a
    filter chooses more pictures than there were, or fewer.
    """

    each: Mapping[str, float]
    filters: Mapping[str, float] = field(default_factory=dict)

    def whole(self, tasks: Sequence[Task]) -> float:
        """Seconds of all trainings from their beginning."""
        return sum(
            self.each[task.arm.name] * epochs_of(task) + self.filters.get(task.arm.name, 0.0)
            for task in tasks
        )

    def left(self, tasks: Sequence[Task], out: Path) -> float:
        """Seconds of what is not trained yet in a folder."""
        return sum(
            self.each[task.arm.name] * epochs_left(task, out)
            + self.filters.get(task.arm.name, 0.0) * filters_left(task, out)
            for task in tasks
        )

    def smallest(self, experiment: Experiment, tasks: Sequence[Task]) -> float:
        """Seconds of these trainings at the claim's smallest scale."""
        return sum(
            self.each[task.arm.name]
            * experiment.epochs_of(task.arm, experiment.smallest)
            * task.run.found.net.count
            + self.filters.get(task.arm.name, 0.0)
            for task in tasks
        )


def paced(tasks: Sequence[Task]) -> Pace:
    """How fast each arm learns here; errors are those that its training would end with."""
    known: dict[tuple[Any, ...], Dataset] = {}
    each: dict[str, float] = {}
    filters: dict[str, float] = {}
    for task in tasks:
        if task.arm.name in each:
            continue
        recipe, net = task.run.recipe, task.run.found.net
        key = (recipe.data, net.member.input, recipe.enlarge, recipe.seed)
        if key not in known:
            known[key] = looked_at(task.run)
        each[task.arm.name] = epoch_seconds(task.run, known[key])
        filters[task.arm.name] = filter_seconds(task.run, known[key])
    return Pace(each, filters)

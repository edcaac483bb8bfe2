"""What ranks other than the first do: the same steps and looks, and nothing is written or said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...bundle.assemble import assemble
from ...bundle.weights import load_weights
from ...data.reading import sharing
from ...ranks.group import Group
from ...ranks.watcher import Lost
from ...run.network import build
from ...watch import also_told_to
from ..events import Epoch
from ..fit import Diverged, Due, fit
from ..forms import laid_out
from ..lists import without_seen
from ..memory import check_batch
from ..outcome import look_at_test
from ..pictures import fingerprint, open_data
from ..session import Now
from ..source import Source
from ..state import State, start
from .agreed import Agreed
from .ready import ready
from .together import Together
from .told import hear, hear_run


def follow(group: Group, stop: Agreed, given: dict[str, Any]) -> None:
    """Do this rank's part of the run that rank 0 tells of; `given` are this rank's own flags.

    Raises what rank 0 raises where both see the same, but after it.
    """
    together = Together(group, stop)
    run = hear_run(group, given)
    if run is None:
        return
    device = ready(run, group.place)
    net = run.found.net.member
    check_batch(run.recipe, net, device, group.place.machines)
    with sharing(group):
        dataset = open_data(run, net.input, here=group.place.here)
    found = run.network(len(dataset.classes))
    told = hear(group)
    if fingerprint(dataset) != told.mark:
        raise ValueError(
            f"rank {group.rank} reads other pictures than rank 0 in {run.recipe.data}: every "
            "machine needs the same ones, in folders and files of the same names"
        )
    dataset = without_seen(dataset, told.seen)
    model = build(found.net.member, initialisation=run.recipe.draw(found))
    model = laid_out(model, device, run.recipe, run.where)
    state = start(model, run.recipe)
    load_weights(state.model, told.state["model"], "what rank 0 tells")
    state.load_dict(told.state)
    source = Source(dataset.train, told.preprocessing, run.recipe, device)
    with together.stepper(model, source, run.where) as stepper, stop.steps():
        try:
            between = together.between(lambda: _looking(together, state, source))
            for event in fit(
                state, stepper, dataset.validation, told.preprocessing, run.recipe, between
            ):
                if isinstance(event, Due | Epoch) and stop.asked():
                    stop.end()
        except Now:
            stop.end()
        except Diverged:
            wait_for_its_end(group)
    best = assemble(found, state.best_weights).to(device).eval()
    look_at_test(best, run, dataset, told.preprocessing, device, together.answers)


@contextmanager
def _looking(together: Together, state: State, source: Source) -> Iterator[None]:
    """As rank 0 does before and while held-out pictures are looked at."""

    def ask(*_: object) -> None:
        if together.stop.asked():
            raise Now

    together.settle(state, source)
    with also_told_to(ask):
        yield


def wait_for_its_end(group: Group) -> None:
    """Wait until rank 0, which sees the same, has kept what is to be kept, and fails."""
    group.heard("the end")
    raise Lost("rank 0 did not fail")

"""A whole run, of one network or of a committee, in its folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch

from ..data import Dataset
from ..data.gathered import Gathered
from ..data.reading import sharing
from ..machine import choose_device, threads_for
from ..ranks.place import Place
from ..spec import Committee, Net, totals, walk
from .boosting import boost, member_run
from .checkpoint import check_unchanged, load_state
from .events import Event, Finished, Phase
from .folder import CONFIG, kept_threads
from .memory import check_batch
from .pictures import open_data
from .ranks.ready import ready, shared_by
from .ranks.together import Together
from .ranks.told import tell_run
from .recipe import TrainRecipe
from .results import finished
from .run import Run
from .session import train_network
from .tracking import check_tracker, tracked


def train(
    run: Run,
    folder: Path,
    given: Gathered | Dataset | None = None,
    together: Together | None = None,
) -> Iterator[Event]:
    """Train a run in its folder (already locked), from its state if it has one; yields events.

    `given` are its pictures where no name or path leads to them. The test set is looked at once,
    at the end. A full disk is an OSError that says what is kept. `together`: this is rank 0 of
    several, which tells the others.
    """
    done = finished(folder, run.recipe.passes)
    _check_settings(run, folder, finished=done is not None)
    if done is not None:
        if together is not None:
            tell_run(together.group, None)
        yield Finished(done, already=True)
        return
    check_tracker(run.where.tracker)
    net = run.found.net.member  # whatever its classes
    if together is None:
        device = choose_device(run.where.device)
        usual = threads_of(run.recipe, net, device)
        torch.set_num_threads(run.where.threads or kept_threads(folder) or usual)
    else:
        device = ready(run, together.group.place)
        tell_run(together.group, run)
        yield Phase(shared_by(run, together.group.place, device))
    place = Place() if together is None else together.group.place
    check_batch(run.recipe, net, device, place.machines)
    with sharing(None if together is None else together.group):
        dataset = open_data(run, net.input, given, place.here)
    found = run.network(len(dataset.classes))
    if together is not None:
        work = train_network(run, found, dataset, folder, device, None, together)
        yield from tracked(work, run, folder)
        return
    train_it = boost if isinstance(found.net, Committee) else train_network
    yield from tracked(train_it(run, found, dataset, folder, device), run, folder)


def _check_settings(run: Run, folder: Path, finished: bool) -> None:
    """ValueError where the run, or a network of its committee, began with other settings."""
    places = [(folder, run)]
    if (folder / "1" / CONFIG).exists():
        net = run.found.net
        if isinstance(net, Committee):
            numbers = range(1, net.count + 1)
            places = [(folder / str(n), member_run(run, net, n)) for n in numbers]
    for place, own in places:
        try:
            kept = load_state(place)
        except ValueError:
            if not finished:
                raise
            continue  # the state of a finished run is not needed
        if kept is not None:
            check_unchanged(own, kept, folder / CONFIG)


def threads_of(recipe: TrainRecipe, net: Net, device: torch.device) -> int:
    """How many of torch's threads a run uses unless told: fewer where a step is small."""
    if device.type != "cpu":
        return torch.get_num_threads()
    return threads_for(totals(walk(net)).macs * recipe.batch_size)

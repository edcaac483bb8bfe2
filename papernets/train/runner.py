"""A whole run, of one network or of a committee, in its folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path

import torch

from ..machine import choose_device, threads_for
from ..spec import Committee, Net, totals, walk
from .boosting import boost, member_run
from .events import Event, Finished
from .folder import CONFIG, check_unchanged, kept_threads, load_state, read_result
from .memory import check_memory
from .pictures import open_data
from .recipe import TrainRecipe
from .run import Run
from .session import train_network


def train(run: Run, folder: Path) -> Iterator[Event]:
    """Train a run in its folder (already locked), from its state if it has one; yields events.

    The test set is looked at once, at the end. A full disk is an OSError that says what is kept.
    """
    done = read_result(folder)
    net = run.recipe.network(None).net  # whatever its classes
    _check_settings(run, net, folder, finished=done is not None)
    if done is not None:
        yield Finished(done, already=True)
        return
    device = choose_device(run.where.device)
    usual = threads_of(run.recipe, net.member, device)
    torch.set_num_threads(kept_threads(folder) or run.where.threads or usual)
    check_memory(run.recipe, net.member, device)
    dataset = open_data(run, net.member.input)
    found = run.recipe.network(len(dataset.classes))
    if isinstance(found.net, Committee):
        yield from boost(run, found, dataset, folder, device)
        return
    yield from train_network(run, found, dataset, folder, device)


def _check_settings(run: Run, net: Net | Committee, folder: Path, finished: bool) -> None:
    """ValueError where the run, or a network of its committee, began with other settings."""
    places = [(folder, run)]
    if isinstance(net, Committee) and (folder / "1" / CONFIG).exists():
        numbers = range(1, net.count + 1)
        places = [(folder / str(n), member_run(run, net, n)) for n in numbers]
    for place, own in places:
        with suppress(ValueError) if finished else nullcontext():  # its state is not needed
            kept = load_state(place)
            if kept is None:
                continue
        check_unchanged(place, own, kept, folder / CONFIG)


def threads_of(recipe: TrainRecipe, net: Net, device: torch.device) -> int:
    """How many of torch's threads a run uses unless told: fewer where a step is small."""
    if device.type != "cpu":
        return torch.get_num_threads()
    return threads_for(totals(walk(net)).macs * recipe.batch_size)

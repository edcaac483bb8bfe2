"""One network's training: its folder is whole at every moment, and a stopped run goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import torch

from ..bundle.seen import Seen
from ..bundle.weights import load_weights
from ..data import Dataset
from ..data.known import numbers
from ..nets import Found
from ..run.fast import Fast
from ..run.network import Network, build
from ..run.tiles import tiled
from .begin import begin
from .checkpoint import (
    damaged,
    load_state,
    preprocessing_in,
    save_arrays,
    save_lists,
    save_state,
    save_views,
)
from .describe import describe, environment
from .events import Epoch, Event, Finished, Phase, Started
from .fit import Diverged, fit
from .folder import ENVIRONMENT, STATE, write_json
from .lists import Begun, begun
from .outcome import Training, finish
from .pictures import fingerprint, preprocessing_for
from .pretrained import load_pretrained, take_rows
from .run import Run
from .saving import saving
from .settle import settle
from .source import Source
from .state import State, start
from .stepper import Alone, Stepper
from .where import Where
from .workers import Team, check_workers


def train_network(
    run: Run,
    found: Found,
    dataset: Dataset,
    folder: Path,
    device: torch.device,
    seen: Seen | None = None,
) -> Iterator[Event]:
    """Train one network in a folder; see `train`.

    `seen` are its lists of pictures where they are not those of the data set: a committee's.
    """
    began = time.perf_counter()
    recipe, where, net = run.recipe, run.where, found.net.member
    kept, mark = load_state(folder), fingerprint(dataset)
    if kept is not None and "preprocessing" in kept:  # the bundle it began with may be gone
        preprocessing = preprocessing_in(kept, folder)
    else:
        preprocessing = preprocessing_for(recipe, net, dataset)
    if where.workers > 1 and device.type == "cpu":
        check_workers(net)
    draws = torch.Generator().manual_seed(recipe.seed)
    model = build(net, generator=draws, initialisation=recipe.draw(found))
    pretrained = bool(recipe.weights) and kept is None
    drawn = load_pretrained(model, run, dataset.classes) if pretrained else ()
    if recipe.begin and kept is None:
        take_rows(model, run)
    model = _laid_out(model, device)
    state = start(model, recipe)
    if kept is not None:
        check_pictures(kept, mark, dataset, recipe.data, folder)
        _take_up(kept, state, folder)
        began -= kept["seconds"]
        torch.set_num_threads(_threads(kept, where))
    threads = torch.get_num_threads()
    info = describe(run, found, dataset, preprocessing)
    given = seen is not None
    lists = Begun(dataset, seen) if seen else begun(run, dataset, folder, kept)
    dataset, seen = lists.dataset, lists.seen
    training = Training(run, found, dataset, preprocessing, info, seen, folder, lists.seen_before)
    named = kept.get("lists", "") if kept is not None else ""
    source = Source(dataset.train, preprocessing, recipe, device)  # before anything is written
    with saving(folder, state):
        if kept is not None:
            save_views(folder, state, info, seen, best=bool(state.best_weights))
        else:
            write_json(folder / ENVIRONMENT, environment(device))
            named = "" if given else save_lists(folder, seen)
            save_arrays(folder, preprocessing.content)
    params = sum(p.numel() for p in model.parameters())
    facts = (params, str(device), threads, state.epoch, len(source), drawn, lists.notes)
    yield Started(run, found, dataset, *facts)
    marks = {
        "threads": threads,
        "data": mark,
        "run": run.to_dict(),
        "preprocessing": preprocessing.to_dict(),
        "lists": named,
    }
    if pretrained and (recipe.probe or recipe.fallback):
        if recipe.probe and drawn:
            yield Phase(f"fits first what is new, to what the network makes of {recipe.data}")
        beginning = begin(state, source, dataset.validation, drawn)
        with saving(folder, state):
            save_state(folder, state, {"seconds": time.perf_counter() - began} | marks)
            save_views(folder, state, info, seen, recipe.fallback)
        yield beginning
    with stepper_of(model, source, where) as stepper:
        yield from _epochs(training, state, stepper, source, marks, began)
    seconds = time.perf_counter() - began
    with saving(folder, state, "the result, best/ and the pictures"):
        done = finish(training, state, device, seconds)
    yield Finished(*done)


def _epochs(
    training: Training,
    state: State,
    stepper: Stepper,
    source: Source,
    facts: dict[str, Any],
    began: float,
) -> Iterator[Event]:
    """The epochs of a training, each kept before it is told; `facts` are kept beside the state.

    `Diverged` says besides what is kept and what to try.
    """
    run, folder = training.run, training.folder
    held_out = training.dataset.validation
    try:
        look = partial(settle, state, source)
        for event in fit(state, stepper, held_out, training.preprocessing, run.recipe, look):
            if isinstance(event, Epoch):
                spent = {"seconds": time.perf_counter() - began}
                with saving(folder, state):
                    save_state(folder, state, spent | facts)
                    renewed = event.best or run.recipe.keep == "last"
                    save_views(folder, state, training.info, training.seen, renewed)
            yield event
    except Diverged as error:
        text = "No epoch was finished"
        if state.best_weights:
            best = "The best network so far, of" if run.recipe.keep == "best" else "The network of"
            text = f"{best} epoch {state.best_epoch}, is kept in {folder / 'best'}"
        raise Diverged(f"{error}, in a new run with another --out. {text}") from None


def stepper_of(model: Network, source: Source, where: Where) -> AbstractContextManager[Stepper]:
    """Who makes the steps: this process, or a team of workers that lives as long as the `with`."""
    if where.workers > 1 and source.device.type == "cpu":
        return Team(model, source, where.workers, where.tiles)
    return nullcontext(Alone(model, source, where.tiles))


def _laid_out(model: Network, device: torch.device) -> Network:
    """The model on its device, its numbers in the order that is fast there."""
    model = model.to(device)
    if device.type == "cpu" and model.net.input[0] > 1 and tiled(Fast(model)) is None:
        # oneDNN convolves faster so, up to 1.4 times: what one pixel's channels hold lies together
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def _threads(kept: dict[str, Any], where: Where) -> int:
    """The threads with which a run goes on: those that it had, but where others were given."""
    had: int = kept["threads"]
    began = (kept.get("run") or {}).get("threads", where.threads)
    return had if where.threads in (0, began) else where.threads


def check_pictures(
    kept: dict[str, Any], mark: str, dataset: Dataset, data: str, folder: Path
) -> None:
    """ValueError where the pictures are no longer those that the run began with."""
    began_with = kept.get("data", mark)
    if began_with == mark or began_with == fingerprint(dataset, numbers(len(dataset.classes))):
        return  # the same, or the same when classes that have names today had numbers
    raise ValueError(
        f"{data} is not what it was when the run in {folder} began. Bring the same "
        "pictures back, or start a new run with another --out"
    )


def _take_up(kept: dict[str, Any], state: State, folder: Path) -> None:
    """Give a new state what was kept; ValueError where the network is no longer the same."""
    where = f"{folder / STATE} (was the network changed?)"
    load_weights(state.model, kept["state"]["model"], where)
    try:
        state.load_dict(kept["state"])
    except ValueError as error:
        raise damaged(folder, str(error)) from None

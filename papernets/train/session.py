"""One network's training: its folder is whole at every moment, and a stopped run goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ..bundle.seen import Seen
from ..bundle.weights import load_weights
from ..data import Dataset
from ..data.known import numbers
from ..evaluate.infer import logits_of
from ..nets import Found
from ..run.network import Network, build
from ..watch import also_told_to
from . import own_copy
from .begin import begin
from .checkpoint import (
    damaged,
    load_state,
    preprocessing_in,
    put_back,
    save_arrays,
    save_lists,
    save_log,
    save_state,
    save_views,
)
from .choosing import loaders_for
from .describe import describe, environment
from .diverging import keep_batch
from .events import Epoch, Event, Finished, Phase, Progress, Started
from .fit import Between, Diverged, Due, fit, gave_up
from .folder import ENVIRONMENT, STATE, write_json
from .forms import laid_out
from .keeping import Keeper, stopper
from .lists import Begun, begun
from .loader import Loaders
from .outcome import Training, finish
from .pictures import fingerprint, preprocessing_for
from .pretrained import load_pretrained, take_rows
from .ranks.together import Together
from .ranks.told import Told, tell
from .run import Run
from .saving import saving
from .settle import settle
from .source import Source
from .state import State, start
from .stepper import Alone, Stepper
from .where import Where
from .workers import Team, check_alone, check_workers
from .zoom import zoomed


def train_network(
    run: Run,
    found: Found,
    dataset: Dataset,
    folder: Path,
    device: torch.device,
    seen: Seen | None = None,
    together: Together | None = None,
) -> Iterator[Event]:
    """Train one network in a folder; see `train`.

    `seen` are its lists of pictures where they are not those of the data set: a committee's.
    `together`: this is rank 0 of several, and the others wait to be told.
    """
    began = time.perf_counter()
    recipe, where, net = run.recipe, run.where, found.net.member
    kept, mark = load_state(folder), fingerprint(dataset)
    if kept is not None and "preprocessing" in kept:  # the bundle it began with may be gone
        preprocessing = preprocessing_in(kept, folder)
    else:
        preprocessing = preprocessing_for(recipe, net, dataset)
    if where.processes > 1 and device.type == "cpu":
        check_workers(net)
        check_alone(recipe)
        if recipe.unfreeze:
            raise ValueError("processes share one set of gradients: unfreeze needs --processes 0")
    draws = torch.Generator().manual_seed(recipe.seed)
    model = build(net, generator=draws, initialisation=recipe.draw(found))
    pretrained = bool(recipe.weights) and kept is None
    drawn = load_pretrained(model, run, dataset.classes) if pretrained else ()
    if recipe.begin and kept is None:
        take_rows(model, run)
    model = laid_out(model, device, recipe, where)
    state = start(model, recipe)
    if kept is not None:
        check_pictures(kept, mark, dataset, recipe.data, folder)
        _take_up(kept, state, folder)
        began -= kept["seconds"]
        torch.set_num_threads(_threads(kept, where))
    threads = torch.get_num_threads()
    losses: dict[float, float] = {}
    if recipe.zooms and pretrained:
        preprocessing, losses = zoomed(model, dataset.train, preprocessing, recipe)
    info = describe(run, found, dataset, preprocessing)
    given = seen is not None
    lists = Begun(dataset, seen) if seen else begun(run, dataset, folder, kept)
    dataset, seen = lists.dataset, lists.seen
    training = Training(run, found, dataset, preprocessing, info, seen, folder, lists.seen_before)
    named = kept.get("lists", "") if kept is not None else ""
    source = Source(dataset.train, preprocessing, recipe, device)  # before anything is written
    with saving(folder, state):
        if kept is not None:
            if kept.get("instead"):
                put_back(folder)
            save_views(folder, state, info, seen, best=bool(state.best_weights))
        else:
            write_json(folder / ENVIRONMENT, environment(device))
            own_copy.keep(recipe.net, folder)
            named = "" if given else save_lists(folder, seen)
            save_arrays(folder, preprocessing.content)
    params = sum(p.numel() for p in model.parameters())
    notes = (*lists.notes, *_notes(kept, folder))
    facts = (params, str(device), threads, state.epoch, len(source), drawn, notes)
    workers = loaders_for(dataset.train, dataset.kind, run, device, threads)
    where = replace(where, workers=workers)
    yield Started(run, found, dataset, *facts, state.part.at if state.part else 0, workers)
    marks = {
        "threads": threads,
        "data": mark,
        "run": run.to_dict(),
        "preprocessing": preprocessing.to_dict(),
        "lists": named,
    }
    if losses:
        yield Phase(
            f"photographs are scaled to {preprocessing.test_side} pixels before their middle is "
            "cut out: of the sizes that were tried, the best on training pictures left out"
        )
    if pretrained and (recipe.probe or recipe.fallback):
        if recipe.head_only or (recipe.probe and drawn):
            new = "the classifier" if recipe.head_only else "first what is new"
            yield Phase(f"fits {new}, to what the network makes of {recipe.data}")
        beginning = begin(state, source, dataset.validation, drawn)
        if losses:
            state.begun["zooms"] = {f"{zoom:.4g}": loss for zoom, loss in losses.items()}
        with saving(folder, state):
            save_state(folder, state, {"seconds": time.perf_counter() - began} | marks)
            save_views(folder, state, info, seen, bool(state.best_weights))
        yield beginning
    if together is not None:
        tell(together.group, Told(preprocessing, seen, mark, state.to_dict()))
    stop = stopper()
    steps = together.stepper if together is not None else stepper_of
    with steps(model, source, where) as stepper, stop.steps():
        yield from _epochs(training, state, stepper, source, marks, began, together)
    seconds = time.perf_counter() - began
    answer = logits_of if together is None else together.answers
    with saving(folder, state, "the result, best/ and the pictures"):
        done = finish(training, state, device, seconds, answer)
    yield Finished(*done)


def _epochs(
    training: Training,
    state: State,
    stepper: Stepper,
    source: Source,
    facts: dict[str, Any],
    began: float,
    together: Together | None = None,
) -> Iterator[Event]:
    """The epochs of a training, each kept before it is told; `facts` are kept beside the state.

    `Diverged` says besides what is kept and what to try.
    """
    run, folder = training.run, training.folder
    held_out = training.dataset.validation
    keeper = Keeper(run.where.save_every)

    def save() -> None:
        save_state(folder, state, {"seconds": time.perf_counter() - began} | facts)
        keeper.saved()

    def ask(*_: object) -> None:
        if keeper.stop.asked():
            raise Now

    @contextmanager
    def looking() -> Iterator[None]:
        (settle if together is None else together.settle)(state, source)
        with also_told_to(ask):
            yield

    between = Between(looking, keeper.due)
    if together is not None:
        between = together.between(looking, keeper.due)
    try:
        for event in fit(state, stepper, held_out, training.preprocessing, run.recipe, between):
            if isinstance(event, Due):
                if all(p.isfinite().all() for p in state.model.parameters()):
                    with saving(folder, state):
                        save()
            elif isinstance(event, Epoch):
                with saving(folder, state):
                    ended = gave_up(state, run.recipe)
                    if ended or keeper.epoch_due(event.epoch, run.recipe.passes):
                        save()
                        renewed = event.best or run.recipe.keep == "last"
                        save_views(folder, state, training.info, training.seen, renewed)
                    else:
                        save_log(folder, state)
                yield event
            else:
                yield event
            if not isinstance(event, Progress) and keeper.stop.asked():
                keeper.stop.end()
    except Now:  # all steps of the epoch are done: it is looked at anew
        with saving(folder, state):
            save()
        keeper.stop.end()
    except Diverged as error:
        text = "No epoch was finished"
        if state.best_weights:
            best = "The best network so far, of" if run.recipe.keep == "best" else "The network of"
            text = f"{best} epoch {state.best_epoch}, is kept in {folder / 'best'}"
        with saving(folder, state):
            batch = keep_batch(folder, source, error)
        words = f"{error}, in a new run with another --out. {batch}{text}"
        raise Diverged(words, error.epoch, error.step, error.rate) from None


class Now(Exception):
    """The held-out pictures need not be looked at to their end."""


def _notes(kept: dict[str, Any] | None, folder: Path) -> list[str]:
    """What should be said of the state that a run goes on from."""
    notes = []
    if kept is not None and kept.get("instead"):
        why = f"{folder / STATE} cannot be read ({kept['instead']})"
        notes.append(f"{why}: the run goes on from the one that was saved before it")
    if kept is not None and "part" not in kept["state"]:
        notes.append(
            "this run began with an earlier version: from here on what augmentation and dropout "
            "draw comes from the seed, the epoch and the picture"
        )
    return notes


@contextmanager
def stepper_of(model: Network, source: Source, where: Where) -> Iterator[Stepper]:
    """Who makes the steps: this process, or a team that shares each batch, while the `with` lasts.

    With `workers` above 0 its batches are prepared by processes of their own.
    """
    if where.processes > 1 and source.device.type == "cpu":
        with Team(model, source, where.processes, where.tiles) as team:
            yield team
    elif where.workers > 0:
        with Loaders(source, where.workers) as loaders:
            yield Alone(model, source, where, loaders.epoch)
    else:
        yield Alone(model, source, where)


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

"""One network's training: its folder is whole at every moment, and a stopped run goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import torch

from ..bundle.weights import load_weights
from ..data import Dataset, Preprocessing
from ..nets import Found
from ..run.network import build
from ..run.tiles import tiled
from .describe import describe, environment
from .events import Epoch, Event, Finished, Progress, Started
from .fit import Diverged, fit
from .folder import (
    ENVIRONMENT,
    STATE,
    damaged,
    load_state,
    save_state,
    save_views,
    write_json,
)
from .losses import make_loss
from .outcome import Work, finish
from .pictures import fingerprint, preprocessing_for
from .pretrained import take
from .run import Run
from .saving import saving
from .source import Source
from .state import State, start
from .stepper import Alone
from .workers import Team, check_workers


def train_network(
    run: Run, found: Found, dataset: Dataset, folder: Path, device: torch.device
) -> Iterator[Event]:
    """Train one network in a folder; see `train`."""
    net, recipe, where = found.net.member, run.recipe, run.where
    shared = where.workers > 1 and device.type == "cpu"
    began = time.perf_counter()
    kept, mark = load_state(folder), fingerprint(dataset)
    if kept is not None and "preprocessing" in kept:  # the bundle it began with may be gone
        preprocessing = Preprocessing.from_dict(kept["preprocessing"])
    else:
        preprocessing = preprocessing_for(recipe, net, dataset)
    if shared:
        check_workers(net)
    draws = torch.Generator().manual_seed(recipe.seed)
    model = build(net, generator=draws, initialisation=found.initialisation)
    fresh = take(model, recipe, dataset.classes) if recipe.weights and kept is None else ()
    model = model.to(device)
    chain = tiled(model) if device.type == "cpu" else None
    if device.type == "cpu" and net.input[0] > 1 and chain is None:
        # oneDNN convolves faster so, up to 1.4 times: what one pixel's channels hold lies together
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    state = start(model, recipe)
    before, threads = 0.0, torch.get_num_threads()
    if kept is not None:
        if kept.get("data", mark) != mark:
            raise ValueError(
                f"{recipe.data} is not what it was when the run in {folder} began. Bring the same "
                "pictures back, or start a new run with another --out"
            )
        load_weights(model, kept["state"]["model"], f"{folder / STATE} (was the network changed?)")
        try:
            state.load_dict(kept["state"])
        except ValueError as error:
            raise damaged(folder, str(error)) from None
        before, threads = kept["seconds"], kept["threads"]
        torch.set_num_threads(threads)
    info = describe(run, found, dataset, preprocessing)
    with saving(folder, state):
        if kept is not None:
            save_views(folder, state, info, best=True)
        else:
            write_json(folder / ENVIRONMENT, environment(device))
    params = sum(p.numel() for p in model.parameters())
    source = Source.of(recipe, dataset.train, preprocessing, device)
    facts = (params, str(device), threads, state.epoch, len(source), fresh)
    yield Started(run, found, dataset, *facts)
    loss_of = make_loss(recipe, net)
    team = Team(model, source, recipe, where.workers, where.tiles) if shared else None
    with team or nullcontext():
        stepper = team or Alone(source, loss_of, chain if where.tiles else None)
        events = fit(state, stepper, dataset.validation, preprocessing, recipe)
        while (event := _next(events, folder, state)) is not None:
            if isinstance(event, Epoch):
                spent = before + time.perf_counter() - began
                with saving(folder, state):
                    told = {"seconds": spent, "threads": threads, "data": mark}
                    told |= {"run": run.to_dict(), "preprocessing": preprocessing.to_dict()}
                    save_state(folder, state, told)
                    save_views(folder, state, info, event.best or recipe.keep == "last")
            yield event
    seconds = before + time.perf_counter() - began
    with saving(folder, state, "the result, best/ and the pictures"):
        work = Work(run, found, dataset, preprocessing, info, folder)
        done = finish(work, state, device, seconds)
    yield Finished(*done)


def _next(
    events: Iterator[Progress | Epoch], folder: Path, state: State
) -> Progress | Epoch | None:
    """The next event; `Diverged` says besides what is kept and what to try."""
    try:
        return next(events, None)
    except Diverged as error:
        text = (
            "No epoch was finished"
            if not state.epoch
            else (
                f"The best network so far, of epoch {state.best_epoch}, is kept in "
                f"{folder / 'best'}"
            )
        )
        raise Diverged(f"{error}, in a new run with another --out. {text}") from None

"""A whole run: its data, its training, the best epoch, and its folder at every moment."""

from __future__ import annotations

import errno
import os
import platform
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from .. import data as pictures
from ..bundle.find import named
from ..bundle.info import BundleInfo
from ..bundle.net_json import write_net
from ..bundle.save import versions
from ..bundle.weights import load_weights
from ..data import Dataset, Preprocessing
from ..data.stored import channel_statistics, marks_of
from ..evaluate.metrics import Score
from ..machine import choose_device, threads_for
from ..nets import Found
from ..run.network import build
from ..run.tiles import tiled
from ..spec import Committee, Net, totals, walk
from ..strips.make import window_width
from ..words import resume_command
from .fit import Diverged, Epoch, State, Step, count_of_epoch, fit, start
from .folder import (
    CONFIG,
    ENVIRONMENT,
    STATE,
    check_unchanged,
    damaged,
    kept_threads,
    load_state,
    read_result,
    save_state,
    save_views,
    write_json,
)
from .memory import check_memory
from .outcome import Work, finish
from .pretrained import prepared, take
from .run import Run
from .workers import check_workers

ROOM, RIGHT = "Make room", "Make it writable"
UNWRITABLE = {
    errno.ENOSPC: ROOM,
    errno.EDQUOT: ROOM,
    errno.EFBIG: ROOM,
    errno.EACCES: RIGHT,
    errno.EPERM: RIGHT,
    errno.EROFS: RIGHT,
    errno.EIO: "See what is wrong with the disk",
}
"""What keeps a file from being written, and what would help."""


@dataclass(frozen=True)
class Started:
    """What is about to happen, for the screen. `drawn`: what the weights it begins with lack."""

    run: Run
    dataset: Dataset
    params: int
    device: str
    threads: int
    epochs_done: int
    steps: int
    drawn: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finished:
    """The result as result.json holds it, and whether it was there before."""

    result: dict[str, Any]
    score: Score | None = None
    already: bool = False


@dataclass(frozen=True)
class Stage:
    """A part of a longer run begins: one network of a committee, say."""

    text: str


Event = Started | Step | Epoch | Stage | Finished


def open_data(run: Run, shape: tuple[int, int, int]) -> Dataset:
    """The pictures of a run, for a network with this input."""
    return pictures.open(
        run.data,
        data_dir=run.data_dir or None,
        channels=shape[0],
        size=(shape[1], shape[2]),
        enlarge=run.enlarge,
        room=1e9 * run.memory if run.memory else None,
        seed=run.seed,
        strict=run.strict,
    )


def preprocessing_for(run: Run, net: Net, dataset: Dataset) -> Preprocessing:
    """How this run's network sees the pictures of its data set."""
    values: dict[str, Any] = {"low": (run.low,), "high": (run.high,)}
    if run.standardise:  # as the weights that it begins with are used to, else by measuring
        known = prepared(run.weights, net.input[0]) if run.weights else {}
        values = known or _standardised(dataset)
    larger = dataset.kind == "photo" and tuple(dataset.train.images.shape[2:]) != net.input[1:]
    crop = larger and run.enlarge > 1
    found = Preprocessing.for_network(net.input, dataset, shrink=run.shrink, crop=crop, **values)
    if run.neighbours:
        window_width(found)  # says so where no strips can be made
    return found


def _standardised(dataset: Dataset) -> dict[str, Any]:
    """What 0 and 255 become where each channel of the training pictures has mean 0, deviation 1."""
    means, deviations = channel_statistics(dataset.train.images)
    pairs = list(zip(means, deviations, strict=True))
    return {
        "low": tuple(-mean / deviation for mean, deviation in pairs),
        "high": tuple((255 - mean) / deviation for mean, deviation in pairs),
    }


def train(run: Run, folder: Path) -> Iterator[Event]:
    """Train a run in its folder (already locked), from its state if it has one; yields events.

    The test set is looked at once, at the end. A full disk is an OSError that says what is kept.
    """
    done = read_result(folder)
    _check_settings(run, folder, finished=done is not None)
    if done is not None:
        yield Finished(done, already=True)
        return
    device = choose_device(run.device)
    torch.set_num_threads(kept_threads(folder) or run.threads or threads_of(run, device))
    single = run.network(None).net.member  # whatever its classes
    check_memory(run, single, device)
    dataset = open_data(run, single.input)
    found = run.network(len(dataset.classes))
    if isinstance(found.net, Committee):
        from .boosting import boost

        yield from boost(run, found, dataset, folder, device)
        return
    yield from train_network(run, found, dataset, folder, device)


def _check_settings(run: Run, folder: Path, finished: bool) -> None:
    """ValueError where the run, or a network of its committee, began with other settings."""
    places = [(folder, run)]
    if (folder / "1" / CONFIG).exists():
        from .boosting import member_run

        net = run.network(None).net
        if isinstance(net, Committee):
            numbers = range(1, net.count + 1)
            places = [(folder / str(n), member_run(run, net, n)) for n in numbers]
    for place, own in places:
        with suppress(ValueError) if finished else nullcontext():  # its state is not needed
            kept = load_state(place)
            if kept is None:
                continue
        check_unchanged(place, own, kept, folder / CONFIG)


def threads_of(run: Run, device: torch.device) -> int:
    """How many of torch's threads a run uses unless told: fewer where a step is small."""
    if device.type != "cpu":
        return torch.get_num_threads()
    return threads_for(totals(walk(run.network(None).net.member)).macs * run.batch_size)


def train_network(
    run: Run, found: Found, dataset: Dataset, folder: Path, device: torch.device
) -> Iterator[Event]:
    """Train one network in a folder; see `train`."""
    net = found.net.member
    began = time.perf_counter()
    kept, mark = load_state(folder), fingerprint(dataset)
    if kept is not None and "preprocessing" in kept:  # the bundle it began with may be gone
        preprocessing = Preprocessing.from_dict(kept["preprocessing"])
    else:
        preprocessing = preprocessing_for(run, net, dataset)
    if device.type == "cpu":
        check_workers(run, net)
    draws = torch.Generator().manual_seed(run.seed)
    model = build(net, generator=draws, initialisation=found.initialisation)
    fresh = take(model, run, dataset.classes) if run.weights and kept is None else ()
    model = model.to(device)
    if device.type == "cpu" and net.input[0] > 1 and tiled(model) is None:
        # oneDNN convolves faster so, up to 1.4 times: what one pixel's channels hold lies together
        model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    state = start(model, run)
    before, threads = 0.0, torch.get_num_threads()
    if kept is not None:
        if kept.get("data", mark) != mark:
            raise ValueError(
                f"{run.data} is not what it was when the run in {folder} began. Bring the same "
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
    steps = count_of_epoch(dataset.train, run)
    yield Started(run, dataset, params, str(device), threads, state.epoch, steps, fresh)
    events = fit(state, dataset, preprocessing, run, device)
    while (event := _next(events, folder, state)) is not None:
        if isinstance(event, Epoch):
            spent = before + time.perf_counter() - began
            with saving(folder, state):
                told = {"seconds": spent, "threads": threads, "data": mark, "run": run.to_dict()}
                told["preprocessing"] = preprocessing.to_dict()
                save_state(folder, state, told)
                save_views(folder, state, info, event.best or run.keep == "last")
        yield event
    seconds = before + time.perf_counter() - began
    with saving(folder, state, "the result, best/ and the pictures"):
        work = Work(run, found, dataset, preprocessing, info, folder)
        done = finish(work, state, device, seconds)
    yield Finished(*done)


def fingerprint(dataset: Dataset) -> str:
    """A checksum of the classes, and of all pictures and labels with which a run learns."""
    mark = zlib.crc32("\n".join(dataset.classes).encode())
    for part in (dataset.train, dataset.validation):
        for tensor in (marks_of(part.images).checksum, part.labels):
            mark = zlib.crc32(tensor.contiguous().numpy().data, mark)
    return f"{mark:08x}"


def _next(events: Iterator[Step | Epoch], folder: Path, state: State) -> Step | Epoch | None:
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


def describe(run: Run, found: Found, dataset: Dataset, preprocessing: Preprocessing) -> BundleInfo:
    """The description of this run's bundles; a path of this machine is not in it.

    A network of the user's own goes in as data, so that its bundle works without its file.
    """
    network, written = run.net, {}
    if not named(run.net):
        network = Path(run.net).name
        with suppress(TypeError):  # a layer of the user's own: only its file knows it
            written = write_net(found.net.member, found.record)
    began = Path(run.weights).name if run.weights else ""
    settings = run.to_dict() | {
        "net": network,
        "data": dataset.name,
        "data_dir": "",
        "weights": began,
    }
    return BundleInfo(
        network=network,
        classes=dataset.classes,
        input=found.net.member.input,
        preprocessing=preprocessing.to_dict(),
        options=dict(run.options),
        score_scale=run.distance_scale if run.loss != "mse" else 1.0,
        run=settings,
        versions=versions(),
        net=written,
    )


def environment(device: torch.device) -> dict[str, Any]:
    """What the run ran on: versions, machine, threads."""
    gpu = torch.cuda.get_device_name() if device.type == "cuda" else None
    return {
        **versions(),
        "system": platform.platform(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": str(device),
        "gpu": gpu,
    }


@contextmanager
def saving(
    folder: Path, state: State | None, views: str = "log.jsonl, last/ and best/"
) -> Iterator[None]:
    """Where a file cannot be written, an OSError says what is kept and how to go on.

    `state` None: of a committee, all of whose networks are trained. `views` is what is written from
    the state once that is kept.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        what, text = "the committee", "its networks are kept"
        if state is not None:
            kept = load_state(folder)
            epoch = kept["state"]["epoch"] if kept else 0
            what = f"epoch {state.epoch}"
            text = f"the checkpoint of epoch {epoch} is kept" if epoch else "no checkpoint is there"
            if epoch and epoch == state.epoch:
                what = f"all of epoch {epoch}"
                text += f", but not all of {views}: --resume renews them from it"
        member = folder.name.isdigit() and (folder.parent / CONFIG).exists()
        again = resume_command(folder.parent if member else folder)
        raise OSError(
            error.errno,
            f"could not save {what} in {folder} ({os.strerror(error.errno)}): {text}. "
            f"{UNWRITABLE[error.errno]}, then: {again}",
        ) from None


__all__ = ["Diverged", "Finished", "Stage", "Started", "open_data", "train"]

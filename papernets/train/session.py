"""A whole run: data, training, the best epoch, the test set once, files and pictures in its folder."""

from __future__ import annotations

import errno
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

import torch

from .. import data as pictures
from ..build import assemble, build
from ..build.bundle import BundleInfo, versions
from ..build.network import Network
from ..build.weights import load_weights
from ..build.written import named, write_net
from ..data import Dataset, Part, Preprocessing
from ..data.strips import window_width
from ..evaluate.infer import logits_of
from ..evaluate.metrics import Score, confusion, score
from ..spec import Committee, Net
from .fit import Diverged, Epoch, State, Step, count_of_epoch, fit, start
from .folder import (
    ENVIRONMENT,
    RESULT,
    STATE,
    kept_threads,
    load_state,
    read_result,
    save_state,
    save_views,
    write_json,
)
from .run import Run

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
    """What is about to happen, for the screen."""

    run: Run
    dataset: Dataset
    params: int
    device: str
    threads: int
    epochs_done: int
    steps: int


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


def choose_device(name: str) -> torch.device:
    """The device of a name; `auto` takes CUDA, then MPS, then the CPU. One that is not there is a ValueError."""
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if name not in there:
        raise ValueError(f"unknown device {name!r}: auto, cpu, cuda or mps")
    if not there[name]:
        raise ValueError(
            f"this machine has no {name} device that torch can use. --device auto takes what there is"
        )
    return torch.device(name)


def open_data(run: Run, shape: tuple[int, int, int]) -> Dataset:
    """The pictures of a run, for a network with this input."""
    return pictures.open(
        run.data,
        data_dir=run.data_dir or None,
        channels=shape[0],
        size=(shape[1], shape[2]),
        seed=run.seed,
    )


def preprocessing_for(run: Run, net: Net, dataset: Dataset) -> Preprocessing:
    """How this run's network sees the pictures of its data set."""
    found = Preprocessing.for_network(
        net.input, dataset, shrink=run.shrink, low=(run.low,), high=(run.high,)
    )
    if run.neighbours:
        window_width(found)  # says so where no strips can be made
    return found


def train(run: Run, folder: Path) -> Iterator[Event]:
    """Train a run in its folder (already prepared and locked), from its state if it has one; yields events.

    The test set is looked at once, at the end. A full disk is an OSError that says what is kept.
    """
    done = read_result(folder)
    if done is not None:
        yield Finished(done, already=True)
        return
    torch.set_num_threads(kept_threads(folder) or run.threads or torch.get_num_threads())
    device = choose_device(run.device)
    shape = shape_of(run)
    dataset = open_data(run, shape)
    net = run.network(len(dataset.classes))
    if isinstance(net, Committee):
        from .boosting import boost

        yield from boost(run, net, dataset, folder, device)
        return
    yield from train_network(run, net, dataset, folder, device)


def shape_of(run: Run) -> tuple[int, int, int]:
    """The input (C, H, W) of a run's network, whatever its classes."""
    net = run.network(None)
    return net.member.input if isinstance(net, Committee) else net.input


def train_network(
    run: Run, net: Net, dataset: Dataset, folder: Path, device: torch.device
) -> Iterator[Event]:
    """Train one network in a folder; see `train`."""
    began = time.perf_counter()
    preprocessing = preprocessing_for(run, net, dataset)
    model = build(net, generator=torch.Generator().manual_seed(run.seed)).to(device)
    state = start(model, run)
    kept = load_state(folder)
    before, threads = 0.0, torch.get_num_threads()
    if kept is not None:
        load_weights(model, kept["state"]["model"], f"{folder / STATE} (was the network changed?)")
        state.load_dict(kept["state"])
        before, threads = kept["seconds"], kept["threads"]
        torch.set_num_threads(threads)
    info = describe(run, net, dataset, preprocessing)
    with saving(folder, state):
        if kept is not None:
            save_views(folder, state, info, best=True)
        else:
            write_json(folder / ENVIRONMENT, environment(device))
    params = sum(p.numel() for p in model.parameters())
    steps = count_of_epoch(dataset.train, run)
    yield Started(run, dataset, params, str(device), threads, state.epoch, steps)
    events = fit(state, dataset, preprocessing, run, device)
    while (event := _next(events, folder, state)) is not None:
        if isinstance(event, Epoch):
            spent = before + time.perf_counter() - began
            with saving(folder, state):
                save_state(folder, state, {"seconds": spent, "threads": threads})
                save_views(folder, state, info, event.best or run.keep == "last")
        yield event
    seconds = before + time.perf_counter() - began
    with saving(folder, state):
        done = finish(run, net, dataset, preprocessing, info, state, folder, device, seconds)
    yield done


def _next(events: Iterator[Step | Epoch], folder: Path, state: State) -> Step | Epoch | None:
    """The next event; `Diverged` says besides what is kept and what to try."""
    try:
        return next(events, None)
    except Diverged as error:
        text = (
            "No epoch was finished"
            if not state.epoch
            else (
                f"The best network so far, of epoch {state.best_epoch}, is kept in {folder / 'best'}"
            )
        )
        raise Diverged(f"{error}, in a new run with another --out. {text}") from None


def finish(
    run: Run,
    net: Net,
    dataset: Dataset,
    preprocessing: Preprocessing,
    info: BundleInfo,
    state: State,
    folder: Path,
    device: torch.device,
    seconds: float,
) -> Finished:
    """Test the chosen weights once, and write the result, the bundles' metrics and the pictures."""
    best = assemble(net, state.best_weights).to(device).eval()
    scale = info.score_scale
    if run.loss == "mse":
        scale = calibrated(best, dataset.validation, preprocessing, device)
    logits = logits_of(best, dataset.test.images, preprocessing, device)
    result, scored = result_of(run, dataset, logits, state.best_epoch, len(state.history), seconds)
    record = state.history[state.best_epoch - 1]
    metrics = {k: record[k] for k in ("epoch", "train_loss", "val_loss", "val_error")}
    metrics |= {k: result[k] for k in ("test_error", "test_images", "interval")}
    final = replace(info, metrics=metrics, score_scale=scale)
    from ..build.bundle import save_bundle

    save_bundle(folder / "best", final, state.best_weights)
    draw(run, net, dataset, logits, state.history, state.best_epoch, folder, scored)
    write_json(folder / RESULT, result)
    return Finished(result, scored)


def result_of(
    run: Run, dataset: Dataset, logits: torch.Tensor, best: int, epochs: int, seconds: float
) -> tuple[dict[str, Any], Score]:
    """result.json's content and the score of logits (N, classes) on the test set."""
    scored = score(logits.numpy(), dataset.test.labels.numpy())
    result = {
        "network": run.net,
        "data": dataset.name,
        "data_given": run.data,
        "test_error": scored.error,
        "test_images": scored.images,
        "interval": list(scored.interval),
        "epochs": epochs,
        "best_epoch": best,
        "seconds": round(seconds, 3),
        "seed": run.seed,
        "recipe": run.recipe,
        "split": dataset.split,
    }
    return result, scored


def draw(
    run: Run,
    net: Net,
    dataset: Dataset,
    logits: torch.Tensor,
    history: list[dict[str, Any]],
    best: int,
    folder: Path,
    scored: Score,
) -> None:
    """Write curves.png and confusion.png."""
    from ..draw.curves import curves

    title = f"{net.title} on {dataset.name}"
    error, words = paper_error(net, dataset.name)
    curves(
        history, folder / "curves.png", title=title, paper_error=error, paper_note=words, best=best
    )
    draw_confusion(net, dataset, logits, folder, scored)


def draw_confusion(
    net: Net | Committee, dataset: Dataset, logits: torch.Tensor, folder: Path, scored: Score
) -> None:
    """Write confusion.png."""
    from ..draw.confusion import confusion_picture

    matrix = confusion(dataset.test.labels.numpy(), logits.argmax(1).numpy(), len(dataset.classes))
    title = f"{net.title} on {dataset.name}: {scored.errors} of {scored.images:,} wrong"
    confusion_picture(matrix, dataset.classes, folder / "confusion.png", title=title)


def paper_error(net: Net | Committee, data: str) -> tuple[float | None, str]:
    """The error that the paper prints (a fraction), and words that mark it if it is of another data set."""
    for fact in net.facts:
        if fact.measured and isinstance(fact.value, float):
            source = f"{net.paper.authors.split(',')[0]} et al. {net.paper.year}, on MNIST"
            return fact.value, source if data == "mnist" else f"{source}: other data"
    return None, ""


def calibrated(
    model: Network, part: Part, preprocessing: Preprocessing, device: torch.device
) -> float:
    """The factor on the logits that makes their softmax most likely on a held-out part.

    Squared errors say nothing of probabilities: the factor is chosen among powers of 2^(1/4).
    """
    logits = logits_of(model, part.images, preprocessing, device)
    factors = [2.0 ** (k / 4) for k in range(-32, 25)]
    losses = [float(torch.nn.functional.cross_entropy(logits * f, part.labels)) for f in factors]
    return factors[losses.index(min(losses))]


def describe(run: Run, net: Net, dataset: Dataset, preprocessing: Preprocessing) -> BundleInfo:
    """The description of this run's bundles; a path of this machine is not in it.

    A network of the user's own goes in as data, so that its bundle works without its file.
    """
    network, written = run.net, {}
    if not named(run.net):
        try:
            written = write_net(net)
            network = Path(run.net).name
        except TypeError:
            pass  # a layer of the user's own: only its file knows it
    settings = run.to_dict() | {"net": network, "data": dataset.name, "data_dir": ""}
    return BundleInfo(
        network=network,
        classes=dataset.classes,
        input=net.input,
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
def saving(folder: Path, state: State) -> Iterator[None]:
    """Where a file cannot be written, an OSError says which epoch is kept and how to go on."""
    try:
        yield
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        kept = load_state(folder)
        epoch = kept["state"]["epoch"] if kept else 0
        what = f"the checkpoint of epoch {epoch} is kept" if epoch else "no checkpoint is there yet"
        raise OSError(
            error.errno,
            f"could not save epoch {state.epoch} in {folder} ({os.strerror(error.errno)}): {what}. "
            f"{UNWRITABLE[error.errno]}, then: papernets train --out {quote(str(folder))} --resume",
        ) from None


__all__ = ["Diverged", "Finished", "Stage", "Started", "choose_device", "open_data", "train"]

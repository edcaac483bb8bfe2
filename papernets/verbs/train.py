"""`papernets.train`: the run that `papernets train` makes, from Python."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ..data import Dataset
from ..machine import choose_device, threads
from ..numbers import plain_int
from ..spec import SWAPS, Net
from ..train.events import Event
from ..train.folder import CONFIG, held
from ..train.keeping import heeding
from ..train.run import TABLES, Run
from ..train.runner import train as work
from ..train.settings import checked, joined, located, read_config, resolve
from ..train.trust import check_trusted, named_file
from ..words import brief, type_of
from .given import Subject, pictures_of, subject_of
from .interrupt import Interrupt
from .trained import Trained, trained
from .worded import check_switches, worded

if TYPE_CHECKING:
    from torch import nn

Told = Callable[[Event], None]


def train(
    net: str | os.PathLike[str] | Net | nn.Module = "",
    data: str | os.PathLike[str] | Dataset | tuple[Any, Any] | Mapping[str, Any] = "",
    *,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    config: str | os.PathLike[str] | None = None,
    classes: Sequence[str] | None = None,
    progress: bool | Told = False,
    trust: bool = False,
    **settings: Any,
) -> Trained:
    """Train a network on pictures, in a folder, and test it once: as `papernets train` does.

    `net` is a network's name, FILE.py:NAME, a `Net`, a bundle's folder or a module of ours; with
    the last two training begins with their weights, and the module stays as it is. `data` is a
    name, a path, what `papernets.data.open` gives, a pair (images, labels) of arrays or tensors, or
    a dict with a pair each for train, val and test; `classes` are then the labels' names.
    `settings` have the names of run.toml: recipe="paper", epochs=20, batch_size=64, weights=...,
    device="cuda", augment={"flip": 0.5}. `out` is the run's folder, runs/NETWORK-DATA-N without
    it; `resume` goes on with the run in it. `progress` prints what the verb prints, or is called
    with each event. `trust` runs the FILE.py that `config`, or the run in `out`, names. ValueError
    and OSError say what is wrong. Ctrl-C saves, then raises KeyboardInterrupt.
    """
    with ExitStack() as stack:
        stack.enter_context(worded())
        stack.enter_context(threads())  # a run sets them, and draws
        stack.enter_context(torch.random.fork_rng(devices=[]))
        _check_paths(out=out, config=config)
        check_switches(resume=resume, trust=trust)
        if not isinstance(progress, bool) and not callable(progress):
            raise ValueError(
                f"progress is {type_of(progress)}: give True, or a function that takes each event"
            )
        pictures, named = pictures_of(data, classes)
        given = _settings(config, named, settings)
        net = net if net != "" else _told(config, out if resume else None, given, trust)
        subject = stack.enter_context(subject_of(net, given))
        given.pop("net", None)
        if resume:
            run, typed = _to_resume(out, subject, given)
        else:
            if not (subject.name or given.get("weights") or subject.settings):
                raise ValueError(
                    "name a network, such as papernets.train('lenet5', data). All names: "
                    "papernets list"
                )
            run, typed = resolve(subject.name, given, subject.settings), given
            choose_device(run.where.device)
        place = None if out is None else Path(os.fspath(out))
        folder, kept = held(stack, place, run, typed, subject.bring)
        told = stack.enter_context(_teller(progress, folder, kept))
        stack.enter_context(heeding(Interrupt(said=progress is True)))
        try:
            for event in work(kept, folder, pictures):
                told(event)
        except KeyboardInterrupt as stopped:
            stopped.add_note(
                f"Go on with papernets.train({'data=..., ' if pictures is not None else ''}"
                f"out={str(folder)!r}, resume=True)"
            )
            raise
    return trained(folder)


def _check_paths(**given: object) -> None:
    """ValueError that names what should be a path, and cannot be one."""
    for name, value in given.items():
        if value is None:
            continue
        if not isinstance(value, str | os.PathLike):
            raise ValueError(f"{name} is {type_of(value)}: give a path")
        if "\0" in os.fspath(value):
            raise ValueError(f"{name}={brief(value)} has a zero byte, which no path has")


def _settings(config: object, named: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a file, then those that were given, each in its type; paths made whole."""
    found: dict[str, Any] = {}
    for key, value in settings.items():
        if value is None:
            continue
        value = plain_int(os.fspath(value) if isinstance(value, os.PathLike) else value)
        if key in SWAPS and key not in TABLES:
            found["options"] = {**found.get("options", {}), key: value}
        else:
            value = checked(key, value, "papernets.train")
            found[key] = {**found.get(key, {}), **value} if key in TABLES else value
    if named:
        found["data"] = named
    read = read_config(Path(os.fspath(config))) if config is not None else {}  # type: ignore[call-overload]
    return located(joined(read, found))


def _told(config: object, run: object, given: Mapping[str, Any], trust: bool) -> str:
    """The network that a file of settings names; of a run's folder none is needed.

    ValueError where it is a file of code, and nobody trusts it.
    """
    if run is not None and not trust:
        place = Path(os.fspath(run), CONFIG)  # type: ignore[call-overload]
        check_trusted(place, named_file(place))
    word = str(given.get("net", ""))
    if word and not trust:
        check_trusted(Path(os.fspath(config)), word)  # type: ignore[call-overload]
    return word


def _to_resume(
    out: str | os.PathLike[str] | None, subject: Subject, given: dict[str, Any]
) -> tuple[None, dict[str, Any]]:
    if out is None:
        raise ValueError("resume=True needs out=, the folder of the run to continue")
    if not Path(os.fspath(out), CONFIG).exists():
        raise FileNotFoundError(
            f"{os.fspath(out)} holds no run to resume: it has no {CONFIG}. A new run there: leave "
            "resume=True out"
        )
    if subject.name:
        given = given | {"net": subject.name}
    return None, given


@contextmanager
def _teller(progress: bool | Told, folder: Path, run: Run) -> Iterator[Told]:
    """Who is told what happens: nobody, the caller, or stdout as the verb's stderr."""
    if not isinstance(progress, bool):
        yield progress
        return
    if not progress:
        yield lambda event: None
        return
    from ..cli.progress import Show
    from ..cli.waiting import waiting

    show = Show(folder, False, run.recipe)
    try:
        # as notebooks have it: what is said of the work is no error
        with redirect_stderr(sys.stdout), waiting(lambda: show.bar is not None) as teller:
            show.waiting = teller
            yield show.event
    finally:
        show.close()

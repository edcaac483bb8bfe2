"""`papernets.evaluate`: the figures that `papernets evaluate` prints, from Python."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .. import machine
from ..bundle.committee import Committee
from ..bundle.find import find_bundle
from ..bundle.info import BundleInfo
from ..bundle.load import TORCH, Bundle, load_bundle
from ..bundle.origin import origin_of
from ..data import Dataset, Preprocessing
from ..data.arrays import held, is_held
from ..evaluate.infer import batch_of
from ..evaluate.pictures import PARTS, Pictures, of_dataset, of_listing, open_pictures
from ..evaluate.predictor import Predictor
from ..evaluate.protocols.ensemble import fair_for, places_of
from ..evaluate.protocols.outputs import resolved
from ..evaluate.protocols.protocol import Protocol, protocol_of
from ..evaluate.report import Report, chosen_by, report
from ..evaluate.whole import Source
from ..peers.keep import kept_of
from ..runtimes.choose import check_name, runtime_of
from ..train.folder import data_meant
from ..words import either, listed, type_of
from .trained import Trained
from .worded import check_switches, worded

Network = str | os.PathLike[str] | Trained | Predictor | Bundle | nn.Module


def evaluate(
    net: Network,
    data: str | os.PathLike[str] | Dataset | tuple[Any, Any] | Mapping[str, Any] | None = None,
    *,
    part: str = "",
    protocol: str | Protocol = "centre",
    ensemble: Sequence[Network] = (),
    top: int | Sequence[int] | None = None,
    classes: Sequence[str] | None = None,
    preprocessing: Preprocessing | Mapping[str, Any] | str | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    batch_size: int | None = None,
    device: str = "auto",
    threads: int = 0,
    memory: float = 0.0,
    plain: bool = False,
    runtime: str = TORCH,
    strict: bool = False,
) -> Report:
    """Test a trained network on pictures: the figures that `papernets evaluate --json` prints.

    `net` is a trained network's name, the folder of a bundle or a run, what `papernets.train` or
    `papernets.load` gave, or a module of ours. `data` is as for `papernets.train`; None is what the
    network was trained on. `classes` are the names of arrays' labels, and of a module's outputs
    where it has none of its own; those of a `Dataset` without them. `preprocessing` says how such a
    module sees pictures, as in `papernets.save`. `part`, `protocol`, `ensemble` and the others are
    the verb's. The report has `.error`, `.interval`, `.loss`, `.protocol`, `.confusion`, ..., and
    `.to_dict()`, with errors as fractions. Nothing is written. ValueError and OSError say what is
    wrong.
    """
    with ExitStack() as stack:
        stack.enter_context(worded())
        check_switches(plain=plain, strict=strict)
        if part and part not in PARTS:
            raise ValueError(f"no part {part!r}: give {either(PARTS)}")
        how = protocol_of(protocol)
        where = machine.choose_device(device)
        stack.enter_context(machine.threads(threads))
        names = data.classes if classes is None and isinstance(data, Dataset) else classes
        bundles = [
            stack.enter_context(bundle_of(one, names, preprocessing)) for one in (net, *ensemble)
        ]
        bundles = [replace(one, plain=True) for one in bundles] if plain else bundles
        chosen: list[str] = []
        if (name := check_name(runtime, plain)) != TORCH:
            shown = batch_size or batch_of(bundles[0].model)
            found = runtime_of(bundles[0], name, shown, chosen.append)
            bundles = [replace(one, runtime=found) for one in bundles]
        for one in bundles:  # before the pictures are read
            places_of(bundles[0], one)
            resolved(one, how)
        room = 1e9 * memory if memory else None
        pictures = _pictures(bundles[0], data, classes, part, data_dir, strict, room)
        pictures = fair_for(pictures, bundles[1:], part)
        ks = [top] if isinstance(top, int) else top
        told = report(bundles, pictures, top=ks, device=where, batch=batch_size, protocol=how)
        return chosen_by(told, chosen)


@contextmanager
def bundle_of(
    net: object,
    classes: Sequence[str] | None,
    preprocessing: Preprocessing | Mapping[str, Any] | str | None,
) -> Iterator[Bundle]:
    """What is tested, as a bundle; a module is meanwhile in evaluation mode, later as before."""
    if isinstance(net, Predictor):
        yield net.bundle
    elif isinstance(net, Bundle):
        yield net
    elif isinstance(net, nn.Module):
        with _at_rest(net):
            yield _of_module(net, classes, preprocessing)
    elif isinstance(net, str | os.PathLike | Trained):
        yield load_bundle(find_bundle(net.best if isinstance(net, Trained) else net))
    else:
        raise ValueError(
            f"net is {type_of(net)}: give a trained network's name, the folder of a bundle or a "
            "run, what papernets.train or papernets.load gave, or a module of papernets"
        )


def _of_module(
    model: nn.Module,
    classes: Sequence[str] | None,
    preprocessing: Preprocessing | Mapping[str, Any] | str | None,
) -> Bundle:
    """A module's description; ValueError where nothing tells the names of its classes."""
    origin = origin_of(model)
    if isinstance(model, Committee) and origin is not None and origin.info is not None:
        info: BundleInfo = origin.info
    else:
        named = origin is not None and origin.info is not None
        info = kept_of(model, None if named else classes, preprocessing).info
    return Bundle(info, model, Path(f"(a module of {info.network})"))


@contextmanager
def _at_rest(model: nn.Module) -> Iterator[None]:
    """Within it a module predicts; afterwards it is in its mode and on its device again."""
    modes = {part: part.training for part in model.modules()}
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    model.eval()
    try:
        yield
    finally:
        model.to(device)
        for part, training in modes.items():
            part.training = training


def _pictures(
    bundle: Bundle,
    data: object,
    classes: Sequence[str] | None,
    part: str,
    data_dir: str | os.PathLike[str] | None,
    strict: bool,
    room: float | None,
) -> Pictures:
    if isinstance(data, Dataset):
        return of_dataset(bundle, data, part, strict, room)
    if is_held(data):
        return _held(bundle, data, classes, part, strict, room)
    if data is not None and not isinstance(data, str | os.PathLike):
        raise ValueError(
            f"data is {type_of(data)}: give a name, a path, papernets.data.open(...), or a pair of "
            "arrays (images, labels)"
        )
    given, place = os.fspath(data or ""), os.fspath(data_dir or "")
    name, place = data_meant(given, place, bundle.folder, bundle.info)
    if not name:
        raise ValueError(
            f"{bundle.folder} does not say what it was trained on: give data= digits, mnist, or a "
            "folder"
        )
    return open_pictures(bundle, name, part=part, data_dir=place or None, strict=strict, room=room)


def _held(
    bundle: Bundle,
    data: Any,
    classes: Sequence[str] | None,
    part: str,
    strict: bool,
    room: float | None,
) -> Pictures:
    """Arrays: a pair as it is, of a dict the part that is asked for, by default the test part."""
    names = bundle.info.classes if classes is None else classes
    if isinstance(data, Mapping):
        wanted = part or "test"
        if wanted not in data:
            raise ValueError(f"no part {wanted!r} among these: {listed(map(str, data), 5)}")
        data, part = data[wanted], ""
    rows = held({"train": data}, names, "arrays").listings["train"]
    there = [name for name in rows.classes if name in set(rows.names)]
    source = Source(Path("arrays"), rows.files, rows.names, tuple(there))
    return of_listing(bundle, source, part, strict, room)

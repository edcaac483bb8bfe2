"""Net to nn.Module, and trained weights in and out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from .. import rewrite
from ..nets import Found, beside, check_options, find, look_up, sizes
from ..nets.entry import check_switch
from ..run.network import Logits, Network
from ..run.network import build as build_network
from ..run.towers import Device, TowerNetwork, build_towers
from ..spec import Committee as CommitteeSpec
from ..spec import Net, pair
from .committee import Committee
from .info import AGAIN, INFO, WEIGHTS, BundleInfo, find_bundle, read_info
from .net_json import in_file, named, read_net, same_network
from .weights import load_weights, moved, read_safetensors

WORDS = {"classes": "num_classes", "channels": "in_chans", "input": "input"}
"""What `create_model` calls what every network takes, by what `papernets.net` calls it."""
Weights = str | os.PathLike[str] | Mapping[str, Tensor]


@dataclass(frozen=True)
class Bundle:
    """A bundle in memory: its description, its model in evaluation mode, and where it came from."""

    info: BundleInfo
    model: nn.Module
    folder: Path


def create_model(
    name: str | os.PathLike[str],
    num_classes: int | None = None,
    in_chans: int | None = None,
    input: int | tuple[int, int] | None = None,
    weights: Weights | None = None,
    aux: bool = True,
    dense: bool = False,
    generator: torch.Generator | None = None,
    devices: Sequence[Device] | None = None,
    **options: object,
) -> nn.Module:
    """A network by name, or from a bundle, as a module that gives logits (N, classes).

    `weights` is a bundle's folder, a safetensors file or a state_dict; classes, channels and input
    default to the bundle's. `input` is a side or (height, width) in pixels. `dense=True` runs dense
    layers as convolutions: a picture larger than the network's own gives a map (N, classes, H',
    W'). `devices` places each of AlexNet's towers on its own, with the same state_dict (None: one
    device). ValueError where a name, an option or the weights do not fit. A file of Python code
    that a bundle names is never run: give it yourself, as `name`, if you trust it.
    """
    if not isinstance(name, str | os.PathLike):
        raise ValueError(
            f"a network is a name or a bundle's folder, not {name!r}: create_model('lenet5'), say. "
            "All names: papernets list"
        )
    for option in options:
        if option in WORDS:
            raise ValueError(f"create_model has no option {option!r}: it is {WORDS[option]}=")
    num_classes, in_chans, input = sizes(num_classes, in_chans, input)
    aux, dense = check_switch("aux", aux), check_switch("dense", dense)

    def made(found: Found) -> nn.Module:
        if devices is None:
            return assemble(found, weights, dense=dense, input=input, generator=generator)
        if dense:
            raise ValueError("the dense form runs on one device: leave out dense=True or devices")
        return in_towers(found, devices, weights, generator)

    info: BundleInfo | None = None
    alone = weights is None and _is_bundle(name)
    weights = name if alone else weights
    if isinstance(weights, str | os.PathLike) and (alone or not _is_tensors(weights)):
        folder = find_bundle(weights)
        info = read_info(folder)
        if info.kind == "committee":
            _check_committee(info, folder, num_classes, in_chans, input)
            return load_bundle(folder).model
        num_classes = len(info.classes) if num_classes is None else num_classes
        in_chans = info.input[0] if in_chans is None else in_chans
        if input is None:
            input = (info.input[1], info.input[2])
        weights = folder / WEIGHTS
        if alone and info.net:
            found = read_net(info.net, str(folder / INFO))
            own = found.net.member
            own = replace(own, input=(in_chans, *(own.input[1:] if dense else pair(input))))
            if num_classes != own.classes:
                raise ValueError(f"{folder} has {own.classes} classes, not {num_classes}")
            try:
                return made(replace(found, net=own))
            except (LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError) as error:
                raise ValueError(
                    f"{folder / INFO}: its network cannot be built ({type(error).__name__}: "
                    f"{error}). {AGAIN}"
                ) from None
        if alone and in_file(info.network):
            raise ValueError(
                f"{folder} names a file of Python code, {info.network}: a bundle's code is not "
                "run. If you trust the file, give it yourself: "
                f"create_model('FILE.py:NAME', weights={str(folder)!r})"
            )
        if not (alone or same_network(name, info.network)):
            raise ValueError(
                f"{folder} is a trained {info.network}, not {os.fspath(name)}. Leave the name out: "
                f"create_model({str(folder)!r}); or give the tensors alone: weights="
                f"{str(weights)!r}"
            )
        options = {**info.options, **options}
        name = info.network if alone else name
    trained = (info.input[1], info.input[2]) if info else None  # the dense form begins with it
    size = trained if dense else input
    if named(os.fspath(name)):
        check_options(find(os.fspath(name)), options, tuple(WORDS.values()))
    try:
        found = look_up(os.fspath(name), num_classes, in_chans, size, **options)
    except TypeError as error:
        if info is None:
            raise
        raise ValueError(
            f"{info.network} cannot be made with the bundle's options {options} ({error}). {AGAIN}"
        ) from None
    net = found.net
    if isinstance(net, CommitteeSpec):
        if devices is not None:
            raise ValueError(f"{net.name} is a committee and has no towers: leave out devices")
        if weights is not None:
            raise ValueError(f"{net.name} is a committee: its weights are a bundle's folder")
        rule = found.initialisation
        return Committee(
            [build_network(net.member, False, generator, rule) for _ in range(net.count)]
        )
    return made(found if aux else replace(found, net=rewrite.without_heads(net).net))


def build(net: Net, reference: bool = False, generator: torch.Generator | None = None) -> Network:
    """A `Net` as a module with fresh parameters, drawn by its paper's rule from `generator`.

    The rule is found by the network's name; He's for networks that are not ours. `reference` builds
    the plain form: see `papernets.run.network.build`.
    """
    return build_network(net, reference, generator, beside(net).initialisation)


def assemble(
    found: Found,
    weights: str | os.PathLike[str] | Mapping[str, Tensor] | None = None,
    *,
    dense: bool = False,
    input: int | tuple[int, int] | None = None,
    generator: torch.Generator | None = None,
) -> Network:
    """A `Net` built, with weights from a safetensors file or a state_dict; dense where asked."""
    state, net = _state(weights), found.net.member
    plain = build_network(net, generator=generator, initialisation=found.initialisation)
    if state is not None:
        load_weights(plain, state, _where(weights))
    if not dense:
        return plain
    done = rewrite.dense(net)
    wide = done.net if input is None else replace(done.net, input=(net.input[0], *pair(input)))
    model = Network(wide, rewrite.fast(wide).net)
    load_weights(model, moved(plain.state_dict(), done.moves), "the dense form")
    return model


def in_towers(
    found: Found,
    devices: Sequence[Device],
    weights: str | os.PathLike[str] | Mapping[str, Tensor] | None = None,
    generator: torch.Generator | None = None,
) -> TowerNetwork:
    """A `Net` built with each tower on a device, with weights as `assemble` takes them."""
    model = build_towers(found.net.member, devices, generator, found.initialisation)
    state = _state(weights)
    if state is not None:
        load_weights(model, state, _where(weights))
    return model


def _state(
    weights: str | os.PathLike[str] | Mapping[str, Tensor] | None,
) -> Mapping[str, Tensor] | None:
    if isinstance(weights, str | os.PathLike):
        return read_safetensors(Path(weights))
    return weights


def load_bundle(given: str | os.PathLike[str]) -> Bundle:
    """A bundle by its folder, its run's, or a trained network's name; in evaluation mode."""
    folder = find_bundle(given)
    info = read_info(folder)
    if info.kind == "committee":
        members = [_member(folder, name) for name in info.members]
        for member in members:
            if member.info.classes != info.classes:
                raise ValueError(f"{member.folder} has other classes than its committee {folder}")
        if not members:
            raise ValueError(f"{folder} is a committee without members. {AGAIN}")
        options = {k: info.rule[k] for k in ("weights", "alone", "margin") if k in info.rule}
        model: nn.Module = Committee([member.model for member in members], **options)
    else:
        model = create_model(folder)
    return Bundle(info, model.eval(), folder)


def _member(folder: Path, name: str) -> Bundle:
    """A network of a committee, from the folder inside the committee's."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{path} leads out of its committee's folder {folder}. {AGAIN}")
    info = read_info(path)
    if info.kind == "committee":
        raise ValueError(
            f"{path} is a committee within the committee {folder}: members are networks. {AGAIN}"
        )
    return Bundle(info, create_model(path).eval(), path)


def _is_bundle(name: str | os.PathLike[str]) -> bool:
    path = Path(name)
    if os.path.isdir(path):  # a folder may have a network's name by chance
        places = (path, path / "best", path / "last")
        return any((p / file).exists() for p in places for file in (INFO, WEIGHTS)) or not named(
            os.fspath(name)
        )
    return path.name in (INFO, WEIGHTS)


def _is_tensors(weights: str | os.PathLike[str]) -> bool:
    return os.fspath(weights).endswith(".safetensors")


def _check_committee(
    info: BundleInfo,
    folder: Path,
    num_classes: int | None,
    in_chans: int | None,
    input: int | tuple[int, int] | None,
) -> None:
    channels, *size = info.input
    for what, given, own in (
        ("classes", num_classes, len(info.classes)),
        ("channels", in_chans, channels),
        ("input", input and pair(input), tuple(size)),
    ):
        if given is not None and given != own:
            raise ValueError(f"{folder} is a trained committee with {what} {own}, not {given}")


def _where(weights: object) -> str:
    return str(weights) if isinstance(weights, str | os.PathLike) else "the state_dict"


__all__ = [
    "Bundle",
    "BundleInfo",
    "Committee",
    "Logits",
    "Network",
    "TowerNetwork",
    "assemble",
    "build",
    "build_towers",
    "create_model",
    "load_bundle",
]

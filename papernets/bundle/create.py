"""A module by a network's name, by its `Net`, or from a bundle."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from .. import rewrite
from ..nets import Found, beside, sizes
from ..nets.entry import check_switch
from ..run.network import Network
from ..run.network import build as build_network
from ..run.towers import Device
from ..spec import Committee as CommitteeSpec
from ..spec import Net, pair
from . import INFO, WEIGHTS
from .assemble import Weights, assemble, in_towers
from .committee import Committee
from .find import bundle_at, bundle_meant, find_bundle, named, shipped
from .info import AGAIN, BundleInfo, read_info
from .network import Asked, kept_network

WORDS = {"classes": "num_classes", "channels": "in_chans", "input": "input"}
"""What `create_model` calls what every network takes, by what `papernets.net` calls it."""


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
    word = _checked(name, options)
    num_classes, in_chans, input = sizes(num_classes, in_chans, input)
    aux, dense = check_switch("aux", aux), check_switch("dense", dense)
    asked = Asked(num_classes, in_chans, input, options, tuple(WORDS.values()))
    making = _Making(aux, dense, input, generator, devices)
    first = replace(asked, input=None) if dense else asked  # the dense form is made of its own size
    alone = _bundle_named(word) if weights is None else None
    folder = alone or _bundle_in(weights)
    if folder is None:
        return making.of(first.of(word), weights)
    info = read_info(folder)
    if info.kind == "committee":
        _check_committee(info, folder, asked)
        return _committee(folder, info)
    return _of_bundle(folder, info, first, making, "" if alone else word)


def build(net: Net, generator: torch.Generator | None = None) -> Network:
    """A `Net` as a module with fresh parameters, drawn by its paper's rule from `generator`.

    The rule is found by the network's name; He's for networks that are not ours.
    """
    if not isinstance(net, Net):
        wanted = "build(net('lenet5')), say; create_model takes names and committees"
        raise TypeError(f"build takes a network, not a {type(net).__name__}: {wanted}")
    return build_network(net, generator, beside(net).initialisation)


def model_of(folder: Path, info: BundleInfo) -> nn.Module:
    """The model of the bundle in a folder, as it was kept."""
    if info.kind == "committee":
        return _committee(folder, info)
    return _of_bundle(folder, info, Asked(words=tuple(WORDS.values())), _Making())


@dataclass(frozen=True)
class _Making:
    """How a module is made of a network: see `create_model`."""

    aux: bool = True
    dense: bool = False
    input: int | tuple[int, int] | None = None
    generator: torch.Generator | None = None
    devices: Sequence[Device] | None = None

    def of(self, found: Found, weights: Weights | None) -> nn.Module:
        """The module of a network, with these weights or fresh ones."""
        if isinstance(found.net, CommitteeSpec):
            return self._untrained(found, found.net, weights)
        if not self.aux:
            found = replace(found, net=rewrite.without_heads(found.net).net)
        if self.devices is None:
            return assemble(
                found, weights, dense=self.dense, input=self.input, generator=self.generator
            )
        if self.dense:
            raise ValueError("the dense form runs on one device: leave out dense=True or devices")
        return in_towers(found, self.devices, weights, self.generator)

    def _untrained(self, found: Found, net: CommitteeSpec, weights: Weights | None) -> Committee:
        if self.devices is not None:
            raise ValueError(f"{net.name} is a committee and has no towers: leave out devices")
        if weights is not None:
            raise ValueError(f"{net.name} is a committee: its weights are a bundle's folder")
        member = replace(found, net=net.member)
        return Committee([assemble(member, generator=self.generator) for _ in range(net.count)])


def _checked(name: str | os.PathLike[str], options: Iterable[str]) -> str:
    """The name as text; ValueError where it is none, or an option has another name here."""
    if not isinstance(name, str | os.PathLike):
        raise ValueError(
            f"a network is a name or a bundle's folder, not {name!r}: create_model('lenet5'), say. "
            "All names: papernets list"
        )
    for option in options:
        if option in WORDS:
            raise ValueError(f"create_model has no option {option!r}: it is {WORDS[option]}=")
    return os.fspath(name)


def _bundle_named(word: str) -> Path | None:
    """The folder of the bundle that a name is; one in place goes before a network of its name."""
    if os.path.isdir(word or "."):
        return bundle_at(Path(word)) or bundle_meant(word)
    if Path(word).name in (INFO, WEIGHTS):
        return find_bundle(word)
    return None if named(word) else shipped(word)


def _bundle_in(weights: Weights | None) -> Path | None:
    """The folder of a bundle that is given as weights; None for none, and for tensors alone."""
    if not isinstance(weights, str | os.PathLike) or os.fspath(weights).endswith(".safetensors"):
        return None
    return find_bundle(weights)


def _of_bundle(
    folder: Path, info: BundleInfo, asked: Asked, making: _Making, name: str = ""
) -> nn.Module:
    """The module of a bundle's network; `name` is the user's for it, if it is given by name."""
    found, data = kept_network(folder, info, asked, name), bool(info.net) and not name
    try:
        # one that is there as data has the heads that its weights have
        return replace(making, aux=making.aux or data).of(found, folder / WEIGHTS)
    except (LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError) as error:
        if not data:
            raise
        raise ValueError(
            f"{folder / INFO}: its network cannot be built ({type(error).__name__}: "
            f"{error}). {AGAIN}"
        ) from None


def _committee(folder: Path, info: BundleInfo) -> Committee:
    """The committee of a bundle of bundles, in evaluation mode."""
    members = [_member(folder, name, info) for name in info.members]
    if not members:
        raise ValueError(f"{folder} is a committee without members. {AGAIN}")
    rule = {key: info.rule[key] for key in ("weights", "alone", "margin") if key in info.rule}
    return Committee(members, **rule).eval()


def _member(folder: Path, name: str, committee: BundleInfo) -> nn.Module:
    """A network of a committee, from the folder inside the committee's."""
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{path} leads out of its committee's folder {folder}. {AGAIN}")
    info = read_info(path)
    if info.kind == "committee":
        raise ValueError(
            f"{path} is a committee within the committee {folder}: members are networks. {AGAIN}"
        )
    if info.classes != committee.classes:
        raise ValueError(f"{path} has other classes than its committee {folder}")
    return model_of(path, info)


def _check_committee(info: BundleInfo, folder: Path, asked: Asked) -> None:
    """ValueError where other classes, channels or input are asked of a committee than it has."""
    channels, *size = info.input
    for what, given, own in (
        ("classes", asked.classes, len(info.classes)),
        ("channels", asked.channels, channels),
        ("input", asked.input and pair(asked.input), tuple(size)),
    ):
        if given is not None and given != own:
            raise ValueError(f"{folder} is a trained committee with {what} {own}, not {given}")

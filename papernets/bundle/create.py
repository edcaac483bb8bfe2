"""A module by a network's name, by its `Net`, or from a bundle."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .. import rewrite
from ..nets import Found, beside, sizes
from ..nets.entry import OTHER_WORDS, check_switch, either_word
from ..run.network import Network
from ..run.network import build as build_network
from ..run.towers import Device
from ..spec import Committee as CommitteeSpec
from ..spec import Net, pair, tensors
from ..spec.tensors import tensors_anyhow
from ..words import plural
from . import INFO, WEIGHTS
from .assemble import Weights, assemble, in_towers
from .committee import Committee
from .find import bundle_at, bundle_meant, find_bundle, in_file
from .info import AGAIN, BundleInfo, read_info
from .network import Asked, kept_network
from .origin import mark

WORDS = (OTHER_WORDS["classes"], OTHER_WORDS["channels"], "input")
"""What `create_model` calls what every network takes."""


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
    **options: Any,
) -> nn.Module:
    """A network by name, or from a bundle, as a module that gives logits (N, classes).

    `weights` is a bundle's folder, a trained network's name, a safetensors file or a state_dict;
    classes, channels and input default to the bundle's. For another number of classes than the
    bundle's the body is loaded and the classifier, with the heads', drawn from `generator`: the
    module's `left_out` names what was not taken of the weights. `num_classes=0` leaves classifier
    and heads out: features (N, F). `input` is a side or (height, width) in pixels. `dense=True`
    runs dense layers as convolutions, without heads: a larger picture gives a map (N, classes, H',
    W'). `devices` places each of AlexNet's towers on its own, with the same state_dict (None: one
    device). `net`'s words, `classes` and `channels`, are taken for `num_classes` and `in_chans`.

    As torch's modules do, it comes in training mode, whatever its weights: `.eval()` before it
    predicts. ValueError where a name, an option or the weights do not fit. A file of Python code
    that a bundle names is never run: give it yourself, as `name`, if you trust it.
    """
    word = _checked(name)
    num_classes = either_word("num_classes", num_classes, "classes", options)
    in_chans = either_word("in_chans", in_chans, "channels", options)
    num_classes, in_chans, input = sizes(num_classes, in_chans, input)
    aux, dense = check_switch("aux", aux), check_switch("dense", dense)
    features = num_classes == 0
    classes = None if features else num_classes
    asked = Asked(classes, in_chans, input, options, WORDS)
    making = _Making(aux, dense, input, generator, devices, features)
    first = replace(asked, input=None) if dense else asked  # the dense form is made of its own size
    alone = _bundle_named(word) if weights is None else None
    folder = alone or _bundle_in(weights)
    if folder is None:
        found = first.of(word)
        if dense and input is not None and _smaller(pair(input), found.net.member):
            found = asked.of(word)
        model = making.of(found, weights)
        mark(model, word, options)
        return model
    info = read_info(folder)
    if info.kind == "committee":
        _check_committee(info, folder, replace(asked, classes=num_classes))
        making.check_committee(info.network)
        return _committee(folder, info)
    return _of_bundle(folder, info, first, making, "" if alone else word)


def _smaller(size: tuple[int, int], net: Net) -> bool:
    """Whether pictures are too small for the dense layers of a network at its own size."""
    return any(one < own for one, own in zip(size, net.input[1:], strict=True))


def build(net: Net, generator: torch.Generator | None = None) -> Network:
    """A `Net` as a module with fresh parameters, drawn by its paper's rule from `generator`.

    The rule is found by the network's name; He's for networks that are not ours. It comes in
    training mode.
    """
    if not isinstance(net, Net):
        wanted = "build(net('lenet5')), say; create_model takes names and committees"
        raise TypeError(f"build takes a network, not a {type(net).__name__}: {wanted}")
    return build_network(net, generator, beside(net).initialisation)


def model_of(folder: Path, info: BundleInfo) -> nn.Module:
    """The model of the bundle in a folder, as it was kept."""
    if info.kind == "committee":
        return _committee(folder, info)
    return _of_bundle(folder, info, Asked(words=WORDS), _Making())


@dataclass(frozen=True)
class _Making:
    """How a module is made of a network: see `create_model`."""

    aux: bool = True
    dense: bool = False
    input: int | tuple[int, int] | None = None
    generator: torch.Generator | None = None
    devices: Sequence[Device] | None = None
    features: bool = False

    def of(self, found: Found, weights: Weights | None, fresh: Collection[str] = ()) -> nn.Module:
        """The module of a network, with these weights but for what is `fresh`; or all drawn."""
        if isinstance(found.net, CommitteeSpec):
            return self._untrained(found, found.net, weights)
        full, own = found.net, self._asked_of(found.net)
        left_out = (*fresh, *(() if weights is None else _gone(full, own)))
        found = replace(found, net=own)
        if self.devices is None:
            return assemble(
                found,
                weights,
                dense=self.dense,
                input=self.input,
                generator=self.generator,
                left_out=left_out,
                full=full,
            )
        if self.dense:
            raise ValueError("the dense form runs on one device: leave out dense=True or devices")
        return in_towers(found, self.devices, weights, self.generator, left_out, full)

    def _asked_of(self, net: Net) -> Net:
        if self.features:
            return rewrite.without_classifier(net)
        return net if self.aux else rewrite.without_heads(net).net

    def _untrained(self, found: Found, net: CommitteeSpec, weights: Weights | None) -> Committee:
        self.check_committee(net.name)
        if weights is not None:
            raise ValueError(f"{net.name} is a committee: its weights are a bundle's folder")
        member = replace(found, net=net.member)
        return Committee([assemble(member, generator=self.generator) for _ in range(net.count)])

    def check_committee(self, name: str) -> None:
        """ValueError where what is asked for is of single networks alone."""
        for asked, what in (
            (self.devices is not None, "has no towers: leave out devices"),
            (self.dense, "has no dense form: leave out dense=True, or ask for a member's"),
            (self.features, "has no features of its own: ask for a member's"),
        ):
            if asked:
                raise ValueError(f"{name} is a committee and {what}")


def _gone(full: Net, own: Net) -> tuple[str, ...]:
    """The tensors of a network that it has no more without its heads or its classifier."""
    if own is full:
        return ()
    kept = tensors(own)
    return tuple(name for name in tensors_anyhow(full) if name not in kept)


def _checked(name: str | os.PathLike[str]) -> str:
    """The name as text; ValueError where it is none."""
    if not isinstance(name, str | os.PathLike):
        raise ValueError(
            f"a network is a name or a bundle's folder, not {name!r}: create_model('lenet5'), say. "
            "All names: papernets list"
        )
    return os.fspath(name)


def _bundle_named(word: str) -> Path | None:
    """The folder of the bundle that a name is; one in place goes before a network of its name."""
    if os.path.isdir(word or "."):
        return bundle_at(Path(word)) or bundle_meant(word)
    if Path(word).name in (INFO, WEIGHTS):
        return find_bundle(word)
    return bundle_meant(word)


def _bundle_in(weights: Weights | None) -> Path | None:
    """The folder of a bundle that is given as weights; None for none, and for tensors alone."""
    if not isinstance(weights, str | os.PathLike):
        return None
    tensors_alone = os.fspath(weights).endswith(".safetensors") and not os.path.isdir(weights)
    return None if tensors_alone else find_bundle(weights)


def _of_bundle(
    folder: Path, info: BundleInfo, asked: Asked, making: _Making, name: str = ""
) -> nn.Module:
    """The module of a bundle's network; `name` is the user's for it, if it is given by name."""
    _check_channels(info, folder, asked)
    found, data = kept_network(folder, info, asked, name), bool(info.net) and not in_file(name)
    others = asked.classes is not None and asked.classes != len(info.classes)
    fresh = rewrite.classifier_tensors(found.net.member) if others else ()
    try:
        # one that is there as data has the heads that its weights have
        model = replace(making, aux=making.aux or data).of(found, folder / WEIGHTS, fresh)
        mark(model, name or info.network, {**info.options, **asked.options}, info)
        return model
    except (LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError) as error:
        if not data:
            raise
        raise ValueError(
            f"{folder / INFO}: its network cannot be built ({type(error).__name__}: "
            f"{error}). {AGAIN}"
        ) from None


def _check_channels(info: BundleInfo, folder: Path, asked: Asked) -> None:
    """ValueError where other channels are asked for than a bundle's first layer has weights for."""
    own, given = info.input[0], asked.channels
    if given is not None and given != own:
        raise ValueError(
            f"{folder} was trained on {plural(own, 'channel')}, not {given}: its first layer has "
            "weights for no other. Leave in_chans out and give pictures as "
            f"{plural(own, 'channel')} (papernets.load(...).preprocess makes them); or train one "
            f"for {given} from the start: leave weights out"
        )


def _committee(folder: Path, info: BundleInfo) -> Committee:
    """The committee of a bundle of bundles."""
    members = [_member(folder, name, info) for name in info.members]
    if not members:
        raise ValueError(f"{folder} is a committee without members. {AGAIN}")
    rule = {key: info.rule[key] for key in ("weights", "alone", "margin") if key in info.rule}
    made = Committee(members, **rule)
    mark(made, info.network, info.options, info)
    return made


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
            raise ValueError(
                f"{folder} is a trained committee with {what} {own}, not {given}. Ask it of a "
                f"member: create_model({str(folder / info.members[0])!r})"
            )

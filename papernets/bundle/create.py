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
from ..spec import Net, pair, parted, tensors
from ..spec.tensors import tensors_anyhow
from . import INFO, WEIGHTS
from .assemble import Weights, assemble, in_towers
from .checks import (
    check_as_committee,
    check_channels,
    check_generator,
    checked_name,
    member_of,
)
from .committee import Committee
from .find import bundle_at, bundle_meant, find_bundle, in_file, named
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
    weights' the body is loaded and the classifier, with the heads', drawn from `generator`: the
    module's `left_out` names what was not taken of the weights. `num_classes=0` leaves classifier
    and heads out: features (N, F). `input` is a side or (height, width) in pixels. `dense=True`
    runs dense layers as convolutions, without heads: a larger picture gives a map (N, classes, H',
    W'). `devices` places each of AlexNet's towers on its own, with the same state_dict (None: one
    device). `net`'s words, `classes` and `channels`, are taken for `num_classes` and `in_chans`;
    its further options, swaps such as `activation="tanh"` among them, are options here.

    As torch's modules do, it comes in training mode, whatever its weights: `.eval()` before it
    predicts. ValueError where a name, an option or the weights do not fit. A file of Python code
    that a bundle names is never run: give it yourself, as `name`, if you trust it.
    """
    word = checked_name(name)
    if named(word):
        word, told = parted(word)
        options = {**told, **options}
    num_classes = either_word("num_classes", num_classes, "classes", options)
    in_chans = either_word("in_chans", in_chans, "channels", options)
    num_classes, in_chans, input = sizes(num_classes, in_chans, input)
    aux, dense = check_switch("aux", aux), check_switch("dense", dense)
    check_generator(generator)
    features = num_classes == 0
    classes = None if features else num_classes
    asked = Asked(classes, in_chans, input, options, WORDS)
    redraw = num_classes is not None
    making = _Making(aux, dense, input, generator, devices, features, redraw)
    first = replace(asked, input=None) if dense else asked  # the dense form is made of its own size
    alone = None if weights is not None and named(word) else _bundle_named(word)
    if alone is not None and weights is not None:
        raise ValueError(
            f"{word} is a bundle, which has weights: create_model({word!r}) is it. For others in "
            f"its network: model = create_model({word!r}), then model.load_state_dict(STATE)"
        )
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
        check_as_committee(info, folder, replace(asked, classes=num_classes))
        making.check_committee(info.network, member_of(info, folder))
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
    check_generator(generator)
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
    redraw: bool = False

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
                redraw=self.redraw,
            )
        if self.dense:
            raise ValueError("the dense form runs on one device: leave out dense=True or devices")
        return in_towers(found, self.devices, weights, self.generator, left_out, full, self.redraw)

    def _asked_of(self, net: Net) -> Net:
        if self.features:
            return rewrite.without_classifier(net)
        return net if self.aux else rewrite.without_heads(net).net

    def _untrained(self, found: Found, net: CommitteeSpec, weights: Weights | None) -> Committee:
        self.check_committee(net.name, net.member.name if named(net.member.name) else "")
        if weights is not None:
            raise ValueError(f"{net.name} is a committee: its weights are a bundle's folder")
        member = replace(found, net=net.member)
        return Committee([assemble(member, generator=self.generator) for _ in range(net.count)])

    def check_committee(self, name: str, member: str) -> None:
        """ValueError where what is asked for is of single networks alone, as `member` is."""
        of = "ask for a member's"
        for asked, what, how in (
            (self.devices is not None, "has no towers: leave out devices", ""),
            (self.dense, f"has no dense form: leave out dense=True, or {of}", "dense=True"),
            (self.features, f"has no features of its own: {of}", "num_classes=0"),
        ):
            if asked:
                command = f", create_model({member!r}, {how})" if how and member else ""
                raise ValueError(f"{name} is a committee and {what}{command}")


def _gone(full: Net, own: Net) -> tuple[str, ...]:
    """The tensors of a network that it has no more without its heads or its classifier."""
    if own is full:
        return ()
    kept = tensors(own)
    return tuple(name for name in tensors_anyhow(full) if name not in kept)


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
    check_channels(info, folder, asked)
    found, data = kept_network(folder, info, asked, name), bool(info.net) and not in_file(name)
    others = asked.classes is not None and asked.classes != info.classifies
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

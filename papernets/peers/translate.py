"""A peer's weights in our network: found by the peer's own name, moved by name, loaded whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import torch
from torch import Tensor, nn

from .. import spec
from ..bundle.assemble import assemble
from ..bundle.weights import load_weights
from ..nets import beside, find
from ..run.network import Network
from ..spec import Net
from ..words import did_you_mean, plain
from . import keras
from .auto import Match
from .layout import PeerNet
from .read import cleaned
from .recognise import SIDES, our_net, recognised, theirs
from .rules import renamed

MODULES = {**SIDES, "keras": keras}
PEERS = tuple(MODULES)


@dataclass(frozen=True)
class Conversion:
    """A network of ours with the weights of a file, and what is to be said of it.

    `name` and `options` are those of `papernets.net`; `rows` the table of what went where, where
    order decided; `left_out` the tensors that were not taken; `known` the peer's network, if any.
    """

    model: Network
    name: str
    options: Mapping[str, object]
    known: PeerNet | None = None
    rows: tuple[Match, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def from_peer(
    peer: str, name: str, state_dict: Mapping[str, Tensor], classes: int | None = None
) -> nn.Module:
    """Our network of a peer's, with its weights: from_peer("torchvision", "resnet101", state).

    `peer` is torchvision, timm or keras, `name` the network's own name there, which chooses ours.
    Classes are those of the state_dict; with another number, or where it has no classifier, the
    body is kept and the head drawn afresh: the model's `left_out` names what was not taken. As
    torch's modules do, it comes in training mode: `.eval()` before it predicts. A state_dict of
    double precision makes a network of double precision, any other one of single. ValueError names
    what is unknown, or the first tensor that is missing, extra, misshapen or not finite.
    """
    taken = take(peer, name, state_dict, classes)
    model: nn.Module = taken.model
    model.left_out = taken.left_out  # type: ignore[assignment]
    return model


def take(
    peer: str,
    name: str,
    state_dict: Mapping[str, Tensor],
    classes: int | None = None,
    generator: torch.Generator | None = None,
) -> Conversion:
    """As `from_peer`, with what it found out; `generator` draws a new head."""
    known = find_peer(peer, name)
    if known.peer == "keras" and isinstance(state_dict, Mapping):
        tensors = dict(state_dict)  # paths and variables: for Keras's own reader
    else:
        tensors = cleaned(state_dict).tensors
    options = dict(known.options)
    heads = [key for key in tensors if known.aux and key.startswith(known.aux)]
    dropped: list[str] = []
    if known.aux and "aux" not in find(known.net).options:
        dropped = heads  # our network of this peer has none
        tensors = {key: value for key, value in tensors.items() if key not in dropped}
    elif known.aux and not heads:
        options["aux"] = False
    own = our_net(known.net, options, _classes(known, tensors))
    try:
        state = translate(known, own, tensors)
    except ValueError as error:
        raise ValueError(f"{error}{_like(known, tensors)}") from None
    wanted = own if classes is None else our_net(known.net, options, classes)
    fresh = [
        key
        for key, one in spec.tensors(wanted).items()
        if key not in state or state[key].shape != one.shape
    ]
    if fresh and classes is None:
        raise ValueError(
            f"{peer}'s {known.name}: there is no classifier in these tensors (our {fresh[0]}): say "
            "how many classes a new one has, with classes= or --classes"
        )
    kept = {key: tensor for key, tensor in state.items() if key not in fresh}
    model = loaded(wanted, kept, generator)
    said = (known.note,) if known.note else ()
    return Conversion(model, known.net, options, known, (), (*dropped, *fresh), said)


def translate(known: PeerNet, own: Net, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A peer's tensors under our names; ValueError names the first that does not fit."""
    if known.peer in SIDES:
        return renamed(known, own, theirs(known, own), tensors)
    return keras.translate(known, own, tensors)


def loaded(
    own: Net, state: Mapping[str, Tensor], generator: torch.Generator | None = None
) -> Network:
    """The network with these weights, and drawn ones where `state` has none; in training mode."""
    model = assemble(beside(own), generator=generator)
    floating = [tensor.dtype for tensor in state.values() if tensor.is_floating_point()]
    if floating and all(kind == torch.float64 for kind in floating):
        model = model.double()
    load_weights(model, {**model.state_dict(), **state}, "the state_dict")
    return model


def module_of(peer: str) -> ModuleType:
    """The module that knows a peer's names; ValueError for another peer."""
    if not isinstance(peer, str) or peer.strip().lower() not in PEERS:
        given = peer if isinstance(peer, str) else ""
        hint = did_you_mean(given, PEERS, loosely=True)
        raise ValueError(f"unknown peer {peer!r}.{hint} Peers: {', '.join(PEERS)}")
    return MODULES[peer.strip().lower()]


def find_peer(peer: str, name: str) -> PeerNet:
    """A peer's network by its own name, or by ours where one alone is meant.

    ValueError with the nearest name.
    """
    known: Mapping[str, PeerNet] = module_of(peer).KNOWN
    given = name if isinstance(name, str) else ""
    for key, value in known.items():
        if plain(key) == plain(given):
            return value
    try:
        ours = find(given).name
    except ValueError:
        ours = ""
    meant = [one for one in known.values() if one.net == ours]
    if len(meant) == 1:
        return meant[0]
    hint = did_you_mean(given, known, loosely=True)
    if meant:
        hint = f" {ours} is {' or '.join(repr(one.name) for one in meant)} there."
    raise ValueError(f"unknown network of {peer}, {name!r}.{hint} Known: {', '.join(known)}")


def _classes(known: PeerNet, tensors: Mapping[str, Tensor]) -> int | None:
    """How many classes the tensors have, as the head's bias says; None where it does not."""
    if known.peer == "keras":
        return keras.classes_in(known, tensors)
    bias = tensors.get(f"{known.head}.bias")
    return len(bias) if bias is not None and bias.ndim == 1 and len(bias) else None


def _like(known: PeerNet, tensors: Mapping[str, Tensor]) -> str:
    """A hint at the peer's network whose names and sizes these are, where it is another one."""
    if known.peer not in SIDES:  # Keras's own reader says it
        return ""
    others = [one for one in recognised(tensors) if one.name != known.name]
    others.sort(key=lambda one: one.peer != known.peer)
    return f". Its tensors are those of {others[0].peer}'s {others[0].name}" if others else ""

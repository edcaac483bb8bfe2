"""A peer's weights in our network: found by the peer's own name, moved by name, loaded whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import ModuleType

import torch
from torch import Tensor, nn

from .. import rewrite, spec
from ..bundle.assemble import assemble
from ..bundle.checkpoints import one_state
from ..bundle.origin import mark
from ..bundle.weights import load_weights
from ..nets import beside, find, sizes
from ..nets.entry import either_word
from ..run.network import Network
from ..spec import Net, walk
from ..words import brief, did_you_mean, plain
from . import keras, keras_own
from .auto import Match
from .channels import channels_of, widened
from .heads import Top, top_of
from .layout import PeerNet
from .prefixes import aligned
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
    peer: str,
    name: str,
    state_dict: Mapping[str, Tensor],
    num_classes: int | None = None,
    in_chans: int | None = None,
    *,
    classes: int | None = None,
    channels: int | None = None,
) -> nn.Module:
    """Our network of a peer's, with its weights: from_peer("torchvision", "resnet101", state).

    `peer` is torchvision, timm or keras, `name` the network's own name there, which chooses ours.
    Classes and channels are those of the state_dict. With another number of classes, or where it
    has no classifier, the body is kept and the head drawn afresh: the model's `left_out` names what
    was not taken; 0 gives features (N, F), without a classifier. For other channels the first
    convolution is adapted as timm does: summed over its own for one, else repeated, cut, and scaled
    by own / channels. `classes` and `channels` are other words for `num_classes` and `in_chans`. As
    torch's modules do, it comes in training mode: `.eval()` before it predicts. A state_dict of
    double precision makes a network of double precision, any other one of single. ValueError names
    what is unknown, or the first tensor that is missing, extra, misshapen or not finite.
    """
    count = either_word("num_classes", num_classes, "classes", {"classes": classes})
    depth = either_word("in_chans", in_chans, "channels", {"channels": channels})
    taken = take(peer, name, state_dict, count, channels=depth)
    model: nn.Module = taken.model
    model.left_out = taken.left_out  # type: ignore[assignment]
    if taken.known is not None:
        mark(model, taken.name, taken.options, peer=(taken.known.peer, taken.known.name))
    return model


def take(
    peer: str,
    name: str,
    state_dict: Mapping[str, Tensor],
    classes: int | None = None,
    generator: torch.Generator | None = None,
    channels: int | None = None,
) -> Conversion:
    """As `from_peer`, with what it found out; `generator` draws a new head."""
    known = find_peer(peer, name)
    classes, channels, _ = sizes(classes, channels, None)
    kept = _kept(known, state_dict)
    tensors, top, options = kept.tensors, kept.top, kept.options
    count = None if top.fresh else _classes(known, tensors)
    own = our_net(known.net, options, count, _channels(known, options, tensors))
    heads = _other_heads(known, own, tensors)
    try:
        state = translate(known, own, tensors, top.fresh | heads)
    except ValueError as error:
        raise ValueError(f"{error}{kept.hint}{_like(known, tensors)}") from None
    lacks = next((key for key in spec.tensors(own) if key not in state and key not in heads), "")
    if lacks and classes is None:
        raise ValueError(_no_classifier(known, lacks, top))
    depth = channels or own.input[0]
    state, adapted = widened(state, own, our_net(known.net, options, count, depth))
    wanted = our_net(known.net, options, classes or count, depth)
    if classes == 0:
        wanted = rewrite.without_classifier(wanted)
    places = spec.tensors(wanted)
    gone = [key for key in state if key not in places]  # of a classifier that nobody wants
    drawn = [k for k, one in places.items() if k not in state or state[k].shape != one.shape]
    taken = {key: tensor for key, tensor in state.items() if key not in {*gone, *drawn}}
    model = loaded(wanted, taken, generator)
    said = () if set(drawn) - heads else top.notes
    notes = (*kept.notes, *said, *adapted, *((known.note,) if known.note else ()))
    left_out = tuple(dict.fromkeys((*kept.left_out, *top.left_out, *gone, *drawn)))
    return Conversion(model, known.net, options, known, (), left_out, notes)


@dataclass(frozen=True)
class _Kept:
    """What is given, under the peer's own names, and the options of our network for it.

    `left_out` names what is no part of it; `hint` goes on with an error, where names were changed.
    """

    tensors: Mapping[str, Tensor]
    options: Mapping[str, object]
    top: Top
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    hint: str = ""


def _kept(known: PeerNet, state_dict: Mapping[str, Tensor]) -> _Kept:
    """The tensors as the peer calls them, without what is no part of its network."""
    options = dict(known.options)
    if known.peer == "keras" and isinstance(state_dict, Mapping):
        # paths and variables: for Keras's own reader
        tensors, older = keras_own.renewed(known, dict(state_dict))
        top = keras_own.top_of(known, our_net(known.net, options), tensors)
        return _Kept(
            top.tensors, options, top, (), older, "".join(f". Here {n}" for n in older[:1])
        )
    found = cleaned(one_state(state_dict))
    whole = our_net(known.net, options)
    tensors, changed = aligned(found.tensors, theirs(known, whole).values())
    heads = [key for key in tensors if known.aux and key.startswith(known.aux)]
    dropped: tuple[str, ...] = ()
    if known.aux and "aux" not in find(known.net).options:
        dropped = tuple(heads)  # our network of this peer has none
        tensors = {key: value for key, value in tensors.items() if key not in dropped}
    elif known.aux and not heads:
        options["aux"] = False
        whole = our_net(known.net, options)
    top = top_of(known, whole, theirs(known, whole), tensors)
    notes = (*found.notes, *changed)
    hint = "".join(f". Here {note}" for note in notes if note.startswith("tensors go by"))
    return _Kept(top.tensors, options, top, (*found.left_out, *dropped), notes, hint)


def translate(
    known: PeerNet, own: Net, tensors: Mapping[str, Tensor], without: Collection[str] = ()
) -> dict[str, Tensor]:
    """A peer's tensors under our names; ValueError names the first that does not fit."""
    if known.peer in SIDES:
        return renamed(known, own, theirs(known, own), tensors, without)
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
        raise ValueError(f"unknown peer {brief(peer)}.{hint} Peers: {', '.join(PEERS)}")
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
    raise ValueError(f"unknown network of {peer}, {brief(name)}.{hint} Known: {', '.join(known)}")


def _classes(known: PeerNet, tensors: Mapping[str, Tensor]) -> int | None:
    """How many classes the tensors have, as the head's bias or weight says; None for no head."""
    if known.peer == "keras":
        return keras.classes_in(known, tensors)
    bias = tensors.get(f"{known.head}.bias", tensors.get(f"{known.head}.weight"))
    return len(bias) if bias is not None and bias.ndim and len(bias) else None


def _channels(
    known: PeerNet, options: Mapping[str, object], tensors: Mapping[str, Tensor]
) -> int | None:
    """How many channels the tensors' first convolution sees; None where that is not told."""
    own = our_net(known.net, options)
    if known.peer == "keras":
        return keras_own.channels_in(known, own, tensors)
    first = next(key for key, one in spec.tensors(own).items() if len(one.shape) == 4)
    given = tensors.get(theirs(known, own)[first])
    return None if given is None else channels_of(given.shape, spec.tensors(own)[first].shape, 1)


def _other_heads(known: PeerNet, own: Net, tensors: Mapping[str, Tensor]) -> frozenset[str]:
    """Our tensors of auxiliary heads' classifiers that have other classes than the network's own.

    People replace the classifier that predicts and leave those that only training uses.
    """
    if not known.aux or known.peer not in SIDES:
        return frozenset()
    rows = {row.name for row in walk(own) if row.aux}
    called, found = theirs(known, own), set[str]()
    for key, one in spec.tensors(own).items():
        given = tensors.get(called[key])
        if one.row in rows and len(one.shape) == 2 and given is not None:
            bias = tensors.get(called[key].removesuffix("weight") + "bias")
            alike = bias is not None and given.shape[:1] == bias.shape
            if alike and given.shape[1:] == one.shape[1:] and given.shape != one.shape:
                found |= {k for k, other in spec.tensors(own).items() if other.row == one.row}
    return frozenset(found)


def _no_classifier(known: PeerNet, lacks: str, top: Top) -> str:
    """That a new classifier needs a number of classes, and what there is in its place."""
    whose = f"{known.peer}'s {known.name}"
    if top.why:
        return (
            f"{whose}: the classifier in these tensors is another one ({top.why}). To leave it out "
            "and draw a new one, say how many classes that has, with classes= or --classes"
        )
    return (
        f"{whose}: there is no classifier in these tensors (our {lacks}): say how many classes a "
        "new one has, with classes= or --classes"
    )


def _like(known: PeerNet, tensors: Mapping[str, Tensor]) -> str:
    """A hint at the peer's network whose names and sizes these are, where it is another one."""
    if known.peer not in SIDES:  # Keras's own reader says it
        return ""
    others = [one for one in recognised(tensors) if one.name != known.name]
    others.sort(key=lambda one: one.peer != known.peer)
    return f". Its tensors are those of {others[0].peer}'s {others[0].name}" if others else ""

"""Which peer's network a state_dict is of, by the names and sizes of its tensors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from math import prod
from shlex import quote
from typing import Any

from torch import Tensor

from .. import spec
from ..nets.entry import COMMON
from ..nets.registry import find, net
from ..spec import Net
from . import timm, torchvision
from .heads import tops
from .layout import PeerNet
from .rules import COUNTER, names

SIDES = {"torchvision": torchvision, "timm": timm}


def theirs(known: PeerNet, net: Net) -> dict[str, str]:
    """What torchvision or timm calls each tensor of our state_dict."""
    families = SIDES[known.peer].FAMILIES
    rules = next(rules for name, rules in families.items() if known.name.startswith(name))
    return names(net, rules(net) if callable(rules) else rules)


def recognised(tensors: Mapping[str, Tensor]) -> tuple[PeerNet, ...]:
    """The networks of torchvision and timm whose names and sizes these are.

    Classifiers, channels and auxiliary heads may differ, or heads lack; they are only of who has a
    place for them.
    """
    given = {name: tensor.numel() for name, tensor in tensors.items()}

    def fits(known: PeerNet) -> bool:
        heads = bool(known.aux) and any(name.startswith(known.aux) for name in given)
        if heads and "aux" not in find(known.net).options:
            return False
        trunk = _trunk(known, given)
        if not Counter(trunk.values()) <= _sizes(known.peer, known.name):
            return False  # quickly: nearly all of them end here
        own = our_net(known.net, known.options)
        called, every = theirs(known, own), spec.tensors(own)
        sizes = {called[key]: prod(one.shape) for key, one in every.items()}
        first = next(key for key, one in every.items() if len(one.shape) == 4)
        stem = tensors.get(called[first])  # of other channels, perhaps, but not of another kernel
        if stem is not None and tuple(stem.shape[2:]) != every[first].shape[2:]:
            return False
        return trunk == _trunk(known, sizes)

    return tuple(one for side in SIDES.values() for one in side.KNOWN.values() if fits(one))


def same_network(known: PeerNet, name: str, options: Mapping[str, object]) -> bool:
    """Whether our network of this name, with these options, computes what the peer's does.

    It does by its layers, or by its name: vgg16_torchvision pools adaptively, as the peer does.
    """
    if find(name).name == f"{known.name}_{known.peer}":
        return True
    shown: dict[str, Any] = {key: value for key, value in options.items() if key not in COMMON}
    both = known.aux and "aux" in shown and "aux" in find(known.net).options
    heads = {"aux": shown["aux"]} if both else {}
    wanted, asked = our_net(known.net, {**known.options, **heads}), net(name, **shown)
    return isinstance(asked, Net) and asked.body == wanted.body


def how_to_take(found: tuple[PeerNet, ...], where: str) -> str:
    """Whose tensors a file has, which network of ours that is, and the command that takes them."""
    first = found[0]
    said = (
        f"{where}'s tensors are those of {first.peer}'s {first.name}, which is our {first.net}: "
        f"papernets convert {quote(where)} --net {first.name} --from {first.peer} --out OUT"
    )
    for other in found[1:]:
        if (other.net, other.options) != (first.net, first.options):
            said += f"; or of {other.peer}'s {other.name}, our {other.net}: --from {other.peer}"
    return said


def _trunk(known: PeerNet, sizes: Mapping[str, int]) -> dict[str, int]:
    """The sizes without the classifier's, the first weight, the auxiliary heads', the counters'."""
    apart = (*_ends(known.peer, known.name), *([known.aux] if known.aux else []))
    return {
        name: size
        for name, size in sizes.items()
        if not name.startswith(apart) and not name.endswith(COUNTER)
    }


@cache
def _ends(peer: str, name: str) -> tuple[str, ...]:
    """What classes and channels change in a peer's network, by how the names begin."""
    known = SIDES[peer].KNOWN[name]
    own = our_net(known.net, known.options)
    called = theirs(known, own)
    first = next(key for key, one in spec.tensors(own).items() if len(one.shape) == 4)
    return (called[first], *tops(own, called))


@cache
def _sizes(peer: str, name: str) -> Counter[int]:
    """How many tensors of each size a peer's network has."""
    known = SIDES[peer].KNOWN[name]
    own = spec.tensors(our_net(known.net, known.options))
    return Counter(prod(one.shape) for one in own.values())


def our_net(
    name: str,
    options: Mapping[str, object],
    classes: int | None = None,
    channels: int | None = None,
) -> Net:
    """Our network of a name; ValueError for a committee."""
    chosen: dict[str, Any] = dict(options)
    if channels is not None:
        chosen["channels"] = channels
    found = net(name, classes, **chosen)
    if not isinstance(found, Net):
        raise ValueError(f"{name} is a committee: its members are converted one by one")
    return found

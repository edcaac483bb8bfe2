"""A peer's network by our name: Keras's mobilenet_0.25_224 by mobilenet_v1_keras_0.25_224."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..nets.registry import find, net
from ..spec import Net
from .layout import PeerNet


def by_our_name(name: str, known: Mapping[str, PeerNet]) -> PeerNet | None:
    """The peer's network that ours of this name computes, if any.

    It does by its layers and input, or by its name: vgg16_torchvision pools adaptively, as the peer
    does, where our vgg16 does not; then it is our network.
    """
    try:
        entry, ours = find(name), net(name)
    except ValueError:
        return None
    for one in known.values():
        if entry.name == f"{one.name}_{one.peer}":
            return replace(one, net=entry.name)
    for one in known.values():
        its = net(one.net, **dict(one.options))  # type: ignore[arg-type]
        if isinstance(ours, Net) and isinstance(its, Net) and _same(ours, its):
            return one
    return None


def _same(one: Net, other: Net) -> bool:
    return (one.body, one.input) == (other.body, other.input)

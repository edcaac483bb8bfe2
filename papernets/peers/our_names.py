"""A peer's network by our name: Keras's mobilenet_0.25_224 by mobilenet_v1_keras_0.25_224."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..nets.registry import find, net
from ..spec import Net
from ..words import plain
from .layout import PeerNet


def by_our_name(name: str, known: Mapping[str, PeerNet]) -> PeerNet | None:
    """The peer's network that ours of this name computes, if any.

    It does by its layers and input, or by its name: vgg16_torchvision pools adaptively, as the peer
    does, where our vgg16 does not; then it is our network. A network that the peer has in a form of
    its own, as Keras has mobilenet_v1_0.25_224, means that form, with a note; ValueError where
    there are several.
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
    forms = _forms(plain(name), entry.name, known)
    if len(forms) > 1:
        peer, names = forms[0][1].peer, ", ".join(one.name for _, one in forms)
        raise ValueError(f"{peer} has {entry.name} in several forms. Name one of them: {names}")
    for own, one in forms:
        said = f"taken as {one.peer}'s form of {entry.name}, which is our {own.name}"
        return replace(one, note="; ".join(filter(None, (said, one.note))))
    return None


def _forms(given: str, printed: str, known: Mapping[str, PeerNet]) -> list[tuple[Net, PeerNet]]:
    """A peer's forms of a printed network: mobilenet_v1_keras, for mobilenet_v1.

    Other words in the given name, `_two_tower` of alexnet say, are to fit our name of the form too.
    """
    found: list[tuple[Net, PeerNet]] = []
    for one in known.values():
        own = net(one.net, **dict(one.options))  # type: ignore[arg-type]
        assert isinstance(own, Net)
        if own.name == printed or own.name.replace(f"_{one.peer}", "", 1) != printed:
            continue
        meant = given == printed or _is(given.replace(printed, own.name, 1), own.name)
        if meant and not any(_same(own, other) for other, _ in found):
            found.append((own, one))
    return found


def _is(name: str, own: str) -> bool:
    try:
        return find(name).name == own
    except ValueError:
        return False


def _same(one: Net, other: Net) -> bool:
    return (one.body, one.input) == (other.body, other.input)

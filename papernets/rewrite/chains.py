"""What the rewrites for evaluation share: a change to every chain, and what a map may pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..spec import (
    AdaptivePool,
    Chain,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Net,
    Part,
    Pool,
    Subsample,
    dotted,
    each_part,
)
from .rewritten import mapped

Parts = list[tuple[str, Part]]
WEIGHTED = (Conv, Dense, Subsample)
"""Layers that take an affine map into their weight and bias."""


def chains(net: Net, change: Callable[[str, Parts], Parts]) -> Net:
    """The network with every chain's parts changed; `change` gets the chain's full name too."""

    def each(name: str, part: Part) -> Part:
        return Chain(tuple(change(name, list(part.parts)))) if isinstance(part, Chain) else part

    return mapped(net, each).net


def linear(part: Part) -> bool:
    """Whether a part gives its weighted sums as they are, without normalisation or activation."""
    return (
        isinstance(part, WEIGHTED)
        and part.activation is None
        and getattr(part, "norm", None) is None
    )


def unpadded(part: Part) -> bool:
    """Whether a layer with weights sees its input alone, and no zeros round it."""
    if isinstance(part, Conv):
        return part.window().fixed == (0, 0)
    return isinstance(part, Dense | Subsample)


def takes(parts: Sequence[tuple[str, Part]], at: int, shifts: bool) -> int | None:
    """The place of the layer that takes in an affine map standing before place `at`; or None.

    The map is the same in front of a flattening and of an average as behind it; one that `shifts`
    only where no zeros lie round the picture, as they would not be shifted.
    """
    while at < len(parts) and _passes(parts[at][1], shifts):
        at += 1
    if at == len(parts) or not isinstance(parts[at][1], WEIGHTED):
        return None
    return None if shifts and not unpadded(parts[at][1]) else at


def _passes(part: Part, shifts: bool) -> bool:
    if isinstance(part, Pool):
        whole = not part.ceil and part.window().fixed == (0, 0)
        return part.how == "average" and part.activation is None and (whole or not shifts)
    return isinstance(part, Flatten | GlobalPool | AdaptivePool)


def fresh(net: Net, name: str, word: str) -> str:
    """A word for a new part of the part `name`, lengthened until no part is called so."""
    taken = {one for one, _ in each_part(net.body)}
    while dotted(name, word) in taken:
        word += "_"
    return word

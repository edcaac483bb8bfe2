"""What computes nothing in evaluation is left out; chains within chains become one."""

from __future__ import annotations

from dataclasses import replace

from ..spec import Activation, Add, Aux, Chain, Dropout, Identity, Layer, Net, Part, dotted
from .rewritten import Change, Rewritten, mapped

WHY = {
    Aux: ("auxiliary head left out", "only training asks it"),
    Dropout: ("dropout left out", "in evaluation it passes on what it is given"),
    Identity: ("identity left out", "it passes on what it is given"),
}


def tidy(net: Net) -> Rewritten:
    """The network without heads, dropout, identities, and branches that are multiplied by 0.

    Chains within chains are one chain, in which what follows what is plain to see. Rows keep their
    names.
    """
    changes: list[Change] = []

    def change(name: str, part: Part) -> Part | None:
        for kind, (what, why) in WHY.items():
            if isinstance(part, kind):
                changes.append(Change(what, name, why))
                return None
        if isinstance(part, Activation) and part.activation in (None, "softmax"):
            return None
        if isinstance(part, Layer) and part.activation == "softmax":
            return replace(part, activation=None)  # type: ignore[type-var]
        if isinstance(part, Chain):
            return Chain(_flat(part))
        return _without_zeros(name, part, changes) if isinstance(part, Add) else part

    return replace(mapped(net, change), changes=tuple(changes))


def _flat(chain: Chain) -> tuple[tuple[str, Part], ...]:
    """The parts of a chain, those of chains within it among them, under the same full names."""
    found: list[tuple[str, Part]] = []
    for child, part in chain.parts:
        inner = _flat(part) if isinstance(part, Chain) else (("", part),)
        found += [(dotted(child, name), one) for name, one in inner]
    return tuple(found)


def _without_zeros(name: str, part: Add, changes: list[Change]) -> Part:
    """A sum without the branches that are multiplied by 0; of one branch alone, no sum."""
    scales = part.scales or (1.0,) * len(part.branches)
    kept = [at for at, scale in enumerate(scales) if scale]
    if not kept:
        return part
    for at, (child, _) in enumerate(part.branches):
        if at not in kept:
            why = "0 times a finite number is 0, whatever the picture"
            changes.append(Change("constant branch left out", dotted(name, child), why))
    branches = tuple(part.branches[at] for at in kept)
    scales = tuple(scales[at] for at in kept)
    if len(branches) > 1 or scales != (1.0,):
        return replace(part, branches=branches, scales=None if set(scales) == {1.0} else scales)
    own = (("", Activation(part.activation)),) if part.activation else ()
    return Chain(_flat(Chain((branches[0], *own))))


__all__ = ["tidy"]

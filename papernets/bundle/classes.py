"""A class of a network by its name, as people write it."""

from __future__ import annotations

from collections.abc import Sequence

from ..words import composed, did_you_mean, listed

NAMED = 10  # classes that an error lists


def class_place(class_: str, names: Sequence[str], network: str) -> int:
    """The place of a class; the case of letters matters where names differ by nothing else.

    ValueError, with the nearest name, for a class that the network does not have.
    """
    known = {composed(name): at for at, name in reversed(list(enumerate(names)))}
    if composed(class_) in known:
        return known[composed(class_)]
    loosely = [at for name, at in known.items() if name.casefold() == class_.casefold()]
    if len(loosely) == 1:
        return loosely[0]
    raise no_class(class_, names, network)


def no_class(class_: object, names: Sequence[str], network: str) -> ValueError:
    """The error for a class that a network does not have."""
    hint = did_you_mean(str(class_), names, loosely=True)
    return ValueError(
        f"{network} has no class {class_!r}.{hint} Its classes: {listed(names, NAMED)}"
    )

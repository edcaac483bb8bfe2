"""What a network usually sees: by its peer's convention, its recipe, or the common one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..data import Preprocessing
from ..nets import beside
from ..spec import Net
from .conventions import preprocessing
from .layout import PeerNet
from .translate import MODULES

UNIT = {"low": 0.0, "high": 1.0}


def usual(net: Net, convention: str = "") -> dict[str, Any]:
    """A bundle's preprocessing for a network, by this convention or its own.

    Its own is what the peer documents whose network it is; 0 to 1 where its recipe says so; else
    ImageNet's mean and deviation for colours, and for grey what training does to digits.
    """
    known = _peers(net)
    recipe = next(iter(beside(net).recipes), None)
    if not (convention or known) and recipe is not None and UNIT.items() <= recipe.settings.items():
        convention = "unit"
    return preprocessing(net.input, known, convention)[0]


def _peers(net: Net) -> PeerNet | None:
    """The peer's network that a network of ours is, if the channels are those of its pictures."""
    every = [one for module in MODULES.values() for one in module.KNOWN.values()]
    alike = [one for one in every if f"{net.name}_".startswith(f"{one.net}_")]
    return max(alike, key=lambda one: len(one.net)) if alike and net.input[0] == 3 else None


def adapted(known: Preprocessing, net: Net) -> Preprocessing:
    """A bundle's preprocessing for the input of its network now; a photograph's store follows."""
    _, height, width = net.input
    if (height, width) == (known.height, known.width):
        return known
    picture = known.picture
    if known.kind == "photo":
        rows, columns = known.picture
        picture = (round(rows * height / known.height), round(columns * width / known.width))
    return replace(known, height=height, width=width, picture=picture)

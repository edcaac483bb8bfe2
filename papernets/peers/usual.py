"""What a network usually sees: by its peer's convention, its recipe, or the common one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..bundle.find import named
from ..data import Preprocessing
from ..nets import beside, look_up
from ..spec import Net
from ..words import by
from .conventions import preprocessing, small_and_grey
from .layout import PeerNet
from .translate import MODULES

UNIT = {"low": 0.0, "high": 1.0}


def usual(net: Net, convention: str = "", taken: tuple[str, str] | None = None) -> dict[str, Any]:
    """A bundle's preprocessing for a network, by this convention or its own.

    `taken` is the peer whose weights it has, and the peer's name for it, if that is known.
    Its own is what the peer documents whose network it is; 0 to 1 where its recipe says so; else
    what training does to digits for a network that is for these, and ImageNet's mean and deviation
    for any other. A grey one sees the mean of what colours become.
    """
    digits = for_digits(net)
    known = None if digits else _peers(net, taken)
    recipe = next(iter(beside(net).recipes), None)
    if not (convention or known) and recipe is not None and UNIT.items() <= recipe.settings.items():
        convention = "unit"
    return preprocessing(net.input, known, convention, digits)[0]


def for_digits(net: Net) -> bool:
    """Whether a network is for digits: it is grey, and was printed for small grey pictures.

    A network of one's own is as it is.
    """
    if net.input[0] != 1:
        return False
    printed = look_up(net.name).net.member if named(net.name) else net
    return small_and_grey(printed.input)


def _peers(net: Net, taken: tuple[str, str] | None) -> PeerNet | None:
    """The peer's network that a network of ours is: whose weights it has, or any peer's."""
    if taken is not None:
        return MODULES[taken[0]].KNOWN.get(taken[1])  # type: ignore[no-any-return]
    every = [one for module in MODULES.values() for one in module.KNOWN.values()]
    alike = [one for one in every if f"{net.name}_".startswith(f"{one.net}_")]
    return max(alike, key=lambda one: len(one.net)) if alike else None


def completed(given: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A preprocessing of which some keys are given, and the others a network's own.

    Of another kind of picture the middle is not cut out unless that is given; in another order of
    the channels, so is what 0 and 255 become in each.
    """
    rest = dict(own)
    if given.get("kind", rest["kind"]) != rest["kind"]:
        rest["crop"] = False
    if given.get("order", rest["order"]) != rest["order"]:
        rest |= {key: rest[key][::-1] for key in ("low", "high")}
    return {**rest, **given}


def adapted(known: Preprocessing, net: Net) -> Preprocessing:
    """A bundle's preprocessing for the input of its network now; a photograph's store follows."""
    _, height, width = net.input
    if (height, width) == (known.height, known.width):
        return known
    if known.arrays is not None:
        raise ValueError(
            f"its preprocessing has a mean picture of {by(known.arrays.mean.shape)}, and "
            f"{net.name} sees {by(net.input)}: give one that fits it"
        )
    picture = known.picture
    if known.kind == "photo":
        rows, columns = known.picture
        picture = (round(rows * height / known.height), round(columns * width / known.width))
    return replace(known, height=height, width=width, picture=picture)

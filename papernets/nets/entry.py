"""A name in the list of networks, and the function that makes it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..numbers import MOST, plain_int
from ..spec import Committee, Net, Pair
from ..words import brief
from .shelf import first_sentence

Size = int | Pair
"""An input's side, or its height and width, in pixels."""
COMMON = ("classes", "channels", "input")
OTHER_WORDS = {"classes": "num_classes", "channels": "in_chans"}
"""What timm, and so `create_model`, calls what a network takes; Python takes both words."""


def check_most(what: str, value: object) -> None:
    """ValueError for a whole number of classes, channels or pixels above `MOST`."""
    if isinstance(value, int) and value > MOST:
        raise ValueError(f"{what} must be at most {MOST:,}: what was given is larger")


def either_word(word: str, value: Any, other: str, options: dict[str, Any]) -> Any:
    """What is given under either of two words; the `other` one is taken out of the options.

    ValueError where both are given and differ.
    """
    under_other = options.pop(other, None)
    if value is None or under_other is None:
        return under_other if value is None else value
    value, under_other = plain_int(value), plain_int(under_other)
    try:
        same = bool(value == under_other)
    except (ValueError, RuntimeError):  # of arrays and tensors: refused as what they are
        same = value is under_other
    if not same:
        raise ValueError(
            f"{word}={brief(value)} and {other}={brief(under_other)} are two words for one thing: "
            "give one"
        )
    return value


def side_of(name: str, digits: str) -> int:
    """A side in pixels as a network's name writes it; ValueError where no network takes it."""
    side = int(digits[:20])  # enough to be too large: int() refuses thousands of digits
    if not 1 <= side <= MOST:
        raise ValueError(
            f"{name[:60]}: a side of the input, as a name gives it, is from 1 to {MOST:,} pixels"
        )
    return side


@dataclass(frozen=True)
class Entry:
    """One network under its plain name; its function's keyword arguments are its options."""

    name: str
    make: Callable[..., Net | Committee]
    year: int
    aliases: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The first sentence of the function's docstring, for the list."""
        return first_sentence(self.make)

    @property
    def family(self) -> str:
        """The package of its family: papernets.nets.vgg."""
        return ".".join(self.make.__module__.split(".")[:3])

    @property
    def options(self) -> tuple[str, ...]:
        """The options that this network declares beside classes, channels and input."""
        return tuple(p for p in inspect.signature(self.make).parameters if p not in COMMON)


def check_switch(option: str, value: object) -> bool:
    """A switch's value; ValueError for anything but True and False."""
    if not isinstance(value, bool):
        raise ValueError(f"{option} must be True or False, not {brief(value)}")
    return value

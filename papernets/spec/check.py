"""Whether a network is put together from what networks are made of, before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from numbers import Integral, Real
from typing import Any

from ..numbers import LARGE, MOST, is_whole
from ..words import shortened
from .joins import Add, Aux, Chain, Concat, Part, dotted
from .layer import Layer, Norm, check_activation
from .net import Net

DEEPEST, MOST_PARTS = 100, 10_000
"""Parts within parts, and parts in all: no network of ours has more than a few, or a thousand."""


@dataclass
class Counted:
    """How many parts were met, and those whose fields are right: one may stand in many places."""

    parts: int = 0
    right: dict[int, Part] = field(default_factory=dict)


def check_net(net: Net) -> None:
    """ValueError, with the layer's name and the value, for what no network is made of.

    Whether the layers fit on one another is the walk's to say.
    """
    shape, size = net.input, "three whole numbers of at least 1: (channels, height, width)"
    if not (isinstance(shape, tuple) and len(shape) == 3 and all(map(_count, shape))):
        raise ValueError(f"the input of {net.name} is {_short(shape)}, not {size}")
    _check_most(f"the input of {net.name}", shape)
    if not _whole(net.classes) or net.classes < 0:
        raise ValueError(f"the classes of {net.name} are {_short(net.classes)}, not a whole number")
    _check_most(f"the classes of {net.name}", net.classes)
    if not isinstance(net.body, Chain):
        raise ValueError(
            f"the body of {net.name} is {_short(net.body)}, not a chain of named layers: "
            "chain({'conv1': Conv(6, 5), ...})"
        )
    if not net.body.parts:
        raise ValueError(f"{net.name} has no layers")
    _check("", net.body, 0, Counted())
    _check_names(net)


def _check(name: str, part: Part, depth: int, counted: Counted) -> None:
    """ValueError where a part, or one within it, is none."""
    counted.parts += 1
    if counted.parts > MOST_PARTS + 1:  # one that stands in several places counts in each
        raise ValueError(f"{_short(name)}: a network has at most {MOST_PARTS:,} parts")
    if depth > DEEPEST:
        raise ValueError(f"{_short(name)}: parts lie in parts {DEEPEST} deep, which is the most")
    if isinstance(part, Chain):
        _check_named(name, part.parts, depth, counted)
    elif isinstance(part, Concat | Add):
        _check_named(name, part.branches, depth, counted)
    elif isinstance(part, Aux):
        _check(name, part.head, depth + 1, counted)
    elif not isinstance(part, Layer):
        raise ValueError(f"{name}: {_short(part)} is no layer; papernets.spec has them")
    if is_dataclass(part) and id(part) not in counted.right:
        _check_fields(name, part)
        counted.right[id(part)] = part


def _check_named(name: str, several: object, depth: int, counted: Counted) -> None:
    where = name or "the body"
    if not isinstance(several, tuple | list):
        raise ValueError(f"{where}: {_short(several)} is no tuple of (name, layer)")
    for one in several:
        if not isinstance(one, tuple | list) or len(one) != 2:
            raise ValueError(f"{where}: {_short(one)} is no pair of a name and a layer")
        if not isinstance(one[0], str):
            raise ValueError(f"{where}: a part is called {_short(one[0])}, which is no text")
        _check(dotted(name, one[0]), one[1], depth + 1, counted)


def _check_names(net: Net) -> None:
    """ValueError where two parts would be found under one name, or one by none.

    What a named part's name and a dot begin is that part's own.
    """
    held: dict[str, str] = {}
    shared: dict[str, int] = {}  # a name that several parts begin with, and where they stand
    for name, outer, part, home in _named(net.body):
        if not all(name.split(".")):
            what = f"a part is called {_short(name)}" if name else "a layer has no name"
            raise ValueError(f"{net.name}: {what}; names are words, with dots between them")
        if name in held:
            what = "rows" if isinstance(part, Layer) else "parts"
            raise ValueError(f"two {what} of {net.name} are called {name!r}: parameters need names")
        held[name] = outer
        for above in _beginnings(name, outer):
            if shared.setdefault(above, home) != home:
                raise ValueError(
                    f"{net.name}: parts called {above!r} and a dot stand in two places, one within "
                    "the other's branches: call those of one place otherwise"
                )
    for name, outer in held.items():
        for above in _beginnings(name, outer):
            if above in held:
                raise ValueError(
                    f"{net.name}: {name!r} is no part of {above!r}, but is called as one: "
                    "call one of the two otherwise"
                )


def _beginnings(name: str, outer: str) -> Iterator[str]:
    """What stands before a dot of a name, the longest first, within the part that it lies in."""
    above = name.rpartition(".")[0]
    while above and above != outer:
        yield above
        above = above.rpartition(".")[0]


def _named(part: Part, name: str = "", outer: str = "") -> Iterator[tuple[str, str, Part, int]]:
    """The named parts in a part: full name, the named part that it lies in, itself, its place.

    And layers in a line without a name, as "", but for one that is all of a named part.
    """
    several = part.parts if isinstance(part, Chain) else getattr(part, "branches", ())
    if isinstance(part, Aux):
        several = (("", part.head),)
    line = isinstance(part, Chain) and (len(several) > 1 or not name)
    for child, inner in several:
        if child:
            full = dotted(name, child)
            yield full, outer, inner, id(several)
            yield from _named(inner, full, full)
        elif not isinstance(inner, Layer):
            yield from _named(inner, name, outer)
        elif line:
            yield "", outer, inner, id(several)


def _check_fields(name: str, part: Any) -> None:
    """ValueError where a value cannot be what its field's annotation says."""
    for key, (good, wanted) in _kinds(type(part)):  # type: ignore[arg-type]
        value = getattr(part, key)
        if key == "activation":
            try:
                check_activation(value)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        if not good(value):
            raise ValueError(f"{name}: {key} is {_short(value)}, not {wanted}")
        _check_most(f"{name}: {key}", value)
        if isinstance(value, Norm):
            _check_fields(f"{name}: norm", value)


@cache
def _kinds(of: type[Any]) -> tuple[tuple[str, Kind], ...]:
    """The fields of a kind of layer, each with what its values have to be."""
    return tuple(
        (one.name, WHOLE if one.name in FROM_0 else KINDS.get(str(one.type), ANYTHING))
        for one in fields(of)
    )


def _check_most(what: str, value: object) -> None:
    """ValueError for a whole number above `MOST`, alone, in a row, or in rows."""
    for one in value if isinstance(value, tuple | list) else (value,):
        if isinstance(one, tuple | list):
            _check_most(what, one)
        elif isinstance(one, Integral) and abs(int(one)) > MOST:
            raise ValueError(f"{what}: a whole number is at most {MOST:,}; what is given is larger")


def _whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _count(value: Any) -> bool:
    return _whole(value) and value >= 1


def _number(value: Any) -> bool:
    number = isinstance(value, Real) and not isinstance(value, bool)  # numpy's are numbers too
    return number and -LARGE < value < LARGE


def _pair(value: object) -> bool:
    two = isinstance(value, tuple | list) and len(value) == 2 and all(map(_whole, value))
    return two or is_whole(value)


def _rows(value: object) -> bool:
    several = (tuple, list)
    return isinstance(value, several) and all(
        isinstance(row, several) and all(map(_whole, row)) for row in value
    )


def _short(value: object) -> str:
    """A value as Python writes it, cut; one that cannot be written by its kind alone."""
    try:
        text = repr(value)
    except Exception:
        return f"a {type(value).__name__}"
    return shortened(text)


Kind = tuple[Callable[[Any], bool], str]
SIDES = "a whole number, or two: (height, width)"
ANYTHING: Kind = (lambda value: True, "")
WHOLE: Kind = (_whole, "a whole number")
FROM_0 = ("before",)
KINDS: Mapping[str, Kind] = {
    "int": (_count, "a whole number of at least 1"),
    "float": (_number, "a number"),
    "bool": (lambda value: isinstance(value, int), "True or False"),
    "int | Pair": (_pair, SIDES),
    "int | Pair | None": (lambda value: value is None or _pair(value), SIDES),
    "tuple[tuple[int, ...], ...]": (_rows, "rows of whole numbers"),
    "Padding": (lambda value: isinstance(value, str) or _pair(value), f"{SIDES}, or 'same'"),
    "Norm": (lambda value: isinstance(value, Norm), "a Norm"),
    "Norm | None": (lambda value: value is None or isinstance(value, Norm), "a Norm"),
}
"""What each annotation of a layer's field takes, by its text; a user's own ones are not held."""

"""A network as data for the page: its layers once each, and what in them follows from the sizes.

The page walks a network for any input, channels and classes that its reader gives. Here we ask the
network's function for other classes and channels, and mark the numbers that change: `"classes"`,
or `"8*channels"` where they are so many times the channels.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

from ..bundle.net_json import PARTS, write_body
from ..nets import Found
from ..nets.entry import Entry
from ..spec import Net

Values = dict[str, Any]
MORE_CLASSES, MORE_CHANNELS = 3, 2
"""By how much the sizes differ with which a network is asked for again."""
USUAL = 224
"""The side of most photographs' networks, whose name does not say it."""
SHOWN_CODES = 10
"""Codes of an RBF layer that the page has as bitmaps."""


def net_data(found: Found, entry: Entry | None = None) -> Values:
    """A network for the page; `entry` is what makes it for other classes and channels.

    Without one, or where the network takes no other classes, the page lets only the input change.
    ValueError where what a network's function makes for other sizes has other layers.
    """
    net = found.net.member
    body = write_body(net)
    free = []
    if entry is not None:
        for word, own, more in (
            ("classes", net.classes, MORE_CLASSES),
            ("channels", net.input[0], MORE_CHANNELS),
        ):
            other = _made(entry, word, own + more)
            if other is not None:
                free.append(word)
                body = marked(body, write_body(other), _rule(word, own, own + more), net.name)
    parts = Parts()
    record, init = found.record, found.initialisation
    data = {
        "name": net.name,
        "own": found.name,
        "title": record.title or found.name,
        "paper": record.source,
        "year": entry.year if entry else None,
        "family": entry.family.rpartition(".")[2] if entry else "yours",
        "input": list(net.input),
        "classes": net.classes,
        "free": free,
        "count": found.net.count,
        "rule": getattr(found.net, "rule", ""),
        "names": _names(entry, net) if entry else None,
        "first": f"{init.words()} ({init.source})",
        "first_words": init.words(),
        "aux_weights": list(net.aux_weights),
        "departures": [dict(vars(departure)) for departure in record.departures],
        "body": parts.number(body),
    }
    return {**data, "parts": parts.found}


def _made(entry: Entry, word: str, value: int) -> Net | None:
    """The network for another number of classes or channels; None where it takes no other."""
    try:
        return entry.make(**{word: value}).member
    except ValueError:
        return None


def _names(entry: Entry, net: Net) -> Values | None:
    """How a network is called for other inputs, where its name says its input: MobileNet's.

    `{}` stands for a side, or HEIGHTxWIDTH; `at` has the inputs whose name is a shorter one.
    """
    height, width = net.input[1] + 1, net.input[2] + 2
    other = entry.make(input=(height, width)).name
    if other == entry.make().name:
        return None
    form, at = other.replace(f"{height}x{width}", "{}"), {}
    for side in {*net.input[1:], USUAL}:
        name = entry.make(input=side).name
        if name != form.replace("{}", str(side)):
            at[str(side)] = name
    return {"form": form, "at": at}


Rule = Callable[[Any, Any], str]


def _rule(word: str, own: int, other: int) -> Rule:
    """What a number is called that was `own`'s and became `other`'s; empty where none fits."""

    def mark(one: Any, two: Any) -> str:
        if isinstance(one, int) and isinstance(two, int) and one % own == 0:
            times = one // own
            if times * other == two:
                return word if times == 1 else f"{times}*{word}"
        return ""

    return mark


def marked(one: Any, two: Any, rule: Rule, name: str) -> Any:
    """The first of two bodies, with a mark in the place of each number in which they differ."""
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys():
        return {
            key: _codes(value, two[key], rule, name)
            if key == "codes"
            else marked(value, two[key], rule, name)
            for key, value in one.items()
        }
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return [marked(a, b, rule, name) for a, b in zip(one, two, strict=True)]
    if one == two or _is_mark(one):
        return one
    mark = rule(one, two)
    if not mark:
        raise ValueError(
            f"{name} has other layers for other classes or channels ({one} and {two}): the page "
            "walks networks whose layers alone say them"
        )
    return mark


def _is_mark(value: Any) -> bool:
    """Whether a number was marked before, by the other word."""
    return isinstance(value, str) and value.rpartition("*")[2] in ("classes", "channels")


def _codes(one: Any, two: Any, rule: Rule, name: str) -> Any:
    """An RBF layer's codes: how many there are, how long each is, and the first as signs."""
    if isinstance(one, dict):  # marked before, by the other word
        return one
    count = marked(len(one), len(two), rule, name)
    return {**_coded(one), "count": count}


def _coded(codes: list[list[int]]) -> Values:
    bits = ["".join("#" if sign > 0 else "." for sign in code) for code in codes[:SHOWN_CODES]]
    return {"count": len(codes), "length": len(codes[0]) if codes else 0, "bits": bits}


class Parts:
    """The parts of a network, equal ones once: what lies within a part is told by its number."""

    def __init__(self) -> None:
        self.found: list[Values] = []
        self._numbers: dict[str, int] = {}

    def number(self, part: Values) -> int:
        """The number of a part, and of all within it."""
        own = {"is": part["is"], **_changed(part)}
        for key in ("parts", "branches"):
            if key in own:
                own[key] = [[name, self.number(inner)] for name, inner in own[key]]
        if "head" in own:
            own["head"] = self.number(own["head"])
        if own["is"] == "RBF" and isinstance(own["codes"], list):
            own["codes"] = _coded(own["codes"])
        text = json.dumps(own, sort_keys=True)
        if text not in self._numbers:
            self._numbers[text] = len(self.found)
            self.found.append(own)
        return self._numbers[text]


def _changed(part: Values) -> Values:
    """The fields of a part that are not as they are where nobody says them."""
    usual = {f.name: f.default for f in fields(PARTS[part["is"]]) if f.default is not MISSING}
    found = {}
    for key, value in part.items():
        if key == "norm" and value:
            value = _changed(value)
        elif key == "is" or (key in usual and value == usual[key]):
            continue
        found[key] = value
    return found

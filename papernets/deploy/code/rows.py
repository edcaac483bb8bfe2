"""Rows that are alike as a small class: a convolution with its normalisation and its ReLU."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from .calls import Call, Slot, Text, Value, assigned, number, plain
from .operations import placed

DEPTHWISE = "depthwise"
TITLES = {
    "conv": "Conv",
    "norm": "Norm",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "linear": "Linear",
    "pad": "Pad",
    "pool": "Pool",
    "table": "Table",
    "subsample": "Subsample",
}
WORDS = {
    "conv": "convolution",
    "norm": "batch normalisation",
    "relu": "ReLU",
    "relu6": "ReLU, at most 6",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "linear": "dense layer",
    "pad": "padding",
    "subsample": "subsampling",
}


@dataclass(frozen=True)
class RowClass:
    """A class for rows that are alike: the calls that it makes, and what it asks for.

    `asks` are names with their defaults, None for none; each is given as it stands in the calls.
    """

    name: str
    chain: Call
    asks: tuple[tuple[str, Value | None], ...]

    def lines(self) -> list[str]:
        """Its code."""
        operations = [name for name, _ in self.chain.given]
        words = ", ".join(WORDS.get(one, one) for one in operations)
        asks = ", ".join(n if d is None else f"{n}={number(d)}" for n, d in self.asks)
        body = [line for name, call in self.chain.given for line in assigned(name, _call(call), 92)]
        return [
            f"class {self.name}(nn.Sequential):",
            f'    """{words[0].upper()}{words[1:]}."""',
            "",
            f"    def __init__(self, {asks}):",
            "        super().__init__()",
            *(f"        {line}" for line in body),
        ]


def _call(value: Value) -> Call:
    assert isinstance(value, Call)
    return value


ASKED = ("inputs", "outputs", "kernel", "stride", "padding", "groups")
DEFAULTS: dict[str, Value] = {"stride": 1, "padding": 0, "groups": 1}


def asked_of(call: Call) -> dict[str, Value]:
    """What rows of one class may have otherwise, by name, of a row that is `chain(...)`."""
    found: dict[str, Value] = {}
    for _, one in call.given:
        inner = _call(one)
        if inner.name == "nn.Conv2d":
            places = [value for name, value in inner.given if not name]
            found |= dict(zip(ASKED, places, strict=False))
            found |= {n: v for n, v in inner.given if n in DEFAULTS}
        elif inner.name in ("nn.Linear", "Subsample"):
            places = [value for name, value in inner.given if not name]
            names = ("outputs",) if inner.name == "Subsample" else ("inputs", "outputs")
            found |= dict(zip(names, places, strict=False))
        elif inner.name.startswith(("nn.BatchNorm", "NormWithout")) and "outputs" not in found:
            found["outputs"] = inner.given[0][1]
    return found


def kind_of(call: Call) -> Call:
    """A row without what others of its class may have otherwise."""

    def stripped(one: Call) -> Call:
        names = iter(ASKED)
        given: list[tuple[str, Value]] = []
        for name, value in one.given:
            word = name or next(names, "")
            if one.name == "nn.Conv2d" and word in ASKED:
                if word == "groups" and isinstance(value, Slot):
                    given.append((DEPTHWISE, True))
                continue
            if isinstance(value, Slot) and one.name in ("nn.Linear", "Subsample"):
                continue
            if isinstance(value, Slot) and one.name.startswith(("nn.BatchNorm", "NormWithout")):
                continue
            given.append((name, value))
        return Call(one.name, tuple(given))

    return Call("chain", tuple((name, stripped(_call(one))) for name, one in call.given))


def classes_of(rows: Iterable[Call]) -> dict[Call, RowClass]:
    """A class for each kind of row that is there at least twice, by its kind."""
    every = [one for one in rows if one.name == "chain" and asked_of(one)]
    kinds = Counter(kind_of(one) for one in every)
    found: dict[Call, RowClass] = {}
    taken: Counter[str] = Counter()
    for kind, times in kinds.items():
        if times < 2:
            continue
        alike = [one for one in every if kind_of(one) == kind]
        title = "".join(TITLES.get(name, name.title()) for name, _ in kind.given)
        if any(name == DEPTHWISE for _, one in kind.given for name, _ in _call(one).given):
            title = f"Depthwise{title}"
        taken[title] += 1
        name = title if taken[title] == 1 else f"{title}{taken[title]}"
        found[kind] = _made(name, alike)
    return found


def _made(name: str, alike: list[Call]) -> RowClass:
    each = [{**DEFAULTS, **asked_of(one)} for one in alike]
    first = alike[0]
    wanted = [word for word in ASKED if word in asked_of(first) or word in DEFAULTS]
    conv = any(_call(one).name == "nn.Conv2d" for _, one in first.given)
    if not conv:
        wanted = [word for word in wanted if word not in DEFAULTS]
    varies = [
        word
        for word in wanted
        if word in ("inputs", "outputs") or len({plain(one[word]) for one in each}) > 1
    ]
    centred = conv and all(
        isinstance(one["kernel"], int) and plain(one["padding"]) == one["kernel"] // 2
        for one in each
    )
    if centred and "kernel" in varies:
        varies = [word for word in varies if word != "padding"]
    depthwise = conv and all(
        isinstance(one["groups"], Slot) and plain(one["inputs"]) == plain(one["outputs"])
        for one in each
    )
    if depthwise:
        varies = [word for word in varies if word not in ("inputs", "groups")]
    channels = "channels" if "inputs" not in varies else "outputs"

    def given(word: str) -> Value:
        if word in ("inputs", "groups") and depthwise:
            return Text(channels)
        if word == "outputs":
            return Text(channels)
        if word == "padding" and centred and "kernel" in varies:
            return Text("kernel // 2")
        return Text(word) if word in varies else each[0][word]

    def inside(one: Call) -> Call:
        if one.name == "nn.Conv2d":
            places = tuple(("", given(word)) for word in ("inputs", "outputs", "kernel"))
            keys = ("stride", "padding", "groups")
            more = tuple((w, given(w)) for w in keys if plain(given(w)) != DEFAULTS[w])
            rest = tuple((n, v) for n, v in one.given if n and n not in DEFAULTS)
            return Call(one.name, (*places, *more, *rest))
        if one.name == "nn.Linear":
            rest = tuple((n, v) for n, v in one.given if n)
            return Call(one.name, (*placed(given("inputs"), given("outputs")), *rest))
        if isinstance(next(iter(one.given), ("", 0))[1], Slot):
            return Call(one.name, (("", given("outputs")), *one.given[1:]))
        return one

    chain = Call("chain", tuple((n, inside(_call(one))) for n, one in first.given))
    asks = tuple((channels if word == "outputs" else word, DEFAULTS.get(word)) for word in varies)
    return RowClass(name, chain, asks)


def by_class(call: Call, classes: dict[Call, RowClass]) -> Call:
    """A row, or a chain of rows, with what is of a class as a call of that."""
    if call.name == "chain" and (found := classes.get(kind_of(call))) is not None:
        asked = asked_of(call)
        given: list[tuple[str, Value]] = []
        for word, default in found.asks:
            value = asked.get("outputs" if word == "channels" else word, default)
            assert value is not None
            if default is None:
                given.append(("", value))
            elif plain(value) != default or isinstance(value, Slot):
                given.append((word, value))
        return Call(found.name, tuple(given))
    inner = tuple(
        (name, by_class(value, classes) if isinstance(value, Call) else value)
        for name, value in call.given
    )
    return Call(call.name, inner)

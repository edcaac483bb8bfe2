"""A row of a network as a call: of torch's module, or of a small class for rows that are alike."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch

from ... import spec
from ...spec import Norm, Shape, Window, pair
from .calls import Call, Given, Slot, Text, Value, assigned, number, plain

TABLE = "TableConv"
DEPTHWISE = "depthwise"
RELU: Given = (("inplace", True),)
ACTIVATIONS = {
    "relu": Call("nn.ReLU", RELU),
    "relu6": Call("nn.ReLU6", RELU),
    "tanh": Call("nn.Tanh"),
    "scaled_tanh": Call("ScaledTanh"),
    "sigmoid": Call("nn.Sigmoid"),
}
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


class NoCode(ValueError):
    """A network that cannot be written as plain PyTorch."""


def side(value: int | spec.Pair) -> int | spec.Pair:
    """A pair of equal numbers as one."""
    high, wide = pair(value)
    return high if high == wide else (high, wide)


def named(**values: Value | None) -> Given:
    """What is given by name; None is left out."""
    return tuple((name, value) for name, value in values.items() if value is not None)


def placed(*values: Value) -> Given:
    """What is given by place."""
    return tuple(("", value) for value in values)


def row(layer: spec.Layer, s: Shape, flat: bool) -> Call | None:
    """The module of a row: one operation, or several as `chain`; None where it does nothing."""
    parts: dict[str, Call] = {}
    window = layer.window()
    if "pad" in layer.operations and window is not None:
        fill = -math.inf if isinstance(layer, spec.Pool) and layer.how == "max" else 0.0
        parts["pad"] = _pad(window, fill)
    if layer.operation and not isinstance(layer, spec.Identity):
        parts[layer.operations["pad" in layer.operations]] = operation(layer, s)
    norm: Norm | None = getattr(layer, "norm", None)
    if norm is not None:
        parts["norm"] = _norm(norm, layer.shape(s)[0], flat)
    if layer.activation in ACTIVATIONS:
        word = spec.layer.ACTIVATES[layer.activation]
        alone = not parts and layer.activation.startswith("relu")
        parts[word] = (
            Call(ACTIVATIONS[layer.activation].name) if alone else ACTIVATIONS[layer.activation]
        )
    if not parts:
        return None
    if len(parts) == 1:
        return next(iter(parts.values()))
    return Call("chain", tuple(parts.items()))


def _pad(window: Window, fill: float) -> Call:
    if window.padding == "same" and max(window.stride) > 1:
        kernel, stride = side(window.kernel), side(window.stride)
        return Call("PadSame", placed(kernel, stride, *([fill] if fill else [])))
    (top, bottom), (left, right) = window.pads(window.stride)
    around = (left, right, top, bottom)
    if fill:
        return Call("nn.ConstantPad2d", placed(around, fill))
    return Call("nn.ZeroPad2d", placed(around))


def _norm(norm: Norm, channels: int, flat: bool) -> Call:
    kind = "nn.BatchNorm1d" if flat else "nn.BatchNorm2d"
    given = (
        *placed(Slot("outputs", channels)),
        *named(
            eps=None if norm.eps == 1e-5 else norm.eps,
            momentum=None if norm.momentum == 0.1 else norm.momentum,
        ),
    )
    return Call(kind if norm.scale else "NormWithoutGamma", given)


@singledispatch
def operation(layer: spec.Layer, s: Shape) -> Call:
    """The call of what a row does, for an input of this shape, without normalisation and so on."""
    raise NoCode(f"a layer of kind {layer.kind!r} is not one of ours: it has no module")


@operation.register
def _(layer: spec.Conv, s: Shape) -> Call:
    padding = side(layer.window().fixed or 0)
    depthwise = layer.groups == s[0] > 1
    groups: Value | None = Slot("inputs", s[0]) if depthwise else layer.groups
    stride = side(layer.stride)
    return Call(
        "nn.Conv2d",
        (
            *placed(Slot("inputs", s[0]), Slot("outputs", layer.out), side(layer.kernel)),
            ("stride", Slot("stride", stride)),
            *named(
                padding=padding or None,
                groups=None if groups == 1 else groups,
                bias=None if layer.bias else False,
            ),
        ),
    )


@operation.register
def _(layer: spec.Dense, s: Shape) -> Call:
    given = placed(Slot("inputs", s[0]), Slot("outputs", layer.out))
    return Call("nn.Linear", (*given, *named(bias=None if layer.bias else False)))


@operation.register
def _(layer: spec.Pool, s: Shape) -> Call:
    window = layer.window()
    padding, ceil = side(window.fixed or 0), layer.ceil or None
    given = placed(side(window.kernel), Slot("stride", side(window.stride)))
    if layer.how == "max":
        return Call("nn.MaxPool2d", (*given, *named(padding=padding or None, ceil_mode=ceil)))
    if window.fixed is None and not layer.count_padding:
        if window.padding != "same":
            raise NoCode("an average that does not count padding behind it")
        return Call("AveragePoolSame", placed(side(window.kernel), side(window.stride)))
    counts = None if layer.count_padding or not padding else False
    more = named(padding=padding or None, ceil_mode=ceil, count_include_pad=counts)
    return Call("nn.AvgPool2d", (*given, *more))


@operation.register
def _(layer: spec.Pad, s: Shape) -> Call:
    height, width = pair(layer.padding)
    around = height if height == width else (width, width, height, height)
    return Call("nn.ZeroPad2d", placed(around))


@operation.register
def _(layer: spec.TableConv, s: Shape) -> Call:
    table: Value = layer.table
    if all(maps == tuple(range(s[0])) for maps in layer.table):
        table = Text(f"[range({s[0]})] * {len(layer.table)}")
    return Call(TABLE, placed(Slot("inputs", s[0]), table, side(layer.kernel)))


@operation.register
def _(layer: spec.Subsample, s: Shape) -> Call:
    maps = Slot("outputs", layer.shape(s)[0])
    return Call("Subsample", (*placed(maps, side(layer.kernel)), *named(sources=layer.sources)))


@operation.register
def _(layer: spec.RBF, s: Shape) -> Call:
    scale = None if layer.scale == 1 else layer.scale
    given = placed(Slot("inputs", s[0]), Slot("outputs", len(layer.codes)))
    return Call("RBF", (*given, *named(scale=scale)))


@operation.register
def _(layer: spec.LRN, s: Shape) -> Call:
    alpha = Text(_power(layer.alpha))
    return Call("LRN", (*placed(layer.size), *named(k=layer.k, alpha=alpha, beta=layer.beta)))


def _power(value: float) -> str:
    """A small number with its power of ten: 1e-4."""
    text = f"{value:g}" if value >= 0.01 else f"{value:e}"
    digits, _, power = text.partition("e")
    digits = digits.rstrip("0").rstrip(".") if power else digits
    return f"{digits}e{int(power)}" if power else digits


@operation.register
def _(layer: spec.PadShortcut, s: Shape) -> Call:
    given = placed(
        Slot("inputs", s[0]), Slot("outputs", layer.out), Slot("stride", side(layer.stride))
    )
    return Call("PadShortcut", (*given, *named(before=layer.before or None)))


@operation.register
def _(layer: spec.GlobalPool, s: Shape) -> Call:
    return Call("nn.AdaptiveAvgPool2d", placed(1))


@operation.register
def _(layer: spec.AdaptivePool, s: Shape) -> Call:
    return Call("nn.AdaptiveAvgPool2d", placed(side(layer.size)))


@operation.register
def _(layer: spec.Flatten, s: Shape) -> Call:
    return Call("nn.Flatten")


@operation.register
def _(layer: spec.Dropout, s: Shape) -> Call:
    return Call("nn.Dropout", placed(layer.rate))


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

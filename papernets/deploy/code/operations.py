"""A row of a network as a call of torch's modules, or of those that a file of code brings."""

from __future__ import annotations

import math
from functools import singledispatch

from ... import spec
from ...spec import Norm, Shape, Window, pair
from .calls import Call, Given, Slot, Text, Value

TABLE = "TableConv"
RELU: Given = (("inplace", True),)
ACTIVATIONS = {
    "relu": Call("nn.ReLU", RELU),
    "relu6": Call("nn.ReLU6", RELU),
    "tanh": Call("nn.Tanh"),
    "scaled_tanh": Call("ScaledTanh"),
    "sigmoid": Call("nn.Sigmoid"),
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
        parts[layer.operation] = operation(layer, s)
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

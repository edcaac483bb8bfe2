"""A network's layers as steps of a program, with the tensors that each keeps of its weights.

Only layers are looked at, never a name. Normalisation after a convolution or a dense layer becomes
part of its weights; where it stands alone it is a step of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...spec import (
    LRN,
    RBF,
    Activation,
    AdaptivePool,
    Add,
    BatchNorm,
    Concat,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Layer,
    Norm,
    Pad,
    PadShortcut,
    Pool,
    Row,
    Subsample,
    TableConv,
    pair,
)
from ...words import listed

Values = dict[str, Any]
Numbers = NDArray[np.float64]
Held = Mapping[str, Numbers]
"""A row's tensors by operation and name: `conv.weight`."""


@dataclass(frozen=True)
class Kept:
    """A tensor of a step: how many numbers, in float16 or float32, and how the weights give them.

    Weights are kept in float16; biases, and what stands for one map each, in float32.
    """

    count: int
    half: bool
    of: Callable[[Held], Numbers]


Step = tuple[Values, dict[str, Kept]]
"""What is said of a step, and its tensors by their name in it: `weight`, `bias`."""


def step(row: Row) -> Step:
    """The step of a row; ValueError names a layer that the page cannot run."""
    make = STEPS.get(type(row.layer))
    if make is None:
        known = listed(sorted(kind.__name__ for kind in STEPS), len(STEPS))
        raise ValueError(
            f"{row.name}: the page cannot run a {type(row.layer).__name__} ({row.kind}); it runs "
            f"{known}. papernets predict runs every network"
        )
    return make(row)


def _conv(row: Row) -> Step:
    layer = row.layer
    assert isinstance(layer, Conv)
    shape = (layer.out, row.input[0] // layer.groups, *pair(layer.kernel))
    kept = _weighted("conv", shape, layer.bias, layer.norm)
    return {**_window(row), "op": "conv", "groups": layer.groups}, kept


def _table(row: Row) -> Step:
    """A connection table with its kernels alone; the page fills in zeros where there is none."""
    layer = row.layer
    assert isinstance(layer, TableConv)
    kernels, (height, width) = sum(map(len, layer.table)), pair(layer.kernel)
    count = kernels * height * width
    kept = {
        "weight": Kept(count, True, lambda held: held["table.weight"]),
        "bias": _bias("table", len(layer.table)),
    }
    table = [list(sources) for sources in layer.table]
    return {**_window(row), "op": "conv", "groups": 1, "table": table}, kept


def _dense(row: Row) -> Step:
    layer = row.layer
    assert isinstance(layer, Dense)
    kept = _weighted("linear", (layer.out, row.input[0]), layer.bias, layer.norm)
    return {"op": "dense"}, kept


def _batch_norm(row: Row) -> Step:
    layer, maps = row.layer, row.out[0]
    assert isinstance(layer, BatchNorm)
    return {"op": "affine"}, {
        "weight": Kept(maps, False, lambda held: folding(held, layer.norm)[0]),
        "bias": Kept(maps, False, lambda held: folding(held, layer.norm)[1]),
    }


def _subsample(row: Row) -> Step:
    layer, maps = row.layer, row.out[0]
    assert isinstance(layer, Subsample)
    kept = {name: _single("subsample", name, maps) for name in ("weight", "bias")}
    own = None if layer.sources is None else list(layer.sources)
    return {"op": "subsample", "kernel": list(pair(layer.kernel)), "sources": own}, kept


def _rbf(row: Row) -> Step:
    layer = row.layer
    assert isinstance(layer, RBF)
    codes = Kept(len(layer.codes) * row.input[0], True, lambda held: held["rbf.codes"])
    return {"op": "rbf", "scale": layer.scale}, {"weight": codes}


def _pool(row: Row) -> Step:
    layer = row.layer
    assert isinstance(layer, Pool)
    said = {"op": "pool", "how": layer.how, "counts": layer.count_padding}
    return {**_window(row), **said}, {}


def _lrn(row: Row) -> Step:
    layer = row.layer
    assert isinstance(layer, LRN)
    said = {"size": layer.size, "k": layer.k, "alpha": layer.alpha, "beta": layer.beta}
    return {"op": "lrn", **said}, {}


def _pad(row: Row) -> Step:
    assert isinstance(row.layer, Pad)
    (height, width), op = pair(row.layer.padding), "pad"
    return {"op": op, "pads": [height, height, width, width]}, {}


def _shortcut(row: Row) -> Step:
    layer = row.layer
    assert isinstance(layer, PadShortcut)
    return {"op": "shortcut", "stride": list(pair(layer.stride)), "before": layer.before}, {}


def _add(row: Row) -> Step:
    join = row.layer
    assert isinstance(join, Add)
    return {"op": "add", "scales": list(join.scales or (1.0,) * len(join.branches))}, {}


def _plain(op: str) -> Callable[[Row], Step]:
    return lambda row: ({"op": op}, {})


def _active(row: Row) -> Step:
    """An activation alone: nothing where it is softmax, which belongs to the loss."""
    return {"op": "same" if row.activation in (None, "softmax") else "active"}, {}


STEPS: Mapping[type[Layer | Concat | Add], Callable[[Row], Step]] = {
    Conv: _conv,
    TableConv: _table,
    Dense: _dense,
    BatchNorm: _batch_norm,
    Subsample: _subsample,
    RBF: _rbf,
    Pool: _pool,
    GlobalPool: _plain("adaptive"),
    AdaptivePool: _plain("adaptive"),
    LRN: _lrn,
    Pad: _pad,
    PadShortcut: _shortcut,
    Activation: _active,
    Flatten: _plain("same"),
    Dropout: _plain("same"),
    Identity: _plain("same"),
    Concat: _plain("concat"),
    Add: _add,
}
"""What the page runs, by the layer's type: one that is derived from it may compute otherwise."""


def _window(row: Row) -> Values:
    assert isinstance(row.layer, Layer)
    window = row.layer.window()
    assert window is not None
    (top, bottom), (left, right) = window.pads(row.input[1:])
    sides = [top, bottom, left, right]
    return {"kernel": list(window.kernel), "stride": list(window.stride), "pads": sides}


def _weighted(
    operation: str, shape: tuple[int, ...], bias: bool, norm: Norm | None
) -> dict[str, Kept]:
    """Weights and biases (maps, ...), with the normalisation behind them in both."""
    name = f"{operation}.weight"
    if norm is None:
        own = {"weight": Kept(math.prod(shape), True, lambda held: held[name])}
        return {**own, **({"bias": _bias(operation, shape[0])} if bias else {})}

    def weight(held: Held) -> Numbers:
        times, _ = folding(held, norm)
        return held[name] * times.reshape(-1, *(1,) * (len(shape) - 1))

    def plus(held: Held) -> Numbers:
        times, found = folding(held, norm)
        return found + times * held[f"{operation}.bias"] if bias else found

    return {"weight": Kept(math.prod(shape), True, weight), "bias": Kept(shape[0], False, plus)}


def folding(held: Held, norm: Norm) -> tuple[Numbers, Numbers]:
    """What a batch normalisation multiplies each map by, and then adds."""
    times = 1 / np.sqrt(held["norm.running_var"] + norm.eps)
    if norm.scale:
        times = times * held["norm.weight"]
    return times, held["norm.bias"] - held["norm.running_mean"] * times


def _bias(operation: str, maps: int) -> Kept:
    return _single(operation, "bias", maps)


def _single(operation: str, name: str, maps: int) -> Kept:
    return Kept(maps, False, lambda held: held[f"{operation}.{name}"])

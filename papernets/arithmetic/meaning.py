"""What a layer does, in a sentence."""

from __future__ import annotations

from ..spec import (
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
    Pad,
    PadShortcut,
    Pool,
    Row,
    Subsample,
    TableConv,
    pair,
)
from ..words import plural

ACTIVATIONS = {
    "relu": "negative values become 0 (ReLU)",
    "relu6": "values below 0 become 0, those above 6 become 6 (ReLU6)",
    "tanh": "tanh follows",
    "scaled_tanh": "1.7159 tanh(2x/3) follows, LeNet-5's squashing function",
    "sigmoid": "the logistic function follows",
    "softmax": "softmax follows: shares that add up to 1",
}


def meaning(row: Row) -> str:
    """A sentence or two without a full stop: what the layer computes, then its activation."""
    text = _what(row)
    norm = getattr(row.layer, "norm", None)
    if norm and not isinstance(row.layer, BatchNorm):
        text += "; then each map is normalised over the batch"
    then = ACTIVATIONS.get(row.activation or "", "")
    return f"{text}; {then}" if then else text


def _what(row: Row) -> str:
    layer, (d, h, w) = row.layer, row.input
    if isinstance(layer, Conv):
        return _conv(row, layer)
    if isinstance(layer, TableConv):
        return (
            f"Each of the {row.out[0]} output maps sees only some of the {d} input maps, those "
            "that the connection table marks"
        )
    if isinstance(layer, Dense):
        return f"Each of {row.out[0]:,} neurons sees all {d:,} values, each with its own weight"
    if isinstance(layer, RBF):
        return (
            f"For each of {len(layer.codes)} classes the squared distance of {d} values to a fixed "
            "code of -1 and +1; the nearest code wins"
        )
    if isinstance(layer, Subsample):
        k = pair(layer.kernel)
        return (
            f"The sum of each {k[0]}x{k[1]} window, times a trained coefficient, plus a trained "
            "bias, one of each a map"
        )
    if isinstance(layer, BatchNorm):
        return "Each map is normalised over the batch: (x - mean)/sqrt(variance + eps)*gamma + beta"
    if isinstance(layer, Pool):
        return _pool(row, layer)
    if isinstance(layer, AdaptivePool):
        return f"Averages over an even grid: {h}x{w} become {row.out[1]}x{row.out[2]}, any size in"
    if isinstance(layer, GlobalPool):
        return f"The average of all {h}x{w} values of each map: {plural(d, 'map')}, a value each"
    if isinstance(layer, Flatten):
        return f"All values in one column, map by map: {d}x{h}x{w} become {row.out[0]:,}"
    if isinstance(layer, LRN):
        return (
            "Each value is divided by a power of the squares of its neighbours: the values at the "
            f"same place in {layer.size} maps, its own in the middle"
        )
    if isinstance(layer, Dropout):
        kept = 1 - layer.rate
        return (
            f"In training each value becomes 0 with probability {layer.rate:g}, and the others are "
            + (f"divided by {kept:g}" if kept else "nothing")
            + ", so that the mean stays; in prediction nothing happens"
        )
    if isinstance(layer, Concat):
        return f"The maps of {plural(len(layer.branches), 'branch', 'branches')} behind one another"
    if isinstance(layer, Add):
        scales = [scale for scale in layer.scales or () if scale != 1]
        by = f", a branch times {scales[0]:g}" if scales else ""
        more = len(layer.branches)
        return f"The sum of {plural(more, 'branch', 'branches')}, value by value{by}"
    if isinstance(layer, Identity):
        return "The input unchanged: the shortcut of a residual block"
    if isinstance(layer, PadShortcut):
        return (
            f"One value of each {pair(layer.stride)[0]}x{pair(layer.stride)[1]}, and "
            f"{plural(row.out[0] - d, 'map')} of zeros: a shortcut without parameters (option A)"
        )
    if isinstance(layer, Pad):
        return "Zeros around each map"
    if isinstance(layer, Activation):
        return "Value by value" if layer.activation else "The input unchanged"
    return f"A layer of the network's own kind: {row.kind}"


def _conv(row: Row, layer: Conv) -> str:
    d, k = row.input[0], row.out[0]
    kernel = f"{pair(layer.kernel)[0]}x{pair(layer.kernel)[1]}"
    if layer.groups == 1:
        if pair(layer.kernel) == (1, 1):
            return f"{plural(k, 'filter')} of 1x1 mix the {plural(d, 'map')} at each place"
        maps = plural(d, "map")
        return f"{plural(k, 'filter')} of {kernel} slide over all {maps}, and add up what they see"
    if layer.groups == d:
        each = "one filter" if k == d else f"{k // d} filters"
        return f"Depthwise: {each} of {kernel} for each of {plural(d, 'map')}, which are not mixed"
    return (
        f"{plural(k, 'filter')} of {kernel} in {layer.groups} groups: each sees "
        f"{d // layer.groups} of the {d} maps"
    )


def _pool(row: Row, layer: Pool) -> str:
    k = pair(layer.kernel)
    of = "largest value" if layer.how == "max" else "average"
    window = layer.window()
    overlap = ", which overlap" if window.stride < window.kernel else ""
    return f"The {of} of each {k[0]}x{k[1]} window of each map{overlap}"

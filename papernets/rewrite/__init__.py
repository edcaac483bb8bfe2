"""Net to Net: the one way to make a network faster or denser, with how its weights map."""

from __future__ import annotations

from dataclasses import replace

from ..spec import (
    LRN,
    MONOTONE,
    AdaptivePool,
    Aux,
    Chain,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Identity,
    Net,
    Part,
    Pool,
    Shape,
    TableConv,
    pair,
    tensors,
    walk,
)
from ..spec.tensors import StateTensor
from .classifier import classifier, classifier_tensors, with_classes, without_classifier
from .forms import BY_SIGMOID, SlidingLRN, slides
from .rewritten import Move, Rewritten, mapped
from .swaps import swapped


def pool_first(net: Net) -> Rewritten:
    """Max pooling before a monotone activation: the same values, the activation on fewer of them.

    max f(x) = f(max x) for every f that never falls, so the activation moves from the layer to the
    pool after it.
    """

    def change(name: str, part: Part) -> Part:
        if not isinstance(part, Chain):
            return part
        parts = list(part.parts)
        for at in range(len(parts) - 1):
            (name, layer), (after, pool) = parts[at], parts[at + 1]
            if (
                isinstance(layer, Conv | TableConv)
                and layer.activation in MONOTONE
                and isinstance(pool, Pool)
                and pool.how == "max"
                and pool.activation is None
            ):
                parts[at] = (name, replace(layer, activation=None))
                parts[at + 1] = (after, replace(pool, activation=layer.activation))
        return Chain(tuple(parts))

    return mapped(net, change)


def sliding_norms(net: Net) -> Rewritten:
    """Local response normalisation by sliding sums and square roots: the same, in fewer passes."""

    def change(name: str, part: Part) -> Part:
        if not (isinstance(part, LRN) and slides(part)):
            return part
        return SlidingLRN(part.size, part.k, part.alpha, part.beta)

    return mapped(net, change)


def without_heads(net: Net) -> Rewritten:
    """The network without its auxiliary heads, which only training uses."""
    return mapped(net, lambda name, part: None if isinstance(part, Aux) else part)


def tanh_by_sigmoid(net: Net) -> Rewritten:
    """tanh(x) as 2 sigmoid(2x) - 1, equal but for rounding: torch's sigmoid outruns its tanh."""

    def change(name: str, part: Part) -> Part:
        own = getattr(part, "activation", None)
        if own not in BY_SIGMOID:
            return part
        return replace(part, activation=BY_SIGMOID[own])  # type: ignore[type-var]

    return mapped(net, change)


def fast(net: Net) -> Rewritten:
    """All rewrites that change neither values nor weights, for training and prediction.

    The network is for the builder: it has activations of `forms` that no walk takes from a person.
    """
    return sliding_norms(tanh_by_sigmoid(pool_first(net).net).net)


def dense(net: Net) -> Rewritten:
    """Dense layers as convolutions, so that a larger picture gives a map of outputs.

    A dense layer after a flattening of C x H x W becomes a convolution of kernel H x W, and the
    other dense layers become 1x1 convolutions (the space displacement network of LeCun et al. 1998,
    section VII; Sermanet et al. 2014). Global average pooling becomes an average over a window of
    the same size, and so does adaptive pooling where its windows are all alike. The input stays the
    net's own. Auxiliary heads are left out: they serve the training of the network at its own size.
    """
    net = without_heads(net).net
    before: dict[str, Shape] = {}  # what each dense layer sees, before it was flattened
    flat: Shape | None = None
    for row in walk(net):
        if isinstance(row.layer, Flatten):
            flat = row.input
        elif isinstance(row.layer, Dense):
            before[row.name], flat = flat or row.input, None
        elif isinstance(row.layer, GlobalPool | AdaptivePool):
            before[row.name] = row.input

    def change(name: str, part: Part) -> Part | None:
        if isinstance(part, Flatten):
            return None
        if isinstance(part, GlobalPool):
            return Pool("average", before[name][1:], 1)
        if isinstance(part, AdaptivePool):
            return _sliding(part, before[name])
        if not isinstance(part, Dense):
            return part
        kernel = before[name][1:]
        return Conv(part.out, kernel, bias=part.bias, norm=part.norm, activation=part.activation)

    wide = mapped(net, change).net
    own, other = _by_row(net), _by_row(wide)
    pairs = (pair for row in own for pair in zip(own[row], other[row], strict=True))
    return Rewritten(
        wide, tuple(Move(a, b, y.shape) for (a, x), (b, y) in pairs if (a, x) != (b, y))
    )


def _by_row(net: Net) -> dict[str, list[tuple[str, StateTensor]]]:
    """The tensors of each row with their names; flattening may stand between rows elsewhere."""
    found: dict[str, list[tuple[str, StateTensor]]] = {}
    for name, tensor in tensors(net).items():
        found.setdefault(tensor.row, []).append((name, tensor))
    return found


def _sliding(part: AdaptivePool, s: Shape) -> Part:
    """The adaptive pooling of an input of this shape as one with its windows, if all are alike."""
    size = pair(part.size)
    if s[1] % size[0] or s[2] % size[1]:
        return part
    window = (s[1] // size[0], s[2] // size[1])
    return Identity() if window == (1, 1) else Pool("average", window, window)


__all__ = [
    "Move",
    "Rewritten",
    "classifier",
    "classifier_tensors",
    "dense",
    "fast",
    "mapped",
    "pool_first",
    "sliding_norms",
    "swapped",
    "tanh_by_sigmoid",
    "with_classes",
    "without_classifier",
    "without_heads",
]

"""What other tools count of a row, as its module is written: each habit as arithmetic.

Beside each rule stands where the tool's code has it. All of them look at the network in evaluation
mode, with one picture, as `papernets.create_model` builds it; auxiliary heads do not run.
"""

from __future__ import annotations

from ..spec import (
    RBF,
    AdaptivePool,
    Add,
    Conv,
    Dense,
    GlobalPool,
    Norm,
    Pool,
    Row,
    Subsample,
    TableConv,
    pair,
)
from ..spec.window import Shape

RECTIFIERS = {"relu": 2, "relu6": 1}
"""How often ptflops counts a value of an activation: torch's ReLU6 calls no function it wraps."""


def size(shape: Shape) -> int:
    """How many values a map of this shape has."""
    return shape[0] * shape[1] * shape[2]


def norm_of(row: Row) -> Norm | None:
    """The batch normalisation in a row, or None."""
    norm: Norm | None = getattr(row.layer, "norm", None)
    return norm


def macs(row: Row) -> int:
    """One for each use of a weight in convolution, dense and RBF layers."""
    return row.macs


def flops(row: Row) -> int:
    """A multiplication and an addition for each use of a weight."""
    return 2 * row.macs


def torchinfo(row: Row) -> int:
    """Weights and biases of each module: a convolution's for each position, others' once.

    torchinfo/layer_info.py, `calculate_macs`: what is called `weight` or `bias` counts, so that
    fixed codes in a buffer do not; positions count where the class has `Conv` in its name.
    """
    norm = norm_of(row)
    normalised = norm.params(row.out[0]) if norm else 0
    if isinstance(row.layer, Conv):
        return row.connections + normalised
    return row.params


def fvcore(row: Row) -> int:
    """Multiply-adds of the operations in a trace; 2 a value normalised, 1 a value averaged away.

    fvcore/nn/flop_count.py lists the operations: of pooling only the adaptive average; a connection
    table runs as a full convolution, and so it is counted.
    """
    total = row.macs
    if isinstance(row.layer, TableConv):
        kernel = pair(row.layer.kernel)
        total = row.input[0] * kernel[0] * kernel[1] * size(row.out)
    if isinstance(row.layer, GlobalPool | AdaptivePool):
        total = size(row.input)
    norm = norm_of(row)
    return total + (size(row.out) * (2 if norm.scale else 1) if norm else 0)


def ptflops(row: Row) -> int:
    """Multiply-adds and biases, and a pass over the values for each pooling, ReLU and so on.

    ptflops/pytorch_engine.py hooks modules of torch's own classes and wraps functions too: a module
    that calls a wrapped function (ReLU, pooling) is counted twice.
    """
    layer, total = row.layer, 0
    if isinstance(layer, Conv | Dense):
        total = row.connections
    elif isinstance(layer, Pool):
        total = _pooled(row, layer)
    elif isinstance(layer, GlobalPool | AdaptivePool):
        total = 2 * size(row.input)
    elif isinstance(layer, Subsample):
        total = size(row.input)  # a function call alone
    elif isinstance(layer, Add):  # `torch.add`: under its hooks nothing is written over
        total = (len(layer.branches) - 1) * size(row.out)
    total += 2 * size(row.out) if norm_of(row) else 0
    return total + RECTIFIERS.get(row.activation or "", 0) * size(row.out)


def _pooled(row: Row, layer: Pool) -> int:
    """The values that a pooling is given, with padding that is laid on before; twice."""
    window = layer.window()
    (channels, height, width) = row.input
    if window.fixed is None:
        (top, bottom), (left, right) = window.pads((height, width))
        height, width = height + top + bottom, width + left + right
        if not layer.pads_apart:  # it averages ones too, to know what it divides by: calls alone
            return (channels + 1) * height * width
    return 2 * channels * height * width


def keras(row: Row) -> int:
    """Weights, trained or not: moving means and variances are among them."""
    norm = norm_of(row)
    return row.params + row.fixed_params + (2 * row.out[0] if norm else 0)


def unknown_to_ptflops(row: Row) -> bool:
    """True for a row whose multiply-adds ptflops does not see: a class of ours."""
    return isinstance(row.layer, TableConv | RBF)

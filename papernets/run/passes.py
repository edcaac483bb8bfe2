"""What a form of a network costs: multiply-adds, memory, and passes over memory. No torch.

A pass is an operation that reads the values it is given from memory and writes what it gives.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import rewrite
from ..rewrite.forms import BY_SIGMOID, CENTRED, Maps, executed_macs
from ..spec import (
    LRN,
    Add,
    Concat,
    Conv,
    Dropout,
    Flatten,
    Identity,
    Layer,
    Net,
    Row,
    Shape,
    Subsample,
    rows_of,
)
from .plan import PlannedStep, Summed, joined_once, plan, summed_at_once

FLOAT = 4
"""Bytes of a value in float32."""
NOTHING = (Flatten, Identity, Dropout)
"""In evaluation they give what they are given."""
STEPS = {"scaled_tanh": 3, CENTRED: 2, **dict.fromkeys(BY_SIGMOID.values(), 4)}
"""Of how many operations an activation is made; of one where it is not here."""
LRN_STEPS = 5
"""Squares, their sums over maps, scale, power and product, each over all values."""
MADE_WITH = ("relu", "relu6", "sigmoid", "tanh", CENTRED)
"""Activations that a convolution of the optimised form makes of its output at once."""


@dataclass(frozen=True)
class Cost:
    """What a form takes for one picture: multiply-adds, numbers kept, and passes over memory.

    `weights` are its parameters, codes and statistics, `peak` the most values alive at once, where
    a value is kept until the last operation that takes it, and nothing is written over. `moved`
    are the values that all passes read and write.
    """

    macs: int
    weights: int
    peak: int
    passes: int
    moved: int

    def to_dict(self) -> dict[str, int]:
        """As JSON has it, memory in bytes of float32."""
        return {
            "macs": self.macs,
            "weight_bytes": FLOAT * self.weights,
            "peak_bytes": FLOAT * self.peak,
            "passes": self.passes,
            "moved_bytes": FLOAT * self.moved,
        }


def plain_cost(net: Net) -> Cost:
    """What the plain form takes, module by module, in evaluation."""
    return _cost(rewrite.without_heads(net).net, fused=False)


def optimised_cost(form: Net) -> Cost:
    """What the optimised form takes, where a convolution makes a sum and an activation at once."""
    return _cost(form, fused=True)


def _cost(net: Net, fused: bool) -> Cost:
    planned = plan(net.body)
    if fused:
        planned = summed_at_once(joined_once(planned))
    steps = planned.of(heads=False)
    rows = {row.name: row for row in rows_of(net.body, net.input) if isinstance(row.layer, Layer)}
    shapes = _shapes(steps, rows, net.input)
    passes = [one for step in steps for one in _passes(step, shapes, rows, fused)]
    return Cost(
        executed_macs(net),
        sum(_kept(row) for row in rows.values() if not row.aux),
        _peak(steps, shapes),
        len(passes),
        sum(read + written for read, written in passes),
    )


def _shapes(steps: Sequence[PlannedStep], rows: dict[str, Row], picture: Shape) -> dict[int, Shape]:
    """The shape of each value."""
    found = {0: picture}
    for step in steps:
        if isinstance(step.part, Concat | Add):
            found[step.writes] = step.part.shape([found[at] for at in step.reads])
        else:
            found[step.writes] = rows[step.name].out
    return found


def _kept(row: Row) -> int:
    assert isinstance(row.layer, Layer)
    return sum(
        math.prod(shape)
        for tensors in row.layer.held(row.input).values()
        for leaf, shape in tensors.items()
        if leaf != "num_batches_tracked"
    )


def _passes(
    step: PlannedStep, shapes: dict[int, Shape], rows: dict[str, Row], fused: bool
) -> Iterator[tuple[int, int]]:
    """What each operation of a step reads, and what it writes."""
    part, out = step.part, math.prod(shapes[step.writes])
    given = [math.prod(shapes[at]) for at in step.reads]
    activation = part.activation if not isinstance(part, Concat) else None
    if isinstance(part, Summed):
        layer: Layer = part.conv
    elif isinstance(part, Concat):
        yield sum(given), out
        return
    elif isinstance(part, Add):
        yield from ((2 * out, out) for _ in given[1:])
        yield from _activations(activation, out)
        return
    else:
        layer = part
    if isinstance(layer, NOTHING):
        return
    if isinstance(layer, Maps):
        yield from _activations(activation, out)
        return
    if "pad" in layer.operations:
        padded = _padded(rows[step.name])
        yield given[0], padded
        given[0] = padded
    if layer.operation:
        yield sum(given), out
        more = LRN_STEPS if type(layer) is LRN else 2 if isinstance(layer, Subsample) else 1
        yield from [(out, out)] * (more - 1)
    if getattr(layer, "norm", None) is not None:
        yield out, out
    if fused and isinstance(layer, Conv) and activation in MADE_WITH:
        yield from [(out, out)] * (STEPS.get(activation or "", 1) - 1)
    else:
        yield from _activations(activation, out)


def _activations(word: str | None, size: int) -> Iterator[tuple[int, int]]:
    if word not in (None, "softmax"):
        yield from [(size, size)] * STEPS.get(word or "", 1)


def _padded(row: Row) -> int:
    """The values of a row's input with what is laid round it."""
    window = row.window
    assert window is not None
    (top, bottom), (left, right) = window.pads(row.input[1:])
    return row.input[0] * (row.input[1] + top + bottom) * (row.input[2] + left + right)


def _peak(steps: Sequence[PlannedStep], shapes: dict[int, Shape]) -> int:
    """The most values that are alive at once; the picture is the caller's, and not counted."""
    owner, readers, live, most = {0: 0}, {0: 1}, 0, 0
    for step in steps:
        size = math.prod(shapes[step.writes])
        if _is_view(step):
            owner[step.writes] = owner[step.reads[0]]
            readers[owner[step.writes]] += 1
        else:
            owner[step.writes], readers[step.writes] = step.writes, 1
            live += size
            most = max(most, live)
        for value in step.frees:
            readers[owner[value]] -= 1
            if not readers[owner[value]] and owner[value]:
                live -= math.prod(shapes[owner[value]])
    return most


def _is_view(step: PlannedStep) -> bool:
    if isinstance(step.part, Maps):
        return step.part.activation is None
    return isinstance(step.part, NOTHING)


__all__ = ["Cost", "optimised_cost", "plain_cost"]

"""Layers of rewritten networks: the specification's own, computed in another way.

Values, parameters and their names are the same; only what is executed differs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..spec import LRN, Layer, Net, Row, Shape, TableConv, pair, rows_of
from ..spec.layer import Shapes

GAIN, SLOPE = 1.7159, 2 / 3  # LeCun et al. 1998, appendix A: f(1) = 1, f(-1) = -1
CURVES = {"tanh": (1.0, 1.0), "scaled_tanh": (GAIN, SLOPE)}
"""Activations that are gain * tanh(slope * x)."""
CENTRED = "centred_sigmoid"
"""sigmoid(x) - 1/2, which is tanh(x/2) / 2."""
BY_SIGMOID = {"tanh": "tanh_by_sigmoid", "scaled_tanh": "scaled_tanh_by_sigmoid"}
"""Activations of rewritten networks alone: the same functions, computed by way of the sigmoid."""


@dataclass(frozen=True)
class SlidingLRN(LRN):
    """Local response normalisation by sums that slide over the maps, for k > 0 and alpha >= 0."""

    def check(self, s: Shape) -> None:
        super().check(s)
        if not slides(self):
            raise ValueError(
                f"k = {self.k:g} and alpha = {self.alpha:g}: the sliding form needs k > 0 and "
                "alpha >= 0; the plain one takes any"
            )


@dataclass(frozen=True)
class Maps(Layer):
    """Some of the maps, from `start` to before `stop`, then activation: (C, H, W) to (n, H, W).

    A branch takes its own from what several branches have computed as one.
    """

    start: int
    stop: int
    activation: str | None = None
    kind = "maps"

    def shape(self, s: Shape) -> Shape:
        return (self.stop - self.start, *s[1:])


@dataclass(frozen=True)
class Shift(Layer):
    """A bias a map, then activation: (C, H, W) to the same."""

    activation: str | None = None
    kind = "shift"

    def params(self, s: Shape) -> int:
        return s[0]

    def held(self, s: Shape) -> Mapping[str, Shapes]:
        return {self.operation: {"bias": (s[0],)}}


def slides(norm: LRN) -> bool:
    """Whether sliding sums give the same: what is raised to a power is above zero."""
    return norm.k > 0 and norm.alpha >= 0


def executed_macs(net: Net) -> int:
    """The multiply-adds that a network really executes for one picture, heads apart.

    A connection table is computed as a full convolution whose absent kernels are zero: more
    multiply-adds than a kernel at a time, and less time.
    """
    return sum(_executed(row) for row in rows_of(net.body, net.input) if not row.aux)


def _executed(row: Row) -> int:
    if not isinstance(row.layer, TableConv):
        return row.macs
    return row.input[0] * math.prod(pair(row.layer.kernel)) * math.prod(row.out)

"""The other ways of making a layer, each with its cost, where it makes sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..spec import (
    Layer,
    Shape,
)


@dataclass(frozen=True)
class Cost:
    """Parameters and multiply-adds."""

    params: int = 0
    macs: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.params + other.params, self.macs + other.macs)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.params - other.params, self.macs - other.macs)


@dataclass(frozen=True)
class Otherwise:
    """Another way to make some rows: what it is, what it costs, and what these rows cost now."""

    what: str
    cost: Cost
    now: Cost
    rows: tuple[str, ...]
    """The rows in whose place it would stand."""

    def to_dict(self) -> dict[str, object]:
        """As JSON has it; `instead_of` is the cost of the rows in whose place it would stand."""
        return {
            "what": self.what,
            "params": self.cost.params,
            "macs": self.cost.macs,
            "instead_of": {
                "rows": list(self.rows),
                "params": self.now.params,
                "macs": self.now.macs,
            },
        }


def cost(layers: Sequence[Layer], shape: Shape) -> Cost:
    """What layers one after another cost on an input of this shape; ValueError: they do not fit."""
    found = Cost()
    for layer in layers:
        layer.check(shape)
        found += Cost(layer.params(shape), layer.macs(shape))
        shape = layer.shape(shape)
        if min(shape) < 1:
            raise ValueError("a window does not fit")
    return found

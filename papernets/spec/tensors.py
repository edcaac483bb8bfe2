"""What the state_dict of a network's module holds, worked out from its layers, without a module."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from .layer import Layer
from .net import Net
from .walk import walk

NOT_TRAINED = ("codes", "running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class StateTensor:
    """One tensor of a state_dict: its shape, the row that it belongs to, and if it is trained.

    Codes, moving averages and their counters are not.
    """

    shape: tuple[int, ...]
    row: str
    trained: bool


def tensors(net: Net) -> dict[str, StateTensor]:
    """The tensors of a network's state_dict by name, in its order; errors as `walk`'s."""
    first: dict[str, int] = {}

    def place(name: str) -> list[int]:
        """A block's rows stand together, where the first of them stands."""
        blocks = accumulate(name.split("."), "{}.{}".format)
        return [first.setdefault(block, len(first)) for block in blocks]

    return {
        f"{row.name}.{leaf}": StateTensor(shape, row.name, not leaf.endswith(NOT_TRAINED))
        for row in sorted(walk(net), key=lambda row: place(row.name))
        if isinstance(row.layer, Layer)
        for leaf, shape in row.layer.tensors(row.input).items()
    }

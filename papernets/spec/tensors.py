"""What the state_dict of a network's module holds, worked out from its layers, without a module."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import accumulate

from .layer import Layer
from .net import Net
from .smallest import smallest_input
from .walk import Row, walk

NOT_TRAINED = ("codes", "running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class StateTensor:
    """One tensor of a state_dict: its shape, its row and the operation of it, and if it is trained.

    Codes, moving averages and their counters are not.
    """

    shape: tuple[int, ...]
    row: str
    operation: str
    trained: bool


def tensors(net: Net) -> dict[str, StateTensor]:
    """The tensors of a network's state_dict by name, in its order; errors as `walk`'s."""
    found: dict[str, StateTensor] = {}
    for row in in_order(net):
        if not isinstance(row.layer, Layer):
            continue
        several = len(row.layer.operations) > 1
        for operation, shapes in row.layer.held(row.input).items():
            module = f"{row.name}.{operation}" if several else row.name
            for leaf, shape in shapes.items():
                own = StateTensor(shape, row.name, operation, leaf not in NOT_TRAINED)
                found[f"{module}.{leaf}"] = own
    return found


def in_order(net: Net) -> list[Row]:
    """The rows of a network in the order of its state_dict; errors as `walk`'s."""
    first: dict[str, int] = {}

    def place(name: str) -> list[int]:
        """A block's rows stand together, where the first of them stands."""
        blocks = accumulate(name.split("."), "{}.{}".format)
        return [first.setdefault(block, len(first)) for block in blocks]

    return sorted(walk(net), key=lambda row: place(row.name))


def tensors_anyhow(net: Net) -> dict[str, StateTensor]:
    """The tensors of a network by name, also where its input is too small for all of its heads.

    There they are those for the smallest input that works: the names are the same.
    """
    try:
        return tensors(net)
    except ValueError:
        size = smallest_input(net)
        return tensors(replace(net, input=(net.input[0], *size))) if size else {}


def names_today(net: Net, given: Collection[str], prefix: str = "") -> dict[str, str]:
    """Today's name of each tensor among these that goes by its name of November 2026, by that."""
    named = ((prefix + old, prefix + new) for new, old in earlier_names(net).items())
    return {old: new for old, new in named if new not in given and old in given}


def earlier_names(net: Net) -> dict[str, str]:
    """What each tensor was called in bundles of November 2026, by its name now.

    There a row's weights had no name of their own before them, and a normalisation always had:
    `conv1.weight` and `conv1.norm.weight`; also `bn1.norm.weight`, where the row is nothing else.
    """
    found = {}
    for name, tensor in tensors_anyhow(net).items():
        leaf = name.rpartition(".")[2]
        norm = "norm." if tensor.operation == "norm" else ""
        found[name] = f"{tensor.row}.{norm}{leaf}"
    return found

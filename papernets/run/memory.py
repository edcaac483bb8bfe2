"""Whether a network fits into this machine's memory, before anything of it is made."""

from __future__ import annotations

import torch

from ..machine import memory
from ..spec import Net
from ..spec.walk import walk
from ..words import by, gigabytes, plural


def check_memory(net: Net) -> None:
    """Raise ValueError where a network's parameters, or one map for a picture, exceed the memory.

    Nothing is made on the meta device, so nothing is too large for it.
    """
    if torch.get_default_device().type == "meta":
        return
    rows = walk(net)
    if 4 * sum(row.params + row.fixed_params for row in rows) > memory():
        raise too_large(net)
    largest = max(rows, key=lambda row: row.size)
    if 4 * largest.size > memory():
        raise _too_large(net, 4 * largest.size, f"the output of {largest.name} for one picture")


def too_large(net: Net) -> ValueError:
    """The error that there is no memory for a network's parameters."""
    size = 4 * sum(row.params + row.fixed_params for row in walk(net))
    return _too_large(net, size, "its parameters")


def _too_large(net: Net, size: int, what: str) -> ValueError:
    return ValueError(
        f"{net.name} with input {by(net.input)} and "
        f"{plural(net.classes, 'class', 'classes')} needs "
        f"{gigabytes(size)} for {what}, more than the memory here takes. Give a smaller input, or "
        "fewer classes"
    )

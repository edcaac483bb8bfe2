"""How large a bundle's weights can be, by its description: asked before any tensor is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..nets import look_up
from ..spec import tensors
from .find import named
from .net_json import read_net

NUMBER, BESIDE = 16, 1 << 20
"""Bytes of the largest number of torch's, and what other tools may have left beside a network's."""


def most_bytes(
    network: str,
    classes: int,
    input: Sequence[int],
    options: dict[str, Any],
    net: dict[str, Any],
    where: str,
) -> float:
    """The bytes that a network's tensors have at most; infinite where no such network is known."""
    channels, height, width = input
    try:
        if net:
            own = read_net(net, where).net.member
        elif named(network):
            own = look_up(network, classes, channels, (height, width), **options).net.member
        else:
            return math.inf
    except (ValueError, TypeError):  # who makes the network says so
        return math.inf
    return NUMBER * sum(math.prod(one.shape) for one in tensors(own).values()) + BESIDE

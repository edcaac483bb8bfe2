"""What is known of a peer's network: which of ours it is, and what its weights expect to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Inputs:
    """What a peer's weights expect: the order of channels, and what 0 and 255 become in each.

    `size` is the network's side, `resize` the shorter side before the centre is cut out.
    """

    order: str
    low: tuple[float, ...]
    high: tuple[float, ...]
    size: int
    resize: int
    interpolation: str


@dataclass(frozen=True)
class PeerNet:
    """A peer's network by its own name, our network for it and that one's options."""

    peer: str
    name: str
    net: str
    inputs: Inputs
    options: Mapping[str, object] = field(default_factory=dict)
    note: str = ""

"""What is known of a peer's network: which of ours it is, and what its weights expect to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Inputs:
    """What a peer's weights expect to see, as the peer documents it.

    `order` of the channels is "rgb" or "bgr"; `low` and `high` are what 0 and 255 become in each of
    them, in this order. `resize` is a picture's shorter side in pixels before its centre, `size` x
    `size`, is cut out.
    """

    order: str
    low: tuple[float, ...]
    high: tuple[float, ...]
    size: int
    resize: int
    interpolation: str = "bilinear"

    def preprocessing(self, channels: int, height: int, width: int) -> dict[str, Any]:
        """A bundle's: a photograph is scaled so that its centre is what the peer would cut out."""
        from ..data import Preprocessing

        rows, columns = (round(side * self.resize / self.size) for side in (height, width))
        return Preprocessing(
            channels,
            height,
            width,
            picture=(rows, columns),
            kind="photo",
            low=self.low,
            high=self.high,
            order=self.order,
            crop=(rows, columns) != (height, width),
        ).to_dict()


@dataclass(frozen=True)
class PeerNet:
    """A peer's network by its own name, and our network for it with its options.

    `head` is the layer that tells the classes apart. `note` is what no state_dict tells. `aux` is
    how the names of the auxiliary heads' tensors begin, where the peer may leave them out.
    """

    peer: str
    name: str
    net: str
    inputs: Inputs
    head: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    aux: str = ""

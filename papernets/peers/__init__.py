"""Weights that others trained, for our networks: a peer's by name, anybody's by order.

Names are imported when they are first used: where weights lie (`addresses`) is known without torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_WHERE = {
    "PEERS": ".translate",
    "Conversion": ".translate",
    "Inputs": ".layout",
    "PeerNet": ".layout",
    "find_peer": ".translate",
    "from_peer": ".translate",
    "take": ".translate",
}
__all__ = ["PEERS", "Conversion", "Inputs", "PeerNet", "find_peer", "from_peer", "take"]

if TYPE_CHECKING:
    from .layout import Inputs as Inputs
    from .layout import PeerNet as PeerNet
    from .translate import PEERS as PEERS
    from .translate import Conversion as Conversion
    from .translate import find_peer as find_peer
    from .translate import from_peer as from_peer
    from .translate import take as take


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name], __name__), name)


def __dir__() -> list[str]:
    return __all__

"""Papernets: every classic convolutional network, exactly as its paper printed it.

Importing this package does not import torch; `create_model` and its like do, when they are first
used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_WHERE = {
    "list_nets": "papernets.nets",
    "net": "papernets.nets",
    "Net": "papernets.spec",
    "Logits": "papernets.build",
    "build": "papernets.build.network",
    "create_model": "papernets.build",
    "from_peer": "papernets.peers",
    "load_bundle": "papernets.build",
    "verify": "papernets.analyse",
    "walk": "papernets.analyse",
    "totals": "papernets.analyse",
}
__all__ = ["__version__", *sorted(_WHERE)]

if TYPE_CHECKING:
    from .analyse import totals as totals
    from .analyse import verify as verify
    from .analyse import walk as walk
    from .build import Logits as Logits
    from .build import create_model as create_model
    from .build import load_bundle as load_bundle
    from .nets import list_nets as list_nets
    from .nets import net as net
    from .peers import from_peer as from_peer
    from .spec import Net as Net


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'papernets' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return __all__

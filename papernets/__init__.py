"""Papernets: every classic convolutional network, exactly as its paper printed it.

Importing this package does not import torch; `create_model` and its like do, when they are first used.
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
    "load_bundle": "papernets.build",
    "verify": "papernets.analyse",
    "walk": "papernets.analyse",
    "totals": "papernets.analyse",
}
__all__ = ["__version__", *sorted(_WHERE)]

if TYPE_CHECKING:
    from .analyse import totals, verify, walk
    from .build import Logits, create_model, load_bundle
    from .nets import list_nets, net
    from .spec import Net


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'papernets' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return __all__

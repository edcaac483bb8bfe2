"""Papernets: every classic convolutional network, exactly as its paper printed it.

Importing this package does not import torch; `create_model` and its like do, when they are first
used.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

TYPE_CHECKING = False  # typing is slow, and Ctrl-C while it is imported would be a traceback
__version__ = "0.1.0"

_WHERE = {
    "list_nets": "papernets.nets",
    "net": "papernets.nets",
    "Net": "papernets.spec",
    "Logits": "papernets.run.network",
    "build": "papernets.bundle.create",
    "create_model": "papernets.bundle.create",
    "explain": "papernets.modules.explain",
    "from_peer": "papernets.peers",
    "export": "papernets.verbs.export",
    "fast": "papernets.bundle.fast",
    "load": "papernets.verbs.load",
    "load_bundle": "papernets.bundle.load",
    "notebook": "papernets.show.notebook",
    "optimised": "papernets.bundle.optimised",
    "save": "papernets.peers.keep",
    "verify": "papernets.nets",
    "walk": "papernets.spec",
    "totals": "papernets.spec",
}
_VERBS = {
    "evaluate": "papernets.verbs.evaluate",
    "explore": "papernets.explore.cell",
    "train": "papernets.verbs.train",
}
"""Rooms that are called: `papernets.train(...)` is a function of this module."""
__all__ = ["__version__", *sorted({*_WHERE, *_VERBS})]
_ROOMS = ("inside",)
"""Rooms whose own functions are public: `papernets.inside.saliency(...)`."""

if TYPE_CHECKING:
    from typing import Any

    from . import inside as inside
    from .bundle.create import build as build
    from .bundle.create import create_model as create_model
    from .bundle.fast import fast as fast
    from .bundle.load import load_bundle as load_bundle
    from .bundle.optimised import optimised as optimised
    from .explore.cell import explore as explore
    from .modules.explain import explain as explain
    from .nets import verify as verify
    from .nets.registry import list_nets as list_nets
    from .nets.registry import net as net
    from .peers import from_peer as from_peer
    from .peers.keep import save as save
    from .run.network import Logits as Logits
    from .show.notebook import notebook as notebook
    from .spec import Net as Net
    from .spec.walk import totals as totals
    from .spec.walk import walk as walk
    from .verbs.evaluate import evaluate as evaluate
    from .verbs.export import export as export
    from .verbs.load import load as load
    from .verbs.train import train as train


class _Verb(ModuleType):
    """A room whose name is a verb as well: to call it is to call the verb's function."""

    @property
    def __signature__(self) -> Any:
        return importlib.import_module("inspect").signature(_function(self.__name__))

    def __call__(self, *given: Any, **settings: Any) -> Any:
        return _function(self.__name__)(*given, **settings)


def _function(room: str) -> Any:
    name = room.rpartition(".")[2]
    return getattr(importlib.import_module(_VERBS[name]), name)


def called(room: str) -> None:
    """Let a room of this package be called, by the full name of its module."""
    sys.modules[room].__class__ = _Verb


def __getattr__(name: str) -> Any:
    if name in _VERBS or name in _ROOMS:
        return importlib.import_module(f"papernets.{name}")
    if name not in _WHERE:
        raise AttributeError(f"module 'papernets' has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return __all__

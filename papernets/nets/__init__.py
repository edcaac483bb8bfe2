"""Every network by name: a folder a family, and the registry that looks a name up."""

from .registry import (
    NETS,
    beside,
    check_options,
    find,
    list_nets,
    look_up,
    net,
    sizes,
    verify,
    without_classifier,
)
from .shelf import Found

__all__ = [
    "NETS",
    "Found",
    "beside",
    "check_options",
    "find",
    "list_nets",
    "look_up",
    "net",
    "sizes",
    "verify",
    "without_classifier",
]

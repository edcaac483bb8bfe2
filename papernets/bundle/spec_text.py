"""A network as a file of Python code: what its layers print is what makes them. No torch."""

from __future__ import annotations

import re

from ..spec import Net
from .net_json import PARTS


def written(net: Net) -> str:
    """The text of a file that has this network as NET, and needs only `papernets.spec`."""
    body = repr(net)
    names = [name for name in ("Net", *PARTS) if re.search(rf"\b{name}\(", body)]
    title = re.sub(r"[^ -~]|[\\\"]", "", net.name)
    head = f'"""The network {title}, as a value of papernets."""'
    return f"{head}\n\nfrom papernets.spec import {', '.join(sorted(names))}\n\nNET = {body}\n"


def file_name(name: str) -> str:
    """A network's name as that of a file: letters, digits and underscores."""
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "net"

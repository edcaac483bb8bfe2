"""--version: what is installed, without importing any of it."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

RUNTIMES = ("onnxruntime", "openvino")
"""What else can run an exported network."""


def told() -> str:
    """Papernets, then Python and torch, then each runtime, or how to get it."""
    from .. import __version__
    from ..deploy.needs import EXTRA

    lines = [f"papernets {__version__}", f"python {platform.python_version()}"]
    lines.append(f"torch {installed('torch') or 'not installed'}")
    for name in RUNTIMES:
        missing = f"not installed: pip install 'papernets[{EXTRA[name]}]'"
        lines.append(f"{name} {installed(name) or missing}")
    return "\n".join(lines)


def installed(package: str) -> str:
    """The version of a package that is installed; empty where there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""

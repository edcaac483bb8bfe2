"""Files of Python code that a configuration names: run only where somebody says so. No torch."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from .settings import read_config


def named_file(config: Path) -> str:
    """The FILE.py:NAME that a run's configuration names; empty where it names a network of ours."""
    try:
        net = str(read_config(config).get("net", ""))
    except (OSError, ValueError):
        return ""  # who reads it to go on says why
    return net if ".py:" in net else ""


def check_trusted(config: Path, net: str) -> None:
    """ValueError where a configuration, and nobody who typed it, names a file of Python code."""
    if ".py:" in net:
        raise ValueError(
            f"{config} names a file of Python code, {net}, which is not run on the word of another "
            f"file. If you trust it: papernets train {quote(net)} with the same flags, or --trust"
        )

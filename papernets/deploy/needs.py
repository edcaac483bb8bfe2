"""Packages that some exports, and runtimes, need, and how they are installed."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

from ..words import NotInstalled

EXTRA = {"onnx": "onnx", "onnxscript": "onnx", "onnxruntime": "onnx", "openvino": "openvino"}
"""The extra of ours that brings each."""


def needed(*packages: str) -> None:
    """`NotInstalled` where one of these packages is not installed: which, and what brings it."""
    missing = [one for one in packages if not there(one)]
    if missing:
        extra = EXTRA[missing[0]]
        raise NotInstalled(
            f"this needs {', '.join(missing)}, which {'is' if len(missing) == 1 else 'are'} not "
            f"installed: pip install 'papernets[{extra}]', or pip install {' '.join(missing)}"
        )


def there(package: str) -> bool:
    """Whether a package is installed."""
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def onnxruntime() -> Any:
    """The package, imported so that it keeps no record of its use, and reports to nobody.

    From 1.32 it does both by itself on Linux too, and heeds this word when it is imported. Whoever
    imported it before has decided otherwise.
    """
    needed("onnxruntime")
    before = os.environ.get(NO_REPORTS)
    os.environ[NO_REPORTS] = "1"
    try:
        import onnxruntime as found
    finally:
        if before is None:
            del os.environ[NO_REPORTS]
        else:
            os.environ[NO_REPORTS] = before
    return found


NO_REPORTS = "ORT_DISABLE_TELEMETRY"

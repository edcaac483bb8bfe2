"""Packages that some exports, and runtimes, need, and how they are installed."""

from __future__ import annotations

from importlib.util import find_spec

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

"""The arrays that a bundle's preprocessing names: a mean picture, say, in a file beside it.

bundle.json has their SHA-256. They are read here as bytes, and understood where pictures are
prepared.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from ..files import read_bytes, write_atomically

ARRAYS = "preprocessing.safetensors"
MOST = 128 << 20  # bytes: of a whitening matrix of 4,096 values a side, and more


def read_arrays(folder: Path, preprocessing: dict[str, Any], advice: str) -> bytes:
    """The content of a folder's file of arrays; empty where the preprocessing names none.

    ValueError, which ends with the advice, where it is not there, or is another file.
    """
    told = preprocessing.get("arrays")
    if not told:
        return b""
    path = folder / ARRAYS
    try:
        content = read_bytes(path, MOST)
    except FileNotFoundError:
        raise ValueError(
            f"{path} is not there: its network's pictures are prepared by it. {advice}"
        ) from None
    if hashlib.sha256(content).hexdigest() != told:
        raise ValueError(
            f"{path} is not the file that was written with its preprocessing: the checksum "
            f"differs. {advice}"
        )
    return content


def write_arrays(folder: Path, content: bytes) -> None:
    """Write the file, where there is a content, and it is not there already."""
    path = folder / ARRAYS
    if not content:
        return
    try:
        there = path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        there = False
    if not there:
        write_atomically(path, content)

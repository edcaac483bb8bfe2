"""The head of a safetensors file, looked at before the file is read."""

from __future__ import annotations

from pathlib import Path

from ..files import opened
from ..texts import parsed

MOST_WEIGHTS = 32 << 30
"""Bytes of a file of weights: fifty times those of VGG-19, the largest here."""
MOST_HEAD, MOST_TENSORS = 64 << 20, 100_000
"""Bytes of the table at its beginning, which may hold a whole bundle.json, and entries in it."""


def check_head(path: Path, advice: str) -> None:
    """ValueError, which ends with the advice, where no safetensors file of ours can be there.

    That is no regular file, one that is too large, or a table that is not whole or far too long.
    """
    with opened(path, MOST_WEIGHTS) as file:
        start = file.read(8)
        size = int.from_bytes(start, "little")
        if len(start) < 8 or size > MOST_HEAD:
            why = "its head is cut short" if len(start) < 8 else f"a head of {size:,} bytes"
            raise ValueError(f"{path} is not a whole safetensors file ({why}). {advice}")
        try:
            head = parsed(file.read(size))
        except ValueError as error:
            raise ValueError(
                f"{path} is not a whole safetensors file (its head is not JSON: {error}). {advice}"
            ) from None
    if isinstance(head, dict) and len(head) > MOST_TENSORS:
        raise ValueError(f"{path} has {len(head):,} tensors, which no network has. {advice}")

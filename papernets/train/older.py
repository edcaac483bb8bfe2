"""Settings as earlier versions wrote them, under today's names. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WHOLE = 2**31
"""A shuffle buffer that has all pictures of a stream."""
RUNS = {"net", "seed", "device", "threads"}
"""What a run's own file always has, and one that a person writes hardly ever has together."""


def todays(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a file as today's version has them.

    Until November 2026 augmentation drew in the order of pictures, `draws = "order"`. In a run's
    file `workers` was what `processes` is now, which such a file lacks; and where it has no
    `shuffle_buffer`, all pictures of a stream were shuffled at once.
    """
    found = dict(values)
    if "workers" in found and "processes" not in found and set(found) >= RUNS:
        found["processes"] = found.pop("workers")
    if str(found.get("data", "")).startswith("hf-stream:") and set(found) >= RUNS:
        found.setdefault("shuffle_buffer", WHOLE)
    if found.get("draws") == "order":
        found["draws"] = "picture"
    return found

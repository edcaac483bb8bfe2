"""Settings as earlier versions wrote them, under today's names. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def todays(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a file as today's version has them.

    Until November 2026 augmentation drew in the order of pictures, `draws = "order"`.
    """
    found = dict(values)
    if found.get("draws") == "order":
        found["draws"] = "picture"
    return found

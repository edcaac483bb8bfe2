"""result.json of a finished run, read as a file that anybody may have changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..files import read_bytes
from ..numbers import is_number, is_whole
from ..texts import Form, check_keys, parsed
from .folder import MOST_BYTES, RESULT


def _text(value: object) -> bool:
    return isinstance(value, str)


def _share(value: object) -> bool:
    return is_number(value) and 0 <= value <= 1


def _count(value: object) -> bool:
    return is_whole(value, 0)


FORMS: dict[str, Form] = {
    "network": (_text, "a name"),
    "data": (_text, "a name"),
    "test_error": (_share, "a number from 0 to 1"),
    "test_images": (_count, "a whole number"),
    "interval": (
        lambda v: isinstance(v, list) and len(v) == 2 and all(map(_share, v)),
        "two numbers from 0 to 1",
    ),
    "epochs": (_count, "a whole number"),
    "best_epoch": (_count, "a whole number"),
    "seconds": (is_number, "a number"),
}
"""What is read of a finished run; COMMITTEE: of a committee besides."""
COMMITTEE: dict[str, Form] = {
    "others_asked": (_share, "a number from 0 to 1"),
    "early_exit_error": (_share, "a number from 0 to 1"),
    "speed_gained": (is_number, "a number"),
}


def finished(path: Path, epochs: int) -> dict[str, Any] | None:
    """The result of a run that is done with so many epochs, or was stopped early; None for one that
    is prolonged."""
    found = read_result(path)
    if found is None or not (found["epochs"] >= epochs or "stopped_after" in found):
        return None
    return found


def read_result(path: Path) -> dict[str, Any] | None:
    """The result of a finished run, or None; ValueError where it is damaged."""
    file = path / RESULT
    if not file.exists():
        return None
    advice = "Remove it, and --resume writes it anew"
    content = read_bytes(file, MOST_BYTES)
    try:
        found = parsed(content)
    except ValueError as error:
        raise ValueError(f"{file} is not JSON ({error}). {advice}") from None
    check_keys(found, FORMS, str(file), advice)
    if not COMMITTEE.keys().isdisjoint(found):
        check_keys(found, COMMITTEE, str(file), advice)
    return dict(found)

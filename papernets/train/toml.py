"""Settings as JSON and TOML hold them, and as an error shows them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from ..numbers import LARGE, is_number
from ..texts import json_text


def json_value(value: object) -> Any:
    """A value as JSON has it: tuples are lists, an infinite number is the text `inf`."""
    if isinstance(value, Mapping):
        return {str(k): json_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(v) for v in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def toml_value(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):  # JSON's text is TOML's, but for DEL, which is escaped
        return json_text(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml_key(k)} = {toml_value(v)}" for k, v in value.items()) + "}"
    return str(value)


def toml_key(name: str) -> str:
    """A key as TOML writes it, in quotation marks where it needs them."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml_value(name)


def check_setting(settings: object, name: str, good: bool, wanted: str) -> None:
    """ValueError, with the value as it is written, where a setting is not good."""
    if not good:
        given = getattr(settings, name)
        raise ValueError(f"{name} must be {wanted}, not {toml_value(given)}")


def check_numbers(settings: Any) -> None:
    """ValueError for a number so large that single precision makes it, or its square, infinite.

    Infinity itself, and what is no number, is for the check of each setting.
    """
    for field in fields(settings):
        for name, number in _numbers(field.name, getattr(settings, field.name)):
            if abs(number) < math.inf and not is_number(number):
                raise ValueError(f"{name} takes numbers below {LARGE:g}, not {number:g}")


def _numbers(name: str, value: object) -> Iterator[tuple[str, float]]:
    """Every number in a setting, with its name."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _numbers(f"{name}.{key}", one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _numbers(name, one)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value

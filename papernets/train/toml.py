"""Settings as JSON and TOML hold them, and as an error shows them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

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

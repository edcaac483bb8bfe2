"""The command that does what a user asked for: what was given stays in it. No torch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from shlex import quote
from typing import Any

from .toml import toml_value

FLAGS = (
    "data", "data_dir", "recipe", "weights", "epochs", "batch_size", "seed", "device", "threads",
    "workers", "processes", "precision", "save_every", "channels", "tracker",
)  # fmt: skip
"""Settings that are flags of their own; the others are given with --set."""


def train_command(
    net: str, given: Mapping[str, Any], out: str | os.PathLike[str] = "FOLDER"
) -> str:
    """`papernets train NET ... --out FOLDER` with the settings that a user gave."""
    from ..data.names import MEMORY  # only once it is called: its room brings torch

    words = ["papernets train", quote(net)] if net else ["papernets train"]
    for key, value in given.items():
        if key == "strict":
            words += ["--strict"] if value else []
        elif key == "data" and str(value).startswith(MEMORY):
            words.append("--data DATA")  # pictures that only Python holds
        elif key in FLAGS:
            words.append(f"--{key.replace('_', '-')} {quote(str(value))}")
        elif isinstance(value, Mapping) and value:
            words += [f"--set {quote(f'{key}.{k}={toml_value(v)}')}" for k, v in value.items()]
        elif key != "net":
            words.append(f"--set {quote(f'{key}={toml_value(value)}')}")
    return " ".join([*words, f"--out {quote(os.fspath(out))}"])

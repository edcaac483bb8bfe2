"""A trained network, ready to use, from its folder, its run's, or its name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from torch import nn

from .create import model_of
from .find import find_bundle
from .info import BundleInfo, read_info

TORCH = "torch"
"""What answers where nothing else is asked for."""


class Runtime(Protocol):
    """What answers in torch's place: a bundle to a module that gives the same logits."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def __call__(self, bundle: Bundle) -> nn.Module: ...


@dataclass(frozen=True)
class Bundle:
    """A bundle in memory: its description, its model in evaluation mode, and where it came from.

    `plain`: the model answers module by module, and not in its optimised form. `runtime`: what
    answers in torch's place, if anything does.
    """

    info: BundleInfo
    model: nn.Module
    folder: Path
    plain: bool = False
    runtime: Runtime | None = None


def load_bundle(given: str | os.PathLike[str], plain: bool = False) -> Bundle:
    """A bundle by its folder, its run's, or a trained network's name; in evaluation mode."""
    folder = find_bundle(given)
    info = read_info(folder)
    return Bundle(info, model_of(folder, info).eval(), folder, plain)

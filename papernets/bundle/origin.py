"""What a module knows of where it came from, so that it can be kept as a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import nn

from .find import in_file
from .info import BundleInfo


@dataclass(frozen=True)
class Origin:
    """The name and the options by which a module was made, and its bundle's description, if any.

    `peer` is the peer and its own name for the network, where its weights were taken.
    """

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    info: BundleInfo | None = None
    peer: tuple[str, str] | None = None


def mark(
    model: nn.Module,
    name: str,
    options: Mapping[str, Any],
    info: BundleInfo | None = None,
    peer: tuple[str, str] | None = None,
) -> None:
    """Note on a module where it came from; of a file of code the name alone, not its folder."""
    word = Path(name).name if in_file(name) else name
    model.origin = Origin(word, dict(options), info, peer)  # type: ignore[assignment]


def origin_of(model: nn.Module) -> Origin | None:
    """Where a module came from, as far as it knows."""
    found = getattr(model, "origin", None)
    return found if isinstance(found, Origin) else None

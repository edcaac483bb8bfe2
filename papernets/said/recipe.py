"""How a network is trained, as somebody wrote it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; `settings` are fields of a run and override its defaults.

    It is taken by itself for the data sets that `data` names; for others the network's first is.
    """

    name: str
    source: str
    settings: Mapping[str, object] = field(default_factory=dict)
    data: tuple[str, ...] = ()

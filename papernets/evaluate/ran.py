"""What computed the answers of an evaluation: torch, or another runtime."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ..bundle.load import TORCH, Bundle


@dataclass(frozen=True)
class Ran:
    """What computed the answers; `chosen` says how `--runtime auto` came to it."""

    name: str = TORCH
    version: str = str(torch.__version__)
    chosen: str = ""

    def words(self) -> str:
        """Its name and version, and why it was chosen."""
        return f"{self.name} {self.version}" + (f": {self.chosen}" if self.chosen else "")

    def to_dict(self) -> dict[str, str | None]:
        """As plain JSON values; `chosen` is None where the runtime was named."""
        return {"name": self.name, "version": self.version, "chosen": self.chosen or None}


def ran_in(bundle: Bundle) -> Ran:
    """What a bundle answers in."""
    other = bundle.runtime
    return Ran() if other is None else Ran(other.name, other.version)

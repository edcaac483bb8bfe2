"""What an export is made with, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..evaluate.known import Pictures
from ..words import percent
from .judge import Check


@dataclass(frozen=True)
class Material:
    """Pictures that an export is checked on, and those by which eight bits are laid out.

    `labelled`: the labels of the first are known. `notes` are sentences on them. `metadata` is said
    in the file, too.
    """

    check: Pictures
    labelled: bool = False
    calibrate: Pictures | None = None
    notes: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exported:
    """Files that were written, and what their check showed."""

    to: str
    files: tuple[Path, ...]
    check: Check | None
    notes: tuple[str, ...] = ()
    int8: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "to": self.to,
            "files": [str(path) for path in self.files],
            "bytes": self.bytes,
            "int8": self.int8,
            "check": None if self.check is None else self.check.to_dict(),
            "notes": list(self.notes),
        }

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(path.stat().st_size for path in self.files)

    def words(self) -> str:
        """What was written, in a sentence."""
        told = f"{' and '.join(map(str, self.files))}, {_size(self.bytes)}"
        if self.check is None:
            return f"{told}."
        if not self.int8:
            return f"{told}; {self.check.words()}."
        share = percent(self.check.same_labels / self.check.pictures)
        return f"{told}; {share} of the labels equal ({self.check.on})."


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.0f} kB"

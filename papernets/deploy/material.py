"""What an export is made with, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..evaluate.known import Pictures
from ..words import percent, plural
from .from_files import FromFiles
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
    """Files that were written, and what their check showed; `read`: of picture files, too."""

    to: str
    files: tuple[Path, ...]
    check: Check | None
    notes: tuple[str, ...] = ()
    int8: bool = False
    read: FromFiles | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "to": self.to,
            "files": [str(path) for path in self.files],
            "bytes": self.bytes,
            "int8": self.int8,
            "check": None if self.check is None else self.check.to_dict(),
            "from_files": None if self.read is None else self.read.to_dict(),
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
        if self.int8:
            return f"{told}; {self._eight_bits(self.check)}."
        read = "" if self.read is None else f"; {self.read.words()}"
        return f"{told}; {self.check.words()}{read}."

    def _eight_bits(self, check: Check) -> str:
        """Both errors, which say what eight bits cost; without labels, how many answers changed."""
        share = f"{percent(check.same_labels / check.pictures)} of the labels equal"
        if check.errors is None:
            return f"{share} ({check.on})"
        before, after = check.errors
        return (
            f"error {percent(after)} in eight bits, {percent(before)} in float32 "
            f"({check.on}, {plural(check.pictures, 'picture')}); {share}"
        )


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.0f} kB"

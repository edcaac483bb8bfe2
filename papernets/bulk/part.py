"""One process's part of many pictures: by a hash of each picture's name, the same everywhere."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..data.picture import Packed, shown
from ..evaluate.predict import Source

MOST = 100_000
TEXT = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


@dataclass(frozen=True)
class Part:
    """Part `number` of `count`, from 1."""

    number: int = 1
    count: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def has(self, name: bytes) -> bool:
        """Whether a picture of this name is in the part.

        The first 8 bytes of the name's SHA-256 are a number, the first of them the highest; its
        remainder by the count of parts is 0 in the first part, 1 in the second.
        """
        if self.count == 1:
            return True
        number = int.from_bytes(hashlib.sha256(name).digest()[:8], "big")
        return number % self.count == self.number - 1

    def of(self, output: str) -> str:
        """The name of the part's own file beside an output: `a.csv` gives `a.2-of-4.csv`."""
        stem, suffix = os.path.splitext(output)
        return f"{stem}.{self.number}-of-{self.count}{suffix}"


WHOLE = Part()
"""All of it: the part of a process that is alone."""


def part_of(text: str) -> Part:
    """The part that `2/4` means; ValueError for any other text."""
    if (part := part_in_text(text.strip())) is not None:
        return part
    raise ValueError(
        f"--shard {text}: give I/N, the part and how many there are, I from 1 to N: --shard 1/4. "
        f"N is at most {MOST:,}"
    )


def part_in_text(text: str) -> Part | None:
    """The part that `2/4` means; None for any other text."""
    found = TEXT.fullmatch(text)
    number, count = (int(found[1]), int(found[2])) if found else (0, 0)
    return Part(number, count) if 1 <= number <= count <= MOST else None


def part_in(environ: Mapping[str, str]) -> Part | None:
    """The part of a process that torchrun, or another launcher, started; None where it is alone.

    RANK counts from 0 to WORLD_SIZE. ValueError where they say it by halves.
    """
    size, rank = environ.get("WORLD_SIZE", ""), environ.get("RANK", "")
    if size in ("", "1"):
        return None
    try:
        number, count = int(rank) + 1, int(size)
    except ValueError:
        number, count = 0, 0
    if not 1 <= number <= count <= MOST:
        raise ValueError(
            f"RANK is {rank or 'not set'} and WORLD_SIZE {size}: torchrun sets both, RANK from 0. "
            "Or say it: --shard 1/4"
        )
    return Part(number, count)


def name_of(source: Source) -> bytes:
    """A picture's name as it was given, in the bytes that the system knows it by."""
    path = source.path
    if isinstance(path, Packed) or shown(path) != source.name:
        return os.fsencode(source.name)
    return os.fsencode(path)

"""Matrices that notes 003 print, read from the page of the notes that the project keeps."""

from __future__ import annotations

import re
from functools import cache

from ..nets.notes.n003_examples import EXAMPLES
from ..said import NOTES, Source
from .values import Matrix

SIGNED = re.compile(r"-?\d+")


@cache
def _parts() -> dict[str, str]:
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in EXAMPLES.split("# ")[1:]}


@cache
def printed(heading: str) -> Matrix:
    """The numbers under a heading, the first of each cell; cells without one are left out."""
    rows = [
        tuple(int(found[0]) for cell in line.split("|")[1:] if (found := SIGNED.search(cell)))
        for line in _parts()[heading].splitlines()
    ]
    return tuple(row for row in rows if row)


def lines(heading: str) -> tuple[int, int]:
    """The first and the last of its lines in the notes."""
    numbers = [int(line.split("|")[0]) for line in _parts()[heading].splitlines() if line.strip()]
    return numbers[0], numbers[-1]


def source(first: str, last: str = "") -> Source:
    """Where matrices are printed: from the lines of one heading to those of another."""
    begin, end = lines(first)[0], lines(last or first)[1]
    return NOTES[3].at(f"lines {begin} to {end}")

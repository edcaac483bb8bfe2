"""A source's page as data: printed tables and numbers, a cell each, and the claim of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .claims import Claim
from .sources import Origin
from .verify import Check, check


@dataclass(frozen=True)
class Cell:
    """A printed cell; `claim` judges its number, with our value in it; a word has none.

    `part` is which side of a size the cell is: several cells may print one size. `given`: a number
    with which an example begins, so that there is nothing to judge. `held`: the claim stands in the
    record of its network too.
    """

    text: str
    claim: Claim | None = None
    part: int | None = None
    given: bool = False
    held: bool = False

    @property
    def number(self) -> bool:
        """True for a number; names of layers are words."""
        return self.claim is not None or self.given

    def verdict(self) -> str:
        """The verdict of this cell alone: a side of a wrong size may be right; `given`, or ``."""
        if self.claim is None:
            return "given" if self.given else ""
        found = check(self.claim)
        if self.part is None or not isinstance(found.ours, tuple):
            return found.verdict
        assert isinstance(found.printed, tuple)
        same = found.ours[self.part] == found.printed[self.part]
        return "agrees" if same else found.verdict


@dataclass(frozen=True)
class Line:
    """The cells of a line of the source, with its number there."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Block:
    """A printed table, or numbers of the text: a heading, the columns' names, the lines."""

    heading: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    def cells(self) -> Iterator[tuple[int, Cell]]:
        """Every cell with its line's number."""
        for line in self.lines:
            for cell in line.cells:
                yield line.number, cell


@dataclass(frozen=True)
class Aside:
    """Numbers that are no facts, and why: on which line which, as they are printed."""

    why: str
    numbers: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Page:
    """What a source prints: blocks in the order of its lines, what is no fact, lines of code."""

    origin: Origin
    blocks: tuple[Block, ...]
    asides: tuple[Aside, ...] = ()
    code: tuple[tuple[int, int], ...] = ()

    def cells(self) -> Iterator[tuple[int, Cell]]:
        """Every cell of every block with its line's number."""
        for block in self.blocks:
            yield from block.cells()

    def claims(self, held: bool = True) -> tuple[Claim, ...]:
        """Each claim once; without those that are `held` by the records of networks too."""
        found: dict[tuple[object, ...], Claim] = {}
        for _, cell in self.cells():
            if cell.claim is not None and (held or not cell.held):
                claim = cell.claim
                found.setdefault((claim.of, claim.quantity, claim.printed, claim.why), claim)
        return tuple(found.values())

    def checks(self, held: bool = True) -> tuple[Check, ...]:
        """Each of `claims`, judged."""
        return tuple(check(claim) for claim in self.claims(held))

    @property
    def unmarked(self) -> int:
        """How many cells hold a number that no claim judges; 0 where the page is complete."""
        return sum(
            any(sign.isdigit() for sign in cell.text) and not cell.number and not named(cell.text)
            for _, cell in self.cells()
        )


def named(text: str) -> bool:
    """True for a name, which has letters: conv1x1a, Conv 1; and for a year."""
    return any(map(str.isalpha, text)) or re.fullmatch(r"(19|20)\d\d", text) is not None

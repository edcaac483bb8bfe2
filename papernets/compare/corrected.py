"""The tables of the lecture notes with the right value in each cell, and what was printed there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..nets.notes import NAMES, page
from ..nets.notes.winners import HEADING, winners
from ..said import Block, Cell, Value, check, shown
from ..tables import Column, Section, Table
from ..words import did_you_mean, plural

TEXT = ("line", "of", "what", "printed")
"""The columns of numbers of the text, which are no table."""
SHORT: Mapping[str, str] = {
    "winners": "notes-winners-of-ilsvrc-classification",
    "ilsvrc-errors": "notes-001-ilsvrc-top-5-error-on-the-test-set",
    "all-comparisons": "notes-002-all-comparisons",
    "comparison": "notes-003-comparison",
}
"""Short names of the tables that compare networks."""
VERDICTS = {
    "agrees": "agrees with our arithmetic",
    "erratum": "corrected",
    "unexplained": "corrected",
    "measured": "a result, which no arithmetic confirms",
    "DISAGREES": "DISAGREES",
    "given": "what an example starts from",
}
NUMBER = re.compile(r"-?\d[\d,]*\.?\d*|-?\.\d+")


@dataclass(frozen=True)
class Right:
    """One cell of a note's table: what is printed, what is right, the verdict, and why."""

    column: str
    printed: str
    right: str
    verdict: str = ""
    why: str = ""
    ours: Value | None = None

    def to_dict(self) -> dict[str, object]:
        """The cell as `compare --table NAME --json` prints it; a tuple as a list."""
        ours = list(self.ours) if isinstance(self.ours, tuple) else self.ours
        return {
            "column": self.column,
            "printed": self.printed,
            "right": self.right,
            "verdict": self.verdict or None,
            "why": self.why,
            "ours": ours,
        }


@dataclass(frozen=True)
class Corrected:
    """A note's table, cell by cell; `source` is the note, `lines` are its lines there."""

    name: str
    source: str
    block: Block

    @cached_property
    def lines(self) -> tuple[tuple[int, tuple[Right, ...]], ...]:
        """Each line's number and its cells."""
        heads = self._heads
        return tuple(
            (
                line.number,
                tuple(_right(head, cell) for head, cell in zip(heads, line.cells, strict=False)),
            )
            for line in self.block.lines
        )

    @property
    def _heads(self) -> tuple[str, ...]:
        """The names of the columns, those without one by their place."""
        named = self.block.columns[1:]
        several = {name for name in named if named.count(name) > 1}
        return tuple(
            f"{name} {at}".strip() if not name or name in several else name
            for at, name in enumerate(named, 1)
        )

    @property
    def title(self) -> str:
        """What the table is."""
        return f"{self.block.heading} ({self.source}), corrected"

    def to_list(self) -> list[dict[str, object]]:
        """The table as `compare --table NAME --json` prints it, an object a line."""
        return [
            {"line": number, "cells": [cell.to_dict() for cell in cells]}
            for number, cells in self.lines
        ]

    def table(self, exact: bool = False, agrees: str = "\N{CHECK MARK}") -> Table:
        """The table for people, a mark in each cell that was judged; or a line a cell."""
        if exact:
            return self._long()
        numbers = {key: at for at, key in enumerate(self._reasons, 1)}
        heads = self.block.columns[1:]
        rows = []
        for _, cells in self.lines:
            texts = [_marked(cell, numbers, agrees) for cell in cells]
            rows.append((*texts, *[""] * (len(heads) - len(texts))))
        right = [
            any(
                cell.verdict and NUMBER.match(cell.printed)
                for _, cells in self.lines
                for cell in cells[at : at + 1]
            )
            for at in range(len(heads))
        ]
        columns = tuple(Column(head, right[at]) for at, head in enumerate(heads))
        return Table(columns, (Section(tuple(rows)),), self.title, tuple(self._notes(agrees)))

    @cached_property
    def _reasons(self) -> Mapping[tuple[str, str], list[str]]:
        """What is printed in the cells that want a word, by their verdict and reason."""
        found: dict[tuple[str, str], list[str]] = {}
        for _, cells in self.lines:
            for cell in cells:
                if cell.verdict not in ("", "agrees", "given"):
                    several = found.setdefault((cell.verdict, cell.why), [])
                    if cell.printed not in several:
                        several.append(cell.printed)
        return found

    def _notes(self, agrees: str) -> Iterator[str]:
        count = [cell.verdict for _, cells in self.lines for cell in cells if cell.verdict]
        wrong = count.count("erratum") + count.count("unexplained")
        yield (
            f"{agrees} {plural(count.count('agrees'), 'cell agrees', 'cells agree')} with "
            f"arithmetic or the papers, {wrong} {'is' if wrong == 1 else 'are'} corrected, "
            f"{plural(count.count('measured'), 'is a result', 'are results')}."
        )
        for at, ((verdict, why), printed) in enumerate(self._reasons.items(), 1):
            said = f"the paper: {why}" if verdict == "measured" else why
            kind = "result" if verdict == "measured" else VERDICTS[verdict]
            yield f"({at}) {kind}; printed {', '.join(printed)}: {said}."

    def _long(self) -> Table:
        heads = ("line", "column", "printed", "right", "verdict", "why")
        rows = tuple(
            (number, cell.column, cell.printed, cell.right, cell.verdict, cell.why)
            for number, cells in self.lines
            for cell in cells
        )
        columns = tuple(Column(head, head == "line") for head in heads)
        return Table(columns, (Section(rows),), self.title)


def _marked(cell: Right, numbers: Mapping[tuple[str, str], int], agrees: str) -> str:
    """A cell as people read it: the right value and its mark."""
    if cell.verdict == "agrees":
        return f"{cell.right}{agrees}"
    at = numbers.get((cell.verdict, cell.why))
    return f"{cell.right} ({at})" if at else cell.right


def _right(column: str, cell: Cell) -> Right:
    """A cell of a page with the right value in the words of its source."""
    verdict = cell.verdict()
    if cell.claim is None or verdict == "given":
        return Right(column, cell.text, cell.text, verdict)
    found = check(cell.claim)
    if verdict in ("agrees", "measured"):
        return Right(column, cell.text, cell.text, verdict, found.why, found.ours)
    ours, printed = found.ours, found.printed
    if cell.part is not None and isinstance(ours, tuple) and isinstance(printed, tuple):
        ours, printed = ours[cell.part], printed[cell.part]
    assert ours is not None
    right = restyled(cell.text, printed, ours)
    return Right(column, cell.text, right, verdict, found.why, found.ours)


def restyled(text: str, printed: Value, ours: Value) -> str:
    """Our value as the source writes its own: `19.6B` and 15,470,264,320 give `15.5B`.

    At least three digits that count are given where the source rounds.
    """
    head, sign, tail = text.rpartition("=")
    found = [float(number.replace(",", "")) for number in NUMBER.findall(tail)]
    if isinstance(printed, tuple) and isinstance(ours, tuple) and len(found) == len(ours):
        sides = [int(side) for side in found]
        for order in ((0, 1, 2), (1, 2, 0)) if len(ours) == 3 else (tuple(range(len(ours))),):
            if [printed[at] for at in order] == sides:
                own = [str(ours[at]) for at in order]
                return head + sign + NUMBER.sub(lambda _: own.pop(0), tail)  # noqa: B023
    if isinstance(printed, tuple) and isinstance(ours, tuple) and len({*printed}) == 1:
        printed, ours = (printed[0], ours[0]) if len({*ours}) == 1 else (printed, ours)
    one = len(found) == 1 and isinstance(printed, int | float) and isinstance(ours, int | float)
    if not one or not found[0]:
        return shown(ours)
    assert isinstance(printed, int | float) and isinstance(ours, int | float)
    return head + sign + NUMBER.sub(_number(tail, ours, printed / found[0]), tail, count=1)


def _number(text: str, ours: float, unit: float) -> str:
    """Our value in a unit, with as many places as the text, or three digits that count."""
    number = NUMBER.findall(text)[0]
    value = ours / unit
    if abs(unit - 1) < 1e-9 and float(value).is_integer():
        return f"{int(value):,}" if "," in number else str(int(value))
    places = len(number.partition(".")[2])
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    return f"{value:.{max(places, 3 - whole)}f}"


def named() -> Mapping[str, tuple[str, Block]]:
    """Every printed table of the notes by its name, with its note."""
    found = {f"notes-{_slug(HEADING)}": ("notes 000 to 002", winners())}
    for note in NAMES:
        for block in page(note).blocks:
            if block.columns != TEXT and any(block.columns[1:]):
                found[f"{note}-{_slug(block.heading)}"] = (note.replace("-", " "), block)
    return found


def _slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def corrected(name: str) -> Corrected:
    """A table of the notes, corrected, by its name; ValueError with the nearest, or with several.

    A part of a name will do where one table alone has it, and so will the names in `SHORT`.
    """
    every, plain = named(), re.sub(r"[ _]+", "-", name.lower().strip())
    wanted = SHORT.get(plain, plain)
    fit = [wanted] if wanted in every else [one for one in every if wanted in one]
    if len(fit) != 1:
        what = "no table of the notes is called" if not fit else "several tables of the notes fit"
        hint = did_you_mean(plain, (*every, *SHORT)) if not fit else f": {', '.join(fit)}."
        dot = "." if not fit else ""
        raise ValueError(f"{what} {name!r}{dot}{hint} All tables: papernets compare --table list")
    source, block = every[fit[0]]
    return Corrected(fit[0], source, block)


def listed() -> Table:
    """All tables of the notes: the name, a short one, how many cells are judged and are wrong."""
    rows = []
    short = {long: name for name, long in SHORT.items()}
    for name, (_, block) in named().items():
        verdicts = [cell.verdict() for _, cell in block.cells()]
        wrong = verdicts.count("erratum") + verdicts.count("unexplained")
        rows.append((name, short.get(name, ""), sum(map(bool, verdicts)), wrong))
    rows.sort(key=lambda row: not row[1])
    numbers = (Column("judged", right=True), Column("wrong", right=True))
    columns = (Column("table"), Column("short"), *numbers)
    return Table(columns, (Section(tuple(rows)),), "Tables of the lecture notes")

"""Readers of a note's data: printed tables, numbers of the text, and numbers that are no facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ...said import Aside, Block, Cell, Claim, Line, Value
from .judge import FORMULA, NEEDED, Judge, as_printed

SIGNED = re.compile(r"-?\d+")
EACH = "*"
"""Of a table with a network a line: our name of the row is the network's."""
MILLIONS = " in millions"
"""Of a column that prints millions, without a word behind the number."""
NUMERIC = re.compile(r"\d")
APART = re.compile(r" {2,}")


@dataclass(frozen=True)
class Grid:
    """A printed table as text: a line a row, its number, our name of the row, the cells.

    Cells stand between bars. `columns` says of each column what it prints: a quantity of the row
    (`params`; `input.1` is the second side of a size that several columns print together), `word`,
    or `given`. A cell may say so itself, behind it in braces: `61{params}`; and of which network:
    `61{alexnet: params}`. A quantity behind `=`, or of a network of its own, is no row's.
    `Dropout (rate 0.5)~0.5{rate}` prints what stands before the `~`, and judges what stands behind
    it. `why` are reasons of errata, by what line and quantity are like: the first that fits counts,
    where our value is another.
    """

    heading: str
    of: str
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    text: str
    why: Mapping[str, str] = field(default_factory=dict)

    def read(self, judge: Judge) -> Block:
        """The table, judged cell by cell; ValueError for a reason that explains nothing."""
        lines = []
        for text in filter(str.strip, self.text.splitlines()):
            head, *cells = (cell.strip() for cell in text.split("|"))
            number, _, row = head.partition(" ")
            lines.append(Line(int(number), self._line(judge, int(number), row.strip(), cells)))
        found = Block(self.heading, ("line", *self.labels), tuple(lines))
        said = {cell.claim.why or cell.claim.paper for _, cell in found.cells() if cell.claim}
        for like, why in self.why.items():
            if why.removeprefix("paper:").strip() not in said:
                raise ValueError(f"{self.heading}: nothing is like {like!r}, or all of it agrees")
        return found

    def _line(self, judge: Judge, line: int, row: str, cells: Sequence[str]) -> tuple[Cell, ...]:
        if len(cells) > len(self.columns):
            raise ValueError(f"{self.heading}, line {line}: {len(cells)} cells are too many")
        read = [_cell(cell, kind) for cell, kind in zip(cells, self.columns, strict=False)]
        sizes: dict[str, dict[int, int]] = {}
        for text, kind in read:
            name, _, part = kind.rpartition(".")
            if part.isdigit() and NUMERIC.search(text):
                sizes.setdefault(name, {})[int(part)] = int(text)
        found: dict[str, Claim] = {
            name: self._claim(judge, line, row, name, _size(sides)) for name, sides in sizes.items()
        }
        made = []
        for text, kind in read:
            name, _, part = kind.rpartition(".")
            if kind in ("given", "word") or not NUMERIC.search(text):
                made.append(Cell(text, given=kind == "given" and bool(NUMERIC.search(text))))
            elif part.isdigit():
                one = found[name]
                made.append(Cell(text, one, int(part), held=judge.holds(one)))
            else:
                one = self._claim(judge, line, row, kind, text)
                made.append(Cell(text.partition("~")[0].strip(), one, held=judge.holds(one)))
        return tuple(made)

    def _claim(self, judge: Judge, line: int, row: str, kind: str, text: str | Value) -> Claim:
        """The claim of a cell: a wrong one with the reason that fits."""
        of, _, what = kind.rpartition(": ")
        of, what = of or (row if self.of == EACH else self.of), what.strip()
        row = "" if self.of == EACH or ": " in kind else row
        quantity = what if row in ("", "-") or what.startswith("=") else f"{row}.{what}"
        quantity = quantity.removeprefix("=")
        where = f"{self.heading}, line {line}"
        about = False
        if isinstance(text, str):
            text = text.rpartition("~")[2].rpartition("=")[2].strip()
            if what == "window" or isinstance(judge.more.get(f"{of}: {quantity}"), str):
                return judge.claim_of(of, quantity, text, where)
            value, about = as_printed(text, judge.maps_first)
            if quantity.endswith(MILLIONS) and isinstance(value, int | float):
                value, about = round(value * 1e6, 3), True
            about = about or quantity.startswith("about ")
            quantity = quantity.removesuffix(MILLIONS).removeprefix("about ")
        else:
            value = text
        if what == "padding" and isinstance(value, float):
            quantity = f"{row}.{NEEDED}"
        for like, why in self.why.items():
            if why.startswith("paper:") and re.search(like, f"{line} {quantity}"):
                return judge.claim_of(of, quantity, value, where, why, about)
        claim = judge.claim_of(of, quantity, value, where, "", about)
        assert claim.ours is not None
        if not claim.why and not claim.agrees(claim.ours):
            for like, why in self.why.items():
                if re.search(like, f"{line} {quantity}"):
                    return replace(claim, why=why)
        return claim


def _cell(cell: str, kind: str) -> tuple[str, str]:
    """A cell's text, and what it prints: its own word in braces is stronger than the column's."""
    found = re.fullmatch(r"(.*?)\{(.*)\}", cell)
    return (found[1].strip(), found[2]) if found else (cell, kind)


def _size(sides: Mapping[int, int]) -> Value:
    return tuple(sides[at] for at in sorted(sides))


def matrix(
    heading: str, text: str, judge: Judge, ours: Sequence[Sequence[float]] | None = None
) -> Block:
    """Rows of numbers as they are printed: what an example starts from, or against ours.

    A line is its number, then the cells, a bar between two.
    """
    lines = []
    for down, row in enumerate(filter(str.strip, text.splitlines())):
        number, *cells = (cell.strip() for cell in row.split("|"))
        made = []
        for across, cell in enumerate(cells):
            if ours is None or not NUMERIC.search(cell):
                made.append(Cell(cell, given=NUMERIC.search(cell) is not None))
                continue
            printed, _ = as_printed(cell.rpartition("=")[2])
            quantity = f"{heading}: row {down + 1}, column {across + 1}"
            where, value = judge.notes.at(f"line {number}"), ours[down][across]
            made.append(Cell(cell, Claim(quantity, printed, where, ours=value)))
        lines.append(Line(int(number), tuple(made)))
    width = max(len(line.cells) for line in lines)
    return Block(heading, ("line", *("" for _ in range(width))), tuple(lines))


def values(text: str) -> list[list[int]]:
    """The numbers of a matrix' text: the first of each cell, without their lines' numbers."""
    rows = (row.split("|")[1:] for row in text.splitlines() if row.strip())
    return [[int(found[0]) for cell in row if (found := SIGNED.search(cell))] for row in rows]


def numbers(heading: str, text: str, judge: Judge) -> Block:
    """Numbers of the text: line, network, what it is, as it is printed, and why it is wrong.

    Cells stand two spaces apart or more; `.` is no network; `"` is as above. What is no erratum but
    a result has `paper:`, and what the paper prints itself, in the place of the reason. A line that
    begins with a space goes on with the last cell above.
    """
    rows: list[str] = []
    for row in filter(str.strip, text.splitlines()):
        if row[0] == " ":
            rows[-1] += f" {row.strip()}"
        else:
            rows.append(row.strip())
    lines, above = [], [""] * 5
    for row in rows:
        cells = APART.split(row)
        if not 4 <= len(cells) <= 5:
            raise ValueError(f"{heading}: {row!r} has {len(cells)} cells, not four or five")
        cells = [old if new == '"' else new for new, old in zip(cells, above, strict=False)]
        above = [*cells, *[""] * (5 - len(cells))]
        line, of, quantity, printed, why = above
        of = of.strip(".")
        claim = judge.claim(of, quantity, printed, f"line {line}", why)
        cell = Cell(printed, claim, held=judge.holds(claim))
        what = Cell(quantity, given=FORMULA.fullmatch(quantity) is not None)
        lines.append(Line(int(line), (Cell(of), what, cell)))
    return Block(heading, ("line", "of", "what", "printed"), tuple(lines))


def asides(text: str) -> tuple[Aside, ...]:
    """Numbers that are no facts: a line that says why, then lines that begin with a space.

    There `31:1,1` are the numbers 1 and 1 of line 31.
    """
    found: list[tuple[str, list[tuple[int, str]]]] = []
    for row in filter(str.strip, text.splitlines()):
        if row[0] != " ":
            found.append((row.strip(), []))
            continue
        for words in row.split():
            line, _, printed = words.partition(":")
            found[-1][1].extend((int(line), number) for number in printed.split(","))
    return tuple(Aside(why, tuple(several)) for why, several in found)

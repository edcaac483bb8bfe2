"""A printed value, its source, and where it is wrong the reason; departures from what is printed.

Claims are written as they are printed, a table a source, a line a claim:

    quantity       printed       where           why it is wrong
    params         about 60,000  abstract
    C3.out         16x10x10      figure 2
    error          0.95 %        figure 9
    C1.stride      2x2           text            32 to 28 needs stride 1; the table under the text
                                                 has it right
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .tables import Table, cells

if TYPE_CHECKING:
    from .sources import Source

Value = float | str | tuple[int, ...]
UNEXPLAINED = "unexplained"
"""How the reason of a claim begins that is wrong and nobody knows why."""


@dataclass(frozen=True)
class Claim:
    """A printed value of a network, or of a part of it, checked against our arithmetic.

    `quantity` is `params`, `fixed_params`, `macs`, `connections`, `ROW.params`, `ROW.macs`,
    `ROW.connections`, `ROW.out` or another field of a row, or, for a measured result, `error` (a
    fraction, under `conditions`). A quantity that is no row's comes with `ours`, computed beside
    it from the same layers. `about`: the source rounds, and the value agrees where ours `rounds_to`
    it; `exact`: zeros at its end are printed digits too, which other numbers may have rounded to.
    `below`: the source says less than this. `why` is the reason why the value is wrong, and
    then it must go on disagreeing: an erratum; it begins with `unexplained` where nobody knows. A
    number that is right, and that a variant or a reading misses, is no erratum: it speaks against
    the variant, which says so in a `Departure`. `of` are the networks of which it is said; none:
    of whichever record it stands in. `paper` is what the paper itself prints, or who measured it,
    beside a result that somebody else repeats.
    """

    quantity: str
    printed: Value
    source: Source
    why: str = ""
    about: bool = False
    below: bool = False
    conditions: str = ""
    ours: Value | None = None
    of: tuple[str, ...] = ()
    exact: bool = False
    paper: str = ""

    @property
    def measured(self) -> bool:
        """True for a result of an experiment, which no arithmetic can confirm."""
        return self.quantity == "error" or bool(self.paper)

    @property
    def wrong(self) -> bool:
        """True for an erratum: the source's own arithmetic contradicts it."""
        return bool(self.why)

    def agrees(self, ours: Value) -> bool:
        """True where `ours` equals the value, or `rounds_to` it if the source rounds."""
        if isinstance(self.printed, int | float) and isinstance(ours, int | float):
            if self.below:
                return ours < self.printed
            if self.about:
                return rounds_to(ours, self.printed, self.exact)
        return self.printed == ours

    def rounded_from(self, ours: Value) -> bool:
        """True where `ours` rounds to the value as it is printed: then it is no erratum."""
        return replace(self, about=True, below=False).agrees(ours)


@dataclass(frozen=True)
class Departure:
    """What this network does otherwise than its paper, or what the paper left open, and where."""

    what: str
    where: str


COLUMNS = ("quantity", "printed", "where", "why it is wrong", "conditions", "ours")
OTHERWISE = ("where", "what is done otherwise")


def read_claims(
    table: str, at: Callable[[str], Source], of: tuple[str, ...], ours: Mapping[str, Value]
) -> tuple[Claim, ...]:
    """The claims that a table lists, printed at the places that its column `where` names.

    The first line names the columns, out of `COLUMNS`. A cell of `.` is empty, and so is what is
    missing after `where`; one of `"` is as above it. A line that begins with a space goes on
    with the last cell above. `printed` is read by `value`; `about`, `below` or `exactly` may stand
    before it.
    `ours`, the column or the mapping, has our values of quantities that are no row's. ValueError
    names a wrong line.
    """
    found = []
    for cell in cells(table, "claims", COLUMNS, COLUMNS[:3]):
        kind, printed = _limits(cell.get("printed", ""))
        if re.match(r"[\d.,]+ ", printed) and isinstance(value(printed), str):
            what = f"{cell['quantity']}: {printed!r} is no number"
            raise ValueError(f"{what}: cells stand two spaces apart or more")
        beside = value(cell["ours"]) if cell.get("ours") else ours.get(cell["quantity"])
        found.append(
            Claim(
                cell["quantity"],
                value(printed),
                at(cell.get("where", "")),
                cell.get("why it is wrong", ""),
                kind == "about",
                kind == "below",
                cell.get("conditions", ""),
                beside,
                of,
                kind == "exactly",
            )
        )
    return tuple(found)


def departures(table: str) -> tuple[Departure, ...]:
    """The departures that a table lists, a line each; its columns are those of `OTHERWISE`.

    Lines and cells are read as in a table of claims.
    """
    where, what = OTHERWISE
    lines = cells(table, "departures", OTHERWISE, OTHERWISE)
    return tuple(Departure(cell[what], cell[where]) for cell in lines)


def of_rows(table: Table, source: Source) -> tuple[Claim, ...]:
    """A claim a cell of a printed table, column by column: `C1.params`, `S2.params` and so on.

    The first column names the rows; a cell of `.` is empty.
    """
    first, *columns = table.columns
    return tuple(
        Claim(f"{row[first]}.{column}", value(row[column]), source)
        for column in columns
        for row in table
        if row[column] != "."
    )


def _limits(cell: str) -> tuple[str, str]:
    """`about`, `below` or `exactly` where a cell begins with it, and the rest of the cell."""
    kind, _, rest = cell.partition(" ")
    return (kind, rest) if kind in ("about", "below", "exactly") and rest else ("", cell)


def value(cell: str) -> Value:
    """A cell as a value: 60,000; 1.8e9; a size as 16x10x10; 0.95 % as a fraction; else text.

    Text that would be read as a number stands in quotation marks.
    """
    if re.fullmatch(r"-?\d[\d,]*", cell):
        return int(cell.replace(",", ""))
    if re.fullmatch(r"-?[\d,]*\.?\d+(e[+-]?\d+)?", cell):
        return float(cell.replace(",", ""))
    if re.fullmatch(r"\d+(x\d+)+", cell):
        return tuple(map(int, cell.split("x")))
    if re.fullmatch(r"[\d.]+ %", cell):
        return round(float(cell[:-2]) / 100, 6)
    return cell[1:-1] if re.fullmatch(r'".*"', cell) else cell


def errors(printed: str, conditions: str, source: Source) -> tuple[Claim, ...]:
    """Errors in per cent as a table prints them, `40.7/18.2`: top-1, and top-5 where it stands."""
    return tuple(
        Claim("error", value(f"{cell} %"), source, conditions=f"{conditions}, {which}")
        for cell, which in zip(printed.split("/"), ("top-1", "top-5"), strict=False)
    )


def error_of_paper(claims: Iterable[Claim]) -> Claim | None:
    """The first test error that a paper, not code or notes, prints among these claims."""
    found = (c for c in claims if c.measured and isinstance(c.printed, float))
    return next((claim for claim in found if claim.source.who == "paper"), None)


def rounds_to(ours: float, printed: float, exact: bool = False) -> bool:
    """True where `ours` rounds to `printed` at the place of its last digit that is not zero.

    Cut off there it may be too, but for a `printed` of one digit: 5.7 is no 5. `exact`: at the
    ones at most, zeros there or not.
    """
    if printed == 0:
        return ours == 0
    place = 0
    scaled = abs(printed)
    while scaled != int(scaled) and place > -12:
        place, scaled = place - 1, round(scaled * 10, 9)
    while scaled % 10 == 0 and not exact:
        place, scaled = place + 1, scaled / 10
    unit = 10.0**place
    met = {round(ours / unit)} | ({math.floor(ours / unit)} if scaled >= 10 else set())
    return any(math.isclose(printed, digits * unit, rel_tol=1e-9) for digits in met)


def shown(value: Value | None) -> str:
    """A printed value as people write it: 60,000, 6x28x28, 0.75; nothing for None."""
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    if isinstance(value, float) and not value.is_integer():
        return f"{value:g}"
    return f"{int(value):,}" if isinstance(value, int | float) else value or ""

"""What a paper says, as values: identity, numbers, mistakes, recipe; and a reader of its tables."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Value = float | str | tuple[int, ...]
NOTES = (
    "Notes 000 to 004 are five lecture notes and articles on classic networks, from LeNet to "
    'MobileNet, that teachers use: 003 is "Convolutional Neural Network", slides by Premanand P. '
    'Ghadekar, 004 "CNN Architectures II" by One Fourth Labs; the others name no title and no '
    "author."
)
"""What the sources `notes 000` to `notes 004` are; docs/architecture.md says the same."""


WHOSE = ("paper", "code", "notes")
"""Who a number is of: a paper, released code or what was counted in it, notes or sums by hand."""
CODE = (
    *("torchvision", "timm", "Keras", "keras", "Caffe", "the Caffe", "TF-slim", "bvlc_"),
    *("the authors' release", "the authors' Caffe", "its PyTorch port", "KaimingHe/", "models/"),
)
"""How the sources begin that are released code, released weights, or counted in them."""
UNEXPLAINED = "unexplained"
"""How the reason of an erratum begins that nobody knows."""


def whose(source: str) -> str:
    """`paper`, `code` or `notes`: the weightiest of a source's parts, which `;` sets apart."""
    parts = {_whose(part.strip()) for part in source.split(";")}
    return next(kind for kind in WHOSE if kind in parts)


def _whose(part: str) -> str:
    if part.startswith(("notes", "printed")) or part[:1].isdigit() or part.endswith("by hand"):
        return "notes"
    return "code" if part.startswith(CODE) else "paper"


def of_notes(source: str) -> bool:
    """True for a source that is neither a paper nor released code: notes, or a sum of rows."""
    return whose(source) == "notes"


def written(value: Value | None) -> str:
    """A printed value as people write it: 60,000, 6x28x28, 0.75; nothing for None."""
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    if isinstance(value, float) and not value.is_integer():
        return f"{value:g}"
    return f"{int(value):,}" if isinstance(value, int | float) else value or ""


@dataclass(frozen=True)
class Paper:
    """A publication, named well enough to find it."""

    title: str
    authors: str
    year: int
    venue: str

    def __str__(self) -> str:
        return f"{self.authors} ({self.year}). {self.title}. {self.venue}."


@dataclass(frozen=True)
class Fact:
    """A published number with its source, checked against our arithmetic.

    `quantity` is `params`, `fixed_params`, `macs`, `connections`, `ROW.params`, `ROW.macs`,
    `ROW.connections`, `ROW.out`, or, for a measured result, `error` (a fraction). `about` means
    that the source rounds: the value then agrees where ours `rounds_to` it. `below` means that the
    source says less than this. A number about something that is no row of the network comes with
    `ours`, computed beside it from the same layers.
    """

    quantity: str
    value: Value
    source: str
    about: bool = False
    conditions: str = ""
    ours: Value | None = None
    below: bool = False

    @property
    def measured(self) -> bool:
        """True for a result of an experiment, which no arithmetic can confirm."""
        return self.quantity == "error"

    def agrees(self, ours: Value) -> bool:
        """True where `ours` equals the value, or `rounds_to` it if the source rounds."""
        if isinstance(self.value, int | float) and isinstance(ours, int | float):
            if self.below:
                return ours < self.value
            if self.about:
                return rounds_to(ours, self.value)
        return self.value == ours


def error_of_paper(facts: Iterable[Fact]) -> Fact | None:
    """The first test error that a paper, not code or notes, prints among these facts."""
    found = (f for f in facts if f.measured and isinstance(f.value, float))
    return next((fact for fact in found if whose(fact.source) == "paper"), None)


def rounds_to(ours: float, printed: float) -> bool:
    """True where `ours` rounds to `printed` at the place of its last digit that is not zero.

    Cut off there it may be too, but for a `printed` of one digit: 5.7 is no 5.
    """
    if printed == 0:
        return ours == 0
    place = 0
    scaled = abs(printed)
    while scaled != int(scaled) and place > -12:
        place, scaled = place - 1, round(scaled * 10, 9)
    while scaled % 10 == 0:
        place, scaled = place + 1, scaled / 10
    unit = 10.0**place
    met = {round(ours / unit)} | ({math.floor(ours / unit)} if scaled >= 10 else set())
    return any(math.isclose(printed, digits * unit, rel_tol=1e-9) for digits in met)


@dataclass(frozen=True)
class Erratum:
    """A number that a source prints and its own arithmetic contradicts; they must go on so.

    A number that is right, and that a variant or a reading misses, is no erratum: it speaks against
    the variant, which says so in a `Departure`. `why` begins with `unexplained` where nobody knows
    the reason.
    """

    quantity: str
    printed: Value
    source: str
    why: str
    ours: Value | None = None


@dataclass(frozen=True)
class Departure:
    """What this network does otherwise than its paper, or what the paper left open, and where."""

    what: str
    where: str


@dataclass(frozen=True)
class Init:
    """How parameters are drawn before training.

    `kind` is one of `DRAWN`, each with what `scale` means in it. With `cut`, a Gaussian value that
    lies more than so many deviations from 0 is drawn again. Biases begin at `bias`, at 1 in the
    rows that `ones` names. `but` has the rules of rows that are drawn otherwise, each for a name
    or a pattern (`aux*.fc`), the first that fits. ValueError for a rule that cannot be drawn.
    """

    kind: str
    scale: float
    source: str
    ones: tuple[str, ...] = ()
    bias: float = 0.0
    cut: float | None = None
    but: tuple[tuple[str, Init], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in DRAWN:
            raise ValueError(f"unknown initialisation {self.kind!r}: there are {', '.join(DRAWN)}")
        if not (self.scale > 0 and math.isfinite(self.scale)):
            raise ValueError(f"the scale of an initialisation must be above 0, not {self.scale!r}")
        if self.cut is not None and not (self.gaussian and self.cut >= 0.5):
            raise ValueError(
                f"cut {self.cut!r}: give a Gaussian and at least half a deviation, or no cut"
            )

    @property
    def gaussian(self) -> bool:
        """True where weights are Gaussian, not uniform."""
        return DRAWN[self.kind].startswith("Gaussian")

    @property
    def biases_too(self) -> bool:
        """True where biases are drawn as the weights are."""
        return self.kind in ("fan_in", "root_fan_in")

    def spread(self, fan_in: int, fan_out: int) -> float:
        """The deviation of a Gaussian before any cut, the bound of a uniform distribution."""
        return {
            "fan_in": self.scale / fan_in,
            "root_fan_in": self.scale / math.sqrt(fan_in),
            "xavier": math.sqrt(3 * self.scale / fan_in),
            "glorot": self.scale * math.sqrt(6 / (fan_in + fan_out)),
            "he": math.sqrt(self.scale / fan_in),
            "he_out": math.sqrt(self.scale / fan_out),
            "gaussian": self.scale,
        }[self.kind]

    def of(self, row: str) -> Init:
        """The rule of one row, by its name."""
        for pattern, rule in self.but:
            if fnmatch.fnmatchcase(row, pattern):
                return rule.of(row)
        return self

    def words(self) -> str:
        """The rule in one line: Gaussian of deviation 0.01, biases 0, 1 in conv2."""
        cut = f", drawn again beyond {self.cut:g} deviations" if self.cut else ""
        biases = "biases too" if self.biases_too else f"biases {self.bias:g}"
        ones = f", 1 in {', '.join(self.ones)}" if self.ones else ""
        but = "".join(f"; in {pattern}: {rule.words()}" for pattern, rule in self.but)
        return f"{DRAWN[self.kind].format(self.scale)}{cut}, {biases}{ones}{but}"


DRAWN = {
    "fan_in": "uniform in ±{:g}/fan-in",
    "root_fan_in": "uniform in ±{:g}/√fan-in",
    "xavier": "uniform in ±√(3×{:g}/fan-in)",
    "glorot": "uniform in ±{:g}×√(6/(fan-in + fan-out))",
    "he": "Gaussian of variance {:g}/fan-in",
    "he_out": "Gaussian of variance {:g}/fan-out",
    "gaussian": "Gaussian of deviation {:g}",
}
"""How each kind of `Init` draws weights; fan-in and fan-out are a unit's inputs and outputs."""


@dataclass(frozen=True)
class Recipe:
    """How a network is trained; `settings` are fields of a run and override its defaults.

    It is taken by itself for the data sets that `data` names; for others the network's first is.
    """

    name: str
    source: str
    settings: Mapping[str, object] = field(default_factory=dict)
    data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A printed table: named columns, and rows whose first cell may be a label."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __iter__(self) -> Iterator[dict[str, str]]:
        for row in self.rows:
            yield dict(zip(self.columns, row, strict=True))

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column, from top to bottom; a cell of `.` is an empty cell."""
        if name not in self.columns:
            raise ValueError(f"no column {name!r} in the table; it has {', '.join(self.columns)}")
        at = self.columns.index(name)
        return tuple(row[at] for row in self.rows)


def table(text: str) -> Table:
    """A table as a paper prints it: a line of column names, then the rows, cells apart by spaces.

    ValueError where a row has more or fewer cells than there are columns, or a name stands twice.
    """
    lines = [line.split() for line in text.strip().splitlines() if line.strip()]
    if len(lines) < 2:
        raise ValueError("a table needs a line of column names and at least one row")
    columns = tuple(lines[0])
    if len(set(columns)) != len(columns):
        raise ValueError(f"the table names a column twice: {' '.join(columns)}")
    for number, row in enumerate(lines[1:], 1):
        if len(row) != len(columns):
            raise ValueError(
                f"row {number} ({' '.join(row)}) has {len(row)} cells, "
                f"the table has {len(columns)} columns"
            )
    return Table(columns, tuple(tuple(row) for row in lines[1:]))


def number(cell: str, row: str, column: str) -> int:
    """The integer in a cell, commas allowed; else a ValueError that names row and column."""
    try:
        return int(cell.replace(",", ""))
    except ValueError:
        raise ValueError(f"row {row}, column {column}: {cell!r} is not a whole number") from None


def crosses(text: str) -> tuple[tuple[int, ...], ...]:
    """A connection table as printed: a row an input map, a column an output map, X where they meet.

    The first line numbers the columns. The result lists, for each output map, the input maps that
    it sees. ValueError, with the row and the column, for a cell that is neither X nor a dot.
    """
    lines = [line for line in text.strip("\n").splitlines() if line.strip()]
    if len(lines) < 2:
        raise ValueError("a connection table needs a line of columns and at least one row")
    columns = lines[0].split()
    seen: list[list[int]] = [[] for _ in columns]
    for line in lines[1:]:
        cells = line.split()
        label, marks = cells[0], cells[1:]
        if len(marks) != len(columns):
            raise ValueError(
                f"row {label} has {len(marks)} cells, the table has {len(columns)} columns"
            )
        for at, mark in enumerate(marks):
            if mark not in ("X", "."):
                raise ValueError(
                    f"row {label}, column {columns[at]}: {mark!r} is neither X nor . (a dot)"
                )
            if mark == "X":
                seen[at].append(number(label, label, "map"))
    return tuple(tuple(maps) for maps in seen)

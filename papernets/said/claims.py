"""What is printed of a network: numbers, mistakes, departures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Value = float | str | tuple[int, ...]


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

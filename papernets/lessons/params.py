"""The numbers that a learner may change: each with its kind, its range and its unit."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import Field, dataclass, field, fields
from random import Random
from typing import Any

from ..numbers import is_number, plain_int
from ..words import brief, did_you_mean, either, shortened
from .matrix_file import MOST_CELL, MOST_SIDE, check_matrix, read_matrix
from .values import Matrix, Number, number_text

KEY = "lesson's number"


@dataclass(frozen=True)
class Param(ABC):
    """What all kinds have: what it is, and the values between which a page's slider steps.

    An exercise draws one of these too; without any the number stays as it is.
    """

    what: str
    stops: tuple[Any, ...] = ()
    unit: str = ""

    @abstractmethod
    def parse(self, name: str, text: str) -> Any:
        """The value of a text; ValueError, with what would work, for any other."""

    @abstractmethod
    def check(self, name: str, value: Any) -> Any:
        """The value itself, in plain kinds; ValueError, with what would work, for any other."""

    @abstractmethod
    def form(self) -> str:
        """What may be given, in words."""

    def draw(self, random: Random, default: Any) -> Any:
        """A value for an exercise."""
        return random.choice(self.stops) if self.stops else default

    def text(self, value: Any) -> str:
        """The value as it is typed."""
        return str(value)

    def _wrong(self, name: str, given: object) -> ValueError:
        return ValueError(f"--{name}: {self.what} is {self.form()}, not {brief(given)}")


@dataclass(frozen=True)
class Whole(Param):
    """A whole number from `least` to `most`."""

    least: int = 1
    most: int = 65_536

    def parse(self, name: str, text: str) -> int:
        plain = text.strip().replace(",", "").replace("_", "").replace("−", "-")
        if not re.fullmatch(r"[-+]?\d+", plain):
            raise self._wrong(name, shortened(text))
        return self.check(name, int(plain[:40]))

    def check(self, name: str, value: Any) -> int:
        value = plain_int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self._fits(value):
            raise self._wrong(name, value)
        return value

    def _fits(self, value: int) -> bool:
        return self.least <= value <= self.most

    def form(self) -> str:
        return f"a whole number from {self.least:,} to {self.most:,}"

    def text(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True)
class Real(Param):
    """A number from `least` to `most`."""

    least: float = 0.0
    most: float = 1e6

    def parse(self, name: str, text: str) -> Number:
        plain = text.strip().replace("−", "-")
        scale = 0.01 if plain.endswith("%") else 1
        try:
            value = float(plain.removesuffix("%")) * scale
        except ValueError:
            raise self._wrong(name, shortened(text)) from None
        return self.check(name, value)

    def check(self, name: str, value: Any) -> Number:
        if not is_number(value) or not self.least <= value <= self.most:
            raise self._wrong(name, value)
        return value

    def form(self) -> str:
        return f"a number from {number_text(self.least)} to {number_text(self.most)}"

    def text(self, value: float) -> str:
        return number_text(value, comma=False)


@dataclass(frozen=True)
class Size(Param):
    """Height and width, each from `least` to `most`: `28x28`, or `28` for both."""

    least: int = 1
    most: int = 4096

    def parse(self, name: str, text: str) -> tuple[int, int]:
        sides = text.strip().casefold().replace("×", "x").split("x")
        if len(sides) > 2 or not all(re.fullmatch(r"\s*\d+\s*", side) for side in sides):
            raise self._wrong(name, shortened(text))
        numbers = [int(side.strip()[:20]) for side in sides]
        return self.check(name, (numbers[0], numbers[-1]))

    def check(self, name: str, value: Any) -> tuple[int, int]:
        value = plain_int(value)
        sides = (value, value) if isinstance(value, int) else value
        if not isinstance(sides, tuple | list) or len(sides) != 2:
            raise self._wrong(name, value)
        whole = [plain_int(side) for side in sides]
        for side in whole:
            right = isinstance(side, int) and not isinstance(side, bool)
            if not right or not self.least <= side <= self.most:
                raise self._wrong(name, value)
        return whole[0], whole[1]

    def form(self) -> str:
        return f"a side, or HEIGHTxWIDTH such as 28x28, each from {self.least:,} to {self.most:,}"

    def text(self, value: tuple[int, int]) -> str:
        return f"{value[0]}x{value[1]}"


@dataclass(frozen=True)
class Choice(Param):
    """One of several words; `stops` has them all."""

    def parse(self, name: str, text: str) -> str:
        return self.check(name, text.strip().casefold())

    def check(self, name: str, value: Any) -> str:
        if value not in self.stops:
            near = did_you_mean(value, self.stops) if isinstance(value, str) else ""
            raise ValueError(f"{self._wrong(name, value)}{near and '.' + near}")
        return str(value)

    def form(self) -> str:
        return either(self.stops)


@dataclass(frozen=True)
class Several(Param):
    """A few numbers in a row, `1, 2, 3`: at least `few` and at most `many` of them.

    `drawn` gives those of an exercise.
    """

    few: int = 1
    many: int = 64
    least: float = -1e6
    most: float = 1e6
    drawn: Callable[[Random], Sequence[Number]] | None = None

    def parse(self, name: str, text: str) -> tuple[Number, ...]:
        words = re.split(r"[,;\s]+", text.strip().strip("[]()").replace("−", "-"))
        try:
            numbers = [int(w) if re.fullmatch(r"[-+]?\d{1,15}", w) else float(w) for w in words]
        except ValueError:
            raise self._wrong(name, shortened(text)) from None
        return self.check(name, numbers)

    def check(self, name: str, value: Any) -> tuple[Number, ...]:
        if not isinstance(value, tuple | list) or not self.few <= len(value) <= self.many:
            raise self._wrong(name, value)
        numbers = [plain_int(number) for number in value]
        if not all(is_number(n) and self.least <= n <= self.most for n in numbers):
            raise self._wrong(name, value)
        return tuple(numbers)

    def form(self) -> str:
        count = f"{self.few}" if self.few == self.many else f"{self.few} to {self.many}"
        low, high = number_text(self.least), number_text(self.most)
        return f"{count} numbers from {low} to {high}, with commas between them"

    def draw(self, random: Random, default: Any) -> Any:
        return tuple(self.drawn(random)) if self.drawn else super().draw(random, default)

    def text(self, value: Sequence[Number]) -> str:
        return ",".join(number_text(number, comma=False) for number in value)


@dataclass(frozen=True)
class Grid(Param):
    """A matrix, from a file or typed as `1 2; 3 4`; an exercise draws numbers `low` to `high`.

    With `values`, it draws from these alone.
    """

    low: int = 0
    high: int = 9
    values: tuple[Number, ...] = ()
    most: int = MOST_SIDE

    def parse(self, name: str, text: str) -> Matrix:
        return self.check(name, read_matrix(text, f"--{name}"))

    def check(self, name: str, value: Any) -> Matrix:
        return check_matrix(value, f"--{name}", self.most)

    def form(self) -> str:
        return f"a file, or rows such as '1 2; 3 4', of at most {self.most}x{self.most} numbers"

    def draw(self, random: Random, default: Matrix) -> Matrix:
        among = self.values or tuple(range(self.low, self.high + 1))
        return tuple(tuple(random.choice(among) for _ in row) for row in default)

    def text(self, value: Matrix) -> str:
        return "; ".join(" ".join(number_text(cell, comma=False) for cell in row) for row in value)


def _field(param: Param, default: Any) -> Any:
    if callable(default):
        return field(default_factory=default, metadata={KEY: param})
    return field(default=default, metadata={KEY: param})


def whole(
    what: str, default: int, least: int = 1, most: int = 65_536, *, stops: Sequence[int] = (),
    unit: str = "",
) -> Any:  # fmt: skip
    """A field for a whole number."""
    return _field(Whole(what, tuple(stops), unit, least, most), default)


def real(
    what: str, default: float, least: float, most: float, *, stops: Sequence[float] = (),
    unit: str = "",
) -> Any:  # fmt: skip
    """A field for a number with a fraction."""
    assert math.isfinite(least) and math.isfinite(most)
    return _field(Real(what, tuple(stops), unit, least, most), default)


def size(
    what: str, default: int | tuple[int, int], least: int = 1, most: int = 4096, *,
    stops: Sequence[int | tuple[int, int]] = (),
) -> Any:  # fmt: skip
    """A field for height and width, in pixels."""
    pairs = tuple((s, s) if isinstance(s, int) else s for s in stops)
    given = (default, default) if isinstance(default, int) else default
    return _field(Size(what, pairs, "pixels", least, most), given)


def choice(what: str, default: str, words: Sequence[str]) -> Any:
    """A field for one of several words."""
    return _field(Choice(what, tuple(words)), default)


def several(
    what: str, default: Sequence[Number], few: int = 1, many: int = 64, least: float = -1e6,
    most: float = 1e6, *, drawn: Callable[[Random], Sequence[Number]] | None = None,
) -> Any:  # fmt: skip
    """A field for a few numbers in a row."""
    return _field(Several(what, (), "", few, many, least, most, drawn), tuple(default))


def grid(
    what: str, default: Matrix | Callable[[], Matrix], low: int = 0, high: int = 9, *,
    values: Sequence[Number] = (), most: int = MOST_SIDE,
) -> Any:  # fmt: skip
    """A field for a matrix; the default may be a function that gives it."""
    assert max(abs(low), abs(high)) < MOST_CELL
    return _field(Grid(what, (), "", low, high, tuple(values), most), default)


def params_of(example: type[Any]) -> dict[str, Param]:
    """The numbers of an example by their names."""
    return {f.name: f.metadata[KEY] for f in fields(example) if KEY in f.metadata}


def default_of(one: Field[Any]) -> Any:
    """The value that a field has unless it is given."""
    factory: Any = one.default_factory
    return one.default if not callable(factory) else factory()

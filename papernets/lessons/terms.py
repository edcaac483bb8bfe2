"""Numbers as formulas have them: all digits that matter, brackets round what is below zero."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from .answers import Answer
from .values import Number, number_text


def term(value: Number) -> str:
    """A number in a formula: `0.00001`, `(-3)`."""
    text = str(value) if isinstance(value, int) else format(Decimal(f"{value:.12g}"), "f")
    return f"({text})" if value < 0 else text


def terms(values: Iterable[Number], between: str = " + ") -> str:
    """Several numbers in a formula, with a sign between them."""
    return between.join(map(term, values))


def listed(values: Iterable[Number]) -> str:
    """Numbers in a sentence: `1, 2 and 3`."""
    texts = [number_text(value) for value in values]
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def percent(share: float) -> str:
    """A share of one in per cent: `97.37 %`."""
    return f"{number_text(round(100 * share, 9))} %"


def average(values: Sequence[Number]) -> float:
    """The mean."""
    return sum(values) / len(values)


def place(number: int) -> str:
    """A place in a row, in words: `the first`."""
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
    return names[number - 1] if number <= len(names) else f"{number}th"


def near(value: float, unit: str = "", digits: int = 5) -> Answer:
    """An answer of which so many digits are enough, where it has a fraction."""
    whole = float(value).is_integer()
    first = math.floor(math.log10(abs(value))) if value else 0
    return Answer(value, unit, 0.0 if whole else 0.5 * 10.0 ** (first - digits + 1))

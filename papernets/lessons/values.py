"""What steps and answers hold: numbers, sizes and matrices; how they are shown and compared."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

Number = int | float
Sizes = tuple[int, ...]
"""Height, width and, where there are several, maps: (28, 28, 192) is shown as 28x28x192."""
Matrix = tuple[tuple[Number, ...], ...]
Value = Number | Sizes | Matrix


def is_matrix(value: Value) -> TypeGuard[Matrix]:
    """True for rows of numbers."""
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], tuple)


def is_sizes(value: Value) -> TypeGuard[Sizes]:
    """True for a size such as 28x28x192."""
    return isinstance(value, tuple) and not is_matrix(value)


def number_text(value: Number, comma: bool = True) -> str:
    """A number as people read it: 120,422,400; 0.0840 as 0.084; six digits of a fraction."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        return f"{value:,}" if comma else str(value)
    return f"{value:,.6g}" if comma else f"{value:.6g}"


def shown(value: Value) -> str:
    """A value as people read it: `28x28x192`, or the rows of a matrix apart by `;`."""
    if is_matrix(value):
        return "; ".join(" ".join(number_text(cell, False) for cell in row) for row in value)
    if is_sizes(value):
        return "x".join(map(str, value))
    assert isinstance(value, int | float)
    return number_text(value)


def with_unit(value: Value, unit: str) -> str:
    """A value with its unit, `1 pixel` or `27 pixels`; `25 %`."""
    if unit and isinstance(value, int | float) and value in (1, -1):
        unit = unit.removesuffix("s")
    return f"{shown(value)} {unit}".rstrip()


def plain(value: Any) -> object:
    """A value as JSON has it: a number, a list, a list of rows; a whole float is an int."""
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return int(value) if whole else value


def same(one: Value, other: Value, within: float = 0.0) -> bool:
    """True where two values are alike: of one form, each number within so much of the other's."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        pairs: zip[tuple[Any, Any]] = zip(one, other, strict=False)
        return len(one) == len(other) and all(same(a, b, within) for a, b in pairs)
    if isinstance(one, tuple) or isinstance(other, tuple):
        return False
    if float(one).is_integer() and float(other).is_integer():
        return abs(one - other) <= within
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=max(within, 1e-12) * (1 + 1e-9))


def matrix(rows: object) -> Matrix:
    """Rows of any kind as a matrix."""
    assert isinstance(rows, list | tuple)
    return tuple(tuple(row) for row in rows)

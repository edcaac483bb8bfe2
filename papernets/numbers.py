"""What counts as a number where a user, or a file, may give anything."""

from __future__ import annotations

import math
import operator
from typing import Any, TypeGuard

MOST = 10**9
"""No size, and no number of maps or classes, of more is of use, and so many digits help nobody."""
LARGE = 1e30
"""No number that we take is as large; squares and products of those below stay finite."""


def is_number(value: object) -> TypeGuard[float]:
    """True for a finite int or float that is not too large, and no bool."""
    # a comparison, not math.isfinite: that cannot take a whole number of 400 digits
    return isinstance(value, int | float) and not isinstance(value, bool) and -LARGE < value < LARGE


def is_finite(value: object) -> TypeGuard[float]:
    """True for a finite int or float of any size, and no bool: what was measured, not given."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < math.inf


def is_whole(value: object, least: float = -math.inf) -> TypeGuard[int]:
    """True for an int of at least so much, and no bool."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def plain_int(value: Any) -> Any:
    """A whole number of any kind, numpy's say, as Python's own int; all else, bools too, as it is.

    What is taken as a whole number passes through it first: what is kept and written is plain then.
    """
    if value is None or isinstance(value, bool):
        return value
    try:
        return operator.index(value)
    except (TypeError, ValueError, RuntimeError):  # of arrays and tensors of several values
        return value

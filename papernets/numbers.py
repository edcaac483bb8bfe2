"""What counts as a number where a user, or a file, may give anything."""

from __future__ import annotations

LARGE = 1e30
"""No number that we take is as large; squares and products of those below stay finite."""


def is_number(value: object) -> bool:
    """True for a finite int or float that is not too large, and no bool."""
    # a comparison, not math.isfinite: that cannot take a whole number of 400 digits
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and -LARGE < value < LARGE  # type: ignore[operator]


def is_whole(value: object) -> bool:
    """True for an int, and no bool."""
    return isinstance(value, int) and not isinstance(value, bool)

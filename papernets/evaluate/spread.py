"""How sure a mean over trainings is, and a difference of two: 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, sqrt
from statistics import mean, variance

Interval = tuple[float, float]
NORMAL = 1.96
# Two-sided 95 % points of Student's t, by degrees of freedom (R. A. Fisher 1925, table IV)
STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
)


def student(freedom: float) -> float:
    """The factor of a standard error for so many degrees of freedom; rounded down, and so wider."""
    at = max(1, int(freedom))
    return STUDENT[at - 1] if at <= len(STUDENT) else NORMAL + 2.6 / at


def of_mean(values: Sequence[float], images: int = 0) -> Interval | None:
    """The interval of a mean over trainings; of one error, by its pictures if they are known.

    So too of several that are all the same, of which chance is not nothing.
    """
    middle = mean(values)
    if len(values) > 1 and not (images and len(set(values)) == 1):
        reach = student(len(values) - 1) * sqrt(variance(values) / len(values))
        return middle - reach, middle + reach
    return of_error(middle, images) if images else None


def of_error(error: float, images: int) -> Interval:
    """Wilson's interval of an error on so many pictures, as `evaluate` gives it."""
    from .metrics import interval  # numpy: the list of claims does without

    return interval(round(error * images), images)


def of_difference(
    one: Sequence[float], other: Sequence[float], images: tuple[int, int] = (0, 0)
) -> Interval | None:
    """The interval of mean(one) - mean(other): by Welch's test over several trainings of each.

    Of one of each, and where those of each are all the same, by Wilson's intervals of their errors
    on so many pictures (Newcombe's tenth method); None where these are not known.
    B. L. Welch, Biometrika 34 (1947) 28-35. R. G. Newcombe, Statistics in Medicine 17 (1998)
    873-890.
    """
    difference = mean(one) - mean(other)
    same = len(set(one)) == len(set(other)) == 1
    if min(len(one), len(other)) > 1 and not (same and min(images) > 0):
        a, b = variance(one) / len(one), variance(other) / len(other)
        if a + b == 0:
            return difference, difference
        freedom = (a + b) ** 2 / (a * a / (len(one) - 1) + b * b / (len(other) - 1))
        reach = student(freedom) * sqrt(a + b)
    elif min(images) > 0:
        p, q = mean(one), mean(other)
        (low, high), (least, most) = of_error(p, images[0]), of_error(q, images[1])
        return difference - hypot(p - low, most - q), difference + hypot(high - p, q - least)
    else:
        return None
    return difference - reach, difference + reach

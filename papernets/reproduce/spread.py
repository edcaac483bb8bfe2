"""How sure a mean over trainings is, and a difference of two: 95 % intervals."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
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
    """The interval of a mean error over trainings; of one, as one of so many pictures, if known."""
    middle = mean(values)
    if len(values) > 1:
        reach = student(len(values) - 1) * sqrt(variance(values) / len(values))
    elif images:
        reach = NORMAL * sqrt(middle * (1 - middle) / images)
    else:
        return None
    return middle - reach, middle + reach


def of_difference(
    one: Sequence[float], other: Sequence[float], images: tuple[int, int] = (0, 0)
) -> Interval | None:
    """The interval of mean(one) - mean(other): by Welch's test over several trainings of each.

    Of one of each, as errors of so many pictures; None where these are not known.
    B. L. Welch, Biometrika 34 (1947) 28-35.
    """
    difference = mean(one) - mean(other)
    if min(len(one), len(other)) > 1:
        a, b = variance(one) / len(one), variance(other) / len(other)
        if a + b == 0:
            return difference, difference
        freedom = (a + b) ** 2 / (a * a / (len(one) - 1) + b * b / (len(other) - 1))
        reach = student(freedom) * sqrt(a + b)
    elif min(images) > 0:
        p, q = mean(one), mean(other)
        reach = NORMAL * sqrt(p * (1 - p) / images[0] + q * (1 - q) / images[1])
    else:
        return None
    return difference - reach, difference + reach

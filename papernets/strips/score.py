"""How well a network reads strips of digits: strips read whole, and digits by edit distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ..data import Part
from ..evaluate.metrics import interval
from .make import GAPS, make_strips
from .scan import Reading, Scanner


@dataclass(frozen=True)
class StripScore:
    """Of `strips` random strips, how many were not read whole; rates are fractions.

    interval is the 95 % one of `error`. digit_errors counts digits that were wrong, missed or
    added (the edit distance to the truth), of `digits` in all. wrong holds (true, read) of each
    strip that was not read whole.
    """

    strips: int
    errors: int
    error: float
    interval: tuple[float, float]
    digits: int
    digit_errors: int
    wrong: tuple[tuple[str, str], ...]

    @property
    def digit_error(self) -> float:
        """Digits wrong, missed or added, as a share of all there are."""
        return self.digit_errors / self.digits


def strip_score(truth: Sequence[Sequence[str]], readings: Sequence[Reading]) -> StripScore:
    """The score of readings against the names of the classes that the strips are made of."""
    wrong, digit_errors = [], 0
    for names, reading in zip(truth, readings, strict=True):
        read = [digit.label for digit in reading.digits]
        distance = edit_distance(names, read)
        digit_errors += distance
        if distance:
            wrong.append(("".join(names), reading.text))
    return StripScore(
        strips=len(truth),
        errors=len(wrong),
        error=len(wrong) / len(truth),
        interval=interval(len(wrong), len(truth)),
        digits=sum(map(len, truth)),
        digit_errors=digit_errors,
        wrong=tuple(wrong),
    )


def measure(
    scanner: Scanner,
    part: Part,
    count: int = 500,
    digits: int = 5,
    seed: int = 0,
    gaps: tuple[int, int] | None = GAPS,
) -> StripScore:
    """The score on `count` random strips of a part's digits; gaps as in `make_strips`."""
    draws = torch.Generator().manual_seed(seed)
    strips, labels = make_strips(part, digits, count, draws, gaps)
    truth = [[scanner.classes[label] for label in row] for row in labels.tolist()]
    return strip_score(truth, scanner.read(strips))


def edit_distance(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items must be replaced, left out or added to make one the other (Levenshtein)."""
    above = list(range(len(other) + 1))
    for row, item in enumerate(one, 1):
        last, above[0] = above[0], row
        for column, same in enumerate(other, 1):
            last, above[column] = (
                above[column],
                min(above[column] + 1, above[column - 1] + 1, last + (item != same)),
            )
    return above[-1]

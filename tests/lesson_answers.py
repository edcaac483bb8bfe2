"""Lessons as the explorer's tests ask them: what may be typed, and what Python says of it."""

from __future__ import annotations

from papernets.lessons import Exercise, NoAnswer, grade
from papernets.lessons.values import shown

KINDS = ("output-size", "multiply-adds", "edge-map", "percent-more", "softmax", "top-5")
"""Answers of each kind: a size, a number with a unit, a matrix, per cent, a row, a share."""
NONSENSE = ("", "many", "it's 12", "12 apples", "1 2; 3 x", "<b>", "9" * 400)
OTHERS = ("1", "-7", "1.23e4", "3x4", "12x12x3", "1 2; 3 4", "1 2 3", "0.5", "50 %", "99999999")


def answers_to(exercise: Exercise) -> list[str]:
    """What may be typed: the right answer, usual mistakes, others, and nonsense."""
    worked = exercise.worked()
    values = [worked.answer.value, *(slip.value for slip in worked.slips)]
    exact = [repr(value) if isinstance(value, float) else shown(value) for value in values]
    number = worked.answer.value
    rounded = [] if isinstance(number, tuple) else [f"{number:.{digits}g}" for digits in (1, 2, 3)]
    return [*exact, *rounded, *OTHERS, *NONSENSE]


def python_says(exercise: Exercise, typed: str) -> list[object]:
    """Whether an answer is right, and what `papernets lesson --answer` says of it."""
    try:
        found = grade(exercise, typed)
    except NoAnswer as error:
        return [False, str(error)]
    return [found.right, found.why]

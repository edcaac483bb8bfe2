"""Right, a usual mistake, or wrong: what is said of a typed answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .answers import PLENTY, difference, nearly, pick
from .lesson import Exercise, Slip, Worked


@dataclass(frozen=True)
class Grade:
    """Whether an answer is right, and what is said of it; the mistake, where it is a known one."""

    right: bool
    why: str
    slip: Slip | None = None

    def to_dict(self) -> dict[str, object]:
        """The grade as JSON has it."""
        mistake = None if self.slip is None else {"did": self.slip.did, "why": self.slip.why}
        return {"right": self.right, "why": self.why, "misconception": mistake}


def grade(exercise: Exercise | Worked, typed: str) -> Grade:
    """The grade of what was typed; `NoAnswer`, a ValueError, where it is of no answer's form."""
    worked = exercise.worked() if isinstance(exercise, Exercise) else exercise
    slips = worked.known_slips()
    wrong = [replace(worked.answer, value=slip.value) for slip in slips]
    at = pick(typed, [worked.answer, *wrong])
    if at == 0:
        return Grade(True, f"Right: {worked.answer.text}.")
    if at is not None:
        slip = slips[at - 1]
        return Grade(False, f"Not quite. {slip.did} {slip.why}", slip)
    if nearly(typed, worked.answer):
        return Grade(False, f"Nearly: give at least {PLENTY} digits.")
    return Grade(False, f"Not right. {difference(typed, worked.answer)}")

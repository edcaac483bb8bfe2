"""Lessons as JSON, and the teacher's sheet of a seed."""

from __future__ import annotations

from collections.abc import Sequence

from ..tables import Column, Section, Table
from .lesson import Example, Exercise, Lesson, Slip, Worked
from .values import plain, with_unit

SHOWN_SEED = 1
"""The exercise that a lesson shows where no seed is given; seed 0 is its own example."""


def lesson_dict(lesson: Lesson, example: Example, exercise: Exercise) -> dict[str, object]:
    """A lesson with these numbers as `lesson NAME --json` prints it."""
    worked = example.work()
    return {
        "schema": 1,
        "name": lesson.name,
        "chapter": lesson.chapter,
        "title": lesson.title,
        "opening": lesson.question,
        "question": Exercise(lesson, 0, example).told,
        "numbers": lesson.numbers_of(example),
        "steps": [step.to_dict() for step in worked.steps],
        "answer": plain(worked.answer.value),
        "unit": worked.answer.unit,
        "misconceptions": slip_dicts(worked),
        "remarks": list(worked.remarks),
        "exercise": exercise_dict(exercise),
        "sources": [str(source) for source in lesson.sources],
    }


def slip_dicts(worked: Worked) -> list[dict[str, object]]:
    """The usual mistakes as JSON has them."""
    return [
        {"answer": plain(slip.value), "did": slip.did, "why": slip.why}
        for slip in worked.known_slips()
    ]


def exercise_dict(exercise: Exercise) -> dict[str, object]:
    """An exercise with its solution as JSON has it."""
    worked = exercise.worked()
    return {
        "lesson": exercise.lesson.name,
        "seed": exercise.seed,
        "question": exercise.told,
        "numbers": exercise.lesson.numbers_of(exercise.example),
        "answer": plain(worked.answer.value),
        "unit": worked.answer.unit,
        "misconceptions": slip_dicts(worked),
    }


def sheet(exercises: Sequence[Exercise], answers: bool = True) -> Table:
    """A sheet of exercises, a chapter a section.

    The teacher's has each answer and what the mistakes lead to, the class's the form of an answer.
    """
    chapters: dict[str, list[tuple[str, ...]]] = {}
    for exercise in exercises:
        worked, lesson = exercise.worked(), exercise.lesson
        wrong = "; ".join(
            slip_text(worked, slip).removesuffix(".") for slip in worked.known_slips()
        )
        told = (worked.answer.text, wrong) if answers else (worked.answer.form,)
        chapters.setdefault(lesson.chapter, []).append((lesson.name, exercise.told, *told))
    names = ("answer", "usual mistakes") if answers else ("the answer is",)
    columns = tuple(map(Column, ("lesson", "exercise", *names)))
    sections = tuple(Section(tuple(rows), chapter) for chapter, rows in chapters.items())
    title = f"{'Answers' if answers else 'Exercises'}, seed {exercises[0].seed}"
    return Table(columns, sections, title)


def question_dict(exercise: Exercise) -> dict[str, object]:
    """An exercise without its solution as JSON has it."""
    whole = exercise_dict(exercise)
    asked = {name: whole[name] for name in ("lesson", "seed", "question", "numbers", "unit")}
    return {**asked, "form": exercise.worked().answer.form}


def slip_text(worked: Worked, slip: Slip) -> str:
    """A mistake and what it leads to: `61 MACs: You forgot the + 1.`"""
    return f"{with_unit(slip.value, worked.answer.unit)}: {slip.did}"

"""Lessons and sheets of exercises on the screen."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import screen

if TYPE_CHECKING:
    from ..lessons import Example, Exercise, Lesson, Worked
    from ..lessons.pictures import Picture


def show_lesson(lesson: Lesson, example: Example, exercise: Exercise, numbers: str) -> None:
    """Print a lesson for people."""
    from rich.text import Text

    from ..lessons.formula import pretty

    worked = example.work()
    screen.line(Text(lesson.title, style="bold"))
    screen.prose(lesson.question)
    screen.say()
    screen.prose(example.ask())
    _picture(worked.picture)
    screen.line(Text("Step by step", style="bold"))
    for at, step in enumerate(worked.steps, 1):
        formula = f"{pretty(step.formula)} = " if step.formula else ""
        screen.paragraph(f"{at}", step.text, indent=2, hang=3)
        screen.paragraph("", f"{formula}{step.shown}", indent=5, hang=7)
    screen.say()
    screen.line(Text(f"Answer: {worked.answer.text}", style="bold"))
    for remark in worked.remarks:
        screen.prose(remark)
    _mistakes(worked)
    screen.heading("Your turn")
    screen.prose(exercise.question)
    _picture(exercise.example.given())
    again = f"papernets lesson {lesson.name} --seed {exercise.seed} --answer ..."
    screen.prose(f"The answer is {exercise.worked().answer.form}. {screen.whole(again)}")
    screen.heading("Change the numbers")
    for name, text in lesson.typed(example).items():
        param = lesson.params[name]
        here = f"; here {text}" if len(text) <= 24 else ""
        screen.paragraph(f"--{name}", f"{param.what}: {param.form()}{here}", hang=14)
    screen.say()
    screen.prose("Sources: " + "; ".join(map(str, lesson.sources)))


def _mistakes(worked: Worked) -> None:
    from ..lessons.values import shown

    slips = worked.known_slips()
    if not slips:
        return
    screen.heading("What learners often answer")
    texts = [shown(slip.value) for slip in slips]
    wide = max(map(len, texts)) + 2
    for text, slip in zip(texts, slips, strict=True):
        if wide <= 16:
            screen.paragraph(text, f"{slip.did} {slip.why}", indent=2, hang=wide)
        else:
            screen.paragraph("", text, hang=2)
            screen.paragraph("", f"{slip.did} {slip.why}", indent=4, hang=6)


def _picture(picture: Picture | None) -> None:
    if picture is None:
        return
    screen.say()
    wide = screen.width(sys.stdout) if screen.terminal() else 100
    for line in picture.lines(wide - 2):
        screen.say(("  " + (line if screen.speaks_unicode() else ascii_of(line))).rstrip())
    screen.say()


PLAIN = str.maketrans(
    {"█": "#", "▏": "|", "▎": "|", "▍": "|", "▌": "|", "▋": "|", "▊": "#", "▉": "#", "│": "|",
     "─": "-", "└": "+", "┤": "+", "▼": "v", "·": ".", "×": "x", "■": "#", "→": ">", "●": "*",
     "○": "o", "◆": "@", **dict.fromkeys("┌┬┐┴┘┼", "+")}
)  # fmt: skip


def ascii_of(line: str) -> str:
    """A picture's line for a terminal without Unicode."""
    return line.translate(PLAIN)


def show_sheet(exercises: Sequence[Exercise], answers: bool = True) -> None:
    """Print a sheet for people: the teacher's, or the class's."""
    from ..lessons.told import slip_text

    chapter = ""
    for exercise in exercises:
        worked = exercise.worked()
        if exercise.lesson.chapter != chapter:
            chapter = exercise.lesson.chapter
            screen.heading(f"{chapter}, seed {exercise.seed}")
        screen.say()
        screen.prose(f"{exercise.lesson.name}: {exercise.question}")
        _picture(exercise.example.given())
        if not answers:
            screen.paragraph("", f"The answer is {worked.answer.form}.", hang=2)
            continue
        screen.paragraph("", f"Answer: {worked.answer.text}", hang=2)
        for slip in worked.known_slips():
            screen.paragraph("", slip_text(worked, slip), hang=4)

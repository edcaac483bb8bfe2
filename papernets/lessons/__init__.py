"""Lessons: one idea each, worked out with numbers that may be changed, with graded exercises.

`lesson(name)` gives one, `lessons()` all, `chosen(words)` those that words ask for.
`Lesson.example(**numbers)` is an example that works itself out, `Lesson.drawn(seed)` an exercise,
`grade(exercise, typed)` what is said of an answer.

How to write one: docs/lessons.md, the section for authors.
"""

from .answers import Answer, NoAnswer
from .book import CHAPTERS, lesson, lessons
from .chosen import chosen
from .grading import Grade, grade
from .lesson import Example, Exercise, Lesson, Slip, Step, Worked

__all__ = [
    "CHAPTERS",
    "Answer",
    "Example",
    "Exercise",
    "Grade",
    "Lesson",
    "NoAnswer",
    "Slip",
    "Step",
    "Worked",
    "chosen",
    "grade",
    "lesson",
    "lessons",
]

"""All lessons, by chapter; one by its name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..words import did_you_mean, plain
from . import convolution, cost, training
from .lesson import Lesson

CHAPTERS: Mapping[str, tuple[Lesson, ...]] = {
    "Convolution": convolution.LESSONS,
    "Cost": cost.LESSONS,
    "Training": training.LESSONS,
}
"""The lessons of each chapter, in the order in which they are read."""


def lessons() -> tuple[Lesson, ...]:
    """All lessons, in the order in which they are read."""
    return tuple(lesson for chapter in CHAPTERS.values() for lesson in chapter)


@cache
def _by_name() -> Mapping[str, Lesson]:
    return {plain(lesson.name): lesson for lesson in lessons()}


def lesson(name: str) -> Lesson:
    """The lesson of a name; `-`, `_` and case are the same. ValueError with the nearest name."""
    found = _by_name().get(plain(name))
    if found is None:
        near = did_you_mean(name, [one.name for one in lessons()], loosely=True)
        raise ValueError(f"unknown lesson {name[:60]!r}.{near} All lessons: papernets lessons")
    return found

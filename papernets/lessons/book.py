"""All lessons, by chapter; one by its name, without importing the others."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import cache

from ..words import did_you_mean, plain
from .contents import FILES
from .lesson import Lesson


class _Chapters(Mapping[str, tuple[Lesson, ...]]):
    """The chapters, imported when they are asked for."""

    def __getitem__(self, chapter: str) -> tuple[Lesson, ...]:
        return _chapters()[chapter]

    def __iter__(self) -> Iterator[str]:
        return iter(_chapters())

    def __len__(self) -> int:
        return len(_chapters())


CHAPTERS: Mapping[str, tuple[Lesson, ...]] = _Chapters()
"""The lessons of each chapter, in the order in which they are read."""


@cache
def _chapters() -> Mapping[str, tuple[Lesson, ...]]:
    from . import convolution, cost, training

    files = (convolution, cost, training)
    return {file.LESSONS[0].chapter: file.LESSONS for file in files}


def lessons() -> tuple[Lesson, ...]:
    """All lessons, in the order in which they are read."""
    return tuple(lesson for chapter in CHAPTERS.values() for lesson in chapter)


@cache
def _files() -> Mapping[str, str]:
    """The file of each lesson, by the plain form of its name."""
    rows = (line.split() for line in FILES.splitlines() if line.strip())
    return {plain(name): file for file, *names in rows for name in names}


def lesson(name: str) -> Lesson:
    """The lesson of a name; `-`, `_` and case are the same. ValueError with the nearest name."""
    wanted = plain(name)
    file = _files().get(wanted)
    among = lessons() if file is None else _lessons_of(file)
    for one in among:
        if plain(one.name) == wanted:
            return one
    near = did_you_mean(name, [one.name for one in lessons()], loosely=True)
    raise ValueError(
        f"unknown lesson {name[:60]!r}.{near} All lessons: papernets lessons; those about a "
        "word: papernets lessons WORD"
    )


def _lessons_of(file: str) -> tuple[Lesson, ...]:
    found: tuple[Lesson, ...] = importlib.import_module(f"{__package__}.{file}").LESSONS
    return found

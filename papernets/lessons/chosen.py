"""Lessons by name, chapter, pattern, or a word that stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from ..words import did_you_mean, plain
from .book import CHAPTERS, lessons
from .lesson import Lesson


def chosen(words: Sequence[str]) -> tuple[Lesson, ...]:
    """The lessons that one of the words asks for, as they are read; all where there are no words.

    A word is a name, a chapter, a pattern with `*`, or else the beginning of a word in a lesson's
    name, title, question or sources. ValueError for one that finds nothing.
    """
    found: set[str] = set()
    for word in words:
        found |= (names := {one.name for one in _of(word)})
        if not names:
            raise ValueError(_nothing(word))
    return tuple(one for one in lessons() if one.name in found or not words)


def _of(word: str) -> list[Lesson]:
    given, every = plain(word.strip()), lessons()
    if not given:
        return []
    if exact := [one for one in every if plain(one.name) == given]:
        return exact
    for chapter, several in CHAPTERS.items():
        if plain(chapter) == given:
            return list(several)
    if set(given) & set("*?["):
        return [one for one in every if fnmatchcase(plain(one.name), given)]
    begins = re.compile(rf"(?<![^\W_]){re.escape(_joined(word.strip()))}")
    return [one for one in every if begins.search(_joined(_text(one)))]


def _text(one: Lesson) -> str:
    sources = " ".join(map(str, one.sources))
    name = one.name.replace("-", " ")
    return f"{one.name} {name} {one.title} {one.question} {one.example().ask()} {sources}"


def _joined(text: str) -> str:
    """Words without hyphens: LeNet-5 and lenet5 are one."""
    return re.sub(r"[-_]", "", text.casefold())


def _nothing(word: str) -> str:
    near = did_you_mean(word, [*(one.name for one in lessons()), *CHAPTERS], loosely=True)
    return (
        f"no lesson has {word[:60]!r} in its name, title, question or sources.{near} "
        "All lessons: papernets lessons"
    )

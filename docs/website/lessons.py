"""Lessons: a thin layer over `papernets.lessons`, whose pages stand here within the site's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from papernets.lessons import CHAPTERS, Lesson
from papernets.lessons.page import at_work
from papernets.lessons.page import css as own_css
from papernets.lessons.pictures import COLOURS
from papernets.lessons.told import SHOWN_SEED
from website import text


def page(lesson: Lesson) -> str:
    """A lesson: its question, the example with its sliders, and the exercise that grades."""
    shown = lesson.example()
    worked = shown.work()
    words = (lesson.name, lesson.chapter, shown.ask(), *(step.text for step in worked.steps))
    sources = "; ".join(map(str, lesson.sources))
    return text.page(
        [
            text.keywords(words),
            f"# {text.plain(lesson.title)}",
            f":::{{container}} question\n\n{text.plain(lesson.question)}\n\n:::",
            "## Worked out",
            text.raw(_styled(at_work(lesson, shown, lesson.drawn(SHOWN_SEED)))),
            "## In the terminal",
            text.fence(
                f"papernets lesson {lesson.name}\npapernets lesson {lesson.name} --answer 42",
                "console",
            ),
            "Other numbers for a class, a sheet with answers, and a notebook:",
            text.fence(
                f"papernets lesson {lesson.name} --seed 7\n"
                f"papernets lesson {lesson.name} --seed 7 --answers\n"
                f"papernets lesson {lesson.name} --ipynb -o {lesson.name}.ipynb",
                "console",
            ),
            f"*Sources:* {text.plain(sources)}" if sources else "",
        ]
    )


def _styled(html: str) -> str:
    """A lesson at work, with its rules."""
    return f"<style>\n{css()}\n</style>\n{html}"


def css() -> str:
    """A lesson's rules, for a part of a page that is light or dark as the site."""
    light, dark = (
        "".join(f"--{name}:{pair[at]};" for name, pair in COLOURS.items()) for at in (0, 1)
    )
    return (
        f".lesson{{{light}}}\nbody[data-theme=dark] .lesson{{{dark}}}\n"
        f"@media not print{{@media (prefers-color-scheme:dark)"
        f"{{body:not([data-theme=light]) .lesson{{{dark}}}}}}}\n"
        f"{own_css()}\n.lesson small{{opacity:1}}\n"
        ".lesson h2,.lesson h3{padding:0;margin-left:0}"
    )


def index(chapters: Mapping[str, tuple[Lesson, ...]]) -> str:
    """The lessons by chapter, each with its question."""
    parts = [
        "# Lessons",
        "One idea each: a question, an example whose numbers you can change, what learners often "
        "answer instead, and an exercise that grades what you type. Nothing is fetched: a page "
        "works from disk, in a lecture hall without a network.",
        "For teachers: `papernets lessons --answers --seed 7` prints a sheet of exercises with "
        "their answers; another seed, other numbers.",
    ]
    for chapter, several in chapters.items():
        parts.append(f"## {text.plain(chapter)}")
        parts.append(
            "\n\n".join(
                f"[{text.plain(one.title)}]({one.name}.md)\n: {text.plain(one.question)}"
                for one in several
            )
        )
        parts.append(text.toctree((one.name for one in several), "hidden:"))
    return text.page(parts)


def write(put: Callable[[str, str], None], pattern: Callable[[str], bool] = bool) -> None:
    """A page a lesson, as far as its name fits, and their list."""
    chapters = {
        chapter: tuple(one for one in several if pattern(one.name))
        for chapter, several in CHAPTERS.items()
    }
    chapters = {chapter: several for chapter, several in chapters.items() if several}
    for several in chapters.values():
        for one in several:
            put(f"lessons/{one.name}", page(one))
    put("lessons/index", index(chapters))

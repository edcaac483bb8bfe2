"""Lessons: a thin layer over `papernets.lessons`, whose pages stand here within the site's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files

from papernets.lessons import CHAPTERS, Lesson
from papernets.lessons.page import page as whole_page
from papernets.lessons.pictures import COLOURS, style
from papernets.lessons.told import SHOWN_SEED
from website import text

BEGIN, END = '<section id="sliders"', "<footer>"
"""Where in a lesson's own page what is to be read begins and ends."""
DATA = '<script type="application/json" id="data">'


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
            text.raw(_within(whole_page(lesson, shown, lesson.drawn(SHOWN_SEED)))),
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


def _within(html: str) -> str:
    """What is to be read of a lesson's own page, with its data and its script."""
    begin, end, data = html.find(BEGIN), html.find(END), html.find(DATA)
    if not 0 < begin < end < data:
        raise ValueError(f"a lesson's page has no {BEGIN} before {END} before {DATA}")
    embedded = html[data : html.index("</script>", data) + len("</script>")]
    script = (files("papernets.lessons") / "page.js").read_text("utf-8")
    unused = '<div hidden><button id="theme">theme</button></div>'
    return (
        f'<style>\n{css()}\n</style>\n<div class="lesson">\n{html[begin:end]}{unused}</div>\n'
        f"{embedded}\n<script>\n{script}\n</script>"
    )


def css() -> str:
    """The rules of a lesson's own page, for a part of a page that is light or dark as the site."""
    own = (files("papernets.lessons") / "page.css").read_text("utf-8")
    light, dark = (
        "".join(f"--{name}:{pair[at]};" for name, pair in COLOURS.items()) for at in (0, 1)
    )
    return (
        f".lesson{{{light}}}\nbody[data-theme=dark] .lesson{{{dark}}}\n"
        f"@media not print{{@media (prefers-color-scheme:dark)"
        f"{{body:not([data-theme=light]) .lesson{{{dark}}}}}}}\n"
        f".lesson{{\n{own}\n{style(own=False)}\nsmall{{opacity:1}}\nh2,h3{{padding:0;margin-left:0}}\n}}"
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

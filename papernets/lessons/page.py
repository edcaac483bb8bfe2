"""A lesson as one page that needs nothing else: sliders, a picture, a field that grades.

The explorer has the same in a room of its own: a lesson is shown in a `home`, by the `script`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from ..texts import json_text
from . import fragments
from .cases import lesson_data
from .fragments import text
from .lesson import Example, Exercise, Lesson
from .pictures import COLOURS, style

SCRIPTS = ("answers", "show")
"""What reads an answer and what shows a lesson, one behind the other in a function of their own."""
PUBLIC = ("lessonIn",)
"""What a page may use of them: `Lessons.lessonIn`, ..."""


def page(lesson: Lesson, example: Example, exercise: Exercise) -> str:
    """The page of a lesson with these numbers; its exercises begin with this one."""
    source = "; ".join(text(one) for one in lesson.sources)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{text(lesson.title)} - Papernets</title>
<style>
{colours()}
{_file("page.css")}
{css()}
</style>
</head>
<body>
<main>
<header>
<p class="chapter">{text(lesson.chapter)} <button id="theme" hidden>light / dark</button></p>
<h1>{text(lesson.title)}</h1>
<p class="question">{text(lesson.question)}</p>
</header>
<h2 class="unseen">Worked out</h2>
{at_work(lesson, example, exercise)}
<footer><p>Sources: {source}. <code>papernets lesson {text(lesson.name)}</code></p></footer>
</main>
</body>
</html>
"""


def at_work(lesson: Lesson, example: Example, exercise: Exercise) -> str:
    """A lesson in its home, with its data and the scripts that show it: once in a page."""
    data = json_text(lesson_data(lesson, example, exercise), ascii_only=True)
    embedded = data.replace("<", "\\u003c")
    otherwise = (
        f"<noscript><p>Grade an answer: <code>papernets lesson {text(lesson.name)}\n"
        f"--seed {exercise.seed} --answer ...</code></p></noscript>\n"
    )
    return (
        f"{home(fragments.example(example), fragments.task(exercise), otherwise)}\n"
        f'<script type="application/json" id="data">{embedded}</script>\n'
        f"<script>\n{script()}\n{_file('page.js')}</script>"
    )


def home(example: str = "", task: str = "", otherwise: str = "") -> str:
    """Where `lessonIn` shows a lesson; what is given stands there until it does."""
    return f"""<div class="lesson">
<section class="sliders" aria-label="Change the numbers" hidden></section>
<section class="example" aria-label="Worked out">
{example}
</section>
<p class="told" role="status"></p>
<section class="exercise" aria-label="Your turn">
<h2>Your turn</h2>
<div class="asked">
{task}
</div>
<form hidden>
<label>Your answer <span class="form-of"></span>
<input class="typed" autocomplete="off" spellcheck="false" autocapitalize="off"></label>
<button type="submit">Check</button> <button type="button" class="next">Other numbers</button>
<p class="grade" role="status"></p>
</form>
{otherwise}</section>
</div>"""


def script(public: Sequence[str] = PUBLIC) -> str:
    """JavaScript that defines `Lessons`, which has these of its functions, and nothing else."""
    given = f"return {{{', '.join(public)}}};"
    parts = [_file(f"{name}.js") for name in SCRIPTS]
    return "\n".join(["const Lessons = (() => {", *parts, given, "})();"])


def css() -> str:
    """The rules for a lesson in its home, and for its pictures; `colours` are its colours."""
    return f"{_file('lesson.css')}\n{style(own=False)}"


def _file(name: str) -> str:
    return (files("papernets.lessons") / name).read_text("utf-8")


def colours() -> str:
    """The colours as variables of the page, light and dark; on paper it is light."""
    light, dark = (
        "".join(f"--{name}:{pair[at]};" for name, pair in COLOURS.items()) for at in (0, 1)
    )
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light])"
        f"{{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
    )

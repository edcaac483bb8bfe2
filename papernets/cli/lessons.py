"""lessons, lesson: ideas worked out with numbers, and exercises that grade what is typed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import did_you_mean
from . import output, screen
from .flags import Json, WrongUse, wrong_use

if TYPE_CHECKING:
    from ..lessons import Example, Exercise, Lesson, Worked
    from ..lessons.pictures import Picture

OWN_OPTIONS = {"ignore_unknown_options": True, "allow_extra_args": True}
"""Each lesson has numbers of its own: what typer does not know is theirs."""
SUFFIXES = {".json": "json", ".html": "html", ".htm": "html", ".ipynb": "ipynb"}
LISTED = {k: v for k, v in output.TABLES.items() if v != "json"} | {".json": "json"}

Seed = Annotated[
    int | None,
    typer.Option("--seed", help="Draw other numbers; 0: the numbers of the lesson's own example."),
]
Answers = Annotated[
    bool, typer.Option("--answers", help="Print a teacher's sheet: exercises with their answers.")
]


def lessons(
    answers: Answers = False,
    seed: Seed = None,
    json: Json = False,
    csv: output.Csv = False,
    markdown: output.Markdown = False,
    latex: output.Latex = False,
    html: output.Html = False,
    file: output.Output = "",
) -> None:
    """List the lessons by chapter, or print a teacher's sheet.

    The sheet has an exercise of each lesson, its answer, and what the usual mistakes lead to.
    """
    from ..lessons import lessons as every
    from ..lessons.told import exercise_dict, sheet

    flags = {"json": json, "csv": csv, "markdown": markdown, "latex": latex, "html": html}
    form = output.chosen(flags, file, LISTED)
    if not answers:
        if seed is not None:
            raise WrongUse("--seed draws numbers for --answers: give both, or see papernets lesson")
        _write_list(form, file)
        return
    with wrong_use():
        exercises = [lesson.drawn(seed or 0) for lesson in every()]
    if form == "json":
        _write_json([exercise_dict(one) for one in exercises], file)
    elif form:
        from ..tables import FILES

        output.write(FILES[form](sheet(exercises)), file)
    else:
        _show_sheet(exercises)


def _write_json(value: object, file: str) -> None:
    from ..texts import json_text

    if file in ("", "-"):
        screen.print_json(value)
    else:
        output.write(json_text(value, indent=1) + "\n", file)


def _write_list(form: str, file: str) -> None:
    from ..lessons import CHAPTERS

    if form == "json":
        named = [
            {"name": one.name, "chapter": chapter, "title": one.title, "question": one.question}
            for chapter, several in CHAPTERS.items()
            for one in several
        ]
        _write_json(named, file)
        return
    if form:
        from ..tables import FILES, Column, Section, Table

        sections = tuple(
            Section(tuple((one.name, one.title, one.question) for one in several), chapter)
            for chapter, several in CHAPTERS.items()
        )
        columns = tuple(map(Column, ("lesson", "title", "question")))
        output.write(FILES[form](Table(columns, sections, "Lessons")), file)
        return
    for chapter, several in CHAPTERS.items():
        screen.heading(f"{chapter} ({len(several)})")
        wide = max((len(one.name) for one in several), default=0) + 2
        for one in several:
            screen.paragraph(one.name, one.question, indent=2, hang=wide)
    screen.say()
    screen.prose(
        f"Read one: {screen.whole('papernets lesson NAME')}. A teacher's sheet: "
        f"{screen.whole('papernets lessons --answers --seed 7')}"
    )


def lesson(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A lesson; papernets lessons lists them.")],
    answer: Annotated[
        str | None, typer.Option("--answer", help="Your answer: right exits 0, wrong exits 1.")
    ] = None,
    seed: Seed = None,
    answers: Answers = False,
    json: Json = False,
    html: output.Html = False,
    ipynb: Annotated[bool, typer.Option("--ipynb", help="Print a Jupyter notebook.")] = False,
    file: output.Output = "",
) -> None:
    """Read a lesson, or have an answer graded.

    A lesson is a question, an example worked out, usual mistakes, and an exercise.
    Each lesson has numbers of its own that you may change, such as --kernel 5 or --matrix FILE; it
    lists them at its end. --answer X grades the answer to its question, with --seed N to the
    exercise of that seed.
    """
    from ..lessons import lesson as find
    from ..lessons.told import SHOWN_SEED, exercise_dict, lesson_dict

    form = output.chosen({"json": json, "html": html, "ipynb": ipynb}, file, SUFFIXES)
    with wrong_use():
        one = find(name)
        texts = _own(context.args, one)
        numbers = one.parsed(texts)
        asked = one.drawn(seed or 0, **numbers)
        if answer is not None:
            _grade(asked, answer, form)
            return
        shown = asked if seed is not None else one.drawn(SHOWN_SEED)
        example = one.example(**numbers)
    if answers:
        if form in ("html", "ipynb"):
            raise WrongUse(f"--answers has no {form}: leave it out, or give --json")
        if form:
            _write_json(exercise_dict(asked), file)
        else:
            _show_sheet([asked])
    elif form == "json":
        _write_json(lesson_dict(one, asked.example, shown), file)
    elif form == "html":
        from ..lessons.page import page

        output.write(page(one, example, shown), file)
    elif form == "ipynb":
        from ..lessons.notebook import notebook

        _write_json(notebook(one, example, shown.seed), file)
    else:
        _show(one, example, shown, _typed_as(texts))


def _own(words: Sequence[str], lesson: Lesson) -> dict[str, str]:
    """The lesson's own numbers as they were typed: `--kernel 5` or `--kernel=5`."""
    found: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            raise WrongUse(
                f"{word!r} stands alone: a number of the lesson is given as --name value"
            )
        name, given, value = word[2:].partition("=")
        name = name.replace("-", "_")
        if name not in lesson.params:
            own = [*lesson.params, "answer", "seed", "answers", "json", "html", "ipynb", "output"]
            near = did_you_mean(name, own).replace("Did you mean '", "Did you mean '--")
            listed = ", ".join(f"--{one}" for one in lesson.params)
            raise WrongUse(
                f"lesson {lesson.name} has no --{name[:40]}.{near} Its numbers: {listed}"
            )
        if not given:
            if not rest:
                raise WrongUse(f"--{name} needs a value: {lesson.params[name].form()}")
            value = rest.pop(0)
        if name in found:
            raise WrongUse(f"--{name} is given twice")
        if not value.strip():
            raise WrongUse(f"--{name} is empty: it is {lesson.params[name].form()}")
        found[name] = value
    return found


def _typed_as(texts: dict[str, str]) -> str:
    from shlex import quote

    return "".join(f" --{name} {quote(text)}" for name, text in texts.items())


def _grade(exercise: Exercise, answer: str, form: str) -> None:
    """Say whether an answer is right; exit 1 where it is not."""
    from ..lessons import grade

    if form not in ("", "json"):
        raise WrongUse(f"--answer has no {form}: leave it out, or give --json")
    found = grade(exercise, answer)
    if form == "json":
        screen.print_json({"schema": 1, "lesson": exercise.lesson.name, "seed": exercise.seed,
                           **found.to_dict()})  # fmt: skip
    else:
        screen.prose(found.why)
        if not found.right:
            screen.prose(f"The question was: {exercise.question}")
    if not found.right:
        raise typer.Exit(1)


def _show(lesson: Lesson, example: Example, exercise: Exercise, numbers: str) -> None:
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


def _show_sheet(exercises: Sequence[Exercise]) -> None:
    """Print the teacher's sheet for people."""
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
        screen.paragraph("", f"Answer: {worked.answer.text}", hang=2)
        for slip in worked.known_slips():
            screen.paragraph("", slip_text(worked, slip), hang=4)

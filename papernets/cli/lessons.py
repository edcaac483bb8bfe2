"""lessons, lesson: ideas worked out with numbers, and exercises that grade what is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import did_you_mean
from . import lessons_shown, output, screen
from .flags import Json, WrongUse, wrong_use

if TYPE_CHECKING:
    from ..lessons import Exercise, Lesson

OWN_OPTIONS = {"ignore_unknown_options": True, "allow_extra_args": True}
"""Each lesson has numbers of its own: what typer does not know is theirs."""
SUFFIXES = {".json": "json", ".html": "html", ".htm": "html", ".ipynb": "ipynb"}
LISTED = {k: v for k, v in output.TABLES.items() if v != "json"} | {".json": "json"}

Seed = Annotated[
    int | None,
    typer.Option("--seed", help="Draw other numbers; 0: the numbers of the lesson's own example."),
]
Answers = Annotated[
    bool, typer.Option("--answers", help="Print the teacher's sheet: exercises with their answers.")
]


def lessons(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WHICH",
            help="Lessons by name, chapter (cost), pattern (field-*) or word (alexnet).",
            show_default=False,
        ),
    ] = None,
    exercises: Annotated[
        bool, typer.Option("--exercises", help="Print a sheet for the class: exercises alone.")
    ] = False,
    answers: Answers = False,
    seed: Seed = None,
    json: Json = False,
    csv: output.Csv = False,
    markdown: output.Markdown = False,
    latex: output.Latex = False,
    html: output.Html = False,
    file: output.Output = "",
) -> None:
    """List lessons by chapter, or print a sheet of exercises.

    A sheet has an exercise of each lesson. With --answers it is the teacher's: it has the answers,
    and what the usual mistakes lead to. The same seed draws the same exercises for both.
    """
    from ..lessons import chosen
    from ..lessons.handout import PRINTED
    from ..lessons.told import exercise_dict, question_dict, sheet

    flags = {"json": json, "csv": csv, "markdown": markdown, "latex": latex, "html": html}
    form = output.chosen(flags, file, LISTED)
    if exercises and answers:
        raise WrongUse("--exercises leaves the answers out, --answers prints them: give one")
    with wrong_use():
        which = chosen(words or ())
    if not (exercises or answers):
        if seed is not None:
            raise WrongUse(
                "--seed draws numbers for --exercises or --answers: give both, "
                "or see papernets lesson"
            )
        _write_list(form, file, which)
        return
    with wrong_use():
        drawn = [lesson.drawn(seed or 0) for lesson in which]
    if form == "json":
        _write_json([(exercise_dict if answers else question_dict)(one) for one in drawn], file)
    elif form in PRINTED and not answers:
        output.write(PRINTED[form](drawn), file)
    elif form:
        from ..tables import FILES

        output.write(FILES[form](sheet(drawn, answers)), file)
    else:
        lessons_shown.show_sheet(drawn, answers)


def _write_json(value: object, file: str) -> None:
    from ..texts import json_text

    if file in ("", "-"):
        screen.print_json(value)
    else:
        output.write(json_text(value, indent=1) + "\n", file)


def _write_list(form: str, file: str, which: Sequence[Lesson]) -> None:
    from itertools import groupby

    chapters = {name: list(of) for name, of in groupby(which, lambda one: one.chapter)}
    if form == "json":
        named = [
            {"name": one.name, "chapter": chapter, "title": one.title, "question": one.question}
            for chapter, several in chapters.items()
            for one in several
        ]
        _write_json(named, file)
        return
    if form:
        from ..tables import FILES, Column, Section, Table

        sections = tuple(
            Section(tuple((one.name, one.title, one.question) for one in several), chapter)
            for chapter, several in chapters.items()
        )
        columns = tuple(map(Column, ("lesson", "title", "question")))
        output.write(FILES[form](Table(columns, sections, "Lessons")), file)
        return
    for chapter, several in chapters.items():
        screen.heading(f"{chapter} ({len(several)})")
        wide = max(len(one.name) for one in several) + 2
        for one in several:
            screen.paragraph(one.name, one.question, indent=2, hang=wide)
    screen.say()
    sheet = "papernets lessons WHICH --exercises --seed 7"
    screen.prose(
        f"Read one: {screen.whole('papernets lesson NAME')}. A sheet for the class: "
        f"{screen.whole(sheet)}, and with --answers the teacher's"
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
            lessons_shown.show_sheet([asked])
    elif form == "json":
        _write_json(lesson_dict(one, asked.example, shown), file)
    elif form == "html":
        from ..lessons.page import page

        output.write(page(one, example, shown), file)
    elif form == "ipynb":
        from ..lessons.notebook import notebook

        _write_json(notebook(one, example, shown.seed), file)
    else:
        lessons_shown.show_lesson(one, example, shown, _typed_as(texts))


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

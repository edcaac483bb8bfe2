"""A lesson as a Jupyter notebook (nbformat 4.5) that works with papernets itself, offline."""

from __future__ import annotations

from .lesson import Example, Lesson


def notebook(lesson: Lesson, example: Example, seed: int) -> dict[str, object]:
    """The notebook of a lesson with these numbers; its exercise is that of the seed."""
    other = _changed(lesson, example)
    cells = [
        _words(f"# {lesson.title}", lesson.question),
        _code(
            "from papernets.lessons import grade, lesson",
            "",
            f"this = lesson({lesson.name!r})",
            f"example = this.example({_arguments(lesson, example)})",
            "print(example.ask())",
        ),
        _words("Worked out, with its picture, and with what learners often answer instead:"),
        _code("worked = example.work()", "worked"),
        _words("Each step is a value: what is done, the formula, the number."),
        _code(
            "for step in worked.steps:",
            "    print(f'{step.text}: {step.formula or step.shown}')",
            "worked.answer.value",
        ),
        _words("## Change the numbers", _numbers(lesson)),
        _code(f"other = this.example({other})", "print(other.ask())", "other.work()"),
        _words("## Your turn", "Type your answer between the quotes, and run the cell."),
        _code(
            f"exercise = this.drawn({seed})",
            "print(exercise.question)",
            "exercise.example.given()",
        ),
        _code(
            "answer = ''",
            "print(grade(exercise, answer).why if answer else 'The answer is '",
            "      + exercise.worked().answer.form)",
        ),
        _words("Sources: " + "; ".join(str(source) for source in lesson.sources)),
    ]
    return {
        "cells": [{"id": f"cell-{at}", **cell} for at, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _words(*parts: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": "\n\n".join(parts)}


def _code(*lines: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": "\n".join(lines),
    }


def _arguments(lesson: Lesson, example: Example) -> str:
    """The numbers that are not the lesson's own, as Python writes them."""
    own = lesson.defaults
    changed = {name: getattr(example, name) for name in lesson.params}
    return ", ".join(f"{name}={v!r}" for name, v in changed.items() if v != own[name])


def _changed(lesson: Lesson, example: Example) -> str:
    """Other numbers to try: those of the first seed that differ."""
    return _arguments(lesson, lesson.drawn(2).example) or _arguments(lesson, example)


def _numbers(lesson: Lesson) -> str:
    return "\n".join(
        f"- `{name}`: {param.what}, {param.form()}".replace("<", "&lt;")
        for name, param in lesson.params.items()
    )

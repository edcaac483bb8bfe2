"""Pieces of a page: an example worked out, an exercise, a value; all that is told is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ..texts import escaped
from .formula import pretty
from .values import Value, is_matrix, number_text, with_unit

if TYPE_CHECKING:
    from .lesson import Example, Exercise, Slip, Worked


def text(words: object) -> str:
    """Words as HTML, none of them a command."""
    return escape(escaped(str(words)))


def value(of: Value, unit: str = "") -> str:
    """A value as HTML: a matrix as a small table."""
    if is_matrix(of) and len(of) > 1:
        cells = [[f"<td>{text(number_text(cell, comma=False))}</td>" for cell in row] for row in of]
        rows = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
        return f'<table class="matrix">{rows}</table>'
    return f"<b>{text(with_unit(of, unit))}</b>"


def example(of: Example, styled: bool = False) -> str:
    """An example: the task, its picture, the steps, the answer and the usual mistakes.

    Each piece is a line, which a page keeps once for all examples that have it.
    """
    return "\n".join([f'<p class="task">{text(of.ask())}</p>', worked(of.work(), styled)])


def worked(of: Worked, styled: bool = False) -> str:
    """The solution of an example."""
    lines = [f"<figure>{of.picture.svg(styled)}</figure>", "<h3>Step by step</h3>", "<ol>"]
    for step in of.steps:
        formula = f'<code class="formula">{text(pretty(step.formula))}</code> = '
        lines.append(
            f"<li>{text(step.text)}<div>{formula if step.formula else ''}"
            f"{value(step.value, step.unit)}</div></li>"
        )
    lines += [
        "</ol>",
        f'<div class="answer">Answer: {value(of.answer.value, of.answer.unit)}</div>',
    ]
    lines += [f'<p class="remark">{text(remark)}</p>' for remark in of.remarks]
    slips = of.known_slips()
    if slips:
        lines += ["<h3>What learners often answer</h3>", '<ul class="slips">']
        lines += [
            f"<li>{value(slip.value, of.answer.unit)} {words_of(slip)}</li>" for slip in slips
        ]
        lines.append("</ul>")
    return "\n".join(lines)


def words_of(slip: Slip) -> str:
    """What a mistake was, below a matrix, behind any other answer."""
    tag = "div" if is_matrix(slip.value) and len(slip.value) > 1 else "span"
    return f"<{tag}>{text(slip.did)} {text(slip.why)}</{tag}>"


def task(of: Exercise, styled: bool = False) -> str:
    """The task of an exercise, with the picture of what it gives."""
    given = of.example.given()
    figure = f"\n<figure>{given.svg(styled)}</figure>" if given else ""
    return f'<p class="task">{text(of.question)}</p>{figure}'

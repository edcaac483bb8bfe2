"""A sheet of exercises for the class, to print: a page of HTML, or LaTeX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ..tables import ENDS, tex
from . import fragments
from .lesson import Exercise
from .pictures import Beside, Cells, Picture, Stack

STYLE = """
body { margin: 2rem auto; max-width: 46rem; padding: 0 1rem; color: #222; background: #fff;
  font: 16px/1.5 system-ui, sans-serif; }
h2 { margin: 2rem 0 .5rem; }
li { margin: 0 0 1.6rem; break-inside: avoid; }
.task { margin: 0; }
figure { margin: .6rem 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; }
small { color: #555; }
@page { size: A4; margin: 18mm; }
@media print { body { margin: 0; font-size: 11pt; } h2 { break-after: avoid; } }
"""
HEAD = r"""% On its own: pdflatex FILE. A document of yours may take it in, with
% \usepackage[T1]{fontenc} in its preamble.
\expandafter\ifx\csname @nodocument\endcsname\relax\else
\documentclass[a4paper,11pt]{article}
\usepackage[margin=25mm]{geometry}
\usepackage[T1]{fontenc}
\begin{document}
\def\papernetsends{\end{document}}
\fi
"""


def html(exercises: Sequence[Exercise]) -> str:
    """The exercises with their pictures, numbered, on one page that needs nothing else."""
    title = fragments.text(_title(exercises))
    body, number = [f"<h1>{title}</h1>"], 1
    for chapter, several in _chapters(exercises):
        body += [f"<h2>{fragments.text(chapter)}</h2>", f'<ol start="{number}">']
        body += [f"<li>{fragments.task(one, styled=True)}\n{_small(one)}</li>" for one in several]
        body.append("</ol>")
        number += len(several)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def latex(exercises: Sequence[Exercise]) -> str:
    """The exercises with their matrices, numbered: a document, or a part of another."""
    lines, number = [HEAD + rf"\section*{{{tex(_title(exercises))}}}"], 0
    for chapter, several in _chapters(exercises):
        lines += [rf"\subsection*{{{tex(chapter)}}}", r"\begin{enumerate}"]
        lines.append(rf"\setcounter{{enumi}}{{{number}}}")
        for one in several:
            given = one.example.given()
            lines.append(rf"\item {tex(one.question)}")
            lines += [rf"\par\medskip\noindent {_drawn(given)}"] if given else []
            lines.append(rf"\par\smallskip{{\footnotesize {tex(_form(one))}\par}}")
        lines.append(r"\end{enumerate}")
        number += len(several)
    return "\n".join([*lines, ENDS])


def _title(exercises: Sequence[Exercise]) -> str:
    return f"Exercises, seed {exercises[0].seed}"


def _chapters(exercises: Sequence[Exercise]) -> Iterator[tuple[str, list[Exercise]]]:
    for chapter, several in groupby(exercises, lambda one: one.lesson.chapter):
        yield chapter, list(several)


def _form(one: Exercise) -> str:
    return f"The answer is {one.worked().answer.form}. Lesson: {one.lesson.name}"


def _small(one: Exercise) -> str:
    return f"<small>{fragments.text(_form(one))}</small>"


def _drawn(picture: Picture) -> str:
    """A picture of matrices in LaTeX; any other in words."""
    if isinstance(picture, Stack):
        return "\\par\\medskip\n".join(map(_drawn, picture.pictures))
    if isinstance(picture, Beside):
        parts = (tex(part) if isinstance(part, str) else _drawn(part) for part in picture.parts)
        return "\\quad\n".join(parts)
    if not isinstance(picture, Cells):
        return tex(picture.alt())
    rows = [" & ".join(tex(text) or r"\cdot" for text in row) for row in picture.rows]
    body = r" \\ ".join(rows)
    matrix = rf"$\left[\begin{{array}}{{{'r' * len(picture.rows[0])}}}{body}\end{{array}}\right]$"
    if not picture.caption:
        return matrix
    return rf"\begin{{tabular}}{{@{{}}l@{{}}}}{tex(picture.caption)}\\[2pt]{matrix}\end{{tabular}}"


PRINTED = {"html": html, "latex": latex}
"""How a sheet for the class is printed, by the name of the format."""

"""A table as a file of its own: a page of HTML, a document of LaTeX, CSV, Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from ..texts import escaped
from .table import Column, Table
from .writers import csv_text, html, markdown, tex, tex_lines

ALONE = r"""% On its own: pdflatex FILE. A document of yours may take it in, with
% \usepackage{array,booktabs,longtable} and \usepackage[T1]{fontenc} in its preamble.
\expandafter\ifx\csname @nodocument\endcsname\relax\else
\documentclass[a4paper,10pt,landscape]{article}
\usepackage[margin=15mm]{geometry}
\usepackage[T1]{fontenc}
\usepackage{array,booktabs,longtable}
\begin{document}
\def\papernetsends{\end{document}}
\fi
"""
"""What begins a file that is a document, or a part of another that takes it in."""
ENDS = r"""\ifx\papernetsends\undefined\else\expandafter\papernetsends\fi
"""
PAPER = 175
"""Characters that a line of a printed table has room for."""
ROWS = 40
"""Lines of a table that have room on one page."""
LONG = 30
"""Characters from which a column breaks its lines, in a table that is too wide."""


def latex_alone(table: Table) -> str:
    """The table, its notes below; a long one goes over pages, and its long texts break."""
    lines = [ALONE + rf"\section*{{{tex(table.title)}}}" if table.title else ALONE]
    lines += [r"\begingroup\footnotesize\sloppy\setlength{\tabcolsep}{4pt}"]
    head, *body = tex_lines(table)
    widths = _widths(table)
    if len(body) > ROWS or sum(widths) + 2 * len(widths) > PAPER:
        columns = "".join(map(_fixed, _fitted(table, widths), table.columns))
        lines += [rf"\setlength{{\LTleft}}{{0pt}}\begin{{longtable}}{{@{{}}{columns}@{{}}}}"]
        lines += [r"\toprule", head, r"\midrule", r"\endhead", r"\bottomrule", r"\endfoot", *body]
        lines += [r"\end{longtable}"]
    else:
        columns = "".join("r" if column.right else "l" for column in table.columns)
        lines += [rf"\noindent\begin{{tabular}}{{@{{}}{columns}@{{}}}}", r"\toprule", head]
        lines += [r"\midrule", *body, r"\bottomrule", r"\end{tabular}\par\medskip"]
    notes = (rf"\noindent {tex(note)}\par" for note in table.notes)
    return "\n".join([*lines, *notes, r"\endgroup", ENDS])


def _widths(table: Table) -> list[int]:
    """The characters of each column's longest text."""
    texts = [[column.name for column in table.columns], *map(table.texts, table.every())]
    return [max(map(len, cells)) for cells in zip(*texts, strict=True)]


def _fitted(table: Table, widths: Sequence[int]) -> list[float]:
    """Characters that each column gets: where there are too many, long texts share the room."""
    if sum(widths) + 2 * len(widths) <= PAPER:
        return [wide + 1.0 for wide in widths]
    texts = [list(cells) for cells in zip(*map(table.texts, table.every()), strict=True)]
    shares = [
        max(sum(map(len, cells)) / len(cells), LONG / 2) if wide > LONG and not column.right else 0
        for wide, cells, column in zip(widths, texts, table.columns, strict=True)
    ]
    short = sum(wide + 1 for wide, share in zip(widths, shares, strict=True) if not share)
    room, whole = max(PAPER - short - 2 * len(widths), PAPER // 3), sum(shares)
    return [
        room * share / whole if share else wide + 1.0
        for wide, share in zip(widths, shares, strict=True)
    ]


def _fixed(wide: float, column: Column) -> str:
    """A column of a fixed width: TeX then needs one run to set a table of many pages."""
    side = r"\raggedleft" if column.right else r"\raggedright"
    return rf">{{{side}\arraybackslash}}p{{{wide / PAPER:.4f}\linewidth}}"


STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color: #222; background: #fff; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; font-size: 1.2rem; padding-bottom: .5rem; }
th, td { padding: .3rem .8rem; text-align: left; border-bottom: 1px solid #e4e4e4; }
thead th { border-bottom: 2px solid #222; vertical-align: bottom; }
.number { text-align: right; }
tbody tr:hover { background: #f4f4f4; }
p { max-width: 60rem; margin: .6rem 0; color: #444; }
@media screen and (prefers-color-scheme: dark) {
  body { color: #eee; background: #16181b; } p { color: #bbb; }
  th, td { border-color: #3a3d42; } thead th { border-color: #eee; }
  tbody tr:hover { background: #202327; } }
"""


def html_alone(table: Table) -> str:
    """The table on a page of its own, its notes below."""
    head, _, rest = html(table).partition("</table>\n")
    body = f'<div class="wide" tabindex="0">\n{head}</table>\n</div>\n{rest}'
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(escaped(table.title))}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{body}</main>\n</body>\n</html>\n"
    )


FILES: Mapping[str, Callable[[Table], str]] = {
    "csv": csv_text,
    "markdown": markdown,
    "latex": latex_alone,
    "html": html_alone,
}
"""How a file is written that holds one table, by the name of the format."""

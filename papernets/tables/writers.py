"""A table as CSV, Markdown, LaTeX and HTML; what stands in it is escaped in each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

from ..texts import csv_lines
from ..texts import escaped as quiet
from .table import Cell, Cells, Table


def plain_text(table: Table) -> str:
    """The table in characters, its columns aligned, sums below a line; what `print` shows."""
    lines = [[column.name for column in table.columns], *map(table.texts, table.every())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]

    def one(cells: list[str]) -> str:
        both = zip(cells, widths, table.columns, strict=True)
        return "  ".join(c.rjust(w) if col.right else c.ljust(w) for c, w, col in both).rstrip()

    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    found = [*([table.title, ""] if table.title else []), one(lines[0]), rule]
    for section in table.sections:
        found += [section.title] if section.title else []
        found += [one(table.texts(cells)) for cells in section.rows]
        found += [rule, one(table.texts(section.total))] if section.total is not None else []
    return "\n".join([*found, *([""] if table.notes else []), *table.notes])


def csv_text(table: Table) -> str:
    """The rows as CSV (RFC 4180): numbers plain, no sums; sections have a column where titled."""
    titled = any(section.title for section in table.sections)
    head = [column.key or column.name for column in table.columns]
    rows: list[list[Cell]] = [[*(["section"] if titled else []), *head]]
    for section in table.sections:
        for cells in section.rows:
            own = [section.title] if titled else []
            rows.append([_harmless(cell) for cell in (*own, *cells)])
    return "".join(csv_lines(rows))


def _harmless(cell: Cell) -> Cell:
    """A cell that a spreadsheet does not take for a formula."""
    if not isinstance(cell, str):
        return cell
    text = quiet(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def markdown(table: Table) -> str:
    """The table in Markdown (GitHub's): sections and sums in bold, notes below."""
    marks = ["--:" if column.right else "---" for column in table.columns]
    lines = [[markdown_text(column.name) for column in table.columns], marks]
    blank = [""] * (len(table.columns) - 1)
    for section in table.sections:
        if section.title:
            lines.append([f"**{markdown_text(section.title)}**", *blank])
        lines += [_md_row(table, cells) for cells in section.rows]
        if section.total is not None:
            total = _md_row(table, section.total)
            lines.append([f"**{text}**" if text else "" for text in total])
    head = [f"**{markdown_text(table.title)}**", ""] if table.title else []
    notes = [part for note in table.notes for part in ("", markdown_text(note))]
    return "\n".join([*head, *(f"| {' | '.join(line)} |" for line in lines), *notes]) + "\n"


def _md_row(table: Table, cells: Cells) -> list[str]:
    return [markdown_text(text) for text in table.texts(cells)]


def markdown_text(text: str) -> str:
    """Text in which Markdown finds nothing to set, on one line."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~$&])", r"\\\1", " ".join(quiet(text).split()))


TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "`": r"\textasciigrave{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "×": r"\ensuremath{\times}",
    "·": r"\ensuremath{\cdot}",
    "²": r"\ensuremath{^2}",
    "³": r"\ensuremath{^3}",
    "−": r"\ensuremath{-}",
    "≤": r"\ensuremath{\leq}",
    "≥": r"\ensuremath{\geq}",
    "→": r"\ensuremath{\rightarrow}",
    "✓": r"\ensuremath{\surd}",
    "…": r"\ldots{}",
    "–": "--",
}
"""Characters that TeX would act on, or that its default fonts lack.

A bracket or a star where a row begins would be an argument of what ended the one before.
"""


def tex(text: str) -> str:
    """Text as LaTeX sets it, none of it a command; what its fonts cannot write becomes `?`."""

    def one(letter: str) -> str:
        if letter in TEX:
            return TEX[letter]
        return letter if ord(letter) < 0x250 else "?"

    return "".join(one(letter) for letter in " ".join(quiet(text).split()))


def latex(table: Table) -> str:
    """The table as a `tabular` with booktabs' rules, in a `table` where it has a title."""
    spec = "".join("r" if column.right else "l" for column in table.columns)
    head, *body = tex_lines(table)
    lines = [rf"\begin{{tabular}}{{@{{}}{spec}@{{}}}}", r"\toprule", head, r"\midrule", *body]
    lines += [r"\bottomrule", r"\end{tabular}"]
    if table.title:
        caption = rf"\caption{{{tex(table.title)}}}"
        notes = [rf"\par\smallskip\footnotesize {tex(note)}" for note in table.notes]
        lines = [r"\begin{table}", r"\centering", caption, *lines, *notes, r"\end{table}"]
    return (
        "% needs \\usepackage{booktabs} and \\usepackage[T1]{fontenc}\n" + "\n".join(lines) + "\n"
    )


def tex_lines(table: Table) -> list[str]:
    """The lines of a table in LaTeX, without what stands round them: its head, sections, sums."""
    lines = [_tex_row([column.name for column in table.columns])]
    for at, section in enumerate(table.sections):
        if section.title:
            lines += [r"\addlinespace"] if at else []
            head = rf"\textbf{{{tex(section.title)}}}"
            lines.append(rf"\multicolumn{{{len(table.columns)}}}{{@{{}}l}}{{{head}}} \\")
        lines += [_tex_row(table.texts(cells)) for cells in section.rows]
        if section.total is not None:
            lines += [r"\midrule", _tex_row(table.texts(section.total))]
    return lines


def _tex_row(texts: list[str]) -> str:
    return " & ".join(map(tex, texts)) + r" \\"


def html(table: Table) -> str:
    """The table as a `<table>` that a page may hold: scopes for screen readers, no style."""
    wide = len(table.columns)
    caption = f"<caption>{_html(table.title)}</caption>\n" if table.title else ""
    head = "".join(
        f'<th scope="col"{_side(column.right)}>{_html(column.name)}</th>'
        for column in table.columns
    )
    parts = [f"<table>\n{caption}<thead><tr>{head}</tr></thead>"]
    for section in table.sections:
        parts.append("<tbody>")
        if section.title:
            title = _html(section.title)
            parts.append(f'<tr><th scope="rowgroup" colspan="{wide}">{title}</th></tr>')
        parts += [_html_row(table, cells) for cells in section.rows]
        if section.total is not None:
            parts.append(_html_row(table, section.total, "total"))
        parts.append("</tbody>")
    parts.append("</table>")
    parts += [f"<p>{_html(note)}</p>" for note in table.notes]
    return "\n".join(parts) + "\n"


def _html_row(table: Table, cells: Cells, kind: str = "") -> str:
    first, *others = zip(table.columns, table.texts(cells), strict=True)
    row = f'<th scope="row"{_side(first[0].right)}>{_html(first[1])}</th>'
    row += "".join(f"<td{_side(column.right)}>{_html(text)}</td>" for column, text in others)
    return f"<tr{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}>{row}</tr>"


def _side(right: bool) -> str:
    return ' class="number"' if right else ""


def _html(text: str) -> str:
    return escape(quiet(text))


FORMATS: Mapping[str, Callable[[Table], str]] = {
    "csv": csv_text,
    "markdown": markdown,
    "latex": latex,
    "html": html,
}
"""How a table is written, by the name of the format."""

"""A page in the formats that people take away: CSV, Markdown, LaTeX, HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..tables import ALONE, ENDS, PAPER, Section, Table, csv_text, tex
from ..tables import latex as latex_table
from ..tables import markdown as markdown_table
from ..tables import markdown_text as _md
from ..texts import escaped
from .document import Document, Drawn, Grid, Items, Words
from .html import html


def csv(document: Document) -> str:
    """The page's data."""
    return csv_text(document.data())


def markdown(document: Document) -> str:
    """The page in Markdown."""
    lines = [f"# {_md(document.title)}", ""]
    lines += [_md(document.source), ""] if document.source else []
    for chapter in document.chapters:
        lines += [f"## {_md(chapter.heading)}", ""] if chapter.heading else []
        for piece in chapter.pieces:
            if isinstance(piece, Words):
                lines += [_md(piece.text), ""]
            elif isinstance(piece, Items):
                lines += [f"- {_md(f'{a}: {b}' if a else b)}" for a, b in piece.items] + [""]
            elif isinstance(piece, Drawn):
                lines += [f"{_md(piece.title)}:", ""] if piece.title else []
                lines += [f"    {escaped(line)}" for line in piece.lines] + [""]
            else:
                lines += [markdown_table(piece.table)]
    return "\n".join(lines).rstrip() + "\n"


LINES_A_PIECE = 40
"""Rows of one tabular, which TeX does not break over pages."""


def latex(document: Document) -> str:
    """The page in LaTeX: a document of its own, or a part of another that takes it in."""
    lines = [ALONE + rf"\section*{{{tex(document.title)}}}"]
    lines += [tex(document.source) + r"\par"] if document.source else []
    for chapter in document.chapters:
        lines += [rf"\subsection*{{{tex(chapter.heading)}}}"] if chapter.heading else []
        for piece in chapter.pieces:
            if isinstance(piece, Words):
                lines += [r"\noindent " + tex(piece.text) + r"\par\smallskip"]
            elif isinstance(piece, Items) and piece.items:
                lines += [r"\begin{itemize}"]
                lines += [rf"\item {{}}{tex(f'{a}: {b}' if a else b)}" for a, b in piece.items]
                lines += [r"\end{itemize}"]
            elif isinstance(piece, Drawn):
                lines += [rf"\noindent {tex(piece.title)}:\par\smallskip"] if piece.title else []
                lines += [rf"\noindent\texttt{{{_spaced(line)}}}\\" for line in piece.lines]
                lines += [r"\par\smallskip"]
            elif isinstance(piece, Grid):
                for part in _pieces(fitting(piece)):
                    lines += [r"\begingroup\footnotesize\setlength{\tabcolsep}{4pt}\noindent"]
                    lines += [latex_table(part) + r"\par\endgroup\medskip"]
                lines += [r"\noindent " + tex(note) + r"\par" for note in piece.table.notes]
    return "\n".join([*lines, ENDS])


def _spaced(line: str) -> str:
    """A line in which each space keeps its room."""
    return "~".join(map(tex, line.split(" ")))


def fitting(grid: Grid) -> Table:
    """The table without the columns for which a page has no room; a note says which."""
    table, gone, lost = grid.table, [], list(grid.optional)
    while lost and _wide(table) > PAPER:
        name = lost.pop(0)
        gone.append(name)
        table = without(table, name)
    note = f"No room for: {', '.join(gone)}."
    return Table(table.columns, table.sections, "", (*table.notes, *([note] if gone else [])))


def _wide(table: Table) -> int:
    texts = [[column.name for column in table.columns], *map(table.texts, table.every())]
    return sum(max(map(len, cells)) + 2 for cells in zip(*texts, strict=True))


def without(table: Table, name: str) -> Table:
    """The table without a column."""
    at = next((n for n, column in enumerate(table.columns) if column.name == name), None)
    if at is None:
        return table

    def cut(cells: tuple[object, ...]) -> tuple[object, ...]:
        return cells[:at] + cells[at + 1 :]

    sections = tuple(
        Section(
            tuple(cut(row) for row in section.rows),  # type: ignore[misc]
            section.title,
            cut(section.total) if section.total is not None else None,  # type: ignore[arg-type]
        )
        for section in table.sections
    )
    columns = table.columns[:at] + table.columns[at + 1 :]
    return Table(columns, sections, table.title, table.notes)


def _pieces(table: Table) -> Iterator[Table]:
    """The table in pieces that fit on a page, whole sections where they do."""
    held: list[Section] = []
    for section in table.sections:
        for at in range(0, max(len(section.rows), 1), LINES_A_PIECE):
            last = at + LINES_A_PIECE >= len(section.rows)
            title = section.title + (" (continued)" if at and section.title else "")
            part = Section(
                section.rows[at : at + LINES_A_PIECE], title, section.total if last else None
            )
            if held and sum(len(s.rows) + 2 for s in (*held, part)) > LINES_A_PIECE:
                yield Table(table.columns, tuple(held))
                held = []
            held.append(part)
    if held:
        yield Table(table.columns, tuple(held))


FORMATS: Mapping[str, Callable[[Document], str]] = {
    "csv": csv,
    "markdown": markdown,
    "latex": latex,
    "html": html,
}
"""How a page is written, by the name of the format."""

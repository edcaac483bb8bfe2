"""A page on a terminal: headings, wrapped words, tables that leave out what has no room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import screen

if TYPE_CHECKING:
    from ..show.document import Document, Grid, Items, Piece

NUMBER = re.compile(r"\(\d[^)]*\)")
FIELDS = 12  # with more, a sentence of them is not read


def show(document: Document) -> None:
    """Print a page for people; a line break in a name is none on the page."""
    screen.prose(screen.printable(document.title))
    if document.source:
        screen.prose(screen.printable(document.source))
    for number, chapter in enumerate(document.chapters):
        if chapter.heading:
            screen.heading(screen.printable(chapter.heading))
        elif number == 0 or chapter.pieces:
            screen.say()
        for piece in chapter.pieces:
            _piece(piece)


def _piece(piece: Piece) -> None:
    from ..show.document import Drawn, Items, Words

    if isinstance(piece, Words):
        screen.prose(screen.printable(piece.text))
    elif isinstance(piece, Items):
        _items(piece)
    elif isinstance(piece, Drawn):
        for line in piece.lines:
            screen.say(f"  {line}")
    else:
        _grid(piece)


def _items(piece: Items) -> None:
    """Sentences behind their labels, or hanging where they have none."""
    hang = min(max([12, *(len(label) + 2 for label, _ in piece.items)]), 16)
    for label, text in piece.items:
        screen.paragraph(label, screen.printable(text), hang=hang if label else 2)


def _grid(piece: Grid) -> None:
    table = piece.table
    rows: list[list[str]] = []
    titles: dict[int, str] = {}
    for section in table.sections:
        if section.title:
            titles[len(rows)] = section.title
        rows += [table.texts(cells) for cells in section.rows]
        if section.total is not None:
            rows.append(table.texts(section.total))
    names = [column.name for column in table.columns]
    if "details" in names:  # its phrases stay whole
        at = names.index("details")
        rows = [[*r[:at], screen.kept(r[at], ", "), *r[at + 1 :]] for r in rows]
    if "where" in names:  # a range's number stays with its word
        at = names.index("where")
        rows = [[*r[:at], NUMBER.sub(_whole, r[at]), *r[at + 1 :]] for r in rows]
    optional = [name for name in piece.optional if name in names]
    gone = screen.table(names, rows, piece.left, optional, titles)
    _left_out(names, rows, [name for name in optional if name in gone], piece.in_order)
    if table.notes:
        screen.prose(screen.printable(" ".join(table.notes)))


def _whole(found: re.Match[str]) -> str:
    return screen.whole(found[0])


def _left_out(
    names: Sequence[str], rows: Sequence[Sequence[str]], gone: Sequence[str], in_order: bool
) -> None:
    """What a narrow terminal has no room for: the fields where they change, rules, or a word."""
    gone = [name.strip() for name in gone]
    if "sees" in gone and names[0] == "layer" and in_order:
        at, last, seen = names.index("sees"), "", list[str]()
        for row in rows:
            seen += [f"{row[0]} {row[at]}"] if row[at] and row[at] != last else []
            last = row[at]
        if len(seen) <= FIELDS:
            seen_in = screen.printable(", ".join(seen))
            screen.prose(f"Sees, of the input's pixels: {seen_in}.")
            gone = [column for column in gone if column != "sees"]
    if "rule" in gone:
        at = names.index("rule")
        rules = {row[at]: f"{row[0]} = {row[at]}" for row in reversed(rows) if row[at]}
        screen.prose(f"Rules: {'; '.join(reversed(rules.values()))}.")
        gone = [column for column in gone if column != "rule"]
    if gone:
        screen.prose(f"No room for: {', '.join(gone)}. A wider window shows them.")

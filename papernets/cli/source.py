"""verify --source: a lecture note's tables again, a mark in each cell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..words import plural
from . import screen

if TYPE_CHECKING:
    from ..said import Block, Page

NUMBERS = ("line", "of", "what", "printed")
"""The columns of numbers of the text, whose first three are words."""


def show_page(page: Page) -> None:
    """Every table and example, the reasons under each, what is no fact, and the count."""
    from ..said import ABOUT_NOTES
    from ..show.page import MARKS, PLAIN_MARKS, WORDS, aside, counted

    marks = MARKS if screen.speaks_unicode() else PLAIN_MARKS
    counts = counted(page)
    screen.prose(
        f"{str(page.origin).capitalize()}: each printed table and number, with a mark. "
        + "; ".join(f"{marks[v]} {WORDS[v]}" for v in MARKS if v != "DISAGREES" or counts[v])
        + "."
    )
    for block in page.blocks:
        _show_block(block, marks)
    screen.heading("No facts, and why")
    for text in aside(page):
        screen.paragraph("", text, hang=2)
    screen.say()
    screen.prose(ABOUT_NOTES)
    screen.say()
    screen.prose(
        f"{plural(counts['agrees'], 'cell agrees', 'cells agree')}, "
        f"{counts['erratum']:,} are errata with their reasons, "
        f"{counts['unexplained']:,} unexplained, {counts['DISAGREES']:,} disagree; "
        f"{counts['measured']:,} are results, and {counts['given']:,} what an example starts from. "
        f"{plural(page.unmarked, 'cell', 'cells')} without a mark."
    )


def _show_block(block: Block, marks: dict[str, str]) -> None:
    from ..show.page import panels, reasons

    screen.heading(block.heading)
    room = screen.width(sys.stdout) if screen.terminal() else None
    words = block.columns == NUMBERS
    word = all(not line.cells[0].number for line in block.lines)
    for at, panel in enumerate(panels(block, marks, None if words else room)):
        if at:
            screen.say()
        rows = [[cell.replace(" ", screen.KEPT) for cell in row] for row in panel.rows]
        screen.table(panel.columns, panel.rows if words else rows, left=3 if words else 1 + word)
    for verdict, why, several in reasons(block):
        screen.paragraph("", f"{marks[verdict]} {why}: {'; '.join(several)}", hang=2)

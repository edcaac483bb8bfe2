"""A source's page for people: each printed table again, a mark in each cell, and the reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..said import Block, Cell, Page, check, shown
from ..words import plural

MARKS = {
    "agrees": "✓",
    "erratum": "E",
    "measured": "r",
    "unexplained": "?",
    "DISAGREES": "!",
    "given": "·",
}
PLAIN_MARKS = {**MARKS, "agrees": "=", "given": "."}
"""Marks of ASCII alone."""
WORDS = {
    "agrees": "agrees",
    "erratum": "erratum, with its reason below",
    "measured": "a result or a choice, not arithmetic: below, what the paper itself prints",
    "unexplained": "unexplained: nobody knows why",
    "DISAGREES": "DISAGREES",
    "given": "what an example starts from",
}


def marked(cell: Cell, marks: dict[str, str]) -> str:
    """A cell's text and its mark; a word has none."""
    verdict = cell.verdict()
    return f"{cell.text} {marks[verdict]}" if verdict else cell.text


@dataclass(frozen=True)
class Panel:
    """Some columns of a table, as many as fit, behind the line and its label if it has one."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def panels(block: Block, marks: dict[str, str], room: int | None = None) -> Iterator[Panel]:
    """A table in as many panels as its columns need, side by side in `room`; one without."""
    grid = [list(block.columns)]
    for line in block.lines:
        cells = [marked(cell, marks) for cell in line.cells]
        grid.append([str(line.number), *cells, *[""] * (len(block.columns) - 1 - len(cells))])
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    heads = 1 + labelled(block)
    for chosen in _fitting(widths, heads, room):
        at = (*range(heads), *chosen)
        rows = tuple(tuple(row[n] for n in at) for row in grid[1:] if any(row[n] for n in at[1:]))
        yield Panel(tuple(grid[0][n] for n in at), rows)


def labelled(block: Block) -> bool:
    """True where every line begins with a word: its label."""
    return len(block.columns) > 2 and all(
        line.cells[0].text and not line.cells[0].number for line in block.lines
    )


def _fitting(widths: Sequence[int], heads: int, room: int | None) -> Iterator[list[int]]:
    """The columns behind the first so many, in groups that fit beside them."""
    chosen: list[int] = []
    for at in range(heads, len(widths)):
        taken = sum(widths[n] + 2 for n in (*chosen, at)) + sum(widths[:heads]) + 2 * (heads - 1)
        if chosen and room is not None and taken > room:
            yield chosen
            chosen = []
        chosen.append(at)
    if chosen:
        yield chosen


def reasons(block: Block) -> Iterator[tuple[str, str, list[str]]]:
    """The verdicts that want a word: which, why, and the numbers with their lines."""
    found: dict[tuple[str, str], dict[str, list[int]]] = {}
    for line, cell in block.cells():
        if cell.claim is None:
            continue
        one = check(cell.claim)
        if one.verdict == "agrees":
            continue
        ours = f", ours {shown(one.ours)}" if one.ours is not None else ""
        printed = cell.text if one.verdict == "measured" else shown(one.printed)
        text = f"{one.quantity} = {printed}{ours}"
        lines = found.setdefault((one.verdict, one.why), {}).setdefault(text, [])
        if line not in lines:
            lines.append(line)
    for (verdict, why), several in found.items():
        yield verdict, why, [f"{at(lines)}: {text}" for text, lines in several.items()]


def at(lines: Sequence[int]) -> str:
    """`line 7`, or `lines 7, 9`."""
    return ("line " if len(lines) == 1 else "lines ") + ", ".join(map(str, lines))


def counted(page: Page) -> dict[str, int]:
    """How many cells have each verdict."""
    found = dict.fromkeys(MARKS, 0)
    for _, cell in page.cells():
        if verdict := cell.verdict():
            found[verdict] += 1
    return found


def aside(page: Page) -> Iterator[str]:
    """What is no fact, and why."""
    for one in page.asides:
        lines = list(dict.fromkeys(line for line, _ in one.numbers))
        yield f"{plural(len(one.numbers), 'number', 'numbers')}: {one.why} ({at(lines)})"
    if page.code:
        code = ", ".join(f"{a} to {b}" if a != b else str(a) for a, b in page.code)
        yield f"code, whose networks are checked as networks (lines {code})"
    yield (
        "names of networks and layers, years, references, links, sizes of pictures on the page, "
        "and the numbers of items and headings"
    )


def page_list(page: Page) -> list[dict[str, object]]:
    """Each claim of a page once, as `verify --source NAME --json` prints it, with its lines."""
    lines: dict[int, list[int]] = {}
    claims = page.claims()
    key = {(c.of, c.quantity, c.printed, c.why): at for at, c in enumerate(claims)}
    for line, cell in page.cells():
        if cell.claim is not None:
            c = cell.claim
            several = lines.setdefault(key[c.of, c.quantity, c.printed, c.why], [])
            if line not in several:
                several.append(line)
    return [
        {"network": c.of[0] if c.of else None, **check(c).to_dict(), "lines": lines[at]}
        for at, c in enumerate(claims)
    ]

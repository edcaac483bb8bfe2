"""Renew docs/images/rooms.svg, the picture of docs/architecture.md: python docs/rooms.py.

Which rooms there are, and which are to come, is read from the page's table of imports; where each
stands and what is said of it is below.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE, PICTURE = HERE / "architecture.md", HERE / "images" / "rooms.svg"
BANDS = (
    (
        "asks",
        "#f3f4f6",
        ("cli: a file a verb; parses before anything heavy | verbs: as functions",),
    ),
    (
        "works with what is kept (torch)",
        "#fdf3e7",
        (
            "train: recipe, where, session | evaluate: errors, intervals | strips: reading a strip"
            " | peers: others' weights | data: pictures in, prepared",
            "reproduce: claims tested | inside: what is learnt | modules: any nn.Module"
            " | draw: of results; no torch | ranks: many processes",
            "bulk: many pictures, in files | serve: over HTTP | deploy: files for others"
            " | runtimes: others that answer",
        ),
    ),
    ("is kept", "#fdf3e7", ("bundle: weights and what they are of; create_model",)),
    (
        "tells of a network, without torch",
        "#eaf7ef",
        (
            "explore: all in one page | lessons: worked, graded | show: pages, all formats"
            " | diagram: layout, writers | compare: diff, several | arithmetic: layers, costs",
        ),
    ),
    (
        "the three shelves round a network",
        "#eaf2fb",
        (
            "spec: IS;layers, joins, Net;one visitor, the walk;fields, tensors"
            " | said: SAID;papers, claims;departures, recipes;verify, fidelity"
            " | nets: a folder a family;table, claims, recipes;peers, the registry;notes as data"
            " | rewrite: Net to Net;swaps, folds, forms;no torch"
            " | run: RUNS;network, layers, plan;tiles, first weights",
        ),
    ),
    (
        "stands under all",
        "#f3f4f6",
        (
            "words: wordings | numbers: what is one | files: whole or not | texts: JSON, limits"
            " | tables: CSV to LaTeX | download: when asked | watch: how far | spent: where time is"
            " | machine: memory",
        ),
    ),
)
"""Each band: its words, its colour, and rows of rooms with a line or more of words each."""
WIDTH, MARGIN, GAP, LINE, SIZE = 960, 10, 8, 15, 11
INK, GREY = "#33415c", "#f6f6f6"


def rooms(page: str) -> dict[str, bool]:
    """The rooms of the page's table of imports, and whether each is to come."""
    table = re.search(r"^```imports\n(.*?)^\s*$", page, re.M | re.S)
    assert table is not None
    lines = [line for line in table[1].splitlines() if "->" in line]
    named = {line.split("->")[0].strip(): line.rstrip().endswith("to come") for line in lines}
    return {name: later for name, later in named.items() if not name.startswith("_")}


def drawn(page: str) -> str:
    """The picture as SVG; ValueError where it and the page's table have other rooms."""
    known = rooms(page)
    placed = [
        one.split(":")[0].strip() for _, _, rows in BANDS for r in rows for one in r.split("|")
    ]
    apart = {*placed} ^ {*known}
    if apart:
        raise ValueError(f"docs/rooms.py and the table of imports differ in {', '.join(apart)}")
    parts, top = [], MARGIN
    for at, (words, colour, rows) in enumerate(BANDS):
        boxes = [[_box(one, known) for one in row.split("|")] for row in rows]
        heights = [30 + LINE * max(len(lines) for _, lines, _ in row) for row in boxes]
        tall = 24 + sum(heights) + GAP * len(heights)
        parts.append(
            f'<rect x="{MARGIN}" y="{top}" width="{WIDTH - 2 * MARGIN}" height="{tall}" rx="8" '
            f'fill="{colour}"/>'
        )
        parts.append(_text(MARGIN + 12, top + 17, words, "font-style='italic' fill='#555'", ""))
        y = top + 24
        for row, height in zip(boxes, heights, strict=True):
            parts += _row(row, y, height)
            y += height + GAP
        top += tall + 18
        if at < len(BANDS) - 1:
            middle = WIDTH / 2
            parts.append(
                f'<path d="M{middle} {top - 17}V{top - 2}" stroke="{INK}" stroke-width="1.4" '
                'fill="none" marker-end="url(#tip)"/>'
            )
    tall = top - 8
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {tall}" width="{WIDTH}" '
        f'height="{tall}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">'
        "<title>The rooms of papernets: each imports only what stands below it</title>"
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="{INK}"/></marker></defs>'
        f'<rect width="{WIDTH}" height="{tall}" fill="#fff"/>'
    )
    return "\n".join([head, *parts, "</svg>", ""])


def _box(text: str, known: dict[str, bool]) -> tuple[str, list[str], bool]:
    name, _, said = text.strip().partition(":")
    lines = [line.strip() for line in said.split(";")] if name != "cli" else [said.strip()]
    return name, [*lines, "to come"] if known[name] else lines, known[name]


def _row(row: list[tuple[str, list[str], bool]], y: float, height: float) -> list[str]:
    room, parts = WIDTH - 2 * MARGIN - 2 * GAP, []
    width = min((room - GAP * (len(row) - 1)) / len(row), 330)
    x = (WIDTH - len(row) * width - GAP * (len(row) - 1)) / 2
    for name, lines, later in row:
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}" rx="6" '
            f'fill="{GREY if later else "#fff"}" stroke="{INK}" stroke-width="1.2"/>'
        )
        middle = round(x + width / 2, 1)
        parts.append(_text(middle, y + 19, name, 'font-weight="bold"', "middle", 14))
        for at, line in enumerate(lines):
            parts.append(_text(middle, y + 36 + LINE * at, line, 'fill="#333"', "middle"))
        x += width + GAP
    return parts


def _text(x: float, y: float, words: str, look: str, anchor: str, size: int = SIZE) -> str:
    where = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x}" y="{y}" font-size="{size}"{where} {look}>{escape(words)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(PICTURE)

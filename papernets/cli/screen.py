"""What people read: tables on a terminal, plain columns in a pipe, JSON on stdout alone."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

QUIET = False


def quiet(on: bool) -> None:
    """Say nothing but results and errors from here on."""
    global QUIET
    QUIET = on


def terminal() -> bool:
    """True where stdout is a terminal."""
    return sys.stdout.isatty()


def say(text: str = "") -> None:
    """A result: one line or several on stdout."""
    print(text)


def note(text: str) -> None:
    """Something about the work, on stderr; not under --quiet."""
    if not QUIET:
        print(text, file=sys.stderr)


def print_json(value: object) -> None:
    """JSON on stdout."""
    json.dump(value, sys.stdout, indent=1, ensure_ascii=not speaks_unicode())
    sys.stdout.write("\n")


def speaks_unicode() -> bool:
    """True where stdout can write any character."""
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], left: int = 1) -> None:
    """A table: the first `left` columns are text, the others numbers, set to the right.

    On a terminal it is fitted to its width; in a pipe columns are set apart by two spaces and never
    cut.
    """
    if terminal():
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for at, name in enumerate(columns):
            if at < left:
                drawn.add_column(
                    name, justify="left", overflow="fold", style="cyan" if at == 0 else None
                )
            else:
                drawn.add_column(name, justify="right", no_wrap=True)
        for row in rows:
            drawn.add_row(*(Text(cell) for cell in row))
        Console().print(drawn)
        return
    cells = [list(columns), *(list(row) for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    for row in cells:
        line = "  ".join(
            cell.ljust(width) if at < left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print(line.rstrip())


def line(text: Text) -> None:
    """A line with styles, never wrapped; in a pipe without them."""
    if terminal():
        from rich.console import Console

        Console().print(text, soft_wrap=True)
    else:
        print(text.plain)


def paragraph(label: str, text: str, indent: int = 2, hang: int = 12) -> None:
    """A labelled line, wrapped to the terminal's width; one line in a pipe."""
    head = " " * indent + label.ljust(hang - indent)
    if not terminal():
        print(f"{head}  {text}".rstrip())
        return
    import shutil
    import textwrap

    width = shutil.get_terminal_size().columns
    print(
        textwrap.fill(
            text,
            width,
            initial_indent=head + "  ",
            subsequent_indent=" " * (hang + 2),
            break_on_hyphens=False,
        )
    )


def heading(text: str) -> None:
    """A heading, with an empty line above it."""
    from rich.text import Text

    print()
    line(Text(text, style="bold"))


def percent(fraction: float) -> str:
    """A fraction as people read it: 0.0095 is 0.95 %."""
    return f"{100 * fraction:.2f} %"


def value(quantity: object) -> str:
    """A number, a shape or a word of a fact, as people write it."""
    if isinstance(quantity, tuple):
        return "x".join(map(str, quantity))
    if isinstance(quantity, float) and not quantity.is_integer():
        return f"{quantity:g}"
    return f"{int(quantity):,}" if isinstance(quantity, int | float) else str(quantity)

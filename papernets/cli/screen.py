"""What people read: tables on a terminal, plain columns in a pipe, JSON on stdout alone."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from ..texts import escaped, json_text
from .streams import cleaned, styled

if TYPE_CHECKING:
    from rich.text import Text

QUIET = False
KEPT = "\u00a0"  # a space in a command or a phrase, at which it is not wrapped
PART = re.compile(r"(?<=[./])(?=[A-Za-z_]\w)")  # where a name or a path may go on below
COMMAND = re.compile(r"papernets [a-z][^;,)\n]*?(?=[;,)\n]|[.:] |[.:]?$)", re.MULTILINE)
ROOM = 24
"""Columns that a text in a table keeps before another column is left out instead."""


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


def prose(text: str) -> None:
    """A result in words: on a terminal wrapped at spaces, as long as it is in a pipe."""
    print(fitted(text, sys.stdout))


def note(text: str) -> None:
    """Something about the work, on stderr, wrapped as `prose`; not under --quiet."""
    if not QUIET:
        print(fitted(text, sys.stderr), file=sys.stderr)


def error(text: str) -> None:
    """What went wrong, on stderr, wrapped as `prose`; a command in it stays in one piece."""
    if sys.stderr.isatty():
        text = fitted(COMMAND.sub(lambda found: whole(found[0]), text), sys.stderr)
    print(text, file=sys.stderr)


def fitted(text: str, stream: TextIO, head: str = "", hang: int = 0) -> str:
    """`head` and text, wrapped at spaces where the stream is a terminal; no word is broken.

    Further lines are `hang` columns in.
    """
    head, text = escaped(head), escaped(text)
    if not stream.isatty():
        return (head + text).rstrip().replace(KEPT, " ")
    from rich.cells import cell_len

    lines = []
    for line in text.split("\n"):
        first, *others = wrapped(line, width(stream) - hang, cell_len(head) - hang)
        lines += [head + first, *(" " * hang + other for other in others)]
    return "\n".join(line.rstrip() for line in lines).replace(KEPT, " ")


def whole(command: str) -> str:
    """A command to copy, in a sentence for `prose` or `note`: it is not wrapped within."""
    return command.replace(" ", KEPT)


def kept(text: str, apart: str) -> str:
    """A table's cell that is wrapped between the phrases that `apart` parts, not within them."""
    return apart.join(phrase.replace(" ", KEPT) for phrase in text.split(apart))


def width(stream: TextIO) -> int:
    """The columns of the terminal behind a stream; COLUMNS is stronger."""
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        pass
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return shutil.get_terminal_size().columns


def wrapped(text: str, columns: int, taken: int = 0, names: bool = False) -> list[str]:
    """The text in lines of at most so many columns, broken at spaces; a longer word stands alone.

    `taken` columns of the first line are not free. With `names` a name may be broken after a dot,
    a path after a slash.
    """
    from rich.cells import cell_len

    if taken + cell_len(text) <= columns:
        return [text]
    lines, line, used = [], "", taken
    for piece, gap in _pieces(text, names):
        if line and used + len(gap) + cell_len(piece) > columns:
            lines.append(line)
            line, used = "", 0
        line, used = (line + gap, used + len(gap)) if line else (line, used)
        line, used = line + piece, used + cell_len(piece)
    return [*lines, line]


def _pieces(text: str, names: bool) -> Iterator[tuple[str, str]]:
    """What is not broken, each with what stands before it: a space, or nothing within a name."""
    for word in text.split(" "):
        for at, piece in enumerate(PART.split(word) if names else [word]):
            yield piece, "" if at else " "


def print_json(value: object) -> None:
    sys.stdout.write(json_text(value, indent=1, ascii_only=not speaks_unicode()) + "\n")


def json_lines(value: Mapping[str, object]) -> str:
    """An object as the verbs print it, with each item of a list of objects on a line of its own."""

    def text(one: object) -> str:
        return json_text(one, ascii_only=not speaks_unicode())

    def inner(one: object) -> str:
        if isinstance(one, list) and one and isinstance(one[0], dict):
            return "[\n  " + ",\n  ".join(map(text, one)) + "\n ]"
        return text(one)

    return "{\n " + ",\n ".join(f"{text(k)}: {inner(v)}" for k, v in value.items()) + "\n}\n"


def speaks_unicode() -> bool:
    """True where stdout can write any character."""
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    left: int = 1,
    optional: Sequence[str] = (),
    titles: Mapping[int, str] | None = None,
) -> tuple[str, ...]:
    """A table: the first `left` columns are text, the others numbers, set to the right.

    `titles` stand above the rows of their numbers, on lines of their own.
    In a pipe nothing is cut. A terminal that is too narrow wraps cells at spaces, and names and
    paths after dots and slashes, down to `ROOM` columns, then leaves the `optional` columns out, in
    their order, then wraps further; no word and no number is broken. The columns that were left out
    are given back.
    """
    columns, *rows = ([printable(cell) for cell in row] for row in (columns, *rows))
    grid, lost = [list(columns), *(list(row) for row in rows)], list(optional)
    widths = [max(map(_wide, column)) for column in zip(*grid, strict=True)]
    if not terminal():
        _print_rows(grid, widths, left, titles)
        return ()
    floors = [
        max(_wide(piece) for cell in set(column) for piece, _ in _pieces(cell, True))
        for column in zip(*grid, strict=True)
    ]
    room, gone = width(sys.stdout), []
    while True:
        found = widths
        for least in (ROOM, 0) if not lost else (ROOM,):
            found = _narrowed(found, [max(least, floor) for floor in floors], room)
        if sum(found) + 2 * (len(found) - 1) <= room or not lost:
            break
        at = grid[0].index(lost[0])
        gone.append(lost.pop(0))
        left -= at < left
        del widths[at], floors[at]
        for row in grid:
            del row[at]
    _print_rows(grid, found, left, titles)
    return tuple(gone)


def _wide(text: str) -> int:
    """The columns that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _narrowed(widths: Sequence[int], floors: Sequence[int], room: int) -> list[int]:
    """The widths with the widest columns made narrower, until all fit or none can be."""
    found = list(widths)
    while sum(found) + 2 * (len(found) - 1) > room:
        free = [at for at in range(len(found)) if found[at] > floors[at]]
        if not free:
            break
        found[max(free, key=lambda at: found[at])] -= 1
    return found


def _print_rows(
    grid: Sequence[Sequence[str]],
    widths: Sequence[int],
    left: int,
    titles: Mapping[int, str] | None = None,
) -> None:
    """Rows in columns two spaces apart; the first row is their names."""
    from rich.text import Text

    titles = {at: printable(title) for at, title in (titles or {}).items()}
    wraps, console = terminal(), _console() if terminal() else None
    for number, row in enumerate(grid):
        if number and (title := titles.get(number - 1)):
            for part in fitted(title, sys.stdout).split("\n"):
                line(Text(part, style="bold"), console)
        cells = [
            wrapped(cell, wide, names=True) if wraps and _wide(cell) > wide else [cell]
            for cell, wide in zip(row, widths, strict=True)
        ]
        for line_number in range(max(map(len, cells))):
            parts = [cell[line_number] if line_number < len(cell) else "" for cell in cells]
            parts = [part.replace(KEPT, " ") for part in parts]
            gaps = [" " * (wide - _wide(p)) for p, wide in zip(parts, widths, strict=True)]
            texts = [
                part + gap if at < left else gap + part
                for at, (part, gap) in enumerate(zip(parts, gaps, strict=True))
            ]
            text = Text("  ".join(texts).rstrip(), style="bold" if number == 0 else "")
            if number:
                text.stylize("cyan", 0, len(parts[0]))
            line(text, console)


def _console() -> Any:
    """What writes with styles on stdout."""
    from rich.console import Console

    return Console(file=styled(sys.stdout))


def line(text: Text, console: Any = None) -> None:
    """A line with styles, never wrapped; in a pipe without them."""
    if not terminal():
        print(text.plain)
        return
    from rich.text import Text as Plain

    clean = text if escaped(text.plain) == text.plain else Plain(escaped(text.plain))
    (console or _console()).print(clean, soft_wrap=True)


def paragraph(label: str, text: str, indent: int = 2, hang: int = 12) -> None:
    """A labelled line, wrapped to the terminal's width; one line in a pipe."""
    head = " " * indent + printable(label).ljust(hang - indent) + "  "
    print(fitted(text, sys.stdout, head, hang + 2))


def heading(text: str) -> None:
    """A heading, with an empty line above it."""
    from rich.text import Text

    print()
    for part in fitted(text, sys.stdout).split("\n"):
        line(Text(part, style="bold"))


def heading_row(cells: Sequence[str]) -> None:
    """The names of columns whose lines follow one by one."""
    from rich.text import Text

    line(Text("  ".join(cells).rstrip(), style="bold"))


def bar(*columns: Any) -> Any:
    """A progress bar of rich's on stderr, begun; what is printed meanwhile stands above it.

    While it lives rich takes the streams' place, and would act on what is printed: it is cleaned.
    """
    from rich.console import Console
    from rich.progress import Progress

    found = Progress(*columns, console=Console(file=styled(sys.stderr)), transient=True)
    found.start()
    sys.stdout, sys.stderr = cleaned(sys.stdout), cleaned(sys.stderr)
    return found


def clean(text: str) -> str:
    """Text without the characters that would move a terminal's cursor."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def printable(text: str) -> str:
    """Text with the characters that would move a terminal's cursor written as escapes."""
    return "".join(c if c.isprintable() or c == KEPT else ascii(c)[1:-1] for c in text)

"""predict on stdout: a table, one array of JSON, or CSV, a file after the other."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from ..texts import json_text
from . import screen
from .streams import print_csv

if TYPE_CHECKING:
    from ..data.picture import Remark
    from ..evaluate.predict import Answer
    from ..strips.scan import Scanned

    Said = TypeVar("Said", Answer, Scanned)

LEAST = 16  # columns for the file's name on a narrow terminal


class Count:
    """Counts the files that were read; with `strict` the first that was not is a ValueError."""

    def __init__(self, strict: bool):
        self.strict, self.good, self.bad = strict, 0, 0
        self.wide, self.first_wide = 0, ""
        self.learnt = 0
        self.remarks: dict[str, tuple[str, Remark, int]] = {}

    def finish(self) -> None:
        """Say how many were not read; exit code 1 if none was."""
        if self.bad and self.bad + self.good > 1:
            screen.note(f"{self.good:,} of {self.good + self.bad:,} files were read.")
        self.notes()
        if not self.good:
            raise typer.Exit(1)

    def notes(self) -> None:
        """Say what should be known of those that were read."""
        if self.wide:
            more = f" and {self.wide - 1:,} more" if self.wide > 1 else ""
            screen.note(
                f"{screen.clean(self.first_wide)}{more}: several digits? --scan reads a row of them"
            )
        if self.remarks:
            from ..data.notes import SAYINGS, of_kind

            for kind in filter(self.remarks.get, SAYINGS):
                screen.note(f"note: {screen.clean(of_kind(*self.remarks[kind]))}")
        if self.learnt:
            some = "It was" if self.good == 1 else f"{self.learnt:,} of {self.good:,} pictures were"
            screen.note(f"{some} trained on: what the network says of them says little of others.")

    def of(self, answers: Iterable[Said], advance: Any) -> Iterator[Said]:
        """The answers as they are."""
        for answer in answers:
            advance()
            yield answer
            self.add(answer)
            if answer.error and self.strict:
                raise ValueError(f"{answer.file}: {answer.error}. Without --strict it is left out")

    def add(self, answer: Answer | Scanned) -> None:
        """Count one; of what is to be known of it the first of each kind is kept."""
        if answer.error:
            self.bad += 1
            return
        self.good += 1
        self.learnt += bool(getattr(answer, "learnt", False))
        for one in {one.kind: one for one in getattr(answer, "remarks", ())}.values():
            file, first, count = self.remarks.get(one.kind, (answer.file, one, 0))
            self.remarks[one.kind] = file, first, count + 1
        if getattr(answer, "wide", False):
            self.first_wide = self.first_wide or answer.file
            self.wide += 1


def as_json(answers: Iterator[Answer] | Iterator[Scanned], top: int = 0) -> None:
    """One array, an object a file, whole even if the work is stopped in its middle."""
    out, before = sys.stdout, "[\n "
    try:
        for answer in answers:
            out.write(before + json_text(answer.to_dict(), ascii_only=not screen.speaks_unicode()))
            before = ",\n "
    finally:
        out.write("\n]\n" if before.startswith(",") else "[]\n")


def as_csv(answers: Iterator[Answer], top: int) -> None:
    """A line a file; the first class is `label`, the others label_2, label_3, ..."""
    from ..bulk.rows import csv_cells, csv_head

    print_csv(
        chain([csv_head(top)], (csv_cells(answer, top) for answer in answers)), screen.terminal()
    )


class Table:
    """A line a file as soon as it is known; on a terminal cut to its width, in a pipe never."""

    def __init__(self, names: Sequence[str], classes: Sequence[str], found: bool):
        self.names, self.classes, self.found = names, classes, found

    def __call__(self, answers: Iterator[Answer], top: int) -> None:
        """Print them; a file that could not be read is a line on stderr."""
        from rich.cells import cell_len

        label = max(cell_len(screen.clean(name)) for name in self.classes)
        name = max([4, *(cell_len(screen.clean(name)) for name in self.names)])
        middle, others = [max(label, 6), 7, *([14] if self.found else [])], top - 1
        if screen.terminal():
            columns = shutil.get_terminal_size().columns - LEAST - 2 * len(middle)
            longest = max(6, columns - sum(middle[1:]))
            label, middle[0] = min(label, longest), min(middle[0], longest)
            others = max(0, min(others, (columns - sum(middle)) // (label + 10)))
            name = min(name, max(4, columns + LEAST - sum(middle) - others * (label + 10)))
        widths = [name, *middle, *([label + 8] * others)]
        heads = ["file", "answer", "score", *(["found"] if self.found else [])]
        _line(widths, [*heads, *(["then"] if others else [])], "bold")
        for answer in answers:
            if answer.error:
                sys.stdout.flush()
                print(f"{screen.clean(answer.file)}: {answer.error}", file=sys.stderr)
                continue
            (best, score), *rest = answer.top
            whole = not rest[0][1] if rest else len(self.classes) == 1
            cells = [screen.clean(answer.file), screen.clean(best), _score(score, whole).rjust(7)]
            if self.found:
                cells.append(answer.found)
            for other, chance in rest[:others]:
                cells.append(_fitted(screen.clean(other), label) + _score(chance).rjust(8))
            _line(widths, cells)


def _line(widths: Sequence[int], cells: Sequence[str], style: str = "") -> None:
    """One line of columns, two spaces apart; a name's end says more than its beginning."""
    from rich.text import Text

    (width, name), *others = zip(widths, cells, strict=False)
    fitted = [_fitted(name, width, end=True), *(_fitted(cell, wide) for wide, cell in others)]
    text = "  ".join(fitted).rstrip()
    screen.line(Text(text, style=style))


def _fitted(text: str, width: int, end: bool = False) -> str:
    """The text in exactly this many columns; where it is longer, its beginning or its end."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= width:
        return text + " " * (width - cell_len(text))
    mark = "\N{HORIZONTAL ELLIPSIS}" if screen.speaks_unicode() else "~"
    while end and text and cell_len(text) >= width:
        text = text[1:]
    return _fitted(mark + text, width) if end else set_cell_size(text, width - 1) + mark


def _score(score: float, whole: bool = False) -> str:
    """In per cent; 0 only where it is, 100 only for the `whole`, with nothing left for others."""
    if score >= 0.9995 and not whole:
        return ">99.9 %"
    return "<0.1 %" if 0 < score < 0.0005 else f"{100 * score:.1f} %"

"""An answer as a line: of JSON, or of a CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from ..evaluate.predict import Answer
from ..texts import csv_lines, json_text


def csv_head(top: int) -> list[str]:
    """The columns: the first class is `label`, the others label_2, label_3, ..."""
    others = [f"{what}_{place}" for place in range(2, top + 1) for what in ("label", "score")]
    return ["file", "label", "score", "found", "error", *others]


def csv_cells(answer: Answer, top: int) -> list[object]:
    """An answer under these columns; empty cells where a file could not be read."""
    rest = [cell for pair in answer.top[1:] for cell in pair] or [""] * (2 * (top - 1))
    first = answer.top[0] if answer.top else ("", "")
    return [answer.file, *first, answer.found, answer.error, *rest]


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """Lines of a CSV file in UTF-8."""
    return "".join(csv_lines(rows)).encode()


def json_bytes(answers: Iterable[Answer]) -> bytes:
    """A line of JSON for each answer, in UTF-8."""
    return "".join(json_text(answer.to_dict()) + "\n" for answer in answers).encode()


def records_of(file: BinaryIO, quoted: bool) -> Iterator[bytes]:
    """The lines of a file; of a CSV file a cell in quotes may hold several."""
    if not quoted:
        yield from file
        return
    lines: list[bytes] = []
    quotes = 0
    for line in file:
        lines.append(line)
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            yield b"".join(lines)
            lines.clear()

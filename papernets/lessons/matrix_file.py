"""A user's own matrix, from a file of text, CSV or JSON, or typed; the line of what is wrong."""

from __future__ import annotations

import os
import re
from typing import Any

from ..files import path_of, read_bytes
from ..numbers import is_number, plain_int
from ..texts import parsed
from ..words import plural, shortened
from .values import Matrix, Number

MOST_SIDE = 32
"""Rows and columns that a lesson shows."""
MOST_CELL = 10**9
MOST_BYTES = 1_000_000
TYPED = re.compile(r"[-+−\d.,;\s\[\]eE]+")


def read_matrix(text: str, name: str) -> Matrix:
    """The matrix of a file, or of a text such as `1 2; 3 4` where there is no such file.

    ValueError names the file, the line and the reason.
    """
    path = path_of(text)
    if not os.path.exists(path) and TYPED.fullmatch(text) and re.search(r"\d", text):
        return matrix_of(text.replace(";", "\n"), name, "row")
    try:
        content = read_bytes(path, MOST_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ValueError(
            f"{name}: {shortened(text)} cannot be read ({reason}). Give a file with rows of "
            "numbers, or the rows themselves: '1 2; 3 4'"
        ) from None
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(
            f"{_at_its_end(text)} is not a file of text with rows of numbers"
        ) from None
    return matrix_of(decoded, _at_its_end(text), "line")


def _at_its_end(path: str, most: int = 200) -> str:
    """A path with its file's name, cut in front where it is long."""
    return path if len(path) <= most else f"...{path[-most:]}"


def matrix_of(text: str, name: str, line: str) -> Matrix:
    """The matrix of a text: JSON's list of lists, or a row of numbers in each line."""
    if text.lstrip().startswith("["):
        try:
            return check_matrix(parsed(text), name)
        except ValueError as error:
            words = str(error)
            raise ValueError(words if words.startswith(name) else f"{name}: {words}") from None
    rows: list[tuple[Number, ...]] = []
    first = 0
    for number, row in enumerate(text.splitlines(), 1):
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        where = f"{name}, {line} {number}"
        cells = [cell.strip() for cell in _cells(row)]
        found = tuple(_number(cell, where) for cell in cells)
        if rows and len(found) != len(rows[0]):
            own = plural(len(found), "number")
            raise ValueError(f"{where}: it has {own}, but {line} {first} has {len(rows[0])}")
        first = first or number
        rows.append(found)
        if len(rows) > MOST_SIDE:
            raise ValueError(f"{where}: more than {MOST_SIDE} rows; a lesson shows at most these")
    return check_matrix(tuple(rows), name)


def _cells(row: str) -> list[str]:
    """The cells of a line: apart by tabs, semicolons, bars or commas if it has some, or spaces."""
    for sign in ("\t", ";", "|", ","):
        if sign in row:
            return row.strip().strip(sign).split(sign)
    return row.split()


def _number(cell: str, where: str) -> Number:
    text = cell.strip("\"'").replace("−", "-")
    try:
        value: Number = int(text) if re.fullmatch(r"[-+]?\d{1,40}", text) else float(text)
    except ValueError:
        what = "an empty cell" if not text else repr(shortened(cell))
        raise ValueError(f"{where}: {what} is not a number") from None
    return _checked(value, where)


def _checked(value: Any, where: str) -> Number:
    value = plain_int(value)
    if not is_number(value) or abs(value) > MOST_CELL:
        raise ValueError(
            f"{where}: {shortened(repr(value))} is not a number from {-MOST_CELL:,} to "
            f"{MOST_CELL:,}"
        )
    return int(value) if isinstance(value, float) and value.is_integer() else value


def check_matrix(value: Any, name: str, most: int = MOST_SIDE) -> Matrix:
    """Rows of numbers as a matrix; ValueError, with the row and the reason, for anything else."""
    value = value.tolist() if hasattr(value, "tolist") else value  # an array or a tensor
    if not isinstance(value, tuple | list) or not value:
        raise ValueError(f"{name} has no rows of numbers: give some, such as '1 2; 3 4'")
    rows = []
    for at, row in enumerate(value, 1):
        if not isinstance(row, tuple | list) or not row:
            raise ValueError(f"{name}, row {at}: it is not a row of numbers")
        if len(row) != len(value[0]):
            own = plural(len(row), "number")
            raise ValueError(f"{name}, row {at}: it has {own}, but row 1 has {len(value[0])}")
        rows.append(tuple(_checked(cell, f"{name}, row {at}") for cell in row))
    if len(rows) > most or len(rows[0]) > most:
        raise ValueError(
            f"{name} has {len(rows)}x{len(rows[0])} numbers: a lesson shows at most {most}x{most}"
        )
    return tuple(rows)

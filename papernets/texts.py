"""Text from outside: JSON within limits, each file by its form; what a terminal may be shown."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from traceback import format_exception
from types import TracebackType
from typing import Any

from .words import shortened

MOST_DEPTH, MOST_VALUES = 500, 1_000_000
"""Of JSON that is read: values within values, and values in all."""
DIGITS = "it has a number of thousands of digits"
"""What is said of a whole number that Python does not read."""

TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{},]', re.DOTALL)
"""A string, to its end or the text's, so that it is looked at once; or a sign between values."""
LOUD = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that a terminal acts on, or that turn the direction of what follows."""

Form = tuple[Callable[[Any], bool], str]
"""Whether a value fits, and in words what would."""


def escaped(text: str) -> str:
    """Text in which what a terminal would act on is written as escapes; lines and tabs stay."""
    return LOUD.sub(lambda found: ascii(found[0])[1:-1], text)


def clean_tracebacks() -> None:
    """Have a traceback's words cleaned in this process: they may be a user's file's own."""

    def show(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        print(escaped("".join(format_exception(kind, error, where))), end="", file=sys.stderr)

    sys.excepthook = show


def json_text(
    value: object,
    *,
    indent: int | None = None,
    ascii_only: bool = False,
    default: Callable[[Any], Any] | None = None,
) -> str:
    """A value as JSON, in which no character is one that a terminal acts on.

    `default` makes what JSON does not have into what it has.
    """
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only, default=default)
    return LOUD.sub(lambda found: json.dumps(found[0])[1:-1], text)


class TooMany(ValueError):
    """A JSON text of more values than are read."""


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A line of CSV for each row, which ends in a line feed; a cell with either sign that ends a
    line is in quotes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # it quotes what its own ends have
    for row in rows:
        writer.writerow(row)
        yield text.getvalue().removesuffix("\r\n") + "\n"
        text.seek(0)
        text.truncate()


def parsed(text: str | bytes) -> Any:
    """The value of a JSON text; ValueError with the reason, in a few words, for any other.

    One that is nested deeper, or has more values, than anything that is written here is refused
    before it is taken apart.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    _measure(text)
    try:
        return json.loads(text)
    except RecursionError:  # the caller stands deep already
        raise ValueError("nested too deeply") from None
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python reads no whole number of thousands of digits
        raise ValueError(DIGITS) from None


def toml(text: str) -> dict[str, Any]:
    """The values of a TOML text; errors as tomllib's, but for a number that Python does not read,
    a ValueError in our words."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:
        raise ValueError(DIGITS) from None


def _measure(text: str) -> None:
    """ValueError for a text of more depth or values than is read."""
    opening = text.count("[") + text.count("{")
    if opening <= MOST_DEPTH and opening + text.count(",") < MOST_VALUES:
        return  # at most, as some of them may stand in names
    depth = count = 0
    for token in TOKENS.finditer(text):
        sign = token[0]
        if sign in "[{":
            depth, count = depth + 1, count + 1
        elif sign in "]}":
            depth -= 1
        elif sign == ",":
            count += 1
        if depth > MOST_DEPTH:
            raise ValueError(f"nested deeper than {MOST_DEPTH}")
        if count >= MOST_VALUES:
            raise TooMany(f"more than {MOST_VALUES:,} values")


def check_plain(value: object, where: str) -> None:
    """ValueError where a value is not of plain kinds, as JSON has them, or is beyond the limits.

    What stands in it several times counts as often.
    """
    count, open_ = 0, [(value, 0)]
    while open_:
        one, depth = open_.pop()
        count += 1
        if depth > MOST_DEPTH or count > MOST_VALUES:
            raise ValueError(f"{where} is nested too deeply, or too large")
        if isinstance(one, Mapping):
            if not all(isinstance(key, str) for key in one):
                raise ValueError(f"{where} has a key that is no text")
            open_ += [(inner, depth + 1) for inner in one.values()]
        elif isinstance(one, list | tuple):
            open_ += [(inner, depth + 1) for inner in one]
        elif one is not None and not isinstance(one, bool | int | float | str):
            raise ValueError(f"{where} holds a {type(one).__name__}")


def check_forms(
    values: Mapping[str, Any], forms: Mapping[str, Form], where: str, advice: str
) -> None:
    """ValueError, which ends with the advice, for the first value that is not of its form."""
    for key, (fits, what) in forms.items():
        if key in values and not fits(values[key]):
            given = shortened(json_text(values[key]))
            raise ValueError(f"{where}: {key!r} is {given}, not {what}. {advice}")


def check_keys(values: object, forms: Mapping[str, Form], where: str, advice: str) -> None:
    """As `check_forms`, for a table that must have all of these keys."""
    if not isinstance(values, Mapping):
        raise ValueError(f"{where} is no table of results. {advice}")
    for key in forms:
        if key not in values:
            raise ValueError(f"{where} has no {key!r}. {advice}")
    check_forms(values, forms, where, advice)

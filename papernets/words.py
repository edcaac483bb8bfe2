"""Words that errors and screens share: names that are nearly right, numbers, sizes and lists."""

from __future__ import annotations

import os
import reprlib
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from shlex import quote

_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = 100


def plain(name: str) -> str:
    """A name in the form in which names are compared: `-`, `_` and case are the same."""
    return name.strip().casefold().replace("-", "_")


def composed(name: str) -> str:
    """A name in Unicode's composed form (NFC): macOS writes an umlaut as two characters."""
    return unicodedata.normalize("NFC", name)


def look_alike(names: Iterable[str]) -> list[list[str]]:
    """Groups of names that differ in case, spaces or Unicode's forms alone."""
    found: dict[str, list[str]] = {}
    for name in names:
        form = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        found.setdefault(form, []).append(name)
    return [group for group in found.values() if len(group) > 1]


def nearest(word: str, known: Iterable[str], loosely: bool = False) -> str | None:
    """The known name that is most like a word; None where none is like it.

    `loosely`: plain forms are compared, and may be less alike: for names of networks, data sets and
    peers, which people write from memory; not for settings and their values.
    """
    forms = {plain(name) if loosely else name: name for name in known}
    near = get_close_matches(plain(word) if loosely else word, forms, 1, 0.5 if loosely else 0.6)
    return forms[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str], loosely: bool = False) -> str:
    """` Did you mean 'x'?`, to stand behind a full stop; empty where no known name is near."""
    near = nearest(word, known, loosely)
    return "" if near is None else f" Did you mean {near!r}?"


def plural(number: int, thing: str, several: str = "") -> str:
    """`1 epoch`, `2 epochs`; `several` is the plural where it is not made with an s."""
    return f"{number:,} {thing if number == 1 else several or thing + 's'}"


def percent(fraction: float) -> str:
    """A fraction as people read it: 0.0095 is 0.95 %.

    What is not 0 or 1 does not read as if it were: 0.000004 is 0.0004 %.
    """
    value = 100 * fraction
    for digits in range(2, 9):
        text = f"{value:.{digits}f}"
        if fraction in (0, 1) or (digits == 2 and 0 < float(text) < 100):
            break
        if float(text) != 100 and abs(float(text) - value) <= abs(value) / 10:
            break
    return f"{text} %"


def gigabytes(size: float) -> str:
    """Bytes as people read them: 25.6 GB."""
    return f"{size / 1e9:,.1f} GB"


def by(shape: Iterable[int]) -> str:
    """A shape as people read it: 64x3x7x7."""
    return "x".join(map(str, shape)) or "a single number"


def either(names: Sequence[str]) -> str:
    """`a, b or c`."""
    return f"{', '.join(names[:-1])} or {names[-1]}"


def listed(names: Iterable[str], most: int) -> str:
    """The first names, and how many more there are: `a, b and 7 more`."""
    every = list(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def shortened(text: str, most: int = 60) -> str:
    """The text, cut where it has more characters than `most`."""
    return text if len(text) <= most else f"{text[:most]}..."


def brief(value: object) -> str:
    """What somebody gave, as an error shows it: its repr, cut where it is long.

    Of what takes several lines, a module say, its kind: `a Network`.
    """
    try:
        text = _BRIEF.repr(value)
    except ValueError:  # Python writes no whole number of thousands of digits
        return "a number of thousands of digits"
    return f"a {type(value).__name__}" if "\n" in text else text


def resume_command(folder: str | os.PathLike[str], net: str = "") -> str:
    """The command that goes on with the run in a folder, of this network as far as it is known.

    A file of code is run only where the command names it.
    """
    named = f"{quote(net)} " if ".py:" in net else ""
    return f"papernets train {named}--out {quote(os.fspath(folder))} --resume"


def said(error: BaseException) -> str:
    """What an error says; of one that says nothing, or cannot be asked, its kind."""
    try:
        return str(error) or type(error).__name__
    except BaseException:  # an error of a user's own may raise another
        return type(error).__name__


def first_line(error: BaseException) -> str:
    """The first line of what an error says; of one that says nothing, its kind."""
    return (said(error).strip().splitlines() or [type(error).__name__])[0]

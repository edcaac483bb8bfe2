"""Words that errors and screens share: names that are nearly right, numbers, sizes and lists."""

from __future__ import annotations

import os
import re
import reprlib
import unicodedata
from collections.abc import Iterable, Sequence
from shlex import quote

LONG = re.compile(r"\S{1000,}")
_BRIEF = reprlib.Repr()
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = 100


class NotInstalled(ValueError):
    """A package that is needed is not there: the command is right, and this machine lacks it."""


def plain(name: str) -> str:
    """A name in the form in which names are compared: `-`, `_`, a space and case are the same.

    So are the hyphens and dashes of a text from which a name was copied.
    """
    return "_".join(re.sub(r"[-\u2010-\u2015\u2212]", "_", name.casefold()).split())


def composed(name: str) -> str:
    """A name in Unicode's composed form (NFC): macOS writes an umlaut as two characters."""
    return unicodedata.normalize("NFC", name)


def short(network: str) -> str:
    """A network's name; of one in a user's file, FOLDER/FILE.py:NAME, without the folders."""
    return os.path.basename(network) if ".py:" in network else network


def utf8(text: str) -> bool:
    """Whether text can be written to a file: it has no surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def look_alike(names: Iterable[str]) -> list[list[str]]:
    """Groups of names that differ in case, spaces or Unicode's forms alone."""
    found: dict[str, list[str]] = {}
    for name in names:
        form = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        found.setdefault(form, []).append(name)
    return [group for group in found.values() if len(group) > 1]


def nearest(word: str, known: Iterable[str], loosely: bool = False) -> str | None:
    """The known name that is most like a word; None where none is like it.

    Like it is what a slip or two of the fingers make of it, one for every four characters.
    `loosely`: plain forms are compared, and a part of a name, or its beginning with a slip, is like
    it too: for names of networks, data sets and peers, which people write from memory; not for
    settings and their values.
    """

    def form(name: str) -> str:
        return plain(name).replace("_", "") if loosely else name.casefold()

    given, best = form(word)[:LONGEST], None
    for name in known:
        slips = _slips(given, form(name), loosely)
        if slips is not None and (best is None or slips < best[0]):
            best = slips, name
    return None if best is None else best[1]


LONGEST = 100
"""Characters of what is given that are compared: no name has more."""


def _slips(word: str, name: str, loosely: bool) -> tuple[int, bool, int] | None:
    """How far a word is from a name: slips, other letters, how much is missing; None: too far."""
    apart, begun = _distance(word, name)
    other, more = sorted(word) != sorted(name), abs(len(name) - len(word))
    longer = max(len(word), len(name))
    found = [apart] if apart <= max(longer // 4, longer >= 3) else []
    if loosely and (len(word) >= 4 or (len(word) == 3 and name.startswith(word))) and word in name:
        found.append(1 if name.startswith(word) else 2)
    if loosely and len(name) >= 4 and word.startswith(name):
        found.append(2)
    if loosely and len(word) >= 4 and begun <= 1:
        found.append(1 + begun)
    return (min(found), other, more) if word and found else None


def _distance(word: str, name: str) -> tuple[int, int]:
    """The least slips between two words, and between the first and a beginning of the other.

    A slip is a letter too many, too few or another one, or two neighbours that changed places
    (Damerau 1964).
    """
    before: list[int] = []
    row = list(range(len(name) + 1))
    for i, letter in enumerate(word, 1):
        two, before, row = before, row, [i]
        for j, other in enumerate(name, 1):
            least = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != other))
            if i > 1 < j and letter == name[j - 2] and word[i - 2] == other:
                least = min(least, two[j - 2] + 1)
            row.append(least)
    return row[-1], min(row)


def did_you_mean(word: str, known: Iterable[str], loosely: bool = False) -> str:
    """` Did you mean 'x'?`, to stand behind a full stop; empty where no known name is near."""
    near = nearest(word, known, loosely)
    return "" if near is None else f" Did you mean {near!r}?"


def plural(number: int, thing: str, several: str = "") -> str:
    """`1 epoch`, `2 epochs`; `several` is the plural where it is not made with an s."""
    return f"{number:,} {thing if number == 1 else several or thing + 's'}"


def type_of(value: object) -> str:
    """What a value is, with its article: `an int`, `a dict`; None is `None`."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[:1] in 'aeiouAEIO' else 'a'} {name}"


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


def one_line(text: str) -> str:
    """The text on one line, its words cut where they are longer than any path's."""
    lines = (line.strip() for line in text.splitlines())
    return LONG.sub(lambda found: shortened(found[0], 200), " ".join(filter(None, lines)))


def first_line(error: BaseException) -> str:
    """The first line of what an error says; of one that says nothing, its kind."""
    return (said(error).strip().splitlines() or [type(error).__name__])[0]

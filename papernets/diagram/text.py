"""How wide text is, without a font's file: never narrower than it is drawn.

The table has DejaVu Sans, the widest of the fonts that a drawing asks for and the one that comes
with matplotlib; in Helvetica or Arial the same text is narrower.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ..texts import escaped

# Hundredths of the font's size, rounded up, for the characters 32 to 126.
_REGULAR = """
32 41 46 84 64 96 78 28 40 40 50 84 32 37 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 54
100 69 69 70 78 64 58 78 76 30 30 66 56 87 75 79 61 79 70 64 62 74 69 99 69 62 69 40 34 40 84 50
50 62 64 55 64 62 36 64 64 28 28 58 28 98 64 62 64 64 42 53 40 64 60 82 60 60 53 64 34 64 84
"""
_BOLD = """
35 46 53 84 70 101 88 31 46 46 53 84 38 42 38 37 70 70 70 70 70 70 70 70 70 70 40 40 84 84 84 59
100 78 77 74 84 69 69 83 84 38 38 78 64 100 84 86 74 86 78 73 69 82 78 111 78 73 73 46 37 46 84 50
50 68 72 60 72 68 44 72 72 35 35 67 35 105 72 69 72 72 50 60 48 72 66 93 65 66 59 72 37 72 84
"""
_MORE = {"×": 84, "·": 38, "–": 50, "—": 100, "→": 84, "…": 100, "−": 84, "²": 44, "≥": 84}


def _table(widths: str) -> dict[str, int]:
    return {chr(32 + at): int(one) for at, one in enumerate(widths.split())} | _MORE


_TABLES = {False: _table(_REGULAR), True: _table(_BOLD)}


@lru_cache(maxsize=100_000)
def _width(text: str, bold: bool) -> int:
    table = _TABLES[bold]
    return sum(table[letter] if letter in table else _unknown(letter) for letter in text)


def _unknown(letter: str) -> int:
    """A letter that is not in the table: as wide as the widest of its kind."""
    if unicodedata.combining(letter):
        return 0
    return 120 if ord(letter) < 0x1C0 and letter.islower() else 160


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of one line, in points: at least as wide as it is drawn."""
    return _width(text, bold) * size / 100


def clean(text: str) -> str:
    """A name as one line of text: no breaks, nothing that turns what follows."""
    return " ".join(re.sub(r"\s+", " ", escaped(text)).split())


def fitted(text: str, most: float, size: float, bold: bool = False) -> str:
    """The text, or its two ends around an ellipsis, no wider than `most` points."""
    most += 0.01
    if width(text, size, bold) <= most:
        return text
    text = text[:200] + text[-200:] if len(text) > 400 else text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        narrow = width(_cut(text, middle), size, bold) <= most
        low, high = (middle, high) if narrow else (low, middle - 1)
    return _cut(text, low) if width("…", size, bold) <= most else ""


def _cut(text: str, letters: int) -> str:
    """So many letters of a text, of its beginning and its end."""
    head, tail = (letters + 1) // 2, letters // 2
    return f"{text[:head].rstrip()}…{text[len(text) - tail :].lstrip()}"


def wrapped(text: str, most: float, size: float, bold: bool = False, lines: int = 9) -> list[str]:
    """The text in lines no wider than `most`; what does not fit the lines is cut in the last."""
    found: list[str] = []
    words = text.split()
    while words:
        if len(found) == lines - 1:
            return [*found, fitted(" ".join(words), most, size, bold)]
        line = fitted(words.pop(0), most, size, bold)
        while words and width(f"{line} {words[0]}", size, bold) <= most + 0.01:
            line = f"{line} {words.pop(0)}"
        found.append(line)
    return found

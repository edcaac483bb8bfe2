"""What a learner types, read with patience, and held against the right answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..numbers import is_number
from ..words import shortened
from .values import Matrix, Number, Sizes, Value, is_matrix, is_sizes, same, with_unit

LONGEST = 20_000
NUMBER = r"[-+]?(?:[1-9]\d{0,2}(?:[,_' ]\d{3})+(?!\d)|\d+)?(?:\.\d*)?(?:[eE][-+]?\d{1,3})?"
"""A number as people type it; the page's script reads it by the same pattern."""
SCALES = {"thousand": 3, "k": 3, "million": 6, "m": 6, "mio": 6, "billion": 9, "b": 9, "g": 9}
"""Words behind a number that move its point; `m` and `b` stand for million and billion."""
BYTES = {
    "b": 1, "byte": 1, "bytes": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9,
    "kib": 2**10, "mib": 2**20, "gib": 2**30,
}  # fmt: skip
"""Bytes in a unit of memory."""
MEANING = {
    "mac": "multiply-add", "mult-add": "multiply-add", "madd": "multiply-add",
    "multiply add": "multiply-add", "multiplication": "multiply-add",
    "param": "parameter", "px": "pixel", "x": "time", "×": "time", "fold": "time",
    "value": "number", "flop": "operation", "op": "operation", "image": "picture",
    "megabyte": "mb", "mebibyte": "mib",
}  # fmt: skip
"""Other words for a unit, without the s of several."""
PLENTY = 3
"""Digits that a rounded number has at least, to be taken for the exact one."""


class NoAnswer(ValueError):
    """What was typed is not of the form of an answer."""


@dataclass(frozen=True)
class Answer:
    """The right answer, or a wrong one: a number with its unit, a size, or a matrix.

    `unit` is a word such as `MACs`, or `%`: the value is then in per cent. A typed number may be
    `within` so much of it. A size is (height, width, maps).
    """

    value: Value
    unit: str = ""
    within: float = 0.0

    @property
    def text(self) -> str:
        """The answer as people read it."""
        return with_unit(self.value, self.unit)

    @property
    def form(self) -> str:
        """How it is typed, in words."""
        if is_matrix(self.value):
            rows, columns = len(self.value), len(self.value[0])
            if rows == 1:
                return f"{columns} numbers, such as 1 2 3"
            return f"{rows} rows of {columns} numbers with ; between the rows, such as 1 2; 3 4"
        if is_sizes(self.value):
            return "a size, such as " + ("28x28x6" if len(self.value) == 3 else "28x28")
        words = f"a number, in {self.unit}" if self.unit not in ("", "times") else "a number"
        full = self.whole or float(f"{self.value:.{PLENTY}g}") == self.value
        return words if full else f"{words}, with at least {PLENTY} digits"

    @property
    def whole(self) -> bool:
        """Whether it is a whole number, which is typed in full."""
        return float(self.value).is_integer()  # type: ignore[arg-type]


@dataclass(frozen=True)
class Typed:
    """A number that was typed: its value, half its last digit's place, its digits, a % behind it.

    `exact` is False for what may be rounded: with a point, a power of ten, or a word as `million`.
    """

    value: Number
    half: float = 0.0
    digits: int = 99
    exact: bool = True
    percent: bool = False


def read_number(text: str, unit: str = "") -> Typed:
    """A number with its unit as people type it; NoAnswer for anything else."""
    text = _typewritten(text)
    found = re.match(rf"({NUMBER})\s*(.*)$", text, re.DOTALL)
    digits = re.sub(r"[,_' ]", "", found[1]) if found else ""
    rest = found[2].strip() if found else text
    if found and re.fullmatch(r"[-+]?\d+", digits) and re.match(r",\d+(?!\d*,)", rest):
        comma = re.match(r",(\d+)\s*(.*)$", rest, re.DOTALL)  # a decimal comma: 0,25
        assert comma is not None
        digits, rest = f"{digits}.{comma[1]}", comma[2].strip()
    if not re.search(r"\d", digits.partition("e")[0].partition("E")[0]):
        raise NoAnswer(f"{shortened(text)!r} is not a number")
    if (over := re.fullmatch(r"/\s*(\d{1,9})", rest)) and int(over[1]):
        return Typed(_number(digits) / int(over[1]))
    scale, percent = _scaled(text, rest, unit)
    return _typed(digits, scale, percent)


def _typewritten(text: str) -> str:
    """Narrow spaces, minus signs and powers of ten as a keyboard writes them: `1.2e8`."""
    plain = re.sub(r"\s", " ", text.replace("−", "-")).strip().lstrip("=").strip()
    return re.sub(r"\s*[x×*·]\s*10\s*(?:\^|\*\*)\s*([-+]?\d{1,3})", r"e\1", plain)


def _number(digits: str) -> Number:
    value = int(digits) if re.fullmatch(r"[-+]?\d{1,40}", digits) else float(digits)
    if not is_number(value):
        raise NoAnswer(f"{shortened(digits)} is larger than any answer")
    return value


def _typed(digits: str, scale: Number, percent: bool) -> Typed:
    value = _number(digits) * scale
    mantissa, _, power = digits.lower().lstrip("+-").partition("e")
    behind = len(mantissa.partition(".")[2])
    exact = not power and "." not in mantissa and scale in (1, 10**-2)
    half = 0.5 * 10.0 ** (int(power or 0) - behind) * float(scale)
    count = len(mantissa.replace(".", "").lstrip("0"))
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return Typed(int(value) if whole else value, half, count, exact, percent)


def _scaled(text: str, rest: str, unit: str) -> tuple[Number, bool]:
    """What the words behind a number make of it: a factor, and whether it was in per cent."""
    words = rest.casefold().split()
    if rest in ("%", "per cent", "percent", "p.c."):
        return 1, True
    factor: Number = 1
    of_bytes = unit.casefold() in BYTES
    if words and not of_bytes and words[0] in SCALES:
        factor, words = 10 ** SCALES[words[0]], words[1:]
    if not words:
        return factor, False
    if of_bytes and len(words) == 1 and words[0] in BYTES:
        return BYTES[words[0]] / BYTES[unit.casefold()] if words[0] != unit.casefold() else 1, False
    if unit and _meaning(" ".join(words)) == _meaning(unit):
        return factor, False
    asked = f"the answer is in {unit}" if unit else "the answer has no unit"
    raise NoAnswer(f"{shortened(text)!r}: {shortened(rest)!r} behind the number; {asked}")


def _meaning(unit: str) -> str:
    """A unit under the one name that it has here."""
    bare = unit.casefold().rstrip(".").rstrip("s")
    return MEANING.get(bare, bare)


def read_sizes(text: str) -> Sizes:
    """A size: `28x28x192`, `28 28 192`, or `192@28x28` with its maps first."""
    first, at, others = text.strip().strip("()[]").partition("@")
    parts = re.split(r"\s*(?:[x×*,\s]|by)\s*", (others if at else first).strip().casefold())
    parts = [*parts, first.strip()] if at else parts
    if not all(re.fullmatch(r"\d{1,15}", part) for part in parts):
        raise NoAnswer(f"{shortened(text)!r} is not a size: type one as 28x28 or 28x28x6")
    return tuple(map(int, parts))


def read_matrix(text: str) -> Matrix:
    """The rows of a matrix, apart by `;` or lines, their numbers by spaces or commas."""
    plain = re.sub(r"\]\s*,?\s*\[", ";", text.strip())
    plain = plain.replace("[", " ").replace("]", " ").replace("−", "-")
    rows = []
    for row in filter(str.strip, re.split(r"[;\n]", plain)):
        cells = re.split(r"\s*,\s*|\s+", row.strip().strip(","))
        for cell in cells:
            if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,3})?", cell.casefold()):
                raise NoAnswer(
                    f"{shortened(cell)!r} is not a number; type rows of numbers with ; between them"
                )
        rows.append(tuple(_typed(cell, 1, False).value for cell in cells))
    if not rows:
        raise NoAnswer("there are no numbers: type rows of numbers with ; between them")
    return tuple(rows)


def read(text: str, like: Answer) -> Value | Typed:
    """What was typed, in the form of an answer; NoAnswer, with what would work, for any other."""
    if not text.strip():
        raise NoAnswer(f"nothing was typed: the answer is {like.form}")
    if len(text) > LONGEST:
        raise NoAnswer(f"{len(text):,} characters are no answer: it is {like.form}")
    try:
        if is_matrix(like.value):
            return read_matrix(text)
        if is_sizes(like.value):
            return read_sizes(text)
        return read_number(text, like.unit)
    except NoAnswer as error:
        raise NoAnswer(f"{error} (the answer is {like.form})") from None


def pick(text: str, candidates: Sequence[Answer]) -> int | None:
    """Which of the answers was typed, by its place; None where it was none of them.

    What is exactly an answer goes before what an answer would be rounded to; NoAnswer where a
    rounded number could be several.
    """
    typed = read(text, candidates[0])
    if not isinstance(typed, Typed):
        alike = [same(typed, one.value, one.within) for one in candidates]
        return alike.index(True) if any(alike) else None
    exactly = [_exactly(typed, one) for one in candidates]
    if any(exactly):
        return exactly.index(True)
    many = typed.digits >= PLENTY
    rounded = [at for at, one in enumerate(candidates) if many and _begins(typed, one)]
    if len(rounded) > 1:
        raise NoAnswer(f"{text.strip()} is rounded too much to tell: type all digits")
    return rounded[0] if rounded else None


def _meant(typed: Typed, unit: str) -> list[tuple[Number, float]]:
    """What a typed number may mean in this unit, each with half its last digit's place.

    A quarter is 25, 25 % or 0.25 where per cent are asked for; 25 % is 0.25 where they are not.
    """
    if typed.percent:
        return (
            [(typed.value, typed.half)] if unit == "%" else [(typed.value / 100, typed.half / 100)]
        )
    if unit == "%" and abs(typed.value) <= 1 and typed.value:
        return [(typed.value, typed.half), (typed.value * 100, typed.half * 100)]
    return [(typed.value, typed.half)]


def _exactly(typed: Typed, answer: Answer) -> bool:
    assert isinstance(answer.value, int | float)
    return any(same(value, answer.value, answer.within) for value, _ in _meant(typed, answer.unit))


def nearly(text: str, right: Answer) -> bool:
    """True for the answer's first digit or two, too few to tell it from others."""
    typed = read(text, right)
    return isinstance(typed, Typed) and 0 < typed.digits < PLENTY and _begins(typed, right)


def _begins(typed: Typed, answer: Answer) -> bool:
    """True for the answer's first digits: 1.204e8 for 120,422,400."""
    assert isinstance(answer.value, int | float)
    if typed.exact and answer.whole:
        return False
    meant = _meant(typed, answer.unit)
    return any(abs(value - answer.value) <= half * (1 + 1e-9) for value, half in meant)


def difference(text: str, right: Answer) -> str:
    """What is wrong with an answer that is no known mistake, without giving the right one away."""
    typed = read(text, right)
    if is_matrix(right.value):
        assert isinstance(typed, tuple)
        return _matrix_difference(typed, right)
    if is_sizes(right.value):
        assert is_sizes(typed)  # type: ignore[arg-type]
        return _sizes_difference(typed, right.value)
    assert isinstance(typed, Typed)
    assert isinstance(right.value, int | float)
    value = min((v for v, _ in _meant(typed, right.unit)), key=lambda v: abs(v - right.value))  # type: ignore[operator]
    ratio = value / right.value if right.value else 0
    if not typed.exact and 0.995 < ratio < 1.005:
        return "It is near, but not exactly right: type all digits."
    if ratio < 0 and right.value:
        return "Its sign is wrong." if same(-value, right.value) else "Not even its sign is right."
    return f"It is too {'large' if value > right.value else 'small'}."


def _matrix_difference(typed: object, right: Answer) -> str:
    assert isinstance(typed, tuple) and is_matrix(right.value)
    rows, columns = len(right.value), len(right.value[0])
    widths = {len(row) for row in typed}
    if len(typed) != rows or widths != {columns}:
        found = f"{len(typed)}x{widths.pop()}" if len(widths) == 1 else "rows of unlike lengths"
        return f"The answer has {rows}x{columns} numbers, yours {found}."
    wrong = [
        (y + 1, x + 1)
        for y in range(rows)
        for x in range(columns)
        if not same(typed[y][x], right.value[y][x], right.within)
    ]
    first = f"row {wrong[0][0]}, column {wrong[0][1]}" if rows > 1 else f"number {wrong[0][1]}"
    count = "One number is" if len(wrong) == 1 else f"{len(wrong)} numbers are"
    return f"{count} wrong, the first in {first}." if rows > 1 else f"{count} wrong, first {first}."


def _sizes_difference(typed: Sizes, right: Sizes) -> str:
    if len(typed) != len(right):
        return f"The answer has {len(right)} numbers, yours {len(typed)}."
    names = ("height", "width", "number of maps")
    wrong = [name for name, a, b in zip(names, typed, right, strict=False) if a != b]
    return f"Wrong: the {' and the '.join(wrong)}."

"""A lesson as data for a page: each position of its sliders worked out, exercises with answers.

The page computes nothing: its scripts (`answers.js`, `show.js`) show what stands here, and read
what is typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product, zip_longest
from math import prod
from typing import Any

from . import fragments
from .fragments import text
from .grading import grade
from .lesson import Example, Exercise, Lesson
from .params import Grid, Several
from .told import SHOWN_SEED
from .values import is_matrix, is_sizes, plain, shown

MOST_CASES = 150
"""Positions of all sliders together that a page holds."""
VARIANTS = 6
"""Sets of drawn numbers beside the lesson's own, where matrices and rows have no slider."""
EXERCISES = 12
Values = dict[str, Any]


def lesson_data(lesson: Lesson, example: Example, exercise: Exercise) -> Values:
    """A lesson with these numbers for the scripts; its exercises begin with this one.

    `sliders` are as `_sliders` says, `lines` as `_kept`, `exercises` as `_exercise`.
    """
    axes = _few(list(_axes(lesson, example)))
    sliders = [_slider(lesson, *axis) for axis in axes]
    counts = [len(values) for _, values, _ in axes]
    return {
        "sliders": sliders,
        "lines": _kept(list(_cases(lesson, example, axes)), counts),
        "exercises": [_exercise(one) for one in _exercises(lesson, exercise)],
    }


Axis = tuple[str, list[Any], Any]
"""A slider: its name, the values between which it steps, and the value here."""


def _few(axes: list[Axis]) -> list[Axis]:
    """The sliders with as many of their values left out as are too many together."""
    while (count := _count(axes)) > MOST_CASES and any(len(values) > 2 for _, values, _ in axes):
        longest = max(range(len(axes)), key=lambda at: len(axes[at][1]))
        name, values, here = axes[longest]
        axes[longest] = (name, _thinned(values, here), here)
        if _count(axes) == count:
            break
    return axes


def _slider(lesson: Lesson, name: str, values: list[Any], here: Any) -> Values:
    """A slider: `stops` in words, `values` as they are typed, where it stands, what it is."""
    param = lesson.params.get(name)
    typed = [param.text(value) for value in values] if param else [*map(str, range(len(values)))]
    return {
        "key": name,
        "name": name.replace("_", " "),
        "what": param.what if param else "the lesson's own, or drawn ones",
        "stops": [_stop(lesson, name, value) for value in values],
        "values": typed,
        "at": values.index(here),
    }


def _cases(lesson: Lesson, example: Example, axes: Sequence[Axis]) -> Iterator[list[str]]:
    """The lines of an example for each position of all sliders together."""
    for position in product(*(values for _, values, _ in axes)):
        numbers: Values = {n: getattr(example, n) for n in lesson.params}
        for (name, _, _), value in zip(axes, position, strict=True):
            if name in lesson.params:
                numbers[name] = value
            else:
                numbers.update(value)
        try:
            yield fragments.example(lesson.example(**numbers)).split("\n")
        except ValueError as error:
            yield [f'<p class="wrong">These numbers do not go together: {text(error)}</p>']


def _axes(lesson: Lesson, example: Example) -> Iterator[Axis]:
    """Each slider."""
    for name, param in lesson.params.items():
        here = getattr(example, name)
        values = list(dict.fromkeys([*param.stops, here]))
        if len(values) > 1:
            yield name, values if isinstance(here, str) else sorted(values), here
    if any(isinstance(param, Grid | Several) for param in lesson.params.values()):
        others = [name for name, param in lesson.params.items() if not param.stops]
        own = {name: getattr(example, name) for name in others}
        sets = [own]
        for seed in range(SHOWN_SEED, SHOWN_SEED + VARIANTS):
            one = lesson.drawn(seed).example
            drawn = {name: getattr(one, name) for name in others}
            sets += [] if drawn in sets else [drawn]
        if len(sets) > 1:
            yield "numbers", sets, own


def _stop(lesson: Lesson, name: str, value: Any) -> str:
    """A slider's position in words."""
    if name not in lesson.params:
        return ""
    param = lesson.params[name]
    unit = param.unit.removesuffix("s") if value == 1 else param.unit
    return f"{param.text(value)} {unit}".rstrip()


def _count(axes: Sequence[Axis]) -> int:
    return prod(len(values) for _, values, _ in axes)


def _thinned(values: list[Any], here: Any) -> list[Any]:
    """The values with one left out: not the first, the last or this one."""
    inner = [at for at in range(1, len(values) - 1) if values[at] != here]
    if not inner:
        return [v for v in values if v == here or v == values[0] or len(values) < 3][:2]
    out = inner[len(inner) // 2]
    return values[:out] + values[out + 1 :]


Kept = tuple[list[int], list[str | None]]


def _kept(cases: Sequence[Sequence[str]], counts: Sequence[int]) -> list[Kept]:
    """Each line of the cases: the sliders on which it depends, and its text for each of their
    positions together, the last slider's first; None where a case has no such line."""
    return [_on_its_own(column, counts) for column in zip_longest(*cases)]


def _on_its_own(column: Sequence[str | None], counts: Sequence[int]) -> Kept:
    """A line without the sliders that change nothing in it."""
    sliders: list[int] = []
    left, texts = list(counts), list(column)
    for number, count in enumerate(counts):
        at = len(sliders)
        behind = prod(left[at + 1 :])
        blocks = [texts[i : i + behind] for i in range(0, len(texts), behind)]
        groups = [blocks[i : i + count] for i in range(0, len(blocks), count)]
        if all(block == group[0] for group in groups for block in group):
            texts = [line for group in groups for line in group[0]]
            del left[at]
        else:
            sliders.append(number)
    return sliders, texts


def _exercises(lesson: Lesson, first: Exercise) -> Iterator[Exercise]:
    """The first, and those of other seeds behind it."""
    yield first
    seen = [first.example]
    for seed in range(SHOWN_SEED, SHOWN_SEED + 3 * EXERCISES):
        one = lesson.drawn(seed)
        if one.example not in seen and len(seen) < EXERCISES:
            seen.append(one.example)
            yield one


def _exercise(one: Exercise) -> Values:
    """An exercise: its task, the answers that are known, and what is said of each."""
    worked = one.worked()
    right = worked.answer
    values = [right.value, *(slip.value for slip in worked.known_slips())]
    said = [grade(worked, _typed(value)).why for value in values]
    kind = "matrix" if is_matrix(right.value) else "sizes" if is_sizes(right.value) else "number"
    return {
        "seed": one.seed,
        "task": fragments.task(one),
        "kind": kind,
        "unit": right.unit,
        "form": right.form,
        "within": right.within,
        "whole": [isinstance(v, int) or (isinstance(v, float) and v.is_integer()) for v in values],
        "values": [plain(value) for value in values],
        "said": said,
    }


def _typed(value: Any) -> str:
    return repr(value) if isinstance(value, float) else shown(value)

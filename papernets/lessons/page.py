"""A lesson as one page that needs nothing else: sliders, a picture, a field that grades.

The page computes nothing: each position of its sliders was worked out here, and each exercise
comes with its answer and mistakes. Its script (`page.js`) shows them, and reads what is typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import product
from typing import Any

from ..texts import json_text
from . import fragments
from .fragments import text
from .grading import grade
from .lesson import Example, Exercise, Lesson
from .params import Grid, Several
from .pictures import COLOURS, style
from .told import SHOWN_SEED
from .values import is_matrix, is_sizes, plain, shown

MOST_CASES = 150
"""Positions of all sliders together that a page holds."""
VARIANTS = 6
"""Sets of drawn numbers beside the lesson's own, where matrices and rows have no slider."""
EXERCISES = 12


def page(lesson: Lesson, example: Example, exercise: Exercise) -> str:
    """The page of a lesson with these numbers; its exercises begin with this one."""
    sliders, cases = _cases(lesson, example)
    data = {
        "sliders": sliders,
        **_kept(cases),
        "exercises": [_exercise(one) for one in _exercises(lesson, exercise)],
    }
    embedded = json_text(data, ascii_only=True).replace("<", "\\u003c")
    source = "; ".join(text(one) for one in lesson.sources)
    folder = files("papernets.lessons")
    css, script = ((folder / name).read_text("utf-8") for name in ("page.css", "page.js"))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{text(lesson.title)} - Papernets</title>
<style>
{colours()}
{css}
{style(own=False)}
</style>
</head>
<body>
<main>
<header>
<p class="chapter">{text(lesson.chapter)} <button id="theme" hidden>light / dark</button></p>
<h1>{text(lesson.title)}</h1>
<p class="question">{text(lesson.question)}</p>
</header>
<section id="sliders" aria-label="Change the numbers" hidden></section>
<section id="example" aria-live="polite">
{fragments.example(example)}
</section>
<section id="exercise">
<h2>Your turn</h2>
<div id="task">
{fragments.task(exercise)}
</div>
<form id="form" hidden>
<label for="typed">Your answer <span id="form-of"></span></label>
<div class="row"><input id="typed" autocomplete="off" spellcheck="false" autocapitalize="off">
<button type="submit">Check</button> <button type="button" id="next">Other numbers</button></div>
<p id="grade" role="status"></p>
</form>
<noscript><p>Grade an answer: <code>papernets lesson {text(lesson.name)}
--seed {exercise.seed} --answer ...</code></p></noscript>
</section>
<footer><p>Sources: {source}. <code>papernets lesson {text(lesson.name)}</code></p></footer>
</main>
<script type="application/json" id="data">{embedded}</script>
<script>
{script}
</script>
</body>
</html>
"""


def colours() -> str:
    """The colours as variables of the page, light and dark; on paper it is light."""
    light, dark = (
        "".join(f"--{name}:{pair[at]};" for name, pair in COLOURS.items()) for at in (0, 1)
    )
    return (
        f":root{{color-scheme:light;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light])"
        f"{{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}"
    )


Slider = dict[str, Any]


def _cases(lesson: Lesson, example: Example) -> tuple[list[Slider], list[list[str]]]:
    """The sliders, and the lines of an example for each of their positions together."""
    axes = list(_axes(lesson, example))
    while (count := _count(axes)) > MOST_CASES and any(len(values) > 2 for _, values, _ in axes):
        longest = max(range(len(axes)), key=lambda at: len(axes[at][1]))
        name, values, here = axes[longest]
        axes[longest] = (name, _thinned(values, here), here)
        if _count(axes) == count:
            break
    sliders = []
    for name, values, here in axes:
        param = lesson.params.get(name)
        texts = [_stop(lesson, name, value) for value in values]
        sliders.append(
            {
                "name": name.replace("_", " "),
                "what": param.what if param else "the lesson's own, or drawn ones",
                "stops": texts,
                "at": values.index(here),
            }
        )
    cases = []
    for position in product(*(values for _, values, _ in axes)):
        numbers: dict[str, Any] = {n: getattr(example, n) for n in lesson.params}
        for (name, _, _), value in zip(axes, position, strict=True):
            if name in lesson.params:
                numbers[name] = value
            else:
                numbers.update(value)
        try:
            cases.append(fragments.example(lesson.example(**numbers)).split("\n"))
        except ValueError as error:
            cases.append([f'<p class="wrong">These numbers do not go together: {text(error)}</p>'])
    return sliders, cases


def _axes(lesson: Lesson, example: Example) -> Iterator[tuple[str, list[Any], Any]]:
    """Each slider: its name, the values between which it steps, and the value here."""
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


def _count(axes: Sequence[tuple[str, list[Any], Any]]) -> int:
    count = 1
    for _, values, _ in axes:
        count *= len(values)
    return count


def _thinned(values: list[Any], here: Any) -> list[Any]:
    """The values with one left out: not the first, the last or this one."""
    inner = [at for at in range(1, len(values) - 1) if values[at] != here]
    if not inner:
        return [v for v in values if v == here or v == values[0] or len(values) < 3][:2]
    out = inner[len(inner) // 2]
    return values[:out] + values[out + 1 :]


def _kept(cases: Sequence[Sequence[str]]) -> dict[str, object]:
    """The lines of all cases, each line once."""
    known: dict[str, int] = {}
    numbered = [[known.setdefault(line, len(known)) for line in case] for case in cases]
    return {"lines": list(known), "cases": numbered}


def _exercises(lesson: Lesson, first: Exercise) -> Iterator[Exercise]:
    """The first, and those of other seeds behind it."""
    yield first
    seen = [first.example]
    for seed in range(SHOWN_SEED, SHOWN_SEED + 3 * EXERCISES):
        one = lesson.drawn(seed)
        if one.example not in seen and len(seen) < EXERCISES:
            seen.append(one.example)
            yield one


def _exercise(one: Exercise) -> dict[str, object]:
    """An exercise for the script: its task, and what is said of each known answer."""
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

"""diff of two runs: their results side by side, under the networks' differences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ..words import brief, percent, plural
from . import screen

if TYPE_CHECKING:
    from ..compare.results import Result, Results

NONE = "-"
NAMES = 34  # columns that two names may take over a table; longer ones are A and B there
FEW = 6
"""Settings that `compare` names."""
MOST = 40
"""Settings that are listed; JSON has them all."""


def results_of(a: Path | None, b: Path | None) -> Results | None:
    """Two bundles' results compared, of their folders; None where one keeps none of a training."""
    from ..bundle.info import described
    from ..compare.results import Pictures, result_of, results

    if a is None or b is None or a.resolve() == b.resolve():
        return None
    infos = [described(folder) for folder in (a, b)]
    one, other = (result_of(info.run, info.metrics) for info in infos)
    if one is None or other is None:
        return None
    from ..bundle.seen import read_seen, tested_alike, wrong_alone

    seen, seen_too = read_seen(a), read_seen(b)
    same = tested_alike(seen, seen_too)
    alone = wrong_alone(seen, seen_too) if same else None
    if alone is not None and _other_counts(alone, one, other):
        alone = None  # the list is not that of this result
    return results(one, other, Pictures(same, alone))


def _other_counts(alone: tuple[int, int], one: Result, other: Result) -> bool:
    """True where the lists of wrong pictures do not belong to these numbers of wrong pictures."""
    return one.wrong - alone[0] != other.wrong - alone[1] or one.wrong < alone[0]


def show_results(found: Results, names: tuple[str, str]) -> None:
    """Print results for people: the table, what chance has to do with it, other settings."""
    a, b = found.a, found.b
    screen.heading("The results")
    heads = names if sum(map(len, names)) <= NAMES else ("A", "B")
    rows = [("data", Path(a.data).name, Path(b.data).name, "")]
    if a.error is not None or b.error is not None:
        rows += [
            ("test error", _error(a), _error(b), _more(a.error, b.error)),
            ("95 % interval", _interval(a), _interval(b), ""),
            ("wrong", _wrong(a), _wrong(b), ""),
        ]
    held = (a.held_out_error, b.held_out_error)
    if held != (None, None):
        rows.append(("held-out error", _percent(held[0]), _percent(held[1]), _more(*held)))
    if (a.epoch, b.epoch) != (None, None):
        rows.append(("kept epoch", _epoch(a), _epoch(b), ""))
    screen.table(("", *heads, "B - A"), rows)
    screen.say()
    screen.prose(_chance(found, heads))
    _settings(found)


def _settings(found: Results) -> None:
    if not found.settings:
        screen.say()
        screen.prose("Both were trained by the same settings.")
        return
    screen.heading("What was done otherwise")
    hang = max(len(name) for name, _, _ in found.settings[:MOST]) + 3
    for name, one, other in found.settings[:MOST]:
        screen.paragraph(name, f"{_value(one)} -> {_value(other)}", indent=2, hang=hang)
    if len(found.settings) > MOST:
        screen.prose(f"and {len(found.settings) - MOST} more (--json has them all)")


def _chance(found: Results, names: tuple[str, str]) -> str:
    """What chance has to do with the difference, in words."""
    a, b, same = found.a, found.b, found.pictures.same
    if a.error is None or b.error is None:
        untested = " and ".join(
            name for name, one in zip(names, (a, b), strict=True) if one.error is None
        )
        return f"No test result of {untested}: not finished, or not the network that was tested."
    if same is None:
        return (
            "Whether both were tested on the same pictures is not known: chance cannot be told "
            "from the networks."
        )
    text = f"They were tested on different pictures, {a.images:,} and {b.images:,}. "
    if same:
        text = f"Both were tested on the same {plural(a.images, 'picture')}. "
    if same and found.pictures.alone is not None:
        one, other = found.pictures.alone
        text += f"Wrong in {names[0]} alone: {one:,}, in {names[1]} alone: {other:,}. "
    least, most = found.chance or (0.0, 1.0)
    method = "McNemar's exact test" if same else "Fisher's exact test"
    p = (
        f"p {'' if most < 0.001 else '= '}{_p(most)}"
        if least == most
        else f"p from {_p(least)} to {_p(most)}"
    )
    if least != most:
        text += "Which pictures were wrong was not kept. "
    said = {
        "more than chance": f"The difference is more than chance on these pictures ({method}, {p})",
        "may be chance": f"The difference may be chance ({method}, {p})",
        "not known": f"Whether the difference is chance depends on which they were ({method}, {p})",
    }[found.verdict]
    if a.error == b.error and same:
        said = "The errors are equal"
    if not same and a.data != b.data:
        said = "The data differ, so the errors say nothing of which network is better"
    seeds = "" if a.error == b.error else " Another seed would change either error too."
    return f"{text}{said}.{seeds}"


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.2g}"


def _error(one: Result) -> str:
    return _percent(one.error)


def _percent(error: float | None) -> str:
    return NONE if error is None else percent(error)


def _more(one: float | None, other: float | None) -> str:
    """The difference in points of per cent, with its sign."""
    if one is None or other is None or one == other:
        return ""
    text = percent(abs(other - one)).removesuffix(" %")
    return f"{'+' if other > one else '-'}{text} points"


def _interval(one: Result) -> str:
    low, high = one.interval
    return NONE if one.error is None else f"{100 * low:.2f} to {percent(high)}"


def _wrong(one: Result) -> str:
    return NONE if one.error is None else f"{one.wrong:,} of {one.images:,}"


def _epoch(one: Result) -> str:
    of = one.settings.get("epochs")
    return (
        NONE
        if one.epoch is None
        else f"{one.epoch:,}" + (f" of {of:,}" if isinstance(of, int) else "")
    )


def show_otherwise(trained: Sequence[tuple[str, Result]]) -> None:
    """What several trainings did otherwise, in a line or two, and what tells more."""
    from ..compare.results import otherwise

    names = [quote(name) for name, _ in trained]
    two = len(names) == 2
    found = otherwise([result for _, result in trained])
    said = [f"{name} {', '.join(map(_value, values))}" for name, values in found[:FEW]]
    more = f"; and {len(found) - FEW:,} more" if len(found) > FEW else ""
    where = " and ".join(names) if two else f"these {len(names)} trainings"
    text = f"What was done otherwise in {where}: {'; '.join(said)}{more}."
    if not said:
        text = f"{'Both' if two else 'All'} were trained by the same settings."
    pair = screen.whole(f"papernets diff {' '.join(names[:2])}")
    screen.say()
    screen.prose(
        f"{text} Whether chance explains a difference{'' if two else ', two at a time'}: {pair}"
    )


def _value(value: Any) -> str:
    """A setting as people read it; one that a run does not have is not set: `none` is a value."""
    if value in (None, "", [], ()):
        return "not set"
    return value if isinstance(value, str) else brief(value)

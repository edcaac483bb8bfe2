"""A comparison as people read it: what holds throughout said once, runs of equal rows as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ..spec import shown, told
from ..spec.walk import Row
from .diff import Change, Diff, Match

THROUGHOUT = 4
"""A change that so many rows share is said once for all."""
RUN = 6
"""More rows than this that only one network has, one after another, are summed."""
MARKS = {"same": "=", "renamed": "=", "changed": "~", "only_a": "-", "only_b": "+"}
TOTALS = {
    "input": "input",
    "classes": "classes",
    "rows": "rows",
    "params": "parameters",
    "fixed_params": "fixed parameters",
    "macs": "MACs",
    "connections": "connections",
    "aux_params": "heads' parameters",
    "aux_macs": "heads' MACs",
    "activations": "values of all rows",
    "receptive_field": "the last map sees",
    "field_stride": "at steps of",
}
EFFECTS = {"output": "output ", "params": "parameters ", "fixed_params": "fixed parameters "} | {
    "macs": "MACs ",
    "receptive_field": "sees ",
}


@dataclass(frozen=True)
class Common:
    """Changes that the same rows share."""

    changes: tuple[Change, ...]
    matches: tuple[Match, ...]
    of: int
    """How many rows of these kinds both networks have."""


@dataclass(frozen=True)
class Line:
    """One line of the comparison: a mark, the rows' name or names, and what is said of them."""

    mark: str
    name: str
    text: str


def throughout(diff: Diff) -> list[Common]:
    """The changes that many rows share, together where they share them in the same rows."""
    where: dict[str, tuple[Change, list[int]]] = {}
    for at, match in enumerate(diff.matches):
        for change in match.changes:  # a setting may be a table, which cannot be hashed
            where.setdefault(repr(change), (change, []))[1].append(at)
    together: dict[tuple[int, ...], list[Change]] = {}
    for change, places in where.values():
        if len(places) >= THROUGHOUT:
            together.setdefault(tuple(places), []).append(change)
    found = []
    for among, changes in together.items():
        matches = tuple(diff.matches[at] for at in among)
        kinds = {match.row.kind for match in matches}
        of = sum(bool(m.a and m.b) and m.row.kind in kinds for m in diff.matches)
        found.append(Common(tuple(changes), matches, of))
    return found


def common_line(common: Common) -> Line:
    """`53 of 53 conv: eps 1e-05 -> 0.001`, with the names, and what all that adds up to."""
    kinds = list(dict.fromkeys(match.row.kind for match in common.matches))
    count = len(common.matches)
    share = f"all {count}" if count == common.of else f"{count} of {common.of}"
    share = f"{share} {', '.join(kinds)}" if len(kinds) <= 2 else f"{count} rows"
    names = [match.row.name for match in common.matches]
    listed = ", ".join(names) if len(names) <= RUN else f"{names[0]} ... {names[-1]}"
    text = f"{changes_words(common.changes)} ({listed})"
    return Line("~", share, text)


def lines(diff: Diff) -> Iterator[Line]:
    """The rows in order: changed ones alone, equal ones and long insertions as runs.

    What holds throughout is left out: see `throughout`.
    """
    said = [change for common in throughout(diff) for change in common.changes]
    left = [
        replace(match, changes=tuple(c for c in match.changes if c not in said))
        for match in diff.matches
    ]
    for mark, run in groupby(left, key=lambda match: MARKS[match.verdict]):
        matches = list(run)
        if mark == "=":
            yield Line(mark, _names(matches), _alike(matches))
        elif mark != "~" and len(matches) > RUN:
            yield Line(mark, _names(matches), _summed([match.row for match in matches]))
        else:
            for match in matches:
                yield Line(mark, _names([match]), _words(match))


def _names(matches: Sequence[Match]) -> str:
    first, last = (_name(match) for match in (matches[0], matches[-1]))
    return first if len(matches) == 1 else f"{first} ... {last}"


def _name(match: Match) -> str:
    if match.a and match.b and match.a.name != match.b.name:
        return f"{match.a.name} -> {match.b.name}"
    return match.row.name


def _alike(matches: Sequence[Match]) -> str:
    """What is said of rows whose layers are equal: how many, and what other changes do to them.

    Rows of the same form do the same, to more or fewer maps or on other sizes.
    """
    pairs = [(match.a, match.b) for match in matches if match.a and match.b]
    equal = all((a.out, a.params, a.macs) == (b.out, b.params, b.macs) for a, b in pairs)
    alike = "the same" if equal else "of the same form"
    said = [alike if len(matches) == 1 else f"{len(matches)} rows, {alike}"]
    if any(a.out != b.out for a, b in pairs):
        sizes = f"{shown(pairs[-1][0].out)} -> {shown(pairs[-1][1].out)}"
        said.append(f"output {sizes}" if len(pairs) == 1 else "on other sizes")
    for what, label in (("params", "parameters"), ("macs", "MACs")):
        more = sum(getattr(b, what) - getattr(a, what) for a, b in pairs)
        said += [f"{label} {more:+,}"] if more else []
    a, b = pairs[-1]
    if a.receptive_field != b.receptive_field:
        said.append(f"sees {_size(a.receptive_field)} -> {_size(b.receptive_field)}")
    return "; ".join(said)


def _summed(rows: Sequence[Row]) -> str:
    """Many rows that one network alone has."""
    kinds = [row.kind for row in rows]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    params, macs = sum(row.params for row in rows), sum(row.macs for row in rows)
    return f"{len(rows)} rows ({counts}); {_counts(params, macs)}output {shown(rows[-1].out)}"


def _counts(params: int, macs: int) -> str:
    return (f"parameters {params:,}, " if params else "") + (f"MACs {macs:,}, " if macs else "")


def _words(match: Match) -> str:
    """One row: its kind, what differs, what that changes."""
    if not match.a or not match.b:
        row = match.row
        details = row.kind_and_window + (f": {', '.join(row.details)}" if row.details else "")
        return f"{details}; {_counts(row.params, row.macs)}output {shown(row.out)}"
    kinds = list(dict.fromkeys(row.kind_and_window for row in (match.a, match.b)))
    rest = [c for c in match.changes if c.what not in ("kind", "kernel", "stride")]
    text = " -> ".join(kinds) + (f": {changes_words(rest)}" if rest else "")
    effects = [f"{EFFECTS[c.what]}{value(c.a)} -> {value(c.b)}" for c in match.effects]
    return text + (f"; {', '.join(effects)}" if effects else "")


def changes_words(changes: Sequence[Change]) -> str:
    """Changes of layers, one after another."""
    return ", ".join(_change(change) for change in changes)


def _change(change: Change) -> str:
    if change.what in ("kind", "kernel", "stride", "groups", "maps"):
        return f"{change.what} {value(change.a)} -> {value(change.b)}"
    if change.what in ("activation", "settings"):
        label = "" if change.a and change.b else f"{change.what} "
        return f"{label}{change.a or 'none'} -> {change.b or 'none'}"
    if isinstance(change.a, bool) and change.what == "auxiliary":
        return "in training only -> counted" if change.a else "counted -> in training only"
    if (change.a, change.b) == ("some", "others"):
        return f"other {change.what}"
    return " -> ".join(_setting(change.what, value) for value in (change.a, change.b))


def _setting(what: str, value: object) -> str:
    """A setting in words; a layer without one has none, and a 1x1 window no padding."""
    if value is None and what != "norm":
        return "pad 0" if what == "padding" else "none"
    return told(what, value)


def value(quantity: object) -> str:
    """A size or a number of a change, as people write it."""
    if quantity is None:
        return "all"
    if isinstance(quantity, tuple):
        return shown(quantity) if len(quantity) == 3 else _size(quantity)
    return f"{quantity:,}" if isinstance(quantity, int) else str(quantity)


def _size(size: tuple[int, ...] | None) -> str:
    return "x".join(map(str, size)) if size else "all"


def total_cells(change: Change) -> tuple[str, str, str, str]:
    """A total's name, its value in either network, and the difference."""
    a, b = ("" if v is None else _plain(v) for v in (change.a, change.b))
    more = ""
    if isinstance(change.a, int) and isinstance(change.b, int) and change.a != change.b:
        more = f"{change.b - change.a:+,}"
        share = change.a and change.what not in ("rows", "classes")
        more += f" ({percent(change.b / change.a - 1)})" if share else ""
    return TOTALS[change.what], a, b, more


def _plain(quantity: object) -> str:
    """As `value`, but a shape as the input's is written: 3x224x224."""
    return _size(quantity) if isinstance(quantity, tuple) else value(quantity)


def percent(share: float) -> str:
    """A share with its sign and one digit after the point, more where that would be 0."""
    shown = f"{100 * share:+.1f}"
    return (shown if float(shown) else f"{100 * share:+.1g}") + " %"

"""What was published of a network, beside the arithmetic: as chapters of its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..nets import Found
from ..said import ABOUT_NOTES, Check, shown, verify
from ..spec import Row
from ..words import percent
from .document import Chapter, Items, Words

OTHERWISE = {
    "paper": "The paper prints otherwise",
    "code": "Released code has otherwise",
    "notes": "Later notes print otherwise",
}


def published(found: Found, rows: tuple[Row, ...] | None = None) -> Iterator[Chapter]:
    """Claims with their verdicts, results, sources, departures and recipes."""
    record = found.record
    checks = verify(found.net, record, rows)
    agreed = [c for c in checks if c.verdict == "agrees"]
    if agreed:
        of = counts(agreed, {"paper": "papers", "code": "released code", "notes": "later notes"})
        title = f"Published numbers that the arithmetic confirms: {of}"
        yield Chapter(title, (_items(confirmed(agreed)),))
    wrong = [c for c in checks if c.verdict in ("erratum", "unexplained")]
    several = {
        title: [c for c in wrong if c.source.who == kind] for kind, title in OTHERWISE.items()
    }
    several["PUBLISHED NUMBERS THAT WE CANNOT CONFIRM"] = [
        c for c in checks if c.verdict == "DISAGREES"
    ]
    for title, some in several.items():
        if some:
            yield Chapter(title, (_items(map(contradicted, some)),))
    results = [
        f"{percent(claim.printed)} error: {claim.conditions} ({claim.source})"
        for claim in found.claims
        if claim.measured and isinstance(claim.printed, float)
    ]
    if results:
        yield Chapter("Published results", (_items(results),))
    if any(check.source.in_notes for check in checks):
        yield Chapter("Sources", (_items([ABOUT_NOTES]),))
    if record.departures:
        departures = (f"{one.what} ({one.where})" for one in record.departures)
        yield Chapter("Where we depart from the paper", (_items(departures),))
    if found.recipes:
        named = [
            recipe.name + (f" (for {', '.join(recipe.data)})" if recipe.data else "")
            for recipe in found.recipes
        ]
        yield Chapter("", (Words(f"Recipes: {', '.join(named)}"),))


def _items(texts: Iterator[str] | Sequence[str]) -> Items:
    return Items(tuple(("", text) for text in texts))


TOGETHER = 3
"""Numbers of one kind in one place of a source from which they stand in one sentence."""


def confirmed(checks: Sequence[Check]) -> Iterator[str]:
    """What agrees with its source; several rows' numbers of one kind and place stand together."""
    groups: dict[tuple[str, str], list[Check]] = {}
    for check in checks:
        groups.setdefault(_kind_and_place(check), []).append(check)
    for check in checks:
        kind, place = _kind_and_place(check)
        several = groups[kind, place]
        if not kind or len(several) < TOGETHER:
            yield f"{check.quantity} {_printed(check, '= ')}: {place}"
        elif check is several[0]:
            rows = (f"{one.quantity.rpartition('.')[0]} {_printed(one)}" for one in several)
            yield f"{'output' if kind == 'out' else kind} of {', '.join(rows)}: {place}"


def _kind_and_place(check: Check) -> tuple[str, str]:
    """What is told of a row, empty where it is told of the network, and where."""
    row, _, kind = check.quantity.rpartition(".")
    return (kind if row and " " not in check.quantity else ""), str(check.source)


def _printed(check: Check, equals: str = "") -> str:
    printed = f"{'below ' if check.below else equals}{shown(check.printed)}"
    return printed if check.ours == check.printed else f"{printed} (exactly {shown(check.ours)})"


def contradicted(check: Check) -> str:
    """A checked claim that is not right, with ours and the reason."""
    return (
        f"{check.quantity} = {shown(check.printed)} ({check.source}), "
        f"ours {shown(check.ours)}: {check.why}"
    )


def counts(checks: Sequence[Check], names: Mapping[str, str]) -> str:
    """How many of these numbers are of papers, of code and of notes: `23 of papers, 2 of notes`."""
    kinds = [check.source.who for check in checks]
    return ", ".join(f"{kinds.count(k):,} of {name}" for k, name in names.items() if k in kinds)

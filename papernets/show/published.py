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
        yield Chapter(title, (_items(map(_confirmed, agreed)),))
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


def _confirmed(check: Check) -> str:
    printed = f"{'below' if check.below else '='} {shown(check.printed)}"
    exactly = "" if check.ours == check.printed else f" (exactly {shown(check.ours)})"
    return f"{check.quantity} {printed}{exactly}: {check.source}"


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

"""What was printed of a network, with verdicts: errata in the open, what agrees to unfold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


from papernets.nets import Found
from papernets.said import ABOUT_NOTES, Check, shown, verify
from papernets.tables import Column, Table
from papernets.words import percent, plural
from website import text

WHOSE = {"paper": "papers", "code": "released code", "notes": "lecture notes"}
OPEN = 12
"""So many numbers that agree are shown at once; more are folded."""
COLUMNS = (
    *(Column("quantity"), Column("printed", right=True), Column("ours", right=True)),
    Column("where"),
)
WRONG = (*COLUMNS, Column("verdict"), Column("why"))
MEASURED = (Column("error", right=True), Column("on what"), Column("where"))


def parts(found: Found) -> Iterator[str]:
    """The sections on printed numbers, departures and results."""
    checks = verify(found.net, found.record)
    counted = [c for c in checks if c.verdict != "measured"]
    if counted:
        yield "## What was printed, checked"
        yield _summary(counted)
    wrong = [c for c in counted if c.verdict != "agrees"]
    if wrong:
        yield "### Errata"
        yield (
            "The arithmetic of the layers contradicts these numbers. "
            "[Fidelity](../fidelity.md) has those of all networks."
        )
        yield text.scrolling(Table.of(WRONG, tuple(map(_wrong, wrong))), "Errata", "prose")
    agreed = [c for c in counted if c.verdict == "agrees"]
    if agreed:
        yield "### Numbers that agree"
        table = Table.of(COLUMNS, tuple(map(_agreed, agreed)))
        content = text.scrolling(table, "Numbers that agree")
        yield (
            content
            if len(agreed) <= OPEN
            else text.folded(
                f"{plural(len(agreed), 'number')} that the arithmetic confirms", content
            )
        )
    if any(check.source.in_notes for check in counted):
        yield text.plain(ABOUT_NOTES)
    yield from _departures(found)
    yield from _results(found)


def _summary(checks: Sequence[Check]) -> str:
    """How many numbers there are by whom, and how many agree."""
    lines = []
    for who, words in WHOSE.items():
        of = [check for check in checks if check.source.who == who]
        if of:
            good = sum(check.verdict == "agrees" for check in of)
            lines.append(f"- {words.capitalize()}: {good} of {plural(len(of), 'number')} agree")
    return "\n".join(lines)


def _agreed(check: Check) -> tuple[str, ...]:
    printed = f"below {shown(check.printed)}" if check.below else shown(check.printed)
    ours = "the same" if check.ours == check.printed else shown(check.ours)
    return (check.quantity, printed, ours, str(check.source))


def _wrong(check: Check) -> tuple[str, ...]:
    return (
        *(check.quantity, shown(check.printed), shown(check.ours), str(check.source)),
        *(check.verdict, check.why.removeprefix("unexplained: ")),
    )


def _departures(found: Found) -> Iterator[str]:
    if found.record.departures:
        yield "## Departures"
        yield (
            "Where this network does otherwise than its paper, or where the paper leaves "
            "something open, and the place that says so."
        )
        yield "\n".join(
            f"- {text.prose(one.what)} (*{text.plain(one.where)}*)"
            for one in found.record.departures
        )


def _results(found: Found) -> Iterator[str]:
    """Errors that others measured."""
    measured = [c for c in found.claims if c.measured and isinstance(c.printed, float)]
    if measured:
        yield "## Published results"
        rows = tuple(
            (percent(float(str(claim.printed))), claim.conditions, str(claim.source))
            for claim in measured
        )
        yield text.scrolling(Table.of(MEASURED, rows), "Published results")

"""What was printed of a network, with verdicts: errata in the open, what agrees to unfold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from papernets.nets import Found
from papernets.said import ABOUT_NOTES, Check, shown, verify
from papernets.tables import Column, Section, Table
from papernets.words import percent, plural
from website import text

WHOSE = {"paper": "papers", "code": "released code", "notes": "lecture notes"}
WRONGS = {
    "erratum": ("Errata", "The arithmetic of the layers contradicts these, and it is known why."),
    "unexplained": ("Unexplained", "The arithmetic contradicts these, and nobody knows why."),
    "DISAGREES": ("Contradicted", "The arithmetic contradicts these."),
}
OPEN = 12
"""So many numbers that agree are shown at once; more are folded."""
COLUMNS = (
    *(Column("quantity"), Column("printed", right=True), Column("ours", right=True)),
    Column("where"),
)
WRONG = (*COLUMNS[:3], Column("why, and where it is printed"))
MEASURED = (Column("error", right=True), Column("on what"), Column("where"))


def parts(found: Found) -> Iterator[str]:
    """The sections on printed numbers, departures and results."""
    checks = verify(found.net, found.record)
    counted = [c for c in checks if c.verdict != "measured"]
    if counted:
        yield "## What was printed, checked"
        yield _summary(counted)
    for verdict, (heading, words) in WRONGS.items():
        wrong = [c for c in counted if c.verdict == verdict]
        if wrong:
            yield f"### {heading}"
            yield words
            yield text.scrolling(Table(WRONG, _by_whom(wrong)), heading, "prose")
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
        yield f":::{{container}} small\n\n{text.plain(ABOUT_NOTES)}\n\n:::"
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


def _by_whom(checks: Sequence[Check]) -> tuple[Section, ...]:
    """Contradicted numbers, those of papers first, under a title each where there are several."""
    found = [(words, [c for c in checks if c.source.who == who]) for who, words in WHOSE.items()]
    found = [(words, several) for words, several in found if several]
    return tuple(
        Section(tuple(map(_wrong, several)), f"Of {words}" if len(found) > 1 else "")
        for words, several in found
    )


def _wrong(check: Check) -> tuple[str, ...]:
    why = f"{check.why.removeprefix('unexplained: ')} ({check.source})"
    return (check.quantity, shown(check.printed), shown(check.ours), why)


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

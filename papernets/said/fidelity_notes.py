"""The part of the fidelity page on lecture notes: what stands in no network's record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .claims import shown
from .markdown import escaped, grouped, table
from .verify import Check

Further = Sequence[tuple[str, Check]]
"""Numbers of notes that no network's record holds, with the network's name; empty for none."""
LONG = 6
"""A list that is longer is folded, open to a click."""
VERDICT_COLUMNS = ("agree", "errata", "unexplained", "results")


def counts(checks: Sequence[Check]) -> tuple[int | str, ...]:
    """How many of each verdict; empty for none."""
    of = [check.verdict for check in checks]
    verdicts = ("agrees", "erratum", "unexplained", "measured")
    return tuple(of.count(verdict) or "" for verdict in verdicts)


def on_notes(further: Further) -> Iterator[str]:
    """What the notes print besides: counts, errata by reason, results beside papers' figures."""
    yield (
        "The lists above leave out what the notes' tables, examples and text print row by row: "
        "sizes, windows, worked examples, and numbers that belong to no network. This section has "
        "them. `papernets verify --source notes-002` prints all of notes 002, line by line."
    )
    by_notes = grouped(further, lambda one: str(one[1].source.origins[0]))
    rows = [
        (notes, *counts([check for _, check in several]))
        for notes, several in sorted(by_notes.items())
    ]
    yield table(("notes", *VERDICT_COLUMNS), rows)
    wrong = [one for one in further if one[1].verdict in ("erratum", "unexplained", "DISAGREES")]
    if wrong:
        yield "### Errata of the notes' tables and text"
        yield "\n".join(_reason(why, several) for why, several in _by_reason(wrong).items())
    beside = [one for one in further if one[1].verdict == "measured"]
    if beside:
        yield "### Results and choices that the notes repeat"
        told = [
            (
                f"`{network}`" if network else "",
                check.quantity,
                shown(check.printed),
                check.why,
                check.source,
            )
            for network, check in beside
        ]
        head = ("network", "what", "printed", "in the paper", "where")
        summary = f"<summary>{len(told)} numbers</summary>"
        yield f"<details>{summary}\n\n{table(head, told)}\n\n</details>"


def _by_reason(wrong: Further) -> dict[str, list[tuple[str, Check]]]:
    return grouped(wrong, lambda one: one[1].why)


def _reason(why: str, several: Further) -> str:
    """One reason, and the numbers that it explains; folded where they are many."""
    told = [
        (f"`{network}`: " if network else "")
        + f"{escaped(check.quantity)} = {escaped(shown(check.printed))}, ours "
        f"{escaped(shown(check.ours))} (*{escaped(str(check.source))}*)"
        for network, check in several
    ]
    if len(told) > LONG:
        summary = f"<summary>{len(told)} numbers</summary>"
        return f"- {escaped(why)} <details>{summary}{'<br>'.join(told)}</details>"
    return f"- {escaped(why)}: {'; '.join(told)}"

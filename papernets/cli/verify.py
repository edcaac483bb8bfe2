"""verify: every published number against our own arithmetic, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import plural
from . import screen
from .claims import contradicted, counts
from .flags import Json, WrongUse, own_file

if TYPE_CHECKING:
    from ..said.verify import Check


def verify(
    name: Annotated[str, typer.Argument(help="A network; all of them if left out.")] = "",
    json: Json = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As a page in Markdown, docs/fidelity.md say.")
    ] = False,
) -> None:
    """Check each published number against our own arithmetic.

    Exit code 1 if one disagrees.
    """
    from ..nets import NETS
    from ..nets import verify as check
    from ..said.fidelity import OnRecord, page
    from .explain import find

    if json and markdown:
        raise WrongUse("--json and --markdown are two forms of one thing: give one of them")
    names = [name] if name else [entry.name for entry in NETS]
    with own_file(name):
        nets = {n: find(n) for n in names}
        found = {n: check(net) for n, net in nets.items()}
        checks = [(n, c) for n, several in found.items() for c in several]
        if json:
            screen.print_json([{"network": n, **c.to_dict()} for n, c in checks])
        elif markdown:
            records = [OnRecord(found.net, found.record) for found in nets.values()]
            screen.say(page(records).rstrip())
        else:
            _verdicts(checks)
    if any(c.verdict == "DISAGREES" for _, c in checks):
        raise typer.Exit(1)


def _verdicts(checks: Sequence[tuple[str, Check]]) -> None:
    """The table of published numbers, the reasons of the errata, and how many there are of each."""
    from ..said import ABOUT_NOTES, shown

    rows = []
    for n, c in checks:
        if c.verdict != "measured":
            verdict = c.verdict + (", rounded" if c.rounded else ", below" if c.below else "")
            rows.append((n, c.quantity, str(c.source), verdict, shown(c.printed), shown(c.ours)))
    columns = ("network", "quantity", "source", "verdict", "printed", "ours")
    if screen.terminal():  # a table a network: with a column for its name there is no room
        for name in dict.fromkeys(n for n, _ in checks):
            screen.heading(name)
            screen.table(columns[1:], [row[1:] for row in rows if row[0] == name], left=3)
    else:
        screen.table(columns, rows, left=4)
    for title, verdicts in (
        ("Errata, and why", ("erratum", "DISAGREES")),
        ("Unexplained: nobody knows why", ("unexplained",)),
    ):
        wrong = [(n, c) for n, c in checks if c.verdict in verdicts and c.why]
        if wrong:
            screen.heading(title)
        for n, c in wrong:
            screen.paragraph("", f"{n}: {contradicted(c)}", hang=2)
    screen.say()
    screen.prose(_tally([c for _, c in checks]))
    if any(c.source.in_notes for _, c in checks):
        screen.prose(ABOUT_NOTES)


def _tally(checks: Sequence[Check]) -> str:
    """How many numbers agree, are errata, are unexplained, disagree; and of whom they are."""
    said = []
    for verdict, one, several in (
        ("agrees", "published number agrees", "published numbers agree"),
        ("erratum", "is an erratum with its reason", "are errata with their reasons"),
        ("unexplained", "is unexplained", "are unexplained"),
        ("DISAGREES", "disagrees", "disagree"),
    ):
        chosen = [c for c in checks if c.verdict == verdict]
        of = counts(chosen, {"paper": "papers", "code": "released code", "notes": "notes"})
        number = plural(len(chosen), one, several)
        said.append(f"{number} ({of})" if chosen else number)
    measured = sum(c.verdict == "measured" for c in checks)
    results = plural(measured, "is a result", "are results")
    return f"{', '.join(said)}; {results} of experiments, which training reproduces."

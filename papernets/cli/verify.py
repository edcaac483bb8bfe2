"""verify: every published number against our own arithmetic, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import plural
from . import screen
from .flags import Json, WrongUse, own_file

if TYPE_CHECKING:
    from ..said.fidelity import OnRecord
    from ..said.verify import Check


def verify(
    name: Annotated[str, typer.Argument(help="A network; without it, all of them.")] = "",
    json: Json = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a page in Markdown, as in docs/fidelity.md.")
    ] = False,
    source: Annotated[
        str,
        typer.Option("--source", help="Print the tables of notes-000 to notes-004, marked."),
    ] = "",
) -> None:
    """Check each published number against our own arithmetic.

    The exit code is 1 if a number disagrees.
    """
    from ..nets import NETS, look_up
    from ..nets import verify as check
    from ..nets.notes import further
    from ..said.fidelity import OnRecord, page
    from .explain import network

    if json and markdown:
        raise WrongUse("--json and --markdown are two forms of one thing: give one of them")
    if source:
        _of_source(source, name, json, markdown)
        return
    with own_file(name):
        every = {entry.name: look_up(entry.name) for entry in NETS if not name}
        nets = {name: network(name)} if name else every
        records = {n: OnRecord(found.net, found.record) for n, found in nets.items()}
        checks = [(n, c) for n, found in nets.items() for c in check(found)]
        more = further() if not name else ()
        if json:
            printed = [{"network": n or None, **c.to_dict()} for n, c in (*checks, *more)]
            screen.print_json(printed)
        elif markdown:
            screen.say(page(tuple(records.values()), more).rstrip())
        else:
            order = list(dict.fromkeys(n for n, _ in checks))
            checks += [(n or NO_NETWORK, c) for n, c in more]
            order += [n for n in dict.fromkeys(n for n, _ in checks) if n not in order]
            _verdicts(sorted(checks, key=lambda one: order.index(one[0])))
            if name:
                _say_further(next(iter(records.values())))
    if any(c.verdict == "DISAGREES" for _, c in (*checks, *more)):
        raise typer.Exit(1)


NO_NETWORK = "(no network)"


def _say_further(of: OnRecord) -> None:
    """How many numbers of a network stand in the notes' tables besides."""
    from ..nets import NETS
    from ..nets.notes import further

    known = of.name in {entry.name for entry in NETS} and of.record.claims_on(of.net)
    if several := further(of.name) if known else ():
        names = sorted({str(check.source.origins[0]).replace(" ", "-") for _, check in several})
        screen.prose(
            f"The tables of the notes print {plural(len(several), 'number', 'numbers')} of it "
            f"besides: {', '.join(screen.whole(f'papernets verify --source {n}') for n in names)}"
        )


def _of_source(source: str, name: str, json: bool, markdown: bool) -> None:
    """One of the notes, table by table; exit code 1 where a cell disagrees or has no mark."""
    from ..nets.notes import page
    from ..show.page import page_list
    from .flags import wrong_use
    from .source import show_page

    if name or markdown:
        what = f"{name} is a network" if name else "--markdown is the page of all networks"
        raise WrongUse(f"--source {source} is a whole note, and {what}: give one of them")
    with wrong_use():
        found = page(source)
    if json:
        screen.print_json(page_list(found))
    else:
        show_page(found)
    if found.unmarked or any(check.verdict == "DISAGREES" for check in found.checks()):
        raise typer.Exit(1)


def _verdicts(checks: Sequence[tuple[str, Check]]) -> None:
    """The table of published numbers, the reasons of the errata, and how many there are of each."""
    from ..said import ABOUT_NOTES, shown
    from ..show.published import contradicted

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
    from ..show.published import counts

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

"""The page of all published numbers: how many agree, and every one that does not, with its reason.

It is made of what `verify` finds, and of the departures and results that the networks hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..spec import Committee, Net
from ..words import percent
from .claims import Departure, Value, shown
from .fidelity_notes import LONG, VERDICT_COLUMNS, Further, counts, on_notes
from .markdown import anchor, escaped, grouped, named, table
from .record import Record
from .sources import ABOUT_NOTES, WHO, Source
from .verify import Check, verify


class OnRecord(NamedTuple):
    """A network with what was said of it; a page needs its paper."""

    net: Net | Committee
    record: Record

    @property
    def name(self) -> str:
        return self.net.name

    @property
    def heading(self) -> str:
        paper = self.record.paper
        return f"{paper.year}: {paper.title}" if paper else "Without a paper"

    @property
    def departures(self) -> tuple[Departure, ...]:
        return self.record.departures


Networks = Sequence[OnRecord]
Checks = Mapping[str, tuple[Check, ...]]
INTRODUCTION = """# Fidelity: every published number, checked

Papers, released code and lecture notes print numbers about these networks.
This page compares them with our own arithmetic. Each number has a verdict:

- It **agrees** if it is the same as ours, or if ours gives it when rounded to the printed digits or
  truncated to two or more of them.
- It is an **erratum** if it is wrong and we know why. Each has its reason.
- It is **unexplained** if it is wrong and nobody knows why.
- It is a **result** if somebody measured it, such as a test error. Arithmetic cannot confirm it;
  training can reproduce it. Beside a result that notes repeat stands the paper's own figure.

A **departure** is a place where a network does something else than its paper, where a variant or a
reading misses a number that is right, or where the paper leaves something open. Each names the
place that says so.

None is left out of what the lecture notes print: `papernets verify --source notes-000` to
`notes-004` prints their tables and numbers again with a mark in each cell, and ends with what is
not a fact and why. A test compares this with the text of the notes.

`papernets verify --markdown > docs/fidelity.md` makes this page, and a test fails if the page is
out of date. `papernets verify NAME` prints each number of a network, also those that agree.
`papernets diff A B` shows where two networks differ."""
WHOSE_WORDS = dict(zip(WHO, ("of papers", "of released code", "of notes"), strict=True))
VERDICTS = {
    "agrees": "agree",
    "erratum": "errata, with reasons",
    "unexplained": "unexplained",
    "DISAGREES": "**disagree**",
    "measured": "results for training",
}


def page(networks: Networks, further: Further = ()) -> str:
    """The page in Markdown, for these networks in their order; papers in the order of their first.

    A number that several networks share is counted once a network. `further` are those of notes
    that stand in no record.
    """
    checks = {one.name: verify(one.net, one.record) for one in networks}
    papers = grouped(networks, lambda net: net.heading)
    parts = [
        INTRODUCTION,
        ABOUT_NOTES,
        _together(checks, further),
        "## Papers",
        _index(papers, checks),
        "## Unexplained",
        *_unexplained(networks, checks),
    ]
    for heading, several in papers.items():
        parts += [f"## {heading}", *_section(several, checks)]
    if further:
        parts += ["## Lecture notes", *on_notes(further)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _together(checks: Checks, further: Further) -> str:
    """All numbers, by verdict and by whose they are."""
    every = [check for several in checks.values() for check in several]
    every += [check for _, check in further]
    rows = []
    for verdict, words in VERDICTS.items():
        kinds = [check.source.who for check in every if check.verdict == verdict]
        if kinds or verdict != "DISAGREES":
            counts = [kinds.count(kind) for kind in WHO]
            rows.append((words, *counts, sum(counts)))
    head = (f"{len(checks)} networks", *WHOSE_WORDS.values(), "together")
    return table(head, rows)


def _index(papers: Mapping[str, Networks], checks: Checks) -> str:
    rows = []
    for heading, several in papers.items():
        every = [check for net in several for check in checks[net.name]]
        link = f"[{heading}](#{anchor(heading)})"
        rows.append((link, len(several), *counts(every)))
    return table(("paper", "networks", *VERDICT_COLUMNS), rows)


Contradicted = tuple[str, str, Source, str]
"""A number as it is printed: quantity, value, source, and why ours is another."""


def _contradicted(
    networks: Networks, checks: Checks, verdict: str
) -> dict[Contradicted, dict[str, str]]:
    """Each contradicted number once, with our value for each network that it is printed for."""
    found: dict[Contradicted, dict[str, str]] = {}
    for net in networks:
        for check in checks[net.name]:
            if check.verdict == verdict:
                claim = (check.quantity, shown(check.printed), check.source, check.why)
                found.setdefault(claim, {})[net.name] = shown(check.ours)
    return found


def _unexplained(networks: Networks, checks: Checks) -> Iterator[str]:
    claims = _contradicted(networks, checks, "unexplained")
    if not claims:
        yield "None."
        return
    count = sum(len(ours) for ours in claims.values())
    yield (
        f"Arithmetic contradicts {len(claims)} printed numbers that nobody has explained yet, or "
        f"{count} if each counts once for every network that it describes."
    )
    yield table(
        ("network", "quantity", "printed", "ours", "where", "what is known"),
        [
            (
                *(named(ours), f"`{quantity}`", printed, _values(ours), source),
                why.partition(": ")[2],
            )
            for (quantity, printed, source, why), ours in claims.items()
        ],
    )


def _values(ours: Mapping[str, str]) -> str:
    """Our values, in the order of the networks; one where they are all the same."""
    return "; ".join(dict.fromkeys(ours.values()))


def _section(networks: Networks, checks: Checks) -> Iterator[str]:
    """One paper: its networks, errata, departures and results."""
    if networks[0].record.paper:
        yield networks[0].record.source
    rows = []
    for net in networks:
        agreed = [c.source.who for c in checks[net.name] if c.verdict == "agrees"]
        by = tuple(agreed.count(kind) or "" for kind in WHO)
        rows.append(
            (f"`{net.name}`", *by, *counts(checks[net.name])[1:3], len(net.departures) or "")
        )
    agree = ("agree: paper", "code", "notes")
    yield table(("network", *agree, "errata", "unexplained", "departures"), rows)
    yield from _errata(networks, checks)
    yield from _departures(networks)
    yield from _results(networks)


def _errata(networks: Networks, checks: Checks) -> Iterator[str]:
    """What is printed otherwise, that of papers first; by source and reason."""
    claims = _contradicted(networks, checks, "erratum")
    if claims:
        yield "### Errata"
    for kind, words in WHOSE_WORDS.items():
        several = {claim: ours for claim, ours in claims.items() if claim[2].who == kind}
        if several:
            yield f"#### {words[:1].upper()}{words[1:]}"
            yield _errata_of(networks, several)


def _errata_of(networks: Networks, claims: Mapping[Contradicted, dict[str, str]]) -> str:
    of = {net.name for net in networks}
    lines = []
    for (source, why), several in grouped(claims.items(), lambda item: item[0][2:]).items():
        told = [
            f"`{quantity}` = {escaped(printed)}, ours {escaped(_values(ours))}"
            + ("" if set(ours) == of else f" ({named(ours)})")
            for (quantity, printed, _, _), ours in several
        ]
        reason = f"*{escaped(str(source))}*: {escaped(why)}"
        if len(told) > LONG:
            summary = f"<summary>{len(told)} numbers</summary>"
            lines.append(f"- {reason} <details>{summary}{'<br>'.join(told)}</details>")
        else:
            lines.append(f"- {'; '.join(told)}. {reason}")
    return "\n".join(lines)


def _departures(networks: Networks) -> Iterator[str]:
    """What is done otherwise, once, with the networks that do it."""
    found: dict[Departure, list[str]] = {}
    for net in networks:
        for departure in net.departures:
            found.setdefault(departure, []).append(net.name)
    if found:
        yield "### Departures"
        yield "\n".join(
            f"- {escaped(departure.what)} (*{escaped(departure.where)}*)"
            + ("" if len(names) == len(networks) else f": {_among(names, networks)}")
            for departure, names in found.items()
        )


def _among(names: Sequence[str], networks: Networks) -> str:
    """The names, or where they are most of many, all but the others."""
    others = [net.name for net in networks if net.name not in names]
    few = len(names) > LONG and len(others) < len(names) / 2
    return f"all but {named(others)}" if few else named(names)


def _results(networks: Networks) -> Iterator[str]:
    """Errors that were measured, for training to reproduce."""
    found: dict[Result, list[str]] = {}
    for net in networks:
        for claim in net.record.claims_on(net.net):
            if claim.measured:
                result = (claim.printed, claim.conditions, str(claim.source))
                found.setdefault(result, []).append(net.name)
    if not found:
        return
    yield "### Results, for training to reproduce"
    results = table(
        ("network", "error", "on", "where"),
        [
            (named(names), _percent(error), conditions, source)
            for (error, conditions, source), names in found.items()
        ],
    )
    if len(found) > LONG:
        results = f"<details><summary>{len(found)} results</summary>\n\n{results}\n\n</details>"
    yield results


Result = tuple[Value, str, str]
"""An error, on what it was measured, and where it is printed."""


def _percent(error: Value) -> str:
    return percent(error) if isinstance(error, float) else shown(error)

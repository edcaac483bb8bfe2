"""cite: the BibTeX of networks' papers, without torch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from . import screen
from .explain import NAMED, network
from .flags import Json, own_file
from .output import chosen, write

if TYPE_CHECKING:
    from ..nets import Found
    from ..said import Paper
    from ..said.bibtex import Entry

FORMATS = {".bib": "bibtex", ".json": "json"}
Output = Annotated[
    str, typer.Option("--output", "-o", help="Write to this file: .bib or .json. -: stdout.")
]


def cite(
    names: Annotated[list[str], typer.Argument(metavar="NAME", help=NAMED)],
    every: Annotated[
        bool, typer.Option("--all", help="The other papers too that print numbers of it.")
    ] = False,
    json: Json = False,
    output: Output = "",
) -> None:
    """Print the BibTeX of networks' papers.

    A paper of several networks stands once. Where a network departs from its paper, comments above
    the entry say how.
    """
    from ..texts import json_text

    kind = chosen({"json": json}, output, FORMATS)
    with own_file(*names):
        several = [_cited(name, every) for name in names]
        if kind == "json":
            told = [_told(*one) for one in several]
            whole = told[0] if len(told) == 1 else {"schema": 1, "networks": told}
            if output in ("", "-"):
                screen.print_json(whole)
            else:
                write(json_text(whole, indent=1) + "\n", output)
            return
        blocks: dict[str, None] = {}
        for found, papers in several:
            blocks |= dict.fromkeys(
                ["\n".join(comments(found)), *(entry.text() for entry in papers)]
            )
        write("\n\n".join(filter(None, blocks)) + "\n", output)


def _cited(name: str, every: bool) -> tuple[Found, list[Entry]]:
    """A network with the entries of its papers; ValueError where it has none."""
    from ..said.bibtex import entry

    found = network(name)
    papers = list(papers_of(found, every))
    if not papers:
        raise ValueError(
            f"no paper stands beside {found.name}: there is nothing to cite. A file of your "
            "own names it as PAPER = Paper(title, authors, year, venue)"
        )
    return found, [entry(paper) for paper in papers]


def _told(found: Found, papers: list[Entry]) -> dict[str, object]:
    """A network's citation as JSON has it."""
    return {
        "schema": 1,
        "network": found.name,
        "title": found.record.title,
        "papers": [one.to_dict() for one in papers],
        "departures": [vars(departure) for departure in found.record.departures],
    }


def papers_of(found: Found, every: bool) -> Iterator[Paper]:
    """The network's paper, and the others that print numbers of it where `every` asks for them."""
    from ..said import Paper

    own = [found.record.paper] if found.record.paper else []
    claims = found.record.claims if every else ()
    others = [o for claim in claims for o in claim.source.origins if isinstance(o, Paper)]
    seen: set[str] = set()
    for paper in (*own, *others):
        if paper.title not in seen:
            seen.add(paper.title)
            yield paper


def comments(found: Found) -> Iterator[str]:
    """What the network is, and where it departs from its paper; BibTeX reads none of it."""
    from ..said.bibtex import code_of

    record = found.record
    yield _comment(f"{found.name}: {record.title}")
    for place in code_of(record.paper) if record.paper else ():
        yield _comment(f"as in {place}")
    for departure in record.departures:
        yield _comment(f"departs: {departure.what} ({departure.where})")


def _comment(text: str) -> str:
    """A line that begins no entry, whatever is in it."""
    from ..texts import escaped

    return "% " + " ".join(escaped(text).split()).replace("@", "(at)")

"""cite: the BibTeX of a network's paper, without torch."""

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

FORMATS = {".bib": "bibtex", ".json": "json"}
Output = Annotated[
    str, typer.Option("--output", "-o", help="Write to this file: .bib or .json. -: stdout.")
]


def cite(
    name: Annotated[str, typer.Argument(help=NAMED)],
    every: Annotated[
        bool, typer.Option("--all", help="The other papers too that print numbers of it.")
    ] = False,
    json: Json = False,
    output: Output = "",
) -> None:
    """Print the BibTeX of a network's paper.

    Where the network departs from its paper, comments above the entry say how.
    """
    from ..show.bibtex import entry
    from ..texts import json_text

    kind = chosen({"json": json}, output, FORMATS)
    with own_file(name):
        found = network(name)
        papers = list(papers_of(found, every))
        if not papers:
            raise ValueError(
                f"no paper stands beside {found.name}: there is nothing to cite. A file of your "
                "own names it as PAPER = Paper(title, authors, year, venue)"
            )
        entries = [entry(paper) for paper in papers]
        if kind == "json":
            whole = {
                "schema": 1,
                "network": found.name,
                "title": found.record.title,
                "papers": [one.to_dict() for one in entries],
                "departures": [vars(departure) for departure in found.record.departures],
            }
            if output in ("", "-"):
                screen.print_json(whole)
            else:
                write(json_text(whole, indent=1) + "\n", output)
            return
        blocks = ["\n".join(comments(found)), *(one.text() for one in entries)]
        write("\n\n".join(filter(None, blocks)) + "\n", output)


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
    from ..show.bibtex import code_of

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

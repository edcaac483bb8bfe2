"""list: all networks, without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..words import by, percent
from . import screen
from .flags import Json, WrongUse

if TYPE_CHECKING:
    from ..said import Claim


def list_networks(
    pattern: Annotated[
        str, typer.Argument(help="Part of a name, or a pattern with * and ?.")
    ] = "*",
    json: Json = False,
) -> None:
    """List all networks, by year."""
    from ..bundle.find import shipped
    from ..nets import find as entry_of
    from ..nets import list_nets, look_up
    from ..said import error_of_paper
    from ..spec import totals, walk

    rows, found = [], []
    for name in list_nets(pattern):
        entry, looked_up = entry_of(name), look_up(name)
        one, record = looked_up.net, looked_up.record
        member, times = one.member, one.count
        sums, trained = totals(walk(member)), shipped(name) is not None
        paper = error_of_paper(record.claims)
        found.append(
            {
                "name": name,
                "year": entry.year,
                "title": record.title,
                "input": list(member.input),
                "params": sums.params * times,
                "macs": sums.macs * times,
                "aliases": list(entry.aliases),
                "trained": trained,
                "paper_error": paper.printed if paper else None,
                "paper_error_on": paper.conditions if paper else None,
            }
        )
        rows.append(
            (
                name,
                record.title,
                str(entry.year),
                by(member.input),
                f"{sums.params * times:,}",
                f"{sums.macs * times:,}",
                "yes" if trained else "",
                _printed(paper),
            )
        )
    if json:
        screen.print_json(found)
    elif rows:
        columns = ("name", "what it is", "year", "input", "params", "MACs", "trained", "paper")
        screen.table(columns, rows, left=2, optional=("input", "MACs"))
        if screen.terminal():
            screen.prose(
                "trained: comes with weights, for evaluate and predict. paper: the first error "
                "that it prints, top-1 unless marked; explain NAME says on which pictures."
            )
    else:
        raise WrongUse(f"no network's name matches {pattern!r}. All names: papernets list")


def _printed(claim: Claim | None) -> str:
    """A paper's error in the list, marked where it is not a plain top-1 error."""
    if claim is None or not isinstance(claim.printed, float):
        return ""
    mark = "top-5 " if "top-5" in claim.conditions else ""
    higher = ">" if "higher than" in claim.conditions else ""
    return mark + higher + percent(claim.printed)

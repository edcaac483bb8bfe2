"""The operations that a network's paper prints, and what it counted to come to its figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ..nets import Found, look_up
from ..said import Claim, Paper, shown
from ..spec import Conv, Row, TableConv, walk

Reading = Callable[[Sequence[Row]], int]


def _macs(rows: Sequence[Row]) -> int:
    return sum(row.macs for row in rows if not row.aux)


def _convolutions(rows: Sequence[Row]) -> int:
    kinds = Conv | TableConv
    return sum(row.macs for row in rows if isinstance(row.layer, kinds) and not row.aux)


def _doubled(rows: Sequence[Row]) -> int:
    return 2 * _macs(rows)


def _heads_too(rows: Sequence[Row]) -> int:
    return sum(row.macs for row in rows)


def _connections(rows: Sequence[Row]) -> int:
    return sum(row.connections for row in rows if not row.aux)


READINGS: dict[str, Reading] = {
    "multiply-adds, one for each use of a weight": _macs,
    "the multiply-adds of the convolutions alone": _convolutions,
    "multiply-adds, those of the auxiliary heads too": _heads_too,
    "two operations for each multiply-add": _doubled,
    "connections: weights and biases, once for each use, those of subsampling too": _connections,
}
"""What a paper may have counted, in the order in which it is tried."""
WORDS = {reading: words for words, reading in READINGS.items()}


@dataclass(frozen=True)
class Figure:
    """What a paper's count gives for a network, and in words what it counted and printed."""

    operations: int | None
    words: str


def paper_figure(found: Found) -> Figure:
    """What the paper's way of counting gives for this network.

    Its own paper comes first, then another that prints a figure for it. A figure that no reading
    gives is said, and nothing is counted; so it is where no paper prints one.
    """
    printed = _as_printed(found)
    claims = sorted(_claims(printed), key=lambda claim: not _own(claim, printed))
    rows = walk(found.net.member)
    times = found.net.count
    lost: list[str] = []
    for claim in claims:
        reading = _reading(claim, walk(printed.net.member), times)
        where = f"{shown(claim.printed)} ({claim.source})"
        if reading is None:
            lost.append(where)
            continue
        words = f"Counted as where {where} is printed: {WORDS[reading]}."
        if printed is not found:
            words += f" It is printed for an input of {shown(printed.net.member.input)}."
        return Figure(times * reading(rows), words + _beside(claims, claim))
    if lost:
        return Figure(
            None, f"Printed are {' and '.join(lost)}: no count that we know of gives such a figure."
        )
    if found.record.paper is None:
        return Figure(None, "No paper stands beside this network.")
    return Figure(None, "No paper that we have prints how many operations this network takes.")


def _as_printed(found: Found) -> Found:
    """The network for which the claims were printed: this one, or that of its name."""
    if found.claims or not found.record.claims:
        return found
    try:
        plain = look_up(found.name)
    except ValueError:
        return found
    return plain if plain.claims else found


def _claims(found: Found) -> list[Claim]:
    """The claims of papers on all operations of a network."""
    return [
        claim
        for claim in found.claims
        if claim.quantity in ("macs", "connections")
        and claim.source.who == "paper"
        and isinstance(claim.printed, int | float)
        and not claim.measured
    ]


def _own(claim: Claim, found: Found) -> bool:
    """True where the network's own paper prints it, and names no other as its place."""
    papers = [origin for origin in claim.source.origins if isinstance(origin, Paper)]
    return found.record.paper in papers and " et al. " not in claim.source.place


def _reading(claim: Claim, rows: Sequence[Row], times: int) -> Reading | None:
    """What was counted: the first reading whose number is the printed one, or rounds to it."""
    tried: list[Reading] = list(READINGS.values())
    if claim.quantity == "connections":
        tried = [_connections]
    gives = partial(_gives, claim, rows, times)
    return next(filter(gives, tried), None)


def _gives(claim: Claim, rows: Sequence[Row], times: int, reading: Reading) -> bool:
    ours = times * reading(rows)
    return claim.rounded_from(ours) if claim.wrong else claim.agrees(ours)


def _beside(claims: Sequence[Claim], chosen: Claim) -> str:
    others = [f"{shown(c.printed)} ({c.source})" for c in claims if c is not chosen]
    return f" Printed too: {'; '.join(others)}." if others else ""

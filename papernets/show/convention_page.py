"""`explain NAME --convention NAME` as a page: another tool's number, and what it counts."""

from __future__ import annotations

from collections.abc import Sequence

from ..arithmetic.conventions import Counted
from ..nets import Found
from ..spec import totals, walk
from ..tables import Cell, Column, Section, Table
from .document import Chapter, Document, Grid, Piece, Words
from .rows import per_cent


def convention_page(found: Found, counted: Counted) -> Document:
    """What a convention counts of a network, row by row where it counts rows."""
    whose = counted.tool or f"the convention {counted.convention!r}"
    pieces: list[Piece] = [Words(_sum(counted, whose)), Words(counted.counts)]
    times = getattr(found.net, "count", 1)
    macs = totals(walk(found.net.member)).macs * times
    if counted.operations is not None and counted.operations != macs:
        ratio = f", which is {counted.operations / macs:.4g} times as much" if macs else ""
        pieces.append(Words(f"Beside it {macs:,} multiply-adds as counted here{ratio}."))
    columns = (
        Column("layer"),
        Column("kind"),
        Column("operations", right=True),
        Column("%", right=True, show=per_cent),
    )
    every = sum(row.operations for row in counted.rows)
    rows: list[tuple[Cell, ...]] = [
        (row.name, row.kind, row.operations, row.operations / every if every else None)
        for row in counted.rows
        if row.operations
    ]
    table = Table(columns, (Section(tuple(rows)),))
    if rows:
        pieces.append(Grid(table, 2, ("%",)))
    return Document(
        found.record.title, found.record.source, (Chapter("", tuple(pieces)),), lambda: table
    )


def all_conventions(found: Found, every: Sequence[Counted]) -> Document:
    """All conventions' numbers of a network, a line each, beside the multiply-adds."""
    times = getattr(found.net, "count", 1)
    macs = totals(walk(found.net.member)).macs * times
    columns = (
        Column("convention"),
        Column("tool"),
        Column("operations", right=True),
        Column("times", right=True, show=lambda cell: f"{cell:.4g}"),
        Column("parameters", right=True, key="params"),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in every:
        ratio = one.operations / macs if one.operations is not None and macs else None
        rows.append((one.convention, one.tool, one.operations, ratio, one.params))
    table = Table(columns, (Section(tuple(rows)),))
    what = Words("What one counts: papernets explain NAME --convention torchinfo, for one.")
    return Document(
        found.record.title,
        found.record.source,
        (Chapter("", (Grid(table, 2, ("parameters", "tool")), what)),),
        lambda: table,
    )


def _sum(counted: Counted, whose: str) -> str:
    """The number in a sentence."""
    if counted.params is not None and counted.trainable is not None:
        fixed = counted.params - counted.trainable
        return (
            f"{counted.params:,} parameters by {whose}: {counted.trainable:,} trained, "
            f"{fixed:,} not."
        )
    if counted.operations is None:
        return f"No number of operations by {whose}."
    return f"{counted.operations:,} operations by {whose}."

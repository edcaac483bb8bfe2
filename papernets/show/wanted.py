"""What is asked of a network's listing: how deep, which rows, in which order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..spec import Row
from ..words import brief, did_you_mean, either

DEPTHS = ("1", "2", "all")


def _area(row: Row) -> int:
    """What sees everything stands behind all fields that are known: it is the largest."""
    return row.receptive_field[0] * row.receptive_field[1] if row.receptive_field else 10**30


SORTS: Mapping[str, Callable[[Row], int]] = {
    "macs": lambda row: row.macs,
    "params": lambda row: row.params,
    "memory": lambda row: row.size,
    "neurons": lambda row: row.size,
    "connections": lambda row: row.connections,
    "sees": _area,
}
"""By what rows are sorted, the largest first."""


@dataclass(frozen=True)
class Wanted:
    """What is to be told: how deep, of which rows alone, in which order, for how many pictures."""

    depth: str = ""
    only: str = ""
    sort: str = ""
    batch: int = 32

    def __post_init__(self) -> None:
        if self.depth and self.depth not in DEPTHS:
            raise ValueError(f"depth {brief(self.depth)}: give {either(DEPTHS)}")
        if self.sort and self.sort not in SORTS:
            near = did_you_mean(self.sort, SORTS)
            given = brief(self.sort)
            raise ValueError(f"sorted by {given}.{near} Give {either(list(SORTS))}")
        if self.depth and (self.only or self.sort):
            flag = "only" if self.only else "sort"
            raise ValueError(f"a depth is of the whole listing: leave --depth or --{flag} out")

    def of(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """The rows that are asked for, in their order; ValueError where there are none."""
        found = only(rows, self.only) if self.only else tuple(rows)
        return tuple(sorted(found, key=SORTS[self.sort], reverse=True)) if self.sort else found


def only(rows: Sequence[Row], word: str) -> tuple[Row, ...]:
    """The rows of a kind (`conv`, `pool`), or whose name fits a pattern or begins so."""
    kinds = {kind for row in rows for kind in (row.kind, *row.kind.split())}
    if word in kinds:
        exact = tuple(row for row in rows if row.kind == word)
        return exact or tuple(row for row in rows if word in row.kind.split())
    if any(sign in word for sign in "*?["):
        found = tuple(row for row in rows if fnmatchcase(row.name, word))
    else:
        found = tuple(row for row in rows if row.name.startswith(word))
    if not found:
        every = sorted({row.kind for row in rows})
        near = did_you_mean(word, [*every, *(row.name for row in rows)], loosely=True)
        raise ValueError(
            f"no layer is of the kind {brief(word)}, or has a name that begins so.{near} "
            f"Kinds here: {', '.join(every)}; a pattern may have * and ?"
        )
    return found

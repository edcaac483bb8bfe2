"""Rows of two networks side by side: the same names first, then what has the same form.

A layer that was put in, taken out or renamed does not shift those after it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

from ..spec.walk import Row

Pairing = tuple[int | None, int | None]
"""Where a row stands in the one and in the other network; None where it has no counterpart."""
FAMILIES = (
    {"conv", "table conv"},
    {"subsample", "max pool", "average pool", "adaptive average pool", "global average pool"},
    {"lrn", "batch norm"},
    {"dense", "rbf"},
    {"identity", "pad shortcut"},
)
"""Kinds that do the same work: they may stand for each other under other names."""
LARGE, HUGE = 200_000, 1_000_000  # pairs; comparing all of more takes seconds, or minutes by runs
AHEAD = 100  # rows that are looked at for one of the same form, where there are so many


def align(a: Sequence[Row], b: Sequence[Row]) -> list[Pairing]:
    """Each row of either once, in order; rows of one name are paired wherever the order allows."""
    found: list[Pairing] = []
    i = j = 0
    for at, to in [*_anchors(a, b), (len(a), len(b))]:
        found += _gap(a, b, (i, at), (j, to))
        if at < len(a):
            found.append((at, to))
        i, j = at + 1, to + 1
    return found


def _anchors(a: Sequence[Row], b: Sequence[Row]) -> list[tuple[int, int]]:
    """As many rows of one name as keep their order in both: the longest rising sequence."""
    where = {row.name: j for j, row in enumerate(b)}
    named = [(i, where[row.name]) for i, row in enumerate(a) if row.name in where]
    ends: list[int] = []  # the lowest last place of a sequence of each length
    holders: list[int] = []
    before: list[int | None] = []
    for at, (_, j) in enumerate(named):
        length = bisect_left(ends, j)
        ends[length : length + 1] = [j]
        holders[length : length + 1] = [at]
        before.append(holders[length - 1] if length else None)
    chosen = []
    now = holders[-1] if holders else None
    while now is not None:
        chosen.append(named[now])
        now = before[now]
    return chosen[::-1]


def _gap(
    a: Sequence[Row], b: Sequence[Row], of_a: tuple[int, int], of_b: tuple[int, int]
) -> Iterator[Pairing]:
    """The rows between two anchors, paired by form."""
    (i, at), (j, to) = of_a, of_b
    if (at - i) * (to - j) > LARGE:
        pairs = _by_blocks(*(list(map(_form, rows)) for rows in (a[i:at], b[j:to])))
    else:
        pairs = _best(at - i, to - j, lambda x, y: likeness(a[i + x], b[j + y]))
    for x, y in [*pairs, (at - i, to - j)]:
        while i < of_a[0] + x:
            yield i, None
            i += 1
        while j < of_b[0] + y:
            yield None, j
            j += 1
        if i < at and j < to:
            yield i, j
            i, j = i + 1, j + 1


def likeness(a: Row, b: Row) -> int:
    """How well one row stands for the other; 0 where it does other work."""
    if a.kind != b.kind and not any({a.kind, b.kind} <= family for family in FAMILIES):
        return 0
    return (
        2
        + 2 * (a.kind == b.kind)
        + (a.kernel == b.kernel)
        + (a.stride == b.stride)
        + (a.out[0] == b.out[0])
        + (a.out[1:] == b.out[1:])
        + (a.name.rpartition(".")[2] == b.name.rpartition(".")[2])
    )


def _best(rows: int, columns: int, score: Callable[[int, int], int]) -> list[tuple[int, int]]:
    """The pairs, in order in both, whose scores add up to the most."""
    if not rows or not columns:
        return []
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            alike = score(i, j)
            both = best[i + 1][j + 1] + alike if alike else 0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        alike = score(i, j)
        if alike and best[i][j] == best[i + 1][j + 1] + alike:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _form(row: Row) -> object:
    return row.kind, row.kernel, row.stride


def _by_blocks(a: Sequence[object], b: Sequence[object]) -> list[tuple[int, int]]:
    """As `_best`, quickly: runs of rows of the same form; of very many each one's next."""
    if len(a) * len(b) > HUGE:
        return list(_each_next(a, b))
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return [(x + n, y + n) for x, y, size in blocks for n in range(size)]


def _each_next(a: Sequence[object], b: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Each of `a` with the next of the same form in `b`, where one is near."""
    y = 0
    for x, form in enumerate(a):
        found = next((at for at in range(y, min(y + AHEAD, len(b))) if b[at] == form), None)
        if found is not None:
            yield x, found
            y = found + 1

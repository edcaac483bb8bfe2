"""The style `volumes`: feature maps as solids to scale, in a row, or in two where towers are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .groups import Group, groups_of
from .joins import common
from .opened import join_of
from .opened import laid_out as opened
from .parting import parted
from .rows import row_of
from .shapes import Drawing, Edge, Point, Shape, around, moved
from .slots import FEW, GAP, Slot, apart, slot, towers_of
from .solids import MOST, Scale
from .subject import Subject
from .tiles import straight

Finish = Callable[[list[Shape], Sequence[str]], Drawing]


def drawn(subject: Subject, finish: Finish, rows: int = 0) -> Drawing:
    """The page of a network, in so many rows; in as few as it can be read in where none is said."""
    if join := join_of(subject):
        shapes, scale = opened(subject, *join)
        return finish(shapes, [*said(shapes, ()), scale.said])
    groups = groups_of(subject)
    towers = towers_of(groups)
    notes = []
    if towers:
        groups = apart(groups)
        for group in groups:
            group.mark = common(subject.marks.get(row.name, "") for row in group.rows)
        notes.append(
            f"{towers} towers, each with its share of the maps; they meet where lines cross."
        )
    flat = not towers and all(group.vector or group.shape[0] <= FEW for group in groups)
    scale = Scale.of(groups)
    tall = (135.0 if towers else scale.tall) * (0.62 if rows else 1.0)  # two networks are lower
    scale = replace(scale, tall=tall)
    slots = [slot(group, scale, towers, flat, at) for at, group in enumerate(groups)]
    cones = flat or bool(towers)
    best: Drawing | None = None
    for count in [rows] if rows else range(1, 12):
        several = parted(slots, count, GAP)
        shapes = laid_out(several, cones)
        page = finish(shapes, [*notes, *said(shapes, groups), scale.said])
        if best is None or page.smallest_text > best.smallest_text + 0.15:
            best = page
        if best.smallest_text >= 6.5 or len(several) < count:
            break
    assert best is not None
    return best


def said(shapes: Sequence[Shape], groups: Sequence[Group]) -> list[str]:
    """What the marks on solids mean, as far as there are any."""
    found = []
    if any(isinstance(shape, Edge) and shape.role == "crease" for shape in shapes):
        found.append("Lines part a join as its branches share its maps.")
    if any(len(group.slabs) > MOST for group in groups):
        found.append(f"Of more than {MOST} slabs of one size, {MOST} are drawn.")
    return found


def laid_out(rows: Sequence[Sequence[Slot]], cones: bool) -> list[Shape]:
    """Rows of slots below one another, the end of one led to the beginning of the next."""
    found: list[Shape] = []
    drawn_rows = [row_of(row, cones) for row in rows]
    gutter = max(around(shapes)[2] for shapes, *_ in drawn_rows) + 8
    y = 0.0
    end: tuple[Point, str] | None = None
    for row, (shapes, out, low) in zip(rows, drawn_rows, strict=True):
        middle = y + max(one.top for one in row)
        found += moved(shapes, 0, middle)
        if end is not None:
            (ex, ey), name = end
            way = (
                (ex, ey), (gutter, ey), (gutter, y - 7), (-GAP, y - 7), (-GAP, middle),
                (row[0].left, middle),
            )  # fmt: skip
            found.append(Edge(straight(way), (name, row[0].first)))
        end = (out[0], out[1] + middle), row[-1].last
        y = middle + low + 26
    return found

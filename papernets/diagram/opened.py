"""A block alone in the style `volumes`: its branches as rows of solids, side by side, and its join.

Whole networks draw a block as one solid; this opens it.
"""

from __future__ import annotations

from dataclasses import replace

from ..spec import Add, Chain, Concat
from ..spec.joins import dotted
from .groups import Group, Slab, groups_of, within
from .rows import row_of, texts_of
from .shapes import Edge, Shape, around, moved
from .slots import GAP, Slot, slot
from .solids import Scale
from .subject import Subject
from .tiles import straight

TALL = 54.0
"""Points of the highest map, where branches stand one above the other."""
MOST = 8
"""Branches for which there is room."""


def join_of(subject: Subject) -> tuple[str, Concat | Add] | None:
    """The join that is all of a subject, by its name; None where there is more, or heads."""
    part, name = subject.body, subject.name
    while isinstance(part, Chain) and len(part.parts) == 1:
        (child, part), *_ = part.parts
        name = dotted(name, child)
    if not isinstance(part, Concat | Add) or len(part.branches) > MOST:
        return None
    return None if any(row.aux for row in subject.rows) and not subject.name else (name, part)


def laid_out(subject: Subject, name: str, part: Concat | Add) -> tuple[list[Shape], Scale]:
    """The input, a row for each branch, and what they are joined to."""
    lanes: list[list[Group]] = []
    for child, inner in part.branches:
        full = dotted(name, child)
        own = replace(subject, body=inner, name=full, rows=within(inner, full, subject))
        lanes.append([replace(group, block=name) for group in groups_of(own, True)[1:]])
    row = subject.by_name[name]
    ends = tuple(lane[-1].shape[0] if lane else subject.input[0] for lane in lanes)
    concat = part.kind == "concat"
    slab = Slab(name, (row,), "join" if concat else "add", ends if concat else ())
    joined = Group(row.out, [slab], mark=subject.marks.get(name, ""))
    first = Group(subject.input)
    scale = replace(Scale.of([first, *(g for lane in lanes for g in lane), joined]), tall=TALL)
    number = 0

    def placed(group: Group) -> Slot:
        nonlocal number
        number += 1
        return slot(group, scale, 0, False, number)

    start, end = placed(first), placed(joined)
    rows = [[placed(group) for group in lane] for lane in lanes]
    found: list[Shape] = []
    fork = start.width + GAP
    left = fork + GAP
    levels, outs, y = [], [], 0.0
    for several in rows:
        if not several:
            levels.append(y + 8)
            outs.append((left, y + 8))
            y += 24
            continue
        shapes, out, low = row_of(several, False)
        middle = y + max(one.top for one in several)
        found += moved(shapes, left, middle)
        levels.append(middle)
        outs.append((out[0] + left, out[1] + middle))
        y = middle + low + 14
    middle = y / 2
    meet = max([left, *(around(found)[2:3] if found else [])]) + GAP
    far = meet + GAP
    for one, x in ((start, 0.0), (end, far)):
        for body, _ in one.solids:
            found += moved(body.shapes, x + one.left, middle)
        found += moved(texts_of(one, x, one.bottom), 0, middle)
    body = start.solids[0][0]
    source = (start.left + body.out[0], middle + body.out[1])
    target = (far + end.left, middle)
    for several, level, out in zip(rows, levels, outs, strict=True):
        into = ((fork, source[1]), (fork, level))
        away = ((meet, out[1]), (meet, middle), target)
        if several:
            to = (left + several[0].left, level)
            found.append(Edge(straight((source, *into, to)), ("", several[0].first)))
            found.append(Edge(straight((out, *away)), (several[-1].last, name)))
        else:
            found.append(Edge(straight((source, *into, *away)), ("", name), "arc"))
    return found, scale

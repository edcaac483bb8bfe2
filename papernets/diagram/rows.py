"""A row of solids: their words, arcs and heads, and the lines from each to the next."""

from __future__ import annotations

from collections.abc import Sequence

from ..words import plural
from . import words
from .groups import Head
from .shapes import Box, Edge, Label, Point, Shape, moved
from .slots import GAP, SIZE, SMALL, WIDEST, Slot, residual
from .solids import kernel
from .text import clean, fitted, width
from .tiles import straight


def row_of(row: Sequence[Slot], cones: bool) -> tuple[list[Shape], Point, float]:
    """One row round y = 0; where values leave it, and how far down it reaches."""
    found: list[Shape] = []
    bottom = max(one.bottom for one in row)
    lines = 3 if any(one.texts[3][0] for one in row) else 2
    below = bottom + 6 + SIZE * 1.2 + (lines - 1) * SMALL * 1.3
    x, out = 0.0, (0.0, 0.0)
    heads: list[tuple[float, str, Sequence[Head]]] = []
    for at, one in enumerate(row):
        for body, middle in one.solids:
            found += moved(body.shapes, x + one.left, middle)
        found += texts_of(one, x, bottom)
        found += _arcs(one, x)
        last = x + one.left + one.solids[-1][0].out[0], one.solids[-1][0].out[1] + one.solids[-1][1]
        out = last if len(one.solids) == 1 else (last[0], last[1])
        after = x + one.width + GAP
        if at < len(row) - 1:
            found += between(one, x, row[at + 1], after, cones)
        if one.group.heads:
            heads.append((x + one.width + GAP * 0.35, one.last, one.group.heads))
        x = after
    heads_drawn = _heads(heads, below)
    return [*found, *heads_drawn], out, max([below, *(s.bounds[3] for s in heads_drawn)])


def _heads(heads: Sequence[tuple[float, str, Sequence[Head]]], below: float) -> list[Shape]:
    """Heads in boxes under a row, each led to from where it branches off; many as one box."""
    found: list[Shape] = []
    free = -1e9
    for across, name, several in heads:
        own = [several[:1], several[1:]] if len(several) == 2 else [several]
        for group in own:
            first = group[0]
            text = f"{clean(first.name)}, loss ×{first.weight:g}"
            if len(group) > 1:
                text = f"{len(group)} heads, {clean(first.name)} …"
            text = fitted(text, WIDEST, SMALL, True)
            more = plural(sum(head.layers for head in group), "layer")
            half = max(width(text, SMALL, True), width(more, SMALL)) / 2 + 5
            middle, top = max(across, free + 6 + half), below + 14
            free = middle + half
            key = f"head {name} {first.name}"
            rows = tuple(row for head in group for row in head.rows)
            names = tuple(row.name for row in rows)
            found += [
                Box(middle - half, top, 2 * half, 24, "block", "node", key, names, 1,
                    words.tip(rows), dashed=True),
                Label(middle, top + 10, text, SMALL, bold=True, within=key),
                Label(middle, top + 19.5, more, SMALL, within=key),
                Edge(straight(((across, 0), (across, top - 7), (middle, top - 7), (middle, top))),
                     (name, names[0]), dashed=True, note="head"),
            ]  # fmt: skip
    return found


def texts_of(one: Slot, x: float, bottom: float) -> list[Shape]:
    """The size above a solid, and below it its name, what it does, and what else."""
    middle = x + one.width / 2
    (above, size, _, paint), *texts = one.texts
    top = one.top - SMALL * 1.1
    found: list[Shape] = [Label(middle, -top, above, size, paint=paint)]
    y = bottom + 6
    for text, size, bold, paint in texts:
        y += size * 1.25
        if text:
            found.append(Label(middle, y, text, size, bold=bold, paint=paint))
    return found


def _arcs(one: Slot, x: float) -> list[Shape]:
    """An arc over each residual block that is drawn."""
    if not residual(one.group) or one.group.vector:
        return []
    found: list[Shape] = []
    body, middle = one.solids[0]
    assert body.side is not None
    deep = body.side[1][0] - body.side[0][0]
    y = middle - body.top - 1.5
    for begin, end, slab in zip(body.parts, body.parts[1:], one.group.slabs, strict=False):
        if slab.paint != "block":
            continue
        a, b = (x + one.left + deep + begin + (end - begin) * part for part in (0.12, 0.88))
        points = ((a, y), (a, y - 5.5), (b, y - 5.5), (b, y))
        found.append(Edge(points, role="arc", arrow=False, radius=3))
    return found


def between(one: Slot, x: float, after: Slot, to: float, cones: bool) -> list[Shape]:
    """The lines from one slot to the next: arrows, or a window's rays to where it is seen."""
    found: list[Shape] = []
    row = after.group.rows[0]
    names = (one.last, after.first)
    for number, (body, middle) in enumerate(one.solids):
        for other, (_, level) in enumerate(after.solids):
            both = len(one.solids) > 1 and len(after.solids) > 1
            if both and number != other and row.groups > 1:
                continue
            end = (to + after.left, level)
            seen = kernel(body, one.group, after.group, f"w{names}") if cones else None
            if seen is None:
                start = (x + one.left + body.out[0], middle + body.out[1])
                gap = x + one.width + GAP * 0.35
                points: tuple[Point, ...] = (start, end)
                if len(one.solids) == len(after.solids) == 1:
                    points = straight((start, (gap, start[1]), (gap, end[1]), end))
                found.append(Edge(points, names))
                continue
            window = seen.moved(x + one.left, middle)
            if number == other or not both:
                found.append(window)
            a, b = window.points[1], window.points[2]
            found.append(Edge((a, end), names, "leader", False, number != other and both))
            found.append(Edge((b, end), names, "leader", False, number != other and both))
    return found

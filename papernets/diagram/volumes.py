"""The style `volumes`: feature maps as solids to scale, in a row, or in two where towers are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from ..words import plural
from . import words
from .groups import Group, Head, groups_of, spec
from .shapes import Box, Drawing, Edge, Label, Point, Shape, moved
from .solids import MOST, Scale, Solid, kernel, planes, solid
from .subject import Subject
from .text import clean, fitted, width
from .tiles import straight

SIZE = 8.0
SMALL = 7.0
GAP = 14.0
WIDEST = 92.0
"""The widest text under a solid."""
FEW = 16
"""Maps of which each is drawn."""

Finish = Callable[[list[Shape], Sequence[str]], Drawing]


@dataclass
class Slot:
    """A group's place in a row, from x = 0 on; values go along y = 0."""

    group: Group
    width: float
    left: float
    """Where the solids begin."""
    solids: list[tuple[Solid, float]]
    """Each with the height of its middle: one, or one a tower."""
    texts: list[tuple[str, float, bool, str]] = field(default_factory=list)

    @property
    def top(self) -> float:
        """How far up solids, arcs and the size above them reach."""
        return max(one.top - middle for one, middle in self.solids) + 5 + SMALL * 1.1 + self.arcs

    @property
    def bottom(self) -> float:
        return max(one.bottom + middle for one, middle in self.solids)

    @property
    def arcs(self) -> float:
        """Room for arcs over residual blocks."""
        return 8.0 if residual(self.group) else 0.0

    @property
    def first(self) -> str:
        return self.group.rows[0].name if self.group.rows else ""

    @property
    def last(self) -> str:
        return self.group.rows[-1].name if self.group.rows else ""


def residual(group: Group) -> bool:
    """Whether a group is of blocks with a sum at their end."""
    return bool(group.slabs) and group.slabs[0].rows[-1].kind == "add"


def drawn(subject: Subject, finish: Finish) -> Drawing:
    """The page of a network, in as few rows as it can be read in."""
    groups = groups_of(subject)
    towers = towers_of(groups)
    notes = []
    if towers:
        groups = apart(groups)
        notes.append(
            f"{towers} towers, each with its share of the maps; they meet where lines cross."
        )
    flat = not towers and all(group.vector or group.shape[0] <= FEW for group in groups)
    scale = Scale.of(groups)
    scale = replace(scale, tall=135.0) if towers else scale
    slots = [slot(group, scale, towers, flat, at) for at, group in enumerate(groups)]
    best: Drawing | None = None
    for count in range(1, 12):
        rows = parted(slots, count)
        page = finish(laid_out(rows, flat or bool(towers)), [*notes, scale.said])
        if best is None or page.smallest_text > best.smallest_text + 0.15:
            best = page
        if best.smallest_text >= 6.5 or len(rows) < count:
            break
    assert best is not None
    return best


def towers_of(groups: Sequence[Group]) -> int:
    """How many towers a network has: as many as its convolutions have groups; 0 where none."""
    slabs = [slab for group in groups for slab in group.slabs]
    if any(slab.paint == "block" for slab in slabs):
        return 0
    counts = {r.groups for s in slabs for r in s.rows if r.groups > 1 and not words.depthwise(r)}
    if len(counts) != 1 or (count := counts.pop()) > 3:
        return 0
    return count if all(group.shape[0] % count == 0 for group in groups[1:-1]) else 0


def apart(groups: Sequence[Group]) -> list[Group]:
    """Each layer by itself, pooling as what else happens: as two-tower networks are drawn."""
    found: list[Group] = []
    for group in groups:
        pooled = group.slabs and all(slab.paint == "pool" for slab in group.slabs)
        if found and pooled and not any(row.params for row in group.rows):
            found[-1].also += [*group.rows, *group.also]
            found[-1].heads += group.heads
            continue
        for slab in group.slabs[:-1]:
            found.append(Group(group.shape, [slab], mark=group.mark))
        found.append(replace(group, slabs=group.slabs[-1:]))
    return found


def slot(group: Group, scale: Scale, towers: int, flat: bool, at: int) -> Slot:
    """The place of a group, as wide as its solids and its words."""
    key = f"v{at}"
    many = towers and at > 0 and group.rows[0].kind != "rbf" and group.shape[0] % towers == 0
    if many and group.vector and (group.rows[-1].activation == "softmax"):
        many = 0
    if many:
        high = scale.side(scale.largest) * 0.62
        solids = [
            (solid(group, scale, f"{key}.{t}", 1 / towers), (t - (towers - 1) / 2) * 2 * high)
            for t in range(towers)
        ]
    else:
        whole = planes if flat and not group.vector else solid
        solids = [(whole(group, scale, key), 0.0)]
    rest = dict.fromkeys(spec(row) for row in group.also if row.kind != "flatten")
    also = ", ".join(filter(None, (group.within, *rest)))
    times = f"{towers} × " if many else ""
    each = (group.shape[0] // towers, *group.shape[1:]) if many else group.shape
    lines = [(group.name, SIZE, True, "ink"), (group.does, SMALL, False, "ink")]
    lines.append((also, SMALL, False, "soft"))
    texts = [(fitted(text, WIDEST, size, bold), size, bold, p) for text, size, bold, p in lines]
    above = times + words.size(each)
    widest = max(width(text, size, bold) for text, size, bold, _ in texts)
    solid_width = max(one.width for one, _ in solids)
    wide = max(widest, width(above, SMALL), solid_width)
    return Slot(group, wide, (wide - solid_width) / 2, solids, [(above, SMALL, False, "soft"), *texts])


def parted(slots: Sequence[Slot], count: int) -> list[list[Slot]]:
    """The slots in so many rows of about one width."""
    low = max(one.width for one in slots) + GAP
    high = sum(one.width + GAP for one in slots)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_cut(slots, middle)) <= count else (middle, high)
    return _cut(slots, high)


def _cut(slots: Sequence[Slot], most: float) -> list[list[Slot]]:
    found: list[list[Slot]] = [[]]
    full = 0.0
    for one in slots:
        if full + one.width + GAP > most + 0.01 and found[-1]:
            found.append([])
            full = 0.0
        found[-1].append(one)
        full += one.width + GAP
    return found


@dataclass(frozen=True)
class End:
    """Where values leave a row: the points on the way round to the next, and their row."""

    points: tuple[Point, ...]
    name: str


def laid_out(rows: Sequence[Sequence[Slot]], cones: bool) -> list[Shape]:
    """Rows of slots below one another, the end of one led to the beginning of the next."""
    found: list[Shape] = []
    y = 0.0
    end: End | None = None
    for number, row in enumerate(rows):
        middle = y + max(one.top for one in row)
        shapes, out, low = _row(row, cones)
        found += moved(shapes, 0, middle)
        if end is not None:
            first = row[0]
            x = first.left
            turn = y - 7
            points = (
                *end.points[:-1], (end.points[-1][0], turn), (-GAP, turn), (-GAP, middle), (x, middle)
            )  # fmt: skip
            found.append(Edge(straight(points), (end.name, first.first)))
        gutter = max(sum(one.width + GAP for one in each) for each in rows) + 2
        end = End(((out[0], out[1] + middle), (gutter, out[1] + middle), (gutter, 0)), row[-1].last)
        y = middle + low + 26
    return found


def _row(row: Sequence[Slot], cones: bool) -> tuple[list[Shape], Point, float]:
    """One row round y = 0; where values leave it, and how far down it reaches."""
    found: list[Shape] = []
    bottom = max(one.bottom for one in row)
    low = bottom + 4
    lines = 3 if any(one.texts[3][0] for one in row) else 2
    below = bottom + 6 + SIZE * 1.2 + (lines - 1) * SMALL * 1.3
    x, out = 0.0, (0.0, 0.0)
    heads: list[tuple[float, str, Head]] = []
    for at, one in enumerate(row):
        for body, middle in one.solids:
            found += moved(body.shapes, x + one.left, middle)
        found += _texts(one, x, bottom)
        found += _arcs(one, x)
        last = x + one.left + one.solids[-1][0].out[0], one.solids[-1][0].out[1] + one.solids[-1][1]
        out = last if len(one.solids) == 1 else (last[0], last[1])
        after = x + one.width + GAP
        if at < len(row) - 1:
            found += between(one, x, row[at + 1], after, cones)
        heads += [(x + one.width + GAP * 0.35, one.last, head) for head in one.group.heads]
        x = after
    low = below
    taken: list[tuple[float, float, float]] = []
    for across, name, head in heads:
        text = fitted(f"{clean(head.name)}, loss ×{head.weight:g}", WIDEST, SMALL, True)
        more = plural(sum(1 for r in head.rows if r.params), "layer")
        half = max(width(text, SMALL, True), width(more, SMALL)) / 2 + 5
        top = below + 12
        while any(a < across + half + 6 and across - half - 6 < b and abs(top - t) < 26 for a, b, t in taken):
            top += 32
        taken.append((across - half, across + half, top))
        key = f"head {name} {head.name}"
        rows = tuple(r.name for r in head.rows)
        found.append(
            Box(across - half, top, 2 * half, 24, "block", "node", key, rows, 1,
                words.tip(head.rows), dashed=True)
        )  # fmt: skip
        found.append(Label(across, top + 10, text, SMALL, bold=True, within=key))
        found.append(Label(across, top + 19.5, more, SMALL, within=key))
        found.append(Edge(((across, 0), (across, top)), (name, rows[0]), dashed=True))
        low = max(low, top + 24)
    return found, out, low


def _texts(one: Slot, x: float, bottom: float) -> list[Shape]:
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
    total, deep = body.side[0][0], body.side[1][0] - body.side[0][0]
    count = min(sum(slab.times for slab in one.group.slabs), MOST)
    y = middle - body.top - 1.5
    for at in range(count):
        a, b = (x + one.left + deep + total * (at + part) / count for part in (0.12, 0.88))
        points = ((a, y), (a, y - 5.5), (b, y - 5.5), (b, y))
        found.append(Edge(points, role="arc", arrow=False, radius=3))
    return found


def between(one: Slot, x: float, after: Slot, to: float, cones: bool) -> list[Shape]:
    """The lines from one slot to the next: arrows, or a window's rays to where it is seen."""
    found: list[Shape] = []
    row = after.group.rows[0]
    names = (one.last, after.first)
    for number, (body, middle) in enumerate(one.solids):
        for other, (target, level) in enumerate(after.solids):
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

"""Two networks beside each other: rows of one work on one height, what differs marked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..compare.diff import Match, diff
from ..compare.words import common_line, throughout
from ..words import plural
from . import boxes
from .fit import widths
from .folds import folded
from .shapes import Box, Drawing, Edge, Label, Point, Shape, around, moved
from .subject import Subject
from .text import clean, fitted, width
from .tiler import Tiler
from .tiles import COMPACT, Column, Metrics, Tile, flat
from .units import Stack, levels, outline

MARKED = ("changed", "only_a", "only_b")
BETWEEN = 42.0
"""Points between the two networks."""

Finish = Callable[[list[Shape]], Drawing]


@dataclass(frozen=True)
class Compared:
    """Two subjects with their rows marked, the rows that stand for each other, and sentences."""

    a: Subject
    b: Subject
    matches: tuple[Match, ...]
    notes: tuple[str, ...]
    """What holds throughout: for that no row is marked."""


def compared(a: Subject, b: Subject) -> Compared:
    """The two subjects compared."""
    found = diff(a.found, b.found)
    common = throughout(found)
    said = [change for one in common for change in one.changes]
    marks: tuple[dict[str, str], dict[str, str]] = ({}, {})
    for match in found.matches:
        own = tuple(change for change in match.changes if change not in said)
        verdict = replace(match, changes=own).verdict
        for row, marked in ((match.a, marks[0]), (match.b, marks[1])):
            if row is not None and verdict in MARKED:
                marked[row.name] = verdict
    lines = [common_line(one) for one in common]
    notes = tuple(f"Throughout, {line.name}: {line.text}.".replace("->", "→") for line in lines)
    return Compared(replace(a, marks=marks[0]), replace(b, marks=marks[1]), found.matches, notes)


def counted(a: Subject, b: Subject) -> list[tuple[str, str]]:
    """Each mark that there is, and in words which rows have it and how many."""
    own = [
        [mark for name, mark in subject.marks.items() if name in subject.by_name]
        for subject in (a, b)
    ]
    changed = max(marks.count("changed") for marks in own)
    only = own[0].count("only_a"), own[1].count("only_b")
    found = []
    if changed:
        found.append(("changed", f"changed: {plural(changed, 'row')}"))
    for mark, subject, count in zip(MARKED[1:], (a, b), only, strict=True):
        if count:
            found.append((mark, f"only in {clean(subject.found.name)}: {plural(count, 'row')}"))
    return found


def drawn(
    a: Subject, b: Subject, matches: Sequence[Match], finish: Finish, depth: int | None
) -> Drawing:
    """The page of the first plan in which both can be read on A4; else of the best."""
    best: Drawing | None = None
    tried: set[object] = set()
    for several in _by_depth(boxes.plans(depth, a.rows, b.rows)):
        for aligned in (True, False):
            for plan in several:
                stacks = []
                for one in (a, b):
                    stack = one.units(plan.depth)
                    folds = plan.fold and folded(stack, one.marks, 3, plan.loosely)
                    stacks.append(folds or stack)
                form = plan.metrics, aligned, *map(outline, stacks)
                if max(map(levels, stacks)) > boxes.TALLEST or form in tried:
                    continue
                tried.add(form)
                page = _page((a, b), stacks, plan.metrics, matches if aligned else None, finish)
                if page is None:
                    continue
                if page.smallest_text >= boxes.SMALLEST:
                    return page
                best = page if best is None or page.smallest_text > best.smallest_text else best
    if best is not None and depth is not None:
        return best
    for groups in (40, 20, 10, 5):
        stacks = [boxes.gathered(folded(one.units(1), one.marks, 2), groups) for one in (a, b)]
        best = _page((a, b), stacks, COMPACT, None, finish) or best
        if best is not None and best.smallest_text >= boxes.SMALLEST:
            break
    assert best is not None
    return best


def _by_depth(plans: Iterator[boxes.Plan]) -> list[list[boxes.Plan]]:
    """The plans of each depth, the deepest first."""
    found: dict[int, list[boxes.Plan]] = {}
    for plan in plans:
        found.setdefault(plan.depth, []).append(plan)
    return list(found.values())


def _page(
    subjects: tuple[Subject, Subject],
    stacks: Sequence[Stack],
    m: Metrics,
    matches: Sequence[Match] | None,
    finish: Finish,
) -> Drawing | None:
    """Both networks in a column each, rows that match on one height; without matches in several.

    None where it is too much for a sheet.
    """
    if sum(boxes.filled(stack, m) for stack in stacks) > 1:
        return None
    trunks, branches = zip(*(widths(stack, m) for stack in stacks), strict=True)
    slots = {slot: max(w.get(slot, 0.0) for w in branches) for w in branches for slot in w}

    def tiles(at: int, extra: Mapping[str, float]) -> list[Tile]:
        tiler = Tiler(m, max(trunks), slots, subjects[at].marks, extra)
        units = (tiler.unit(unit, subjects[at].prefix) for unit in stacks[at].units)
        return [boxes.input_tile(subjects[at], tiler), *units]

    plain = [tiles(at, {}) for at in (0, 1)]
    area = sum((t.left + t.right) * t.height for several in plain for t in several)
    if area > boxes.sheet(m.small):
        return None
    if matches is not None:
        extras = _extras(plain, m, subjects, matches)
        parts = [boxes.columns([tiles(at, extras[at])], m, extras[at]) for at in (0, 1)]
        return finish(boxes.layered(side_by_side(subjects, parts, m)))
    pages = []
    for count in (2, 3):
        parts = [
            boxes.columns(boxes.parted(several, min(count, len(several)), m), m)
            for several in plain
        ]
        pages.append(finish(boxes.layered(side_by_side(subjects, parts, m))))
    return max(pages, key=lambda page: page.smallest_text)


def side_by_side(
    subjects: Sequence[Subject], parts: Sequence[Sequence[Shape]], m: Metrics
) -> list[Shape]:
    """Each part under its network's name; keys of the second do not meet those of the first."""
    found: list[Shape] = []
    x = 0.0
    for subject, shapes, key in zip(subjects, parts, "ab", strict=True):
        left, _, right, _ = around(shapes)
        name = fitted(clean(subject.title), max(right - left, 150.0), m.size + 2, True)
        wide = max(right - left, width(name, m.size + 2, True))
        across = x + (wide - (right - left)) / 2 - left
        found += [keyed(shape, key) for shape in moved(shapes, across, 0)]
        found.append(Label(x + wide / 2, -18 - m.gap, name, m.size + 2, bold=True))
        x += wide + BETWEEN
    return found


def keyed(shape: Shape, key: str) -> Shape:
    """A shape whose keys begin with another one."""
    if isinstance(shape, Label):
        return replace(shape, within=f"{key}{shape.within}") if shape.within else shape
    if isinstance(shape, Edge) or not shape.key:
        return shape
    return replace(shape, key=f"{key}{shape.key}")


def _extras(
    tiles: Sequence[Sequence[Tile]],
    m: Metrics,
    subjects: Sequence[Subject],
    matches: Sequence[Match],
) -> tuple[dict[str, float], dict[str, float]]:
    """Room before rows, so that each stands as high as its counterpart."""
    places = [_places(list(flat(Column(m, trunk=True).joined(several, subject.input).shapes)))
              for several, subject in zip(tiles, subjects, strict=True)]  # fmt: skip
    extras: tuple[dict[str, float], dict[str, float]] = ({}, {})
    moved_by = [0.0, 0.0]
    seen = [-1.0, -1.0]
    for match in matches:
        if match.a is None or match.b is None:
            continue
        points = [places[0].get(match.a.name), places[1].get(match.b.name)]
        if points[0] is None or points[1] is None:
            continue
        if points[0] <= seen[0] or points[1] <= seen[1]:
            continue
        seen = [points[0], points[1]]
        gap = (points[0] + moved_by[0]) - (points[1] + moved_by[1])
        low = 1 if gap > 0 else 0
        row = match.b if low else match.a
        if abs(gap) > 0.01:
            extras[low][row.name] = abs(gap)
            moved_by[low] += abs(gap)
    return extras


def _places(shapes: Sequence[Shape]) -> dict[str, float]:
    """How high the boxes on the axis stand, by the first of their rows."""
    return {
        shape.rows[0]: shape.y
        for shape in shapes
        if isinstance(shape, Box) and shape.role == "node" and shape.rows and _on_axis(shape)
    }


def _on_axis(box: Box) -> bool:
    middle: Point = (box.x + box.w / 2, box.y)
    return abs(middle[0]) < 0.01


def stacked(
    subjects: Sequence[Subject], parts: Sequence[Sequence[Shape]], size: float = 10.0
) -> list[Shape]:
    """Parts one below the other, each under its network's name."""
    found: list[Shape] = []
    y = 0.0
    for subject, shapes, key in zip(subjects, parts, "ab", strict=True):
        left, top, right, bottom = around(shapes)
        name = fitted(clean(subject.title), max(right - left, 200.0), size, True)
        found.append(Label(0, y + size, name, size, "start", True))
        y += size * 1.9
        found += [keyed(shape, key) for shape in moved(shapes, -left, y - top)]
        y += bottom - top + 22
    return found

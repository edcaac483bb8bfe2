"""The style `boxes`: the flow graph as papers draw it, folded as far as a sheet of A4 wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..spec.walk import Row
from . import words
from .fit import box_widths, widths
from .folds import folded
from .notes import varied
from .shapes import A4, Box, Drawing, Edge, Label, Shape, around, on_a4
from .subject import Subject
from .tiler import Tiler
from .tiles import COMPACT, ROOMY, TERSE, TIGHT, Column, Metrics, Tile, flat, straight
from .units import EVERYTHING, Stack, Unit, collapsed, end_of, levels, outline, rows_in

SMALLEST = 6.0
"""Points that the smallest text has where a drawing is printed on A4."""
WELL = 6.2
"""Points that it has where what comes several times is drawn several times."""
HEADING = 115
"""Points that heading and legend want, about."""
MOST_FILLED = 0.5
"""Of a sheet, by boxes with the room round them: branches and lines need the rest."""
TALLEST = 170
"""Boxes below one another beyond which it is not tried to draw all."""


@dataclass(frozen=True)
class Plan:
    """One way to draw a network: how much of it, and how large."""

    metrics: Metrics
    depth: int
    fold: bool
    loosely: bool = False


def plans(depth: int | None, *rows: Sequence[Row]) -> Iterator[Plan]:
    """Ways to draw networks of these rows, the one that shows most first."""
    bands = any(map(varied, rows))
    for plan in _plans(depth):
        yield replace(plan, metrics=replace(plan.metrics, bands=bands))


def _plans(depth: int | None) -> Iterator[Plan]:
    depths = (EVERYTHING, 2, 1) if depth is None else (depth,)
    for deep in depths:
        if deep > 1:
            yield Plan(ROOMY, deep, False)
            yield Plan(COMPACT, deep, False)
        yield Plan(ROOMY, deep, True)
        yield Plan(COMPACT, deep, True)
        yield Plan(TIGHT, deep, False)
        yield Plan(TIGHT, deep, True)
        yield Plan(TERSE, deep, False)
        yield Plan(TERSE, deep, True)
        yield Plan(COMPACT, deep, True, True)
        yield Plan(TIGHT, deep, True, True)
        yield Plan(TERSE, deep, True, True)


Finish = Callable[[list[Shape]], Drawing]
"""Makes a page of shapes."""


def drawn(subject: Subject, finish: Finish, depth: int | None = None) -> Drawing:
    """The page of the first plan that can be read on A4; of the last where none can."""
    marks = subject.marks
    tried = set()
    best: Drawing | None = None
    for plan in plans(depth, subject.rows):
        stack = subject.units(plan.depth)
        brief = folded(stack, marks, 3, plan.loosely)
        least = SMALLEST if plan.fold or outline(brief) == outline(stack) else WELL
        if plan.fold:
            stack = brief
        if levels(stack) > TALLEST or (form := (plan.metrics, outline(stack))) in tried:
            continue
        tried.add(form)
        shapes = laid_out(subject, stack, plan.metrics)
        if shapes is None:
            continue
        page = finish(layered(shapes))
        if page.smallest_text >= least:
            return page
        best = page if best is None or page.smallest_text > best.smallest_text else best
    if depth is not None and best is not None:
        return best
    for groups in (60, 40, 25, 12, 6):
        stack = gathered(folded(subject.units(1), marks, 2), groups)
        shapes = laid_out(subject, stack, COMPACT)
        page = finish(layered(shapes or []))
        if shapes and page.smallest_text >= SMALLEST:
            break
    return page


LAYERS = {"frame": 0, "edge": 1, "arc": 1, "shadow": 2}


def layered(shapes: Sequence[Shape]) -> list[Shape]:
    """The shapes with frames below all, edges over them, boxes and then text on top."""
    return sorted(shapes, key=lambda one: 4 if isinstance(one, Label) else LAYERS.get(one.role, 3))


def gathered(stack: Stack, groups: int) -> Stack:
    """At most so many units: neighbours gathered into one box."""
    units = stack.units
    per = -(-len(units) // groups)
    found: list[Unit] = []
    for at in range(0, len(units), per):
        several = units[at : at + per]
        if len(several) == 1:
            found.append(several[0])
            continue
        inner = Stack(tuple(several))
        if end_of(inner):
            found.append(collapsed(rows_in(several[0]).__next__().name, inner, "rest"))
        else:
            found += several
    return Stack(tuple(found))


def input_tile(subject: Subject, tiler: Tiler) -> Tile:
    """The picture that goes in."""
    m = tiler.metrics
    key, half = tiler.key(), tiler.box / 2
    text = f"input {words.size(subject.input)}"
    box = Box(-half, 0, 2 * half, m.line + 6, "input", "node", key, ("",), radius=(m.line + 6) / 2)
    label = Label(0, (m.line + 6) / 2 + m.size * 0.34, text, m.size, bold=True, within=key)
    return Tile(half, half, m.line + 6, [box, label], [], (0, m.line + 6), ("",), subject.input)


def laid_out(subject: Subject, stack: Stack, m: Metrics) -> list[Shape] | None:
    """The trunk in as many columns as fill a sheet best; None where it is too much for one."""
    if filled(stack, m) > 1:
        return None
    tiler = Tiler(m, *widths(stack, m), subject.marks)
    name = subject.prefix
    tiles = [input_tile(subject, tiler), *(tiler.unit(unit, name) for unit in stack.units)]
    if sum((tile.left + tile.right) * tile.height for tile in tiles) > sheet(m.small):
        return None
    best: list[Shape] | None = None
    scale = 0.0
    for count in likely(tiles, m):
        shapes = columns(parted(tiles, count, m), m)
        left, top, right, bottom = around(shapes)
        own = on_a4(right - left + 28, bottom - top + HEADING)
        if own > scale + 0.02:
            best, scale = shapes, own
    return best


def likely(tiles: Sequence[Tile], m: Metrics) -> list[int]:
    """The numbers of columns, two at most, that fill a sheet best as far as one can guess."""
    tall = sum(tile.height + m.gap for tile in tiles if not tile.head)
    wide = max(tile.left for tile in tiles) + max(tile.right for tile in tiles) + 3 * m.beside
    if heads := [tile.left + tile.right for tile in tiles if tile.head]:
        wide += max(heads)
    counts = range(1, min(len(tiles), 6) + 1)

    def scale(count: int) -> float:
        return on_a4(count * wide, tall / count + HEADING)

    return sorted(sorted(counts, key=lambda count: (-round(scale(count), 2), count))[:2])


def filled(stack: Stack, m: Metrics) -> float:
    """How much of what boxes may fill of a sheet these would fill."""
    boxes = sum((wide + m.beside) * (m.height + m.gap) for wide in box_widths(stack, m))
    return boxes / (MOST_FILLED * sheet(m.small))


def sheet(size: float) -> float:
    """How many square points a sheet has, where text of this size can still be read on it."""
    return A4[0] * A4[1] * (size / SMALLEST) ** 2


def parted(tiles: Sequence[Tile], count: int, m: Metrics) -> list[list[Tile]]:
    """The tiles in so many runs, the highest as low as may be; a head stays with its tap."""
    heights = [0.0 if tile.head else tile.height + m.gap for tile in tiles]
    low, high = max(heights), sum(heights)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_cut(tiles, heights, middle)) <= count else (middle, high)
    return _cut(tiles, heights, high)


def _cut(tiles: Sequence[Tile], heights: Sequence[float], most: float) -> list[list[Tile]]:
    found: list[list[Tile]] = [[]]
    full = 0.0
    for tile, height in zip(tiles, heights, strict=True):
        if full + height > most and found[-1] and not tile.head:
            found.append([])
            full = 0.0
        found[-1].append(tile)
        full += height
    return found


def columns(
    runs: Sequence[Sequence[Tile]], m: Metrics, extra: Mapping[str, float] | None = None
) -> list[Shape]:
    """Columns side by side, the end of one led to the top of the next."""
    found: list[Shape] = []
    x, size, last = 0.0, None, None
    for at, run in enumerate(runs):
        tile = Column(m, extra or {}, True, at < len(runs) - 1).joined(run, size)
        axis = x + tile.left
        found += flat(tile.shapes, axis, 0)
        for entry in tile.entries:
            assert last is not None
            (sx, sy), names, low, gutter = last
            way = ((sx, sy), (sx, low), (gutter, low), (gutter, -m.gap), (axis, -m.gap))
            points = straight((*way, *((px + axis, py) for px, py in entry.points)))
            found.append(Edge(points, (*names, *entry.path), entry.role, True, entry.dashed))
        right = axis + tile.right
        gutter = right + m.beside * 1.5
        last = (tile.out[0] + axis, tile.out[1]), tile.names, tile.height + m.gap, gutter
        x, size = gutter + m.beside * 1.5, tile.shape
    return found

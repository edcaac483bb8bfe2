"""The style `boxes`: the flow graph as papers draw it, folded as far as a sheet of A4 wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..spec import Net
from ..spec.walk import Row, walk
from . import words
from .folds import folded
from .shapes import Box, Drawing, Edge, Label, Shape, around, moved, on_a4
from .tiler import Tiler, widths
from .tiles import COMPACT, ROOMY, TIGHT, Column, Metrics, Tile, straight
from .units import EVERYTHING, Leaf, Side, Stack, levels, rows_in, units_of

SMALLEST = 6.0
"""Points that the smallest text has where a drawing is printed on A4."""
HEADING = 115
"""Points that heading and legend want, about."""
TALLEST = 170
"""Boxes below one another beyond which it is not tried to draw all."""


@dataclass(frozen=True)
class Plan:
    """One way to draw a network: how much of it, and how large."""

    metrics: Metrics
    depth: int
    fold: bool


def plans(depth: int | None) -> Iterator[Plan]:
    """Ways to draw, the one that shows most first."""
    depths = (EVERYTHING, 2, 1) if depth is None else (depth,)
    for deep in depths:
        yield Plan(ROOMY, deep, False)
        yield Plan(COMPACT, deep, False)
        yield Plan(ROOMY, deep, True)
        yield Plan(COMPACT, deep, True)
        yield Plan(TIGHT, deep, False)
        yield Plan(TIGHT, deep, True)


Finish = Callable[[list[Shape]], Drawing]
"""Makes a page of shapes."""


def drawn(
    net: Net,
    finish: Finish,
    depth: int | None = None,
    marks: Mapping[str, str] | None = None,
) -> Drawing:
    """The page of the first plan that can be read on A4; of the last where none can."""
    rows = {row.name: row for row in walk(net)}
    found, before = None, None
    for plan in plans(depth):
        stack = units_of(net.body, rows, plan.depth)
        if plan.fold:
            stack = folded(stack, marks, layers=3)
        if levels(stack) > TALLEST or (stack, plan.metrics) == before:
            continue
        before = stack, plan.metrics
        found = finish(layered(laid_out(net, stack, plan.metrics, marks or {})))
        if found.smallest_text >= SMALLEST:
            return found
    for groups in (60, 40, 25, 12):
        stack = gathered(folded(units_of(net.body, rows, 1), marks, layers=2), groups)
        found = finish(layered(laid_out(net, stack, COMPACT, marks or {})))
        if found.smallest_text >= SMALLEST:
            break
    assert found is not None
    return found


LAYERS = {"frame": 0, "edge": 1, "arc": 1, "shadow": 2}


def layered(shapes: Sequence[Shape]) -> list[Shape]:
    """The shapes with frames below all, edges over them, boxes and then text on top."""
    return sorted(
        shapes, key=lambda one: 4 if isinstance(one, Label) else LAYERS.get(one.role, 3)
    )


def gathered(stack: Stack, groups: int) -> Stack:
    """At most so many units: neighbours gathered into one box."""
    units = stack.units
    per = -(-len(units) // groups)
    found = []
    for at in range(0, len(units), per):
        several = units[at : at + per]
        if len(several) == 1:
            found.append(several[0])
            continue
        rows = tuple(row for unit in several for row in rows_in(unit) if not row.aux)
        if rows:
            found.append(Leaf(rows[0].name, rows, whole="rest"))
        found += [unit for unit in several if isinstance(unit, Side)]
    return Stack(tuple(found))


def input_tile(net: Net, tiler: Tiler) -> Tile:
    """The picture that goes in."""
    row = Row("", "input", None, net.input, net.input)  # type: ignore[arg-type]
    m = tiler.metrics
    key, half = tiler.key(), tiler.box / 2
    text = f"input {words.size(net.input)}"
    box = Box(-half, 0, 2 * half, m.line + 6, "input", "node", key, ("",), radius=(m.line + 6) / 2)
    label = Label(0, (m.line + 6) / 2 + m.size * 0.34, text, m.size, bold=True, within=key)
    return Tile(
        half, half, m.line + 6, [box, label], [], (0, m.line + 6), ("",), row.out
    )


def laid_out(net: Net, stack: Stack, m: Metrics, marks: Mapping[str, str]) -> list[Shape]:
    """The trunk in as many columns as a sheet is filled by best."""
    tiler = Tiler(m, *widths(stack, m), marks)
    tiles = [input_tile(net, tiler), *(tiler.unit(unit, "") for unit in stack.units)]
    best: list[Shape] = []
    scale = 0.0
    for count in range(1, 7):
        if count > len(tiles):
            break
        shapes = columns(parted(tiles, count, m), m, net)
        left, top, right, bottom = around(shapes)
        own = on_a4(right - left + 28, bottom - top + HEADING)
        if own > scale + 0.02:
            best, scale = shapes, own
    return best


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


def columns(runs: Sequence[Sequence[Tile]], m: Metrics, net: Net) -> list[Shape]:
    """Columns side by side, the end of one led to the top of the next."""
    found: list[Shape] = []
    x, size, last = 0.0, None, None
    for at, run in enumerate(runs):
        tile = Column(m, trunk=True, more=at < len(runs) - 1).joined(run, size)
        axis = x + tile.left
        found += moved(tile.shapes, axis, 0)
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

"""Feature maps as solids: a block of maps, a column of values, planes one behind the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from . import words
from .groups import Group
from .shapes import Edge, Point, Polygon, Shape

TALL = 118.0
"""Points of the highest map."""
MOST = 6
"""Slabs that are drawn of one group; of more it is said how many there are."""
SLANT = (0.32, 0.26)
"""How far the width of a map reaches to the right and up, for each point of it."""


@dataclass(frozen=True)
class Scale:
    """From pixels and maps to points."""

    largest: float
    root: bool
    longest: float
    """Values of the longest column."""
    tall: float = TALL
    stretch: float = 1.0
    """How much thicker blocks are where there are few."""

    @classmethod
    def of(cls, groups: Sequence[Group]) -> Scale:
        """To scale where the smallest map can still be seen, else by square roots."""
        sides = [side for group in groups if not group.vector for side in group.shape[1:]]
        largest, least = max(sides, default=1), min(sides, default=1)
        columns = [group.shape[0] for group in groups if group.vector]
        stretch = min(2.0, max(1.0, 14 / len(groups)))
        return cls(
            float(largest), largest > 8 * least, float(max(columns, default=1)), stretch=stretch
        )

    def side(self, pixels: float) -> float:
        """The height or width of a map."""
        share = pixels / self.largest
        return max(4.0, self.tall * (math.sqrt(share) if self.root else share))

    def thick(self, maps: float) -> float:
        """How thick so many maps are."""
        return max(2.5, 0.62 * self.stretch * math.sqrt(maps))

    def column(self, values: float) -> float:
        """How high a column of so many values is."""
        return max(8.0, self.tall * 0.9 * math.sqrt(values / self.longest))

    @property
    def said(self) -> str:
        """The scale in words."""
        how = "go by the square root of the side of the maps" if self.root else "are to scale"
        column = "; a column is one value wide" if self.longest > 1 else ""
        return (
            f"Heights and widths {how}, thickness by the square root of the number of maps{column}."
        )


@dataclass
class Solid:
    """Shapes with the middle of the front's left edge at (0, 0)."""

    shapes: list[Shape]
    width: float
    top: float
    """How far up it reaches, and down."""
    bottom: float
    out: Point
    """Where values come out."""
    side: tuple[Point, Point, Point, Point] | None = None
    """The corners of the face that shows a map: left top, right top, right bottom, left bottom."""
    parts: tuple[float, ...] = ()
    """Where slabs begin and end in front."""


def solid(group: Group, scale: Scale, key: str, share: float = 1.0) -> Solid:
    """The solid of a group; `share` of its maps where it is a tower's."""
    shape = (max(1, round(group.shape[0] * share)), *group.shape[1:])
    if group.vector:
        high, deep = scale.column(shape[0]), (3.0, 2.5)
        thick = [5.0] * min(max(1, len(group.slabs)), MOST)
    else:
        high = scale.side(shape[1])
        wide = scale.side(shape[2])
        deep = (SLANT[0] * wide, SLANT[1] * wide)
        slabs = group.slabs[:MOST]
        full = scale.thick(shape[0])
        thick = [min(full, 3.5) if slab.paint == "norm" else full for slab in slabs] or [full]
    return _block(group, thick, high, deep, key)


def _block(
    group: Group, thick: Sequence[float], high: float, deep: tuple[float, float], key: str
) -> Solid:
    dx, dy = deep
    total, half = sum(thick), high / 2
    rows = tuple(row.name for row in group.rows) or ("",)
    times = len(group.slabs) or 1
    tip = words.tip(group.rows) if group.rows else ""
    paint, mark = group.paint, group.mark
    side = ((total, -half), (total + dx, -half - dy), (total + dx, half - dy), (total, half))
    shapes: list[Shape] = [Polygon(side, paint, "face", key, rows, times, tip, 2, mark)]
    x = 0.0
    for at, one in enumerate(thick):
        slab = group.slabs[min(at, len(group.slabs) - 1)] if group.slabs else None
        own, end = slab.paint if slab else paint, x + one
        above = ((x, -half), (x + dx, -half - dy), (end + dx, -half - dy), (end, -half))
        front = ((x, -half), (end, -half), (end, half), (x, half))
        shapes.append(Polygon(above, own, "face", key, rows, times, tip, 1, mark))
        shapes.append(Polygon(front, own, "face", key, rows, times, tip, 0, mark))
        if slab and len(slab.split) > 1 and one > 5:
            so_far = 0
            for maps in slab.split[:-1]:
                so_far += maps
                across = x + one * so_far / sum(slab.split)
                shapes.append(_line((across, -half), (across, half)))
        x = end
    level = max(-half - dy, min(0.0, half - dy))
    parts = tuple(accumulate(thick, initial=0.0))
    return Solid(shapes, total + dx, half + dy, half, (total + dx, level), side, parts)


def _line(start: Point, end: Point) -> Edge:
    return Edge((start, end), role="crease", arrow=False)


def planes(group: Group, scale: Scale, key: str) -> Solid:
    """A few maps, one behind the other, each of them drawn."""
    high, wide = scale.side(group.shape[1]) * 0.8, scale.side(group.shape[2]) * 0.8
    count = group.shape[0]
    step = min(5.0, 42.0 / count) if count > 1 else 0.0
    rows = tuple(row.name for row in group.rows) or ("",)
    tip = words.tip(group.rows) if group.rows else ""
    reach = step * (count - 1)
    shapes: list[Shape] = []
    for at in range(count):
        x, y = step * at, -high / 2 - reach / 2 + step * at
        corners = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
        own = Polygon(corners, group.paint, "plane", key, rows, 1, tip, mark=group.mark)
        shapes.append(own)
    x, y = reach, -high / 2 + reach / 2
    front = ((x, y), (x + wide, y), (x + wide, y + high), (x, y + high))
    half = (high + reach) / 2
    return Solid(shapes, wide + reach, half, half, (x + wide, y + high / 2), front)


def kernel(on: Solid, group: Group, after: Group, key: str) -> Polygon | None:
    """The window of the next layer, on a map of this one."""
    if on.side is None or not after.slabs:
        return None
    row = after.slabs[0].rows[0]
    if row.kernel is None or group.vector:
        return None
    (lx, ly), (rx, ry), _, (bx, by) = on.side
    across = min(1.0, max(0.12, row.kernel[1] / group.shape[2]))
    down = min(1.0, max(0.12, row.kernel[0] / group.shape[1]))
    left, top = (1 - across) * 0.7, (1 - down) * 0.62

    def at(u: float, v: float) -> Point:
        return lx + (rx - lx) * u + (bx - lx) * v, ly + (ry - ly) * u + (by - ly) * v

    corners = (
        at(left, top),
        at(left + across, top),
        at(left + across, top + down),
        at(left, top + down),
    )
    return Polygon(corners, "window", "window", key, (row.name,))

"""What a drawing is made of: one list of shapes, in points (1/72 inch), y downwards.

Shapes name paints, not colours: a theme says which colour a paint is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from .text import width

Point = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom."""

ASCENT, DESCENT = 0.78, 0.24
"""How far letters reach above and below their baseline, in sizes of the font."""


S = TypeVar("S")


def _with(shape: S, **changes: object) -> S:
    """A copy with other values: as `dataclasses.replace`, and several times as fast."""
    copy = object.__new__(type(shape))
    copy.__dict__.update(shape.__dict__)
    copy.__dict__.update(changes)
    return copy


@dataclass(frozen=True)
class Box:
    """A rectangle: a layer (`node`), a `join`, a `frame` round a fold, a `swatch` of the legend.

    `rows` are the rows of the network that it stands for, `times` how often it is there. `tip` is
    what a pointer over it shows.
    """

    x: float
    y: float
    w: float
    h: float
    paint: str
    role: str = "node"
    key: str = ""
    rows: tuple[str, ...] = ()
    times: int = 1
    tip: str = ""
    radius: float = 3
    dashed: bool = False
    mark: str = ""
    """What a comparison says of it: `changed`, `only_a` or `only_b`; empty where nothing."""

    @property
    def bounds(self) -> Bounds:
        return self.x, self.y, self.x + self.w, self.y + self.h

    def moved(self, dx: float, dy: float) -> Box:
        return _with(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True)
class Polygon:
    """A filled outline: a `face` of a block, a `plane`, a `window` of a kernel; as a box else."""

    points: tuple[Point, ...]
    paint: str
    role: str = "face"
    key: str = ""
    rows: tuple[str, ...] = ()
    times: int = 1
    tip: str = ""
    shade: int = 0
    """0 in front, 1 above, 2 aside: how dark the face is."""
    mark: str = ""

    @property
    def bounds(self) -> Bounds:
        return _around(self.points)

    def moved(self, dx: float, dy: float) -> Polygon:
        return _with(self, points=_moved(self.points, dx, dy))


@dataclass(frozen=True)
class Edge:
    """A line along which values go; `path` names the rows from its source to its target.

    Between these two stand identities that it draws as itself. `leader` is a line that only points.
    """

    points: tuple[Point, ...]
    path: tuple[str, ...] = ()
    role: str = "edge"
    arrow: bool = True
    dashed: bool = False
    radius: float = 4
    note: str = ""
    """What a dashed line is: to a `head`, or a shortcut that is a `projection`."""

    @property
    def bounds(self) -> Bounds:
        return _around(self.points)

    def moved(self, dx: float, dy: float) -> Edge:
        return _with(self, points=_moved(self.points, dx, dy))


@dataclass(frozen=True)
class Label:
    """One line of text; `x` is where its anchor is, `y` its baseline.

    `within` is the key of the box that it stands in; empty where it stands on the page. `of` is
    the row whose output size it writes; empty for other text.
    """

    x: float
    y: float
    text: str
    size: float
    anchor: str = "middle"
    bold: bool = False
    paint: str = "ink"
    within: str = ""
    of: str = ""

    @property
    def bounds(self) -> Bounds:
        wide = width(self.text, self.size, self.bold)
        left = self.x - {"start": 0, "middle": wide / 2, "end": wide}[self.anchor]
        return left, self.y - ASCENT * self.size, left + wide, self.y + DESCENT * self.size

    def moved(self, dx: float, dy: float) -> Label:
        return _with(self, x=self.x + dx, y=self.y + dy)


Shape = Box | Polygon | Edge | Label


@dataclass(frozen=True)
class Drawing:
    """A page of shapes, later ones over earlier ones, with its title and its words."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str
    description: str

    @property
    def labels(self) -> tuple[Label, ...]:
        """All text on the page."""
        return tuple(shape for shape in self.shapes if isinstance(shape, Label))

    @property
    def smallest_text(self) -> float:
        """The size of the smallest text, in points, where the page is fitted on A4."""
        sizes = [label.size for label in self.labels]
        return min(sizes, default=99.0) * on_a4(self.width, self.height)


A4 = (538.0, 785.0)
"""What can be printed on: A4 without margins of 10 mm, in points."""


def on_a4(width: float, height: float) -> float:
    """By what a page is made smaller to fit on A4, upright or lying; 1 where it fits."""
    upright = min(A4[0] / width, A4[1] / height)
    lying = min(A4[1] / width, A4[0] / height)
    return min(1.0, max(upright, lying))


def moved(shapes: Iterable[Shape], dx: float, dy: float) -> list[Shape]:
    """The shapes, moved."""
    return [shape.moved(dx, dy) for shape in shapes]


def around(shapes: Iterable[Shape]) -> Bounds:
    """What all of these reach."""
    bounds = [shape.bounds for shape in shapes]
    if not bounds:
        return 0, 0, 0, 0
    lefts, tops, rights, bottoms = zip(*bounds, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _around(points: tuple[Point, ...]) -> Bounds:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _moved(points: tuple[Point, ...], dx: float, dy: float) -> tuple[Point, ...]:
    return tuple((x + dx, y + dy) for x, y in points)

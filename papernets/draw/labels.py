"""Where labels stand beside their points: none on another one, few over points or lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, inf, pi, sin

ANGLES = 16
GAPS = (0.03, 0.08, 0.16, 0.28, 0.42, 0.6, 0.8, 1.05, 1.35, 1.7)  # inches from a point's edge
ROUNDS = 4
PAD = 0.02  # inches between two labels
LINE = 0.07  # inches; nearer labels need no line to their point


@dataclass(frozen=True)
class Spot:
    """A point with a label: its place and radius, the label's width and height, in inches."""

    x: float
    y: float
    radius: float
    wide: float
    tall: float


@dataclass(frozen=True)
class Box:
    """A label's place: its left, bottom, right and top edge, in inches."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: Box, pad: float = 0.0) -> bool:
        """True where they overlap, or are nearer than `pad`."""
        return (
            self.left < other.right + pad
            and other.left < self.right + pad
            and self.bottom < other.top + pad
            and other.bottom < self.top + pad
        )

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """The place in it that is nearest to a point."""
        return min(max(x, self.left), self.right), min(max(y, self.bottom), self.top)

    def within(self, room: Box) -> bool:
        """True where it leaves the room nowhere."""
        return (
            self.left >= room.left
            and self.right <= room.right
            and self.bottom >= room.bottom
            and self.top <= room.top
        )


Line = tuple[float, float, float, float]


def line_of(spot: Spot, box: Box) -> Line | None:
    """The line from a point's edge to its label; None where they are near enough."""
    x, y = box.nearest(spot.x, spot.y)
    far = hypot(x - spot.x, y - spot.y)
    if far - spot.radius < LINE:
        return None
    share = spot.radius / far
    return spot.x + (x - spot.x) * share, spot.y + (y - spot.y) * share, x, y


def placed(spots: Sequence[Spot], room: Box) -> list[Box]:
    """A place for each label inside the room, the crowded points first, then better ones sought.

    The same points give the same places.
    """
    boxes: list[Box | None] = [None] * len(spots)
    crowd = [
        sum(hypot(a.x - b.x, a.y - b.y) < 0.6 + a.radius + b.radius for b in spots) for a in spots
    ]
    order = sorted(range(len(spots)), key=lambda at: (-crowd[at], at))
    every = [
        sorted(
            ((_over_points(spot, box, at, spots), box) for box in _candidates(spot, room)),
            key=lambda one: one[0],
        )
        for at, spot in enumerate(spots)
    ]
    for _ in range(ROUNDS):
        before = list(boxes)
        for at in order:
            boxes[at] = None
            lines = [line_of(s, b) if b else None for s, b in zip(spots, boxes, strict=True)]
            boxes[at] = _best(spots[at], every[at], boxes, lines)
        if boxes == before:
            break
    return [box for box in boxes if box is not None]


def _best(
    spot: Spot,
    several: Sequence[tuple[float, Box]],
    boxes: Sequence[Box | None],
    lines: Sequence[Line | None],
) -> Box:
    """The best of a label's places, which come with what they cost alone, the cheapest first."""
    least, best = inf, several[0][1]
    for alone, box in several:
        if alone >= least:
            break
        cost = alone + _over_labels(spot, box, boxes, lines)
        if cost < least:
            least, best = cost, box
    return best


def _candidates(spot: Spot, room: Box) -> list[Box]:
    """Places round a point, the nearest first; one in the room's middle where none is inside."""
    found = []
    for gap in GAPS:
        for step in range(ANGLES):
            turn = 2 * pi * step / ANGLES
            reach = spot.radius + gap
            x = spot.x + cos(turn) * (reach + spot.wide / 2)
            y = spot.y + sin(turn) * (reach + spot.tall / 2)
            box = Box(x - spot.wide / 2, y - spot.tall / 2, x + spot.wide / 2, y + spot.tall / 2)
            if box.within(room):
                found.append(box)
    if found:
        return found
    x = min(max(spot.x, room.left + spot.wide / 2), room.right - spot.wide / 2)
    y = min(max(spot.y, room.bottom + spot.tall / 2), room.top - spot.tall / 2)
    return [Box(x - spot.wide / 2, y - spot.tall / 2, x + spot.wide / 2, y + spot.tall / 2)]


def _over_points(spot: Spot, box: Box, own: int, spots: Sequence[Spot]) -> float:
    """How bad a place is for the points: covered ones, those under the line, and the distance."""
    x, y = box.nearest(spot.x, spot.y)
    cost = 3.0 * max(0.0, hypot(x - spot.x, y - spot.y) - spot.radius)
    cost += 0.02 * (box.left < spot.x) + 0.01 * (box.top < spot.y)
    line = line_of(spot, box)
    for at, other in enumerate(spots):
        x, y = box.nearest(other.x, other.y)
        into = other.radius + 0.01 - hypot(x - other.x, y - other.y)
        if into > 0:
            cost += 4 + 20 * into
        elif line and at != own and _distance(other.x, other.y, line) < other.radius:
            cost += 1
    return cost


def _over_labels(
    spot: Spot, box: Box, boxes: Sequence[Box | None], lines: Sequence[Line | None]
) -> float:
    """How bad a place is for the other labels and their lines."""
    cost, own = 0.0, line_of(spot, box)
    for other, line in zip(boxes, lines, strict=True):
        if other is None:
            continue
        if box.meets(other, PAD):
            cost += 100
        if own and crosses(own, other):
            cost += 12
        if line and crosses(line, box):
            cost += 12
        if own and line and _cross(own, line):
            cost += 6
    return cost


def crosses(line: Line, box: Box) -> bool:
    """True where a line passes through a box."""
    x0, y0, x1, y1 = line
    if max(x0, x1) < box.left or min(x0, x1) > box.right:
        return False
    if max(y0, y1) < box.bottom or min(y0, y1) > box.top:
        return False
    first, last = 0.0, 1.0
    for start, end, low, high in ((x0, x1, box.left, box.right), (y0, y1, box.bottom, box.top)):
        step = end - start
        if step == 0:
            if not low <= start <= high:
                return False
            continue
        enter, leave = sorted(((low - start) / step, (high - start) / step))
        first, last = max(first, enter), min(last, leave)
    return first < last


def _cross(one: Line, other: Line) -> bool:
    """True where two lines cross."""

    def side(line: Line, x: float, y: float) -> float:
        return (line[2] - line[0]) * (y - line[1]) - (line[3] - line[1]) * (x - line[0])

    return (
        side(one, *other[:2]) * side(one, *other[2:]) < 0
        and side(other, *one[:2]) * side(other, *one[2:]) < 0
    )


def _distance(x: float, y: float, line: Line) -> float:
    """How far a point is from a line between two points."""
    x0, y0, x1, y1 = line
    long = (x1 - x0) ** 2 + (y1 - y0) ** 2
    share = (
        0.0
        if not long
        else min(1.0, max(0.0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / long))
    )
    return hypot(x - x0 - share * (x1 - x0), y - y0 - share * (y1 - y0))

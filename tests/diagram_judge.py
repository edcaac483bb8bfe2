"""What is wrong with a drawing, by geometry alone: it knows shapes, and nothing of the layout."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from papernets.diagram.shapes import Box, Drawing, Edge, Polygon
from papernets.spec import sources
from papernets.spec.walk import Row

TOUCH = 0.35  # points that shapes may share: the thickness of a line
CELL = 48.0
SOLID = ("node", "join", "slab", "swatch", "share")
GOES = ("edge", "arc")


def faults(drawing: Drawing) -> list[str]:
    """All that overlaps, is cut, runs through something, or is too small."""
    return [
        *cut(drawing),
        *overlapping(drawing),
        *misplaced(drawing),
        *pierced(drawing),
        *([f"text of {drawing.smallest_text:.2f} pt"] if drawing.smallest_text < 5.999 else []),
    ]


def cut(drawing: Drawing) -> list[str]:
    found = []
    for shape in drawing.shapes:
        left, top, right, bottom = shape.bounds
        if left < 0 or top < 0 or right > drawing.width or bottom > drawing.height:
            found.append(f"cut: {shape}")
    return found


def obstacles(drawing: Drawing) -> list[tuple[str, object, tuple[float, ...]]]:
    """What nothing may lie on: boxes, solids by their convex outline, labels; with their names."""
    found: list[tuple[str, object, tuple[float, ...]]] = []
    solids: dict[str, list[Polygon]] = defaultdict(list)
    for shape in drawing.shapes:
        if isinstance(shape, Box) and shape.role in SOLID:
            found.append((shape.key, shape, shape.bounds))
        elif isinstance(shape, Polygon) and shape.role in ("face", "plane"):
            solids[shape.key].append(shape)
    for key, several in solids.items():
        points = [point for one in several for point in one.points]
        hull = convex(points)
        xs, ys = zip(*hull, strict=True)
        found.append((key, hull, (min(xs), min(ys), max(xs), max(ys))))
    return found


def convex(points):
    """The convex hull (Andrew's monotone chain)."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered

    def half(several):
        chain = []
        for p in several:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain[:-1]

    return half(ordered) + half(ordered[::-1])


def _turn(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


class Grid:
    """Bounds by where they are, so that only neighbours are compared."""

    def __init__(self, several):
        self.cells = defaultdict(list)
        for at, bounds in enumerate(several):
            for cell in self.of(bounds):
                self.cells[cell].append(at)

    @staticmethod
    def of(bounds):
        left, top, right, bottom = (int(value // CELL) for value in bounds)
        return ((x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))

    def near(self, bounds):
        return {at for cell in self.of(bounds) for at in self.cells.get(cell, ())}


def meet(a, b, touch=TOUCH):
    """Whether two rectangles share more than a line."""
    return min(a[2], b[2]) - max(a[0], b[0]) > touch and min(a[3], b[3]) - max(a[1], b[1]) > touch


def inside(a, b, slack=0.05):
    return (
        a[0] >= b[0] - slack
        and a[1] >= b[1] - slack
        and a[2] <= b[2] + slack
        and a[3] <= b[3] + slack
    )


def overlapping(drawing: Drawing) -> list[str]:
    """Boxes and solids on one another; frames that cut a box or a frame."""
    found = []
    things = obstacles(drawing)
    bounds = [one[2] for one in things]
    grid = Grid(bounds)
    for at, (key, shape, own) in enumerate(things):
        for other in grid.near(own):
            if other > at and key != things[other][0] and apart(things[at], things[other]) is False:
                found.append(f"overlap: {key} {shape} and {things[other][:2]}")
    frames = [s for s in drawing.shapes if isinstance(s, Box) and s.role == "frame"]
    for frame in frames:
        for bound in [*bounds, *(f.bounds for f in frames if f is not frame)]:
            within = inside(bound, frame.bounds) or inside(frame.bounds, bound)
            if meet(frame.bounds, bound) and not within:
                found.append(f"frame {frame.bounds} cuts {bound}")
    return found


def apart(one, other) -> bool:
    """Whether two obstacles lie apart: rectangles, or convex outlines by a separating axis."""
    if not meet(one[2], other[2]):
        return True
    hulls = [
        thing[1] if isinstance(thing[1], list) else corners(thing[2]) for thing in (one, other)
    ]
    if all(not isinstance(thing[1], list) for thing in (one, other)):
        return False
    return separated(*hulls)


def corners(bounds):
    left, top, right, bottom = bounds
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def separated(a, b) -> bool:
    for hull in (a, b):
        for (ax, ay), (bx, by) in pairwise([*hull, hull[0]]):
            nx, ny = by - ay, ax - bx
            length = (nx * nx + ny * ny) ** 0.5 or 1
            spans = [[(x * nx + y * ny) / length for x, y in points] for points in (a, b)]
            if min(max(spans[0]), max(spans[1])) - max(min(spans[0]), min(spans[1])) < TOUCH:
                return True
    return False


def misplaced(drawing: Drawing) -> list[str]:
    """Labels on one another, out of their box, or on a box or solid that is not theirs."""
    found = []
    labels = drawing.labels
    bounds = [label.bounds for label in labels]
    grid = Grid(bounds)
    for at, label in enumerate(labels):
        for other in grid.near(bounds[at]):
            if other > at and meet(bounds[at], bounds[other], 0.2):
                found.append(f"labels: {label.text!r} on {labels[other].text!r}")
    boxes = {
        s.key: s for s in drawing.shapes if isinstance(s, Box) and s.key and s.role != "shadow"
    }
    things = obstacles(drawing)
    solid = Grid([one[2] for one in things])
    for label, own in zip(labels, bounds, strict=True):
        if label.within:
            home = boxes.get(label.within)
            if home is None or not inside(own, home.bounds):
                found.append(f"label {label.text!r} {own} is not in its box {home}")
        for other in solid.near(own):
            key = things[other][0]
            if key != label.within and not apart(("", None, own), things[other]):
                found.append(f"label {label.text!r} on {key}")
    return found


def pierced(drawing: Drawing) -> list[str]:
    """Edges that run through a box, a solid or a label."""
    found = []
    things = obstacles(drawing)
    boxes = Grid([one[2] for one in things])
    labels = drawing.labels
    texts = Grid([label.bounds for label in labels])
    for edge in drawing.shapes:
        if not isinstance(edge, Edge) or edge.role not in GOES:
            continue
        for start, end in pairwise(edge.points):
            own = (
                min(start[0], end[0]), min(start[1], end[1]),
                max(start[0], end[0]), max(start[1], end[1]),
            )  # fmt: skip
            for at in boxes.near(own):
                _, shape, bounds = things[at]
                hull = shape if isinstance(shape, list) else None
                if crosses(start, end, bounds, hull):
                    found.append(f"edge {edge.path} {start}-{end} through {things[at][0]} {bounds}")
            for at in texts.near(own):
                if crosses(start, end, labels[at].bounds, None):
                    found.append(f"edge {edge.path} {start}-{end} through {labels[at].text!r}")
    return found


def crosses(start, end, bounds, hull) -> bool:
    """Whether more of a line than a touch lies in a rectangle, or in a convex outline."""
    points = hull or corners(bounds)
    low, high = 0.0, 1.0
    dx, dy = end[0] - start[0], end[1] - start[1]
    area = sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*points, points[0]]))
    sign = 1 if area > 0 else -1
    for (ax, ay), (bx, by) in pairwise([*points, points[0]]):
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5 or 1
        nx, ny = -(by - ay) / length * sign, (bx - ax) / length * sign
        depth = (start[0] - ax) * nx + (start[1] - ay) * ny - TOUCH
        slope = dx * nx + dy * ny
        if abs(slope) < 1e-9:
            if depth <= 0:
                return False
            continue
        at = -depth / slope
        low, high = (max(low, at), high) if slope > 0 else (low, min(high, at))
    return (high - low) * (dx * dx + dy * dy) ** 0.5 > TOUCH


def rows_drawn(drawing: Drawing) -> set[str]:
    """The rows that boxes and solids stand for."""
    return {
        row for shape in drawing.shapes if isinstance(shape, Box | Polygon) for row in shape.rows
    }


def missing_rows(drawing: Drawing, rows: tuple[Row, ...]) -> list[str]:
    """Rows with weights that are nowhere on a drawing."""
    drawn = rows_drawn(drawing)
    return [r.name for r in rows if (r.params or r.fixed_params) and r.name not in drawn]


def missing_edges(drawing: Drawing, net) -> list[tuple[str, str]]:
    """Edges of the network that no line draws, and that lie in no box or fold.

    A line into a box that stands for several rows is a line into each of them.
    """
    holders: dict[str, list[Box]] = defaultdict(list)
    for shape in drawing.shapes:
        if isinstance(shape, Box) and len(shape.rows) > 1:
            for row in shape.rows:
                holders[row].append(shape)
    drawn = set()
    for shape in drawing.shapes:
        if isinstance(shape, Edge):
            for source, target in pairwise(shape.path):
                drawn.add((source, target))
                drawn |= {(source, row) for box in holders[target] for row in box.rows}
    return [
        (source, target)
        for target, several in sources(net).items()
        for source in several
        if (source, target) not in drawn and not any(source in box.rows for box in holders[target])
    ]

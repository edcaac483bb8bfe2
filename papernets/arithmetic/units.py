"""The rectangle of the picture that one unit of a layer sees, followed backwards to the picture."""

from __future__ import annotations

from dataclasses import dataclass

from ..spec import PICTURE, AdaptivePool, Layer, Pair, Row, pair
from .graph import Graph

Rectangle = tuple[int, int, int, int]
"""Top, left, bottom, right; ends included."""


@dataclass(frozen=True)
class Unit:
    """One value (in all maps) of a row, and the pixels that it sees."""

    row: Row
    at: Pair
    rectangle: Rectangle
    """In pixels of the picture, not clipped by its edges."""
    picture: Pair

    @property
    def clipped(self) -> Rectangle | None:
        """The part that lies on the picture; None where none does."""
        top, left, bottom, right = self.rectangle
        height, width = self.picture
        part = max(top, 0), max(left, 0), min(bottom, height - 1), min(right, width - 1)
        return part if part[0] <= part[2] and part[1] <= part[3] else None

    @property
    def outside(self) -> dict[str, int]:
        """How many rows or columns of the rectangle lie in the padding, by the side."""
        top, left, bottom, right = self.rectangle
        height, width = self.picture
        sides = {"top": -top, "left": -left, "bottom": bottom - height + 1}
        sides["right"] = right - width + 1
        return {side: max(rows, 0) for side, rows in sides.items()}

    def to_dict(self) -> dict[str, object]:
        """What `--unit` adds to a layer's JSON."""
        clipped = list(self.clipped) if self.clipped else None
        return {
            "unit": list(self.at),
            "rectangle": list(self.rectangle),
            "clipped": clipped,
            "outside": self.outside,
        }


def unit(graph: Graph, name: str, at: Pair) -> Unit:
    """A unit (row, column) of a layer; ValueError, with the range, where there is none there.

    The rectangle is the smallest that holds every pixel on a path to the unit, where zeros of
    padding count as pixels of a picture without end. A side of it that lies on the picture is
    reached, unless a window lies on padding alone.
    """
    row = graph.rows[name]
    height, width = row.out[1:]
    if not (0 <= at[0] < height and 0 <= at[1] < width):
        down = f"rows 0 to {height - 1}" if height > 1 else "row 0"
        across = f"columns 0 to {width - 1}" if width > 1 else "column 0"
        raise ValueError(
            f"{name} has no unit {at[0]},{at[1]}: a map of {height}x{width} has {down}, {across}"
        )
    wanted: dict[str, Rectangle] = {name: (at[0], at[1], at[0], at[1])}
    for one in reversed(tuple(graph.rows.values())):
        if one.name in wanted:
            part = _taken(one, wanted.pop(one.name))
            for source in graph.sources[one.name]:
                wanted[source] = _both(wanted[source], part) if source in wanted else part
    return Unit(row, at, wanted[PICTURE], (graph.net.input[1], graph.net.input[2]))


def _both(a: Rectangle, b: Rectangle) -> Rectangle:
    """The smallest rectangle that holds both."""
    return min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])


def _taken(row: Row, part: Rectangle) -> Rectangle:
    """What a row looks at in its input for a part of its output."""
    layer, size = row.layer, row.input[1:]
    if not isinstance(layer, Layer):
        return part
    if layer.sees_all(row.input):
        return 0, 0, size[0] - 1, size[1] - 1
    top, left, bottom, right = part
    if isinstance(layer, AdaptivePool):  # its windows are not alike
        (h, w), (rows, columns) = size, pair(layer.size)
        first = top * h // rows, left * w // columns
        return *first, -(-(bottom + 1) * h // rows) - 1, -(-(right + 1) * w // columns) - 1
    window = layer.reach(row.input)
    if window is None:
        return part
    (above, _), (before, _) = window.pads(size)
    (kh, kw), (sh, sw) = window.kernel, window.stride
    first = top * sh - above, left * sw - before
    return *first, bottom * sh - above + kh - 1, right * sw - before + kw - 1

"""The receptive field along the paths from the picture: the largest, the smallest, how many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..spec import PICTURE, Layer, Pair, Row
from .graph import Graph

MOST_FRONT = 64
"""Fields, none of which is larger both ways than another, that are followed at one row."""


@dataclass(frozen=True)
class Reach:
    """What a value sees along one path: extent and step, in pixels (height, width).

    `row` made it, out of what `before` saw.
    """

    size: Pair = (1, 1)
    step: Pair = (1, 1)
    row: Row | None = None
    before: Reach | None = None

    def through(self, row: Row) -> Reach:
        """What a value of this row sees, that looks at these."""
        layer = row.layer
        window = layer.reach(row.input) if isinstance(layer, Layer) else None
        if window is None:
            return Reach(self.size, self.step, row, self)
        (h, w), (down, across) = self.size, self.step
        size = h + (window.kernel[0] - 1) * down, w + (window.kernel[1] - 1) * across
        step = down * window.stride[0], across * window.stride[1]
        return Reach(size, step, row, self)

    def path(self) -> list[Reach]:
        """What was seen from row to row, from the picture on."""
        found, one = [], self
        while one.row is not None and one.before is not None:
            found.append(one)
            one = one.before
        return found[::-1]


Front = tuple[Reach, ...]


@dataclass(frozen=True)
class Paths:
    """The fields of all rows along their paths; none from the row on that sees everything."""

    graph: Graph

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many paths lead from the picture to each row."""
        found = {PICTURE: 1}
        for name, several in self.graph.sources.items():
            found[name] = sum(found[source] for source in several)
        return found

    def smallest(self, name: str) -> Reach | None:
        """The path with the smallest field, by its area."""
        front = self._least[name]
        return min(front, key=_area) if front else None

    def largest(self, name: str) -> Reach | None:
        """The path with the largest field, by its area."""
        front = self._most[name]
        return max(front, key=_area) if front else None

    @cached_property
    def _least(self) -> Mapping[str, Front]:
        return self._fronts(lambda a, b: a[0] <= b[0] and a[1] <= b[1], False)

    @cached_property
    def _most(self) -> Mapping[str, Front]:
        return self._fronts(lambda a, b: a[0] >= b[0] and a[1] >= b[1], True)

    def _fronts(self, beats: Callable[[Pair, Pair], bool], largest: bool) -> Mapping[str, Front]:
        found: dict[str, Front] = {PICTURE: (Reach(),)}
        for name, row in self.graph.rows.items():
            sources = dict.fromkeys(self.graph.sources[name])
            sees_all = isinstance(row.layer, Layer) and row.layer.sees_all(row.input)
            if sees_all or not all(found[source] for source in sources):
                found[name] = ()
                continue
            every = [one.through(row) for source in sources for one in found[source]]
            found[name] = _front(every, beats, largest)
        return found


def _area(reach: Reach) -> tuple[int, Pair]:
    return reach.size[0] * reach.size[1], reach.size


def _front(several: Sequence[Reach], beats: Callable[[Pair, Pair], bool], largest: bool) -> Front:
    """Those whose size no other beats at the same step; of two alike the first."""
    if len(several) == 1:
        return (several[0],)
    kept: list[Reach] = []
    for one in several:
        if any(o.step == one.step and beats(o.size, one.size) for o in kept):
            continue
        kept = [o for o in kept if not (o.step == one.step and beats(one.size, o.size))]
        kept.append(one)
    if len(kept) > MOST_FRONT:
        kept = sorted(kept, key=_area, reverse=largest)[:MOST_FRONT]
    return tuple(kept)


def changes(path: Sequence[Reach]) -> list[Reach]:
    """The steps of a path that change what is seen, or how far apart neighbours look."""
    return [
        one
        for one in path
        if one.before and (one.size, one.step) != (one.before.size, one.before.step)
    ]

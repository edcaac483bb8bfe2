"""What the values of a tensor see of the inputs: a span for each side of each of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .spans import Span, joined, nothing

Side = tuple[int, int]
"""Which input, and which of its sides: (0, 1) is the width of the first."""


@dataclass(frozen=True)
class Seen:
    """Spans by side; a side that is missing is not seen. `unknown` says why nothing can be told."""

    spans: Mapping[Side, Span] = field(default_factory=dict)
    unknown: str = ""

    def each(self, how: Callable[[Span], Span]) -> Seen:
        """The same rule for every side."""
        if self.unknown:
            return self
        return Seen({side: how(span).compact() for side, span in self.spans.items()})

    @property
    def everything(self) -> bool:
        """True where some value sees all of some side."""
        return any(span.sees_all for span in self.spans.values())


def lost(why: str) -> Seen:
    """What a tensor sees behind an operation that cannot be told."""
    return Seen(unknown=why)


def together(several: Sequence[tuple[Seen | None, int]], dims: int) -> Seen | None:
    """What values see that are made of one value of each; the numbers are the tensors' dimensions.

    None where none of them comes from an input.
    """
    found = [(seen, own) for seen, own in several if seen is not None]
    if not found:
        return None
    if why := next((seen.unknown for seen, _ in found if seen.unknown), ""):
        return lost(why)
    sides = dict.fromkeys(side for seen, _ in found for side in seen.spans)
    return Seen(
        {
            side: joined(
                [seen.spans.get(side) or nothing(own) for seen, own in found], dims
            ).compact()
            for side in sides
        }
    )


def extent(seen: Seen, which: int, sides: int) -> tuple[float, ...]:
    """How many pixels of an input the largest field has along each side; infinite where it is all.

    0 where a side is not seen.
    """
    spans = [seen.spans.get((which, side)) for side in range(sides)]
    return tuple(0.0 if span is None else span.size for span in spans)


def steps(seen: Seen, which: int, sides: int) -> tuple[float | None, ...]:
    """How far apart the fields of neighbours lie along each side; None where it differs."""
    found = []
    for side in range(sides):
        span = seen.spans.get((which, side))
        step = None if span is None else span.step
        if span is not None and step is None and span.first.ndim == sides + 2:
            step = span.pace(2 + side)
        found.append(step)
    return tuple(found)


def finite(extents: Sequence[float]) -> bool:
    """True where a field has an end on every side, and something is seen."""
    return bool(extents) and all(not math.isinf(size) and size > 0 for size in extents)

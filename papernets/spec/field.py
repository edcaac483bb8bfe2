"""Receptive fields: what one output value sees, carried through windows and over branches."""

from __future__ import annotations

from dataclasses import dataclass

from .window import Pair, Window


@dataclass(frozen=True)
class Field:
    """What output value 0 sees, by height and width: first and last input pixel, and the step."""

    first: Pair = (0, 0)
    last: Pair = (0, 0)
    step: Pair = (1, 1)

    @property
    def size(self) -> Pair:
        """Extent in input pixels (height, width), not clipped by the picture's edges."""
        return self.last[0] - self.first[0] + 1, self.last[1] - self.first[1] + 1

    def through(self, window: Window, size: Pair) -> Field:
        """The field after a window that slides over an input map of this size."""
        top, left = (p[0] for p in window.pads(size))
        before, k, s = (top, left), window.kernel, window.stride
        first = tuple(f - b * d for f, b, d in zip(self.first, before, self.step, strict=True))
        last = tuple(
            e + (n - 1 - b) * d for e, n, b, d in zip(self.last, k, before, self.step, strict=True)
        )
        step = (self.step[0] * s[0], self.step[1] * s[1])
        return Field((first[0], first[1]), (last[0], last[1]), step)

    def joined(self, other: Field) -> Field:
        """The field of a value made from both: from the first pixel of either to the last."""
        return Field(
            (min(self.first[0], other.first[0]), min(self.first[1], other.first[1])),
            (max(self.last[0], other.last[0]), max(self.last[1], other.last[1])),
            (max(self.step[0], other.step[0]), max(self.step[1], other.step[1])),
        )

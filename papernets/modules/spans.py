"""What each value of a tensor sees of one side of the input: from a first to a last pixel.

A span has two arrays that broadcast over the tensor: the first pixel and the last one, of every
value. A value that sees everything goes from minus to plus infinity, one that sees nothing from
plus to minus infinity, so that joining is a minimum and a maximum. Nothing is clipped: beyond the
edges, arrays go on by the step from one value to the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Span:
    """First and last pixels; `dim` is the tensor's dimension along which a window would slide.

    `step` is how many pixels lie between the fields of two neighbours; None where it differs.
    """

    first: Array
    last: Array
    dim: int | None
    step: float | None

    @property
    def size(self) -> float:
        """The largest extent of any value, in pixels: infinite, or 0 where nothing is seen."""
        return max(float(np.max(self.last - self.first)) + 1, 0.0)

    @property
    def sees_all(self) -> bool:
        """True where some value sees everything."""
        return math.isinf(self.size)

    def compact(self) -> Span:
        """The same, with one entry along each dimension on which nothing depends."""
        first, last = self.first, self.last
        for d in range(first.ndim):
            if first.shape[d] == 1 and last.shape[d] == 1:
                continue
            head = (slice(None),) * d + (slice(0, 1),)
            if np.all(first == first[head]) and np.all(last == last[head]):
                first, last = first[head], last[head]
        return Span(first, last, self.dim, self.step)

    def moved(self, how: Any, dim: int | None, step: float | None) -> Span:
        """The same operation done to both arrays."""
        return Span(how(self.first), how(self.last), dim, step)

    def paced(self, dim: int, times: float) -> Span:
        """The same behind a step of `times` along `dim`, if that is the dimension it runs along.

        A span that lost its dimension in views runs along `dim` where it grows evenly there.
        """
        if self.dim == dim:
            return Span(self.first, self.last, dim, self.step and self.step * times)
        if self.dim is None and (pace := self.pace(dim)):
            return Span(self.first, self.last, dim, pace)
        return self

    def pace(self, dim: int) -> float | None:
        """The step from value to value along a dimension; None where it is not always the same."""
        if self.first.shape[dim] < 2:
            return None
        with np.errstate(invalid="ignore"):
            paces = np.diff(self.first, axis=dim)
        return float(paces.flat[0]) if paces.flat[0] > 0 and _alike(paces) else None

    def everything(self) -> Span:
        """All values see all of this side."""
        shape = (1,) * self.first.ndim
        return Span(np.full(shape, -np.inf), np.full(shape, np.inf), self.dim, None)


def whole(dims: int, at: int, length: int) -> Span:
    """The span of the input itself along dimension `at`: each value sees itself."""
    shape = [1] * dims
    shape[at] = length
    own = np.arange(length, dtype=np.float64).reshape(shape)
    return Span(own, own, at, 1.0)


def nothing(dims: int) -> Span:
    """Values that see nothing: constants and weights."""
    shape = (1,) * dims
    return Span(np.full(shape, np.inf), np.full(shape, -np.inf), None, None)


def joined(spans: Sequence[Span], dims: int) -> Span:
    """The span of values that are made of one value of each, broadcast as torch does."""
    firsts = [_widened(span.first, dims) for span in spans]
    lasts = [_widened(span.last, dims) for span in spans]
    first, last = firsts[0], lasts[0]
    for other in firsts[1:]:
        first = np.minimum(first, other)
    for other in lasts[1:]:
        last = np.maximum(last, other)
    at = next((s.dim + dims - s.first.ndim for s in spans if s.dim is not None), None)
    steps = [s.step for s in spans if s.step is not None]
    return Span(first, last, at, max(steps) if steps else None)


def _widened(array: Array, dims: int) -> Array:
    return array.reshape((1,) * (dims - array.ndim) + array.shape)


def reduced(span: Span, dims: Sequence[int]) -> Span:
    """Each value sees what all values along these dimensions see; the dimensions stay, of 1.

    Where all values then see the same, and did not before, they see everything.
    """
    axes = tuple(sorted({d % span.first.ndim for d in dims}))
    if not axes:
        return span
    first = np.min(span.first, axis=axes, keepdims=True)
    last = np.max(span.last, axis=axes, keepdims=True)
    dim = None if span.dim in axes else span.dim
    found = Span(first, last, dim, span.step if dim is not None else None)
    varied = span.first.size > 1 or span.last.size > 1
    if varied and _alike(first) and _alike(last):
        return found.everything()
    return found


def _alike(array: Array) -> bool:
    return bool(np.all(array == array.flat[0]))


def slid(span: Span, dim: int, size: int, places: Index) -> Span:
    """The span behind a window along `dim`, of `size` values; places (outputs, taps) are inputs.

    A place outside goes on by the step: padding has a place of its own. A tap of `NO_TAP` counts
    nothing.
    """
    if span.first.shape[dim] == 1 and span.last.shape[dim] == 1 and span.dim != dim:
        return span
    step = span.step if span.dim in (dim, None) else 0.0  # across, nothing goes on
    first = taken(span.first, dim, size, places, step, np.inf)
    last = taken(span.last, dim, size, places, step, -np.inf)
    return Span(np.min(first, axis=dim + 1), np.max(last, axis=dim + 1), span.dim, span.step)


NO_TAP = np.iinfo(np.int64).min


def taken(
    array: Array, dim: int, size: int, places: Index, step: float | None, empty: float
) -> Array:
    """The entries at these places, (outputs, taps) in the place of `dim`, beyond the edges too."""
    if array.shape[dim] != size:
        array = np.repeat(array, size, axis=dim)
    inside = np.clip(places, 0, size - 1)
    beyond = (places - inside).astype(np.float64)
    found = np.take(array, inside.reshape(-1), axis=dim)
    shape = (*array.shape[:dim], *places.shape, *array.shape[dim + 1 :])
    found = found.reshape(shape)
    out = (1,) * dim + places.shape + (1,) * (array.ndim - dim - 1)
    if np.any(beyond):
        pace = step if step is not None else _pace(array, dim)
        found = found + (beyond * pace).reshape(out)
    missing = (places == NO_TAP).reshape(out)
    return np.where(missing, empty, found) if missing.any() else found


def _pace(array: Array, dim: int) -> float:
    """The usual difference between neighbours, where no step is known."""
    steps = np.diff(array, axis=dim)
    steps = steps[np.isfinite(steps)]
    return float(np.median(np.abs(steps))) if steps.size else 1.0


def window(outputs: int, kernel: int, stride: int, padding: int, dilation: int) -> Index:
    """The places that each output of a sliding window takes."""
    starts = np.arange(outputs, dtype=np.int64)[:, None] * stride - padding
    return starts + np.arange(kernel, dtype=np.int64)[None] * dilation


def spread(outputs: int, kernel: int, stride: int, padding: int, dilation: int) -> Index:
    """The places that each output of a transposed convolution takes."""
    at = np.arange(outputs, dtype=np.int64)[:, None] + padding
    at = at - np.arange(kernel, dtype=np.int64)[None] * dilation
    return np.where(at % stride == 0, at // stride, NO_TAP)


def even(outputs: int, size: int) -> Index:
    """The places that each output of adaptive pooling takes."""
    i = np.arange(outputs, dtype=np.int64)
    starts, ends = i * size // outputs, -(-(i + 1) * size // outputs)
    taps = np.arange(int((ends - starts).max()), dtype=np.int64)
    places = starts[:, None] + taps[None]
    return np.where(places < ends[:, None], places, NO_TAP)


def viewed(span: Span, old: Sequence[int], new: Sequence[int]) -> Span:
    """The span behind a view that gives a tensor of shape `old` the shape `new`."""
    groups = _groups(old, new)
    dim = next((out[0] for own, out in groups if own == [span.dim] and len(out) == 1), None)

    def one(array: Array) -> Array:
        shape: list[int] = []
        wide = list(array.shape)
        for own, out in groups:
            if all(array.shape[d] == 1 for d in own):
                shape += [1] * len(out)
                continue
            for d in own:
                wide[d] = old[d]
            shape += [new[d] for d in out]
        return np.broadcast_to(array, wide).reshape(shape)

    return Span(one(span.first), one(span.last), dim, span.step if dim is not None else None)


def _groups(old: Sequence[int], new: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """Runs of old and new dimensions that hold the same values, as short as may be.

    Dimensions that are alike at the end go together first, so that maps of 1x1 stay maps.
    """
    tail = 0
    while tail < min(len(old), len(new)) and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    a_end, b_end = len(old) - tail, len(new) - tail
    if math.prod(old[:a_end]) != math.prod(new[:b_end]):
        tail, a_end, b_end = 0, len(old), len(new)
    groups: list[tuple[list[int], list[int]]] = []
    a = b = 0
    while a < a_end or b < b_end:
        own, out = ([a], [b]) if a < a_end and b < b_end else ([], [])
        if not own:
            own, out = list(range(a, a_end)), list(range(b, b_end))
            groups = (
                [*groups[:-1], (groups[-1][0] + own, groups[-1][1] + out)]
                if groups
                else ([(own, out)])
            )
            break
        a, b = a + 1, b + 1
        x, y = old[own[0]], new[out[0]]
        while x != y:
            if x < y:
                own, x, a = [*own, a], x * old[a], a + 1
            else:
                out, y, b = [*out, b], y * new[b], b + 1
        groups.append((own, out))
    return groups + [([a_end + t], [b_end + t]) for t in range(tail)]

"""Rules for operations that move values and compute nothing: slices, orders, joins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .rules import Call, each, rule, several, squeezed
from .seen import Seen, lost, together
from .spans import Array, Span, nothing


@rule("permute", "permute_copy")
def _permute(call: Call) -> list[Seen | None]:
    order = [d % call.main.dim() for d in call.given["dims"]]
    return [each(call.seen(call.main), lambda span: _ordered(span, order))]


@rule("transpose", "t", "swapaxes", "transpose_copy")
def _transpose(call: Call) -> list[Seen | None]:
    dims = call.main.dim()
    order = list(range(dims))
    if dims > 1:
        a = call.given.get("dim0", 0) % dims
        b = call.given.get("dim1", 1) % dims
        order[a], order[b] = order[b], order[a]
    return [each(call.seen(call.main), lambda span: _ordered(span, order))]


def _ordered(span: Span, order: list[int]) -> Span:
    at = None if span.dim is None else order.index(span.dim)
    return span.moved(lambda a: np.transpose(a, order), at, span.step)


@rule("unsqueeze")
def _unsqueeze(call: Call) -> list[Seen | None]:
    d = call.given["dim"] % (call.main.dim() + 1)

    def one(span: Span) -> Span:
        at = None if span.dim is None else span.dim + (span.dim >= d)
        return span.moved(lambda a: np.expand_dims(a, d), at, span.step)

    return [each(call.seen(call.main), one)]


@rule("squeeze")
def _squeeze(call: Call) -> list[Seen | None]:
    x = call.main
    dim = call.given.get("dim")
    every = range(x.dim()) if dim is None else several(dim, 1)
    dims = sorted({d % x.dim() for d in every if x.shape[d] == 1})
    return [each(call.seen(x), lambda span: squeezed(span, dims))]


@rule("expand", "expand_copy")
def _expand(call: Call) -> list[Seen | None]:
    x = call.main
    return [together([(call.seen(x), x.dim())], call.outs[0].dim())]


@rule("repeat")
def _repeat(call: Call) -> list[Seen | None]:
    x, times = call.main, list(call.given["repeats"])
    more = len(times) - x.dim()

    def one(span: Span) -> Span:
        def tiled(array: Array) -> Array:
            array = array.reshape((1,) * more + array.shape)
            return np.tile(
                array, [n if s > 1 else 1 for n, s in zip(times, array.shape, strict=True)]
            )

        at = None if span.dim is None else span.dim + more
        return span.moved(tiled, at, span.step)

    return [each(call.seen(x), one)]


@rule("slice", "narrow", "slice_copy")
def _slice(call: Call) -> list[Seen | None]:
    x = call.main
    d = call.given.get("dim", 0) % x.dim()
    size, step = x.shape[d], call.given.get("step", 1)
    if call.name == "narrow":
        start = call.given["start"]
        end = start + call.given["length"]
    else:
        start, end = call.given.get("start"), call.given.get("end")
    cut = slice(*slice(start, end, step).indices(size))
    return [each(call.seen(x), lambda span: _cut(span, d, cut))]


def _cut(span: Span, d: int, cut: slice) -> Span:
    head = (slice(None),) * d

    def one(array: Array) -> Array:
        return array[(*head, cut)] if array.shape[d] > 1 else array

    pace = None if span.step is None else span.step * (cut.step if span.dim == d else 1)
    return span.moved(one, span.dim, pace)


@rule("split", "split_with_sizes", "chunk", "unsafe_split", "unsafe_chunk", "split_copy")
@rule("tensor_split", "unsafe_split_with_sizes")
def _split(call: Call) -> list[Seen | None]:
    x = call.main
    d = call.given.get("dim", 0) % x.dim()
    found, at = [], 0
    for out in call.outs:
        cut = slice(at, at + out.shape[d], 1)
        at = cut.stop
        found.append(each(call.seen(x), lambda span, cut=cut: _cut(span, d, cut)))  # type: ignore[misc]
    return found


@rule("select", "select_copy")
def _select(call: Call) -> list[Seen | None]:
    x, index = call.main, call.given["index"]
    d = call.given["dim"] % x.dim()
    return [each(call.seen(x), lambda span: _selected(span, d, index))]


@rule("unbind")
def _unbind(call: Call) -> list[Seen | None]:
    x = call.main
    d = call.given.get("dim", 0) % x.dim()
    return [
        each(call.seen(x), lambda span, i=i: _selected(span, d, i))  # type: ignore[misc]
        for i in range(len(call.outs))
    ]


def _selected(span: Span, d: int, index: int) -> Span:
    def one(array: Array) -> Array:
        return np.take(array, index if array.shape[d] > 1 else 0, axis=d)

    at = span.dim
    moved = None if at is None or at == d else at - (d < at)
    return span.moved(one, moved, span.step if moved is not None else None)


@rule("flip")
def _flip(call: Call) -> list[Seen | None]:
    dims = tuple(d % call.main.dim() for d in call.given["dims"])

    def one(span: Span) -> Span:
        turns = span.dim in dims and span.step is not None
        return span.moved(lambda a: np.flip(a, dims), span.dim, -span.step if turns else span.step)  # type: ignore[operator]

    return [each(call.seen(call.main), one)]


@rule("roll")
def _roll(call: Call) -> list[Seen | None]:
    x = call.main
    dims = call.given.get("dims") or []
    shifts = several(call.given["shifts"], len(dims) or 1)
    if not dims:
        return [lost("values are rolled through all dimensions at once")]

    def one(span: Span) -> Span:
        def rolled(array: Array) -> Array:
            for shift, d in zip(shifts, dims, strict=True):
                array = np.roll(array, shift if array.shape[d] > 1 else 0, axis=d)
            return array

        return span.moved(rolled, span.dim, span.step)

    return [each(call.seen(x), one)]


@rule("cat", "concat", "concatenate")
def _cat(call: Call) -> list[Seen | None]:
    told = [t for t in call.tensors if t.dim() == call.outs[0].dim()]
    d = call.given.get("dim", 0) % call.outs[0].dim()
    return [_behind([(call.seen(t), t.shape[d]) for t in told], d, call.outs[0].dim())]


@rule("stack")
def _stack(call: Call) -> list[Seen | None]:
    d = call.given.get("dim", 0) % call.outs[0].dim()

    def wider(seen: Seen | None) -> Seen | None:
        def one(span: Span) -> Span:
            at = None if span.dim is None else span.dim + (span.dim >= d)
            return span.moved(lambda a: np.expand_dims(a, d), at, span.step)

        return each(seen, one)

    parts = [(wider(call.seen(t)), 1) for t in call.tensors]
    return [_behind(parts, d, call.outs[0].dim())]


def _behind(parts: list[tuple[Seen | None, int]], d: int, dims: int) -> Seen | None:
    """Tensors one behind another along `d`, each with how many values it has there."""
    told = [seen for seen, _ in parts if seen is not None]
    if why := next((seen.unknown for seen in told if seen.unknown), ""):
        return lost(why)
    found = {}
    for side in dict.fromkeys(side for seen in told for side in seen.spans):
        spans = [(seen.spans.get(side) if seen else None) or nothing(dims) for seen, _ in parts]
        sizes = [size for _, size in parts]
        first, last = (
            _laid([getattr(span, end) for span in spans], sizes, d) for end in ("first", "last")
        )
        at = next((span.dim for span in spans if span.dim is not None), None)
        steps = [span.step for span in spans if span.step is not None]
        found[side] = Span(first, last, at, max(steps) if steps else None).compact()
    return Seen(found)


def _laid(arrays: list[Array], sizes: list[int], d: int) -> Array:
    shape = np.broadcast_shapes(*((*a.shape[:d], 1, *a.shape[d + 1 :]) for a in arrays))
    wide = [
        np.broadcast_to(a, (*shape[:d], size, *shape[d + 1 :]))
        for a, size in zip(arrays, sizes, strict=True)
    ]
    return np.concatenate(wide, axis=d)


def overlaid(old: Seen | None, shape: tuple[int, ...], new: Seen | None, cut: Any) -> Seen:
    """What a contiguous tensor of this shape sees after a part of it, a view, was written over.

    `cut` gives the same view of an array that holds the tensor's values.
    """
    if (old and old.unknown) or (new and new.unknown):
        return lost((old and old.unknown) or (new and new.unknown) or "")
    if math.prod(shape) > 1 << 25:
        return lost("a part of a large tensor is written over")
    found = {}
    for side in dict.fromkeys((*(old.spans if old else ()), *(new.spans if new else ()))):
        a = (old.spans.get(side) if old else None) or nothing(len(shape))
        b = (new.spans.get(side) if new else None) or nothing(0)
        ends = []
        for end in ("first", "last"):
            array = np.broadcast_to(getattr(a, end), shape).copy()
            cut(array)[...] = getattr(b, end)
            ends.append(array)
        dim = a.dim if a.dim is not None else b.dim
        step = a.step if a.step is not None else b.step
        found[side] = Span(ends[0], ends[1], dim, step).compact()
    return Seen(found)

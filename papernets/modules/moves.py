"""Rules for operations that move values and compute nothing: slices, joins, padding, enlarging."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .rules import Call, _each, _several, _squeezed, rule
from .seen import Seen, lost, together
from .spans import Array, Index, Span, nothing, slid, taken, viewed, window


@rule("permute", "permute_copy")
def _permute(call: Call) -> list[Seen | None]:
    order = [d % call.main.dim() for d in call.given["dims"]]
    return [_each(call.seen(call.main), lambda span: _ordered(span, order))]


@rule("transpose", "t", "swapaxes", "transpose_copy")
def _transpose(call: Call) -> list[Seen | None]:
    dims = call.main.dim()
    order = list(range(dims))
    if dims > 1:
        a = call.given.get("dim0", 0) % dims
        b = call.given.get("dim1", 1) % dims
        order[a], order[b] = order[b], order[a]
    return [_each(call.seen(call.main), lambda span: _ordered(span, order))]


def _ordered(span: Span, order: list[int]) -> Span:
    at = None if span.dim is None else order.index(span.dim)
    return span.moved(lambda a: np.transpose(a, order), at, span.step)


@rule("unsqueeze")
def _unsqueeze(call: Call) -> list[Seen | None]:
    d = call.given["dim"] % (call.main.dim() + 1)

    def one(span: Span) -> Span:
        at = None if span.dim is None else span.dim + (span.dim >= d)
        return span.moved(lambda a: np.expand_dims(a, d), at, span.step)

    return [_each(call.seen(call.main), one)]


@rule("squeeze")
def _squeeze(call: Call) -> list[Seen | None]:
    x = call.main
    dim = call.given.get("dim")
    every = range(x.dim()) if dim is None else _several(dim, 1)
    dims = sorted({d % x.dim() for d in every if x.shape[d] == 1})
    return [_each(call.seen(x), lambda span: _squeezed(span, dims))]


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

    return [_each(call.seen(x), one)]


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
    return [_each(call.seen(x), lambda span: _cut(span, d, cut))]


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
        found.append(_each(call.seen(x), lambda span, cut=cut: _cut(span, d, cut)))  # type: ignore[misc]
    return found


@rule("select", "select_copy")
def _select(call: Call) -> list[Seen | None]:
    x, index = call.main, call.given["index"]
    d = call.given["dim"] % x.dim()
    return [_each(call.seen(x), lambda span: _selected(span, d, index))]


@rule("unbind")
def _unbind(call: Call) -> list[Seen | None]:
    x = call.main
    d = call.given.get("dim", 0) % x.dim()
    return [
        _each(call.seen(x), lambda span, i=i: _selected(span, d, i))  # type: ignore[misc]
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

    return [_each(call.seen(call.main), one)]


@rule("roll")
def _roll(call: Call) -> list[Seen | None]:
    x = call.main
    dims = call.given.get("dims") or []
    shifts = _several(call.given["shifts"], len(dims) or 1)
    if not dims:
        return [lost("values are rolled through all dimensions at once")]

    def one(span: Span) -> Span:
        def rolled(array: Array) -> Array:
            for shift, d in zip(shifts, dims, strict=True):
                array = np.roll(array, shift if array.shape[d] > 1 else 0, axis=d)
            return array

        return span.moved(rolled, span.dim, span.step)

    return [_each(call.seen(x), one)]


@rule("cat", "concat", "concatenate")
def _cat(call: Call) -> list[Seen | None]:
    several = [t for t in call.tensors if t.dim() == call.outs[0].dim()]
    d = call.given.get("dim", 0) % call.outs[0].dim()
    return [_behind([(call.seen(t), t.shape[d]) for t in several], d, call.outs[0].dim())]


@rule("stack")
def _stack(call: Call) -> list[Seen | None]:
    d = call.given.get("dim", 0) % call.outs[0].dim()

    def wider(seen: Seen | None) -> Seen | None:
        def one(span: Span) -> Span:
            at = None if span.dim is None else span.dim + (span.dim >= d)
            return span.moved(lambda a: np.expand_dims(a, d), at, span.step)

        return _each(seen, one)

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


@rule("constant_pad_nd", "pad")
def _pad(call: Call) -> list[Seen | None]:
    """Zeros around a map go on as padding does; they have a place, and what is beyond is unseen."""
    return _padded(call, lambda before, size, out: np.arange(out) - before)


@rule(*(f"{how}_pad{n}d" for how in ("reflection", "replication") for n in (1, 2, 3)))
def _mirrored(call: Call) -> list[Seen | None]:
    def places(before: int, size: int, out: int) -> Any:
        at = np.arange(out) - before
        if call.name.startswith("replication"):
            return np.clip(at, 0, size - 1)
        at = np.abs(at)
        return np.where(at >= size, 2 * (size - 1) - at, at)

    return _padded(call, places)


def _padded(call: Call, places: Any) -> list[Seen | None]:
    x, out = call.main, call.outs[0]
    pads = list(call.given.get("pad") or call.given["padding"])

    def one(span: Span) -> Span:
        for n in range(len(pads) // 2):
            d = x.dim() - 1 - n
            if pads[2 * n] or pads[2 * n + 1]:
                at: Index = places(pads[2 * n], x.shape[d], out.shape[d])
                span = slid(span, d, x.shape[d], at.astype(np.int64)[:, None])
        return span

    return [_each(call.seen(x), one)]


TAPS = {"nearest": (0, 0), "nearest_exact": (0, 0), "linear": (0, 1), "bicubic": (-1, 2)}
"""The first and the last neighbour that a way of enlarging mixes, from the place below."""


@rule(*(f"upsample_{how}{n}d" for how in ("nearest",) for n in (1, 2, 3)))
@rule(*(f"_upsample_nearest_exact{n}d" for n in (1, 2, 3)))
@rule("upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d")
def _upsample(call: Call) -> list[Seen | None]:
    x, out = call.main, call.outs[0]
    sides = int(next(letter for letter in call.name if letter.isdigit()))
    exact = "nearest_exact" in call.name
    how = "nearest" if "nearest" in call.name else "linear"
    low, high = TAPS["bicubic" if "bicubic" in call.name else how]
    corners = bool(call.given.get("align_corners"))

    def one(span: Span) -> Span:
        for d in range(x.dim() - sides, x.dim()):
            size, wide = x.shape[d], out.shape[d]
            i = np.arange(wide, dtype=np.float64)
            if how == "nearest" and not exact:
                at = i * size / wide
            elif corners:
                at = i * (size - 1) / max(wide - 1, 1)
            else:
                at = (i + 0.5) * size / wide - (0.0 if exact else 0.5)
            base = np.floor(at + 1e-9)
            whole = np.abs(at - np.round(at)) < 1e-9
            taps = base[:, None] + np.arange(low, high + 1)[None]
            if how == "linear" and "bicubic" not in call.name:  # a place of its own mixes nothing
                taps = np.where(whole[:, None], np.round(at)[:, None], taps)
            span = slid(span, d, size, np.clip(taps, 0, size - 1).astype(np.int64))
            span = span.paced(d, size / wide)
        return span

    return [_each(call.seen(x), one)]


@rule("pixel_shuffle", "pixel_unshuffle")
def _pixel_shuffle(call: Call) -> list[Seen | None]:
    x, out = call.main, call.outs[0]
    lead = tuple(x.shape[:-3])
    n = len(lead)
    if call.name == "pixel_shuffle":
        r = call.given["upscale_factor"]
        middle = (*lead, out.shape[-3], r, r, *x.shape[-2:])
        order = [*range(n), n, n + 3, n + 1, n + 4, n + 2]
    else:
        r = call.given["downscale_factor"]
        middle = (*lead, x.shape[-3], out.shape[-2], r, out.shape[-1], r)
        order = [*range(n), n, n + 2, n + 4, n + 1, n + 3]
    after = tuple(middle[d] for d in order)

    def one(span: Span) -> Span:
        at, step = span.dim, span.step
        span = viewed(span, tuple(x.shape), middle)
        span = span.moved(lambda a: np.transpose(a, order), None, None)
        span = viewed(span, after, tuple(out.shape))
        times = 1 / r if call.name == "pixel_shuffle" else r
        return Span(span.first, span.last, at, None if step is None else step * times)

    return [_each(call.seen(x), one)]


@rule("channel_shuffle", "native_channel_shuffle")
def _channel_shuffle(call: Call) -> list[Seen | None]:
    x, groups = call.main, call.given["groups"]
    shape = tuple(x.shape)
    middle = (shape[0], groups, shape[1] // groups, *shape[2:])
    order = [0, 2, 1, *range(3, len(middle))]

    def one(span: Span) -> Span:
        at, step = span.dim, span.step
        span = viewed(span, shape, middle).moved(lambda a: np.transpose(a, order), None, None)
        span = viewed(span, tuple(middle[d] for d in order), shape)
        return Span(span.first, span.last, at, step)

    return [_each(call.seen(x), one)]


@rule("unfold", "unfold_copy")
def _unfold(call: Call) -> list[Seen | None]:
    x, out = call.main, call.outs[0]
    d = call.given["dimension"] % x.dim()
    places = window(out.shape[d], call.given["size"], call.given["step"], 0, 1)

    def one(span: Span) -> Span:
        def cut(array: Array) -> Array:
            if array.shape[d] == 1:
                return array[..., None]
            return np.moveaxis(np.take(array, places, axis=d), d + 1, -1)

        return span.moved(cut, span.dim, None).paced(d, 1)

    return [_each(call.seen(x), one)]


@rule("im2col")
def _im2col(call: Call) -> list[Seen | None]:
    x, given = call.main, call.given
    if x.dim() != 4:
        return [lost("windows are cut out of a tensor without a batch")]
    words = ("kernel_size", "stride", "padding", "dilation")
    ks, ss, ps, ds = (_several(given[word], 2) for word in words)
    every = zip(x.shape[2:], ks, ss, ps, ds, strict=True)
    outs = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in every]
    at = [window(o, k, s, p, d) for o, k, s, p, d in zip(outs, ks, ss, ps, ds, strict=True)]

    def one(span: Span) -> Span:
        ends = []
        for array, empty in ((span.first, np.inf), (span.last, -np.inf)):
            for side in (0, 1):  # (N, C, H, W) to (N, C, outs, taps, outs, taps)
                d = 2 + 2 * side
                if array.shape[d] == 1 and span.dim != 2 + side:
                    array = np.expand_dims(array, d + 1)
                else:
                    array = taken(array, d, x.shape[2 + side], at[side], span.step, empty)
            wide = np.broadcast_to(
                array, (array.shape[0], x.shape[1], outs[0], ks[0], outs[1], ks[1])
            )
            wide = wide.transpose(0, 1, 3, 5, 2, 4)
            ends.append(wide.reshape(wide.shape[0], x.shape[1] * ks[0] * ks[1], outs[0] * outs[1]))
        return Span(ends[0], ends[1], None, None)

    return [_each(call.seen(x), one)]


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

"""Rules for padding, enlarging, shuffling pixels, and cutting windows out."""

from __future__ import annotations

from typing import Any

import numpy as np

from .rules import Call, each, rule, several
from .seen import Seen, lost
from .spans import Array, Index, Span, slid, taken, viewed, window


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

    return [each(call.seen(x), one)]


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

    return [each(call.seen(x), one)]


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

    return [each(call.seen(x), one)]


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

    return [each(call.seen(x), one)]


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

    return [each(call.seen(x), one)]


@rule("im2col")
def _im2col(call: Call) -> list[Seen | None]:
    x, given = call.main, call.given
    if x.dim() != 4:
        return [lost("windows are cut out of a tensor without a batch")]
    words = ("kernel_size", "stride", "padding", "dilation")
    ks, ss, ps, ds = (several(given[word], 2) for word in words)
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

    return [each(call.seen(x), one)]

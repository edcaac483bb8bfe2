"""The size of a layer's output, with the numbers of its rule."""

from __future__ import annotations

from collections.abc import Iterator

from ..spec import (
    AdaptivePool,
    Concat,
    Flatten,
    Layer,
    Pad,
    PadShortcut,
    Row,
    Window,
    pair,
)
from .steps import MEMORY, SIZE, Step, product

SIDES = ("height", "width")


def size_steps(row: Row) -> Iterator[Step]:
    """The output's size, side by side where the sides differ."""
    channels = row.out[0]
    window = row.layer.reach(row.input) if isinstance(row.layer, Layer) else None
    if isinstance(row.layer, AdaptivePool):
        for side, n, out in zip(SIDES, row.input[1:], pair(row.layer.size), strict=True):
            yield Step(SIZE, f"output {side}, as asked for", "", out)
            text = f"value i averages floor(i*{n}/{out}) to ceil((i+1)*{n}/{out})-1"
            yield Step(SIZE, f"windows, by {side}", "", text)
    elif window is not None:
        yield from window_steps(window, row.input[1:])
    elif isinstance(row.layer, Concat):
        maps = [end[0] for end in row.ends]
        yield Step(SIZE, "output maps", "+".join(map(str, maps)), channels, "D1+D2+...")
    elif isinstance(row.layer, Flatten):
        yield Step(SIZE, "output values", product(*row.input), channels, "D*H*W")
    if isinstance(row.layer, PadShortcut):
        zeros = channels - row.input[0]
        text = f"{row.input[0]}+{zeros}"
        yield Step(SIZE, "output maps: those of the input and maps of zeros", text, channels)
    yield Step(SIZE, "neurons (output values)", product(*row.out), row.size, "K*H*W")
    yield Step(MEMORY, "bytes in float32", product(4, row.size), 4 * row.size)
    yield Step(MEMORY, "bytes in float16", product(2, row.size), 2 * row.size)


def window_steps(window: Window, size: tuple[int, int]) -> Iterator[Step]:
    """What a window leaves of a map of this size."""
    sides = list(zip(size, window.kernel, window.stride, window.pads(size), strict=True))
    outs = window.out(size)
    several = [("output height and width", 0)]
    if (sides[0], outs[0]) != (sides[1], outs[1]):
        several = [("output height", 0), ("output width", 1)]
    for what, at in several:
        n, k, s, (before, after) = sides[at]
        if window.padding == "same" and s > 1:
            formula = f"max((ceil({n}/{s})-1)*{s}+{k}-{n},0)"
            rule = "max((ceil(N/S)-1)*S+F-N,0)"
            what_ = f"zeros for {what.removeprefix('output ')} ('same'): {before} before, "
            yield Step(SIZE, f"{what_}{after} behind", formula, before + after, rule)
        rule, formula = _rule(n, k, s, (before, after), outs[at], window.ceil)
        yield Step(SIZE, what, formula, outs[at], rule)


def _rule(n: int, k: int, s: int, pads: tuple[int, int], out: int, ceil: bool) -> tuple[str, str]:
    """The rule of an output size in letters and in numbers."""
    before, after = pads
    letters, numbers = "N-F", f"{n}-{k}"
    if before == after and before:
        letters, numbers = "N-F+2*P", f"{n}-{k}+2*{before}"
    elif before or after:
        letters, numbers = "N-F+P1+P2", f"{n}-{k}+{before}+{after}"
    letters, division = f"({letters})/S", f"({numbers})/{s}"
    if (n - k + before + after) % s == 0:
        return f"{letters}+1", f"{division}+1"
    if not ceil:
        return f"floor({letters})+1", f"floor({division})+1"
    if out == -(-(n - k + before + after) // s) + 1:
        return f"ceil({letters})+1", f"ceil({division})+1"
    return f"ceil({letters})", f"ceil({division})"  # a window more would lie on padding alone


def zeros_of(row: Row) -> str:
    """The zeros round a row's input in words; empty where it has no window."""
    if isinstance(row.layer, Pad):
        return ""
    window = row.window
    if window is None:
        return ""
    (top, bottom), (left, right) = window.pads(row.input[1:])
    if not any((top, bottom, left, right)):
        return "no padding"
    if top == bottom == left == right:
        return f"{top} rows and columns of zeros on each side" if top > 1 else "a rim of zeros"
    return f"zeros: {top} above, {bottom} below, {left} left, {right} right"

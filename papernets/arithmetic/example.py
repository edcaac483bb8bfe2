"""One value worked out with numbers, and a layer's fixed pattern as a picture in characters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..spec import LRN, RBF, Row, TableConv
from .steps import EXAMPLE, Step, number

AROUND = (30, 0, 100, 60, 10)
"""Values of neighbouring maps at one place, for an example."""


def example_steps(row: Row) -> Iterator[Step]:
    """One output value of local response normalisation, from values that are made up."""
    layer = row.layer
    if not isinstance(layer, LRN):
        return
    maps = row.input[0]
    middle = maps // 2
    first = max(middle - layer.size // 2, 0)
    last = min(middle - layer.size // 2 + layer.size, maps) - 1
    around = [AROUND[(at - middle + 2) % len(AROUND)] for at in range(first, last + 1)]
    squares = "+".join(f"{value}**2" for value in around)
    total = sum(value**2 for value in around)
    k, alpha, beta = map(number, (layer.k, layer.alpha, layer.beta))
    base = layer.k + layer.alpha * total
    value, below = 100, base**layer.beta
    said = ", ".join(map(str, around))
    where = f"maps {first} to {last} hold {said} at one place"
    yield Step(EXAMPLE, f"sum of squares, where {where}", squares, total, "sum of x*x")
    yield Step(
        EXAMPLE,
        "what the value is divided by",
        f"({k}+{alpha}*{total})**{beta}",
        below,
        "(k+alpha*sum)**beta",
    )
    yield Step(
        EXAMPLE,
        f"map {middle}: {value} becomes",
        f"{value}/({k}+{alpha}*{total})**{beta}",
        value / below,
        "x/(k+alpha*sum)**beta",
    )


@dataclass(frozen=True)
class Picture:
    """A picture in characters, with its title and what it shows in words."""

    title: str
    lines: tuple[str, ...]
    note: str = ""


def pictures(row: Row, labels: Sequence[str] = ()) -> tuple[Picture, ...]:
    """The connection table of a layer, or its codes, as pictures; nothing for other layers."""
    if isinstance(row.layer, TableConv):
        return (connection_table(row.layer, row.input[0]),)
    if isinstance(row.layer, RBF):
        return bitmaps(row.layer)
    return ()


def connection_table(layer: TableConv, maps: int) -> Picture:
    """A line an input map, a column an output map, an X where the one sees the other."""
    wide = len(str(len(layer.table) - 1))
    side = len(str(maps - 1))
    head = " " * side + "".join(f" {at:>{wide}}" for at in range(len(layer.table)))
    lines = [head]
    for source in range(maps):
        marks = ("X" if source in seen else "." for seen in layer.table)
        lines.append(f"{source:>{side}}" + "".join(f" {mark:>{wide}}" for mark in marks))
    title = f"Connection table: {maps} input maps (lines) x {len(layer.table)} output maps"
    note = f"{layer.kernels} of {maps * len(layer.table)} crosses: a kernel for each."
    return Picture(title, tuple(lines), note)


CODE_WIDTH = 7
"""Pixels in a line of the bitmaps of LeCun et al. 1998, figure 3, which are 7x12."""
SIDE_BY_SIDE = 5


def bitmaps(layer: RBF) -> tuple[Picture, ...]:
    """The codes as bitmaps of 7 columns, side by side; a line of signs where they have no such."""
    length = len(layer.codes[0]) if layer.codes else 0
    if not length:
        return ()
    wide = CODE_WIDTH if length % CODE_WIDTH == 0 and length > CODE_WIDTH else length
    high = length // wide
    found = []
    for at in range(0, min(len(layer.codes), MOST_CODES), SIDE_BY_SIDE):
        some = layer.codes[at : at + SIDE_BY_SIDE]
        lines = []
        for line in range(high):
            parts = (code[line * wide : (line + 1) * wide] for code in some)
            lines.append("   ".join("".join("#" if v > 0 else "." for v in p) for p in parts))
        names = f"codes {at} to {at + len(some) - 1}" if len(some) > 1 else f"code {at}"
        found.append(Picture(f"The {names}, as bitmaps of {wide}x{high}", tuple(lines)))
    if found:
        rest = len(layer.codes) - MOST_CODES
        more = f" {rest:,} further codes are not shown." if rest > 0 else ""
        last = found[-1]
        found[-1] = Picture(last.title, last.lines, f"#: +1, .: -1; none is trained.{more}")
    return tuple(found)


MOST_CODES = 100

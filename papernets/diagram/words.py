"""What is written on boxes: names, and what a layer does in the notation of the papers."""

from __future__ import annotations

from collections.abc import Sequence

from ..spec.walk import Row
from ..spec.window import Pair, Shape
from ..words import plural
from .text import clean
from .units import Leaf, weighted

PAINTS = {
    "conv": "conv",
    "table conv": "conv",
    "depthwise": "depthwise",
    "subsample": "pool",
    "max pool": "pool",
    "average pool": "pool",
    "adaptive average pool": "pool",
    "global average pool": "pool",
    "lrn": "norm",
    "batch norm": "norm",
    "dense": "dense",
    "rbf": "dense",
    "concat": "join",
    "add": "add",
}
"""The paint of a row by its kind; every other is `plain`."""

LEGEND = {
    "input": "input",
    "conv": "convolution",
    "depthwise": "depthwise convolution",
    "pool": "pooling",
    "norm": "normalisation",
    "dense": "dense layer",
    "join": "joined along channels",
    "add": "sum",
    "block": "block of several layers",
    "plain": "without weights",
}

SHORT = {
    "max pool": "max",
    "average pool": "avg",
    "global average pool": "global avg",
    "adaptive average pool": "avg",
    "subsample": "subsample",
    "lrn": "LRN",
    "batch norm": "BN",
    "rbf": "RBF",
    "pad shortcut": "zeros",
}


def paint_of(row: Row) -> str:
    """The paint of one row."""
    if row.kind == "conv" and depthwise(row):
        return "depthwise"
    return PAINTS.get(row.kind, "plain")


def paint(leaf: Leaf) -> str:
    """The paint of a leaf: of its row, or of a block."""
    return "block" if leaf.whole else paint_of(leaf.rows[0])


def depthwise(row: Row) -> bool:
    """Whether each map of a convolution sees one map alone."""
    return row.groups > 1 and row.groups == row.input[0]


def size(shape: Shape) -> str:
    """A shape as the papers print it: 64@56×56, or 4,096 where it is one column."""
    return f"{shape[0]:,}" if shape[1:] == (1, 1) else f"{shape[0]:,}@{shape[1]}×{shape[2]}"


def extent(pair: Pair) -> str:
    """`3×3`."""
    return f"{pair[0]}×{pair[1]}"


def window(row: Row) -> str:
    """Kernel and stride: `7×7/2`; empty where there is no window."""
    if not row.kernel or not row.stride:
        return ""
    step = str(row.stride[0]) if row.stride[0] == row.stride[1] else extent(row.stride)
    return extent(row.kernel) + (f"/{step}" if step != "1" else "")


def maps_of(row: Row, like: Sequence[Row] = ()) -> str:
    """How many maps a row gives; the fewest and the most where the others have other numbers."""
    numbers = [one.out[0] for one in (row, *like)]
    least, most = min(numbers), max(numbers)
    return f"{least:,}" if least == most else f"{least:,}–{most:,}"


def spec(row: Row, brief: bool = False, like: Sequence[Row] = ()) -> str:
    """What a row does: `conv 7×7/2, 64`; brief: `7×7/2, 64`."""
    kind = SHORT.get(row.kind, row.kind) if brief else row.kind
    maps = maps_of(row, like)
    if row.kind in ("conv", "table conv"):
        if depthwise(row):
            return f"dw {window(row)}" if brief else f"depthwise {window(row)}, {maps}"
        split = f", {row.groups} groups" if row.groups > 1 else ""
        lead = "" if brief and row.kind == "conv" else f"{'table' if brief else kind} "
        return f"{lead}{window(row)}, {maps}{split}"
    if row.kind == "dense":
        last = f", {row.activation}" if row.activation in ("softmax", "sigmoid") else ""
        return f"{maps}{last}" if brief else f"dense {maps}{last}"
    if row.kind == "rbf":
        return f"RBF {maps}"
    if row.kind in ("concat", "add"):
        at = "" if row.out[1:] == (1, 1) else f"@{row.out[1]}×{row.out[2]}"
        return f"{kind} {maps}{at}"
    if row.kind == "flatten":
        return f"flatten {maps}" if brief else f"flatten to {maps}"
    if row.kind == "adaptive average pool":
        return f"{kind} to {extent(row.out[1:])}"
    if row.kind == "dropout":
        return f"dropout {getattr(row.layer, 'rate', '')}".rstrip()
    if row.kind == "activation":
        return str(row.activation)
    if row.kind == "pad shortcut":
        step = getattr(row.layer, "stride", 1)
        return f"zeros{f' /{step}' if step != 1 else ''}, {maps}"
    if row.kind == "lrn":
        return "LRN"
    return f"{kind} {window(row)}".rstrip()


def of_leaf(leaf: Leaf, brief: bool = False) -> str:
    """What a leaf does; of several rows, what and how much they are."""
    if not leaf.whole:
        return spec(leaf.rows[0], brief, leaf.like) + (f" ×{leaf.times}" if leaf.times > 1 else "")
    own = leaf.rows[: len(leaf.rows) // leaf.times]
    times = f" ×{leaf.times}" if leaf.times > 1 else ""
    count = plural(weighted(own), "layer")
    count += f", {plural(leaf.heads, 'head')}" if leaf.heads else ""
    if leaf.whole == "block":
        return f"{count}{times}" if brief else f"{leaf.branches} branches, {count}{times}"
    return count + times


def short(name: str, block: str) -> str:
    """A name without the block's that it stands in."""
    inner = name[len(block) + 1 :] if block and name.startswith(f"{block}.") else name
    return clean(inner)


def tip(rows: Sequence[Row], most: int = 3) -> str:
    """What a pointer shows: the full name and the arithmetic of the rows."""
    lines = []
    for row in rows[:most]:
        parts = [f"{clean(row.name)}: {row.kind_and_window.replace('x', '×')}", size(row.out)]
        if row.params or row.fixed_params:
            parts.append(f"{row.params + row.fixed_params:,} parameters")
        if row.macs:
            parts.append(f"{row.macs:,} MACs")
        lines.append(", ".join(parts))
    if len(rows) > most:
        params, macs = sum(r.params for r in rows), sum(r.macs for r in rows)
        lines.append(f"and {len(rows) - most} more; in all {params:,} parameters, {macs:,} MACs")
    return "; ".join(lines)


def big(number: float) -> str:
    """A large number in three digits: 60.0 k, 3.86 G."""
    for unit, factor in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= factor:
            value = number / factor
            return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f} {unit}"
    return f"{number:,.0f}"

"""The sentences below a drawing: what its labels mean, by examples that are on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..spec import Norm
from ..spec.walk import Row
from ..words import plural
from . import words

OUTPUTS = ("softmax", "sigmoid")
"""Activations of an output, which are written on its box."""


def notation(rows: Sequence[Row], style: str) -> list[str]:
    """What the labels of a style mean, as far as they are on the drawing."""
    sized = next((row for row in rows if row.out[1:] != (1, 1)), None)
    shown = sized.out if sized else (0, 0, 0)
    if style == "line":
        size = words.extent(shown[1:])
        return [f"{size}: height and width of the maps."] if sized else []
    parts = []
    windows = [row for row in rows if row.kernel and row.kind in ("conv", "table conv")]
    stepping = [row for row in windows if row.stride and row.stride != (1, 1)]
    if row := next(iter(stepping or windows), None):
        label, means = words.window(row), f"kernel {words.extent(row.kernel or (1, 1))}"
        if row in stepping:
            means += f", stride {label.partition('/')[2]}"
        if style == "boxes":
            label, means = f"{label}, {row.out[0]:,}", f"{means}, {plural(row.out[0], 'map')}"
        parts.append(f"{label}: {means}.")
    if sized:
        maps = plural(shown[0], "map")
        parts.append(f"{words.size(shown)}: {maps} of height {shown[1]:,} and width {shown[2]:,}.")
    found = [" ".join(parts)] if parts else []
    return found + list(_terms(rows, style))


def _terms(rows: Sequence[Row], style: str) -> Iterator[str]:
    """What words mean that not everybody knows."""
    kinds = {row.kind for row in rows}
    terms = []
    if "table conv" in kinds:
        terms.append("table: each map sees the maps that a connection table names.")
    if any(row.groups > 1 and not words.depthwise(row) for row in rows) and style == "boxes":
        terms.append("groups: maps and those they see are parted, each group for itself.")
    if any(map(words.depthwise, rows)):
        terms.append("dw: each map is convolved by itself.")
    if "subsample" in kinds:
        terms.append("subsample: the sum of a window, times a weight, plus a bias.")
    if "rbf" in kinds:
        terms.append("RBF: the distance to the bitmap of each class.")
    if "lrn" in kinds:
        terms.append("LRN: local response normalisation.")
    if "pad shortcut" in kinds:
        terms.append("zeros: maps of zeros for those that are new.")
    if terms:
        yield " ".join(terms)


def activation(name: str) -> str:
    """An activation as people write it."""
    return {"relu": "ReLU", "relu6": "ReLU6"}.get(name, name.replace("_", " "))


def activations(rows: Sequence[Row]) -> list[str]:
    """The activations within a network, without those of outputs."""
    names = dict.fromkeys(row.activation for row in rows if row.activation)
    return [activation(name) for name in names if name not in OUTPUTS]


THINGS = {
    "conv": "convolution",
    "table conv": "convolution",
    "subsample": "subsampling layer",
    "batch norm": "normalisation",
    "dense": "dense layer",
    "add": "sum",
}


def then(row: Row) -> tuple[bool, str]:
    """What comes after a row: batch normalisation or not, and an activation, unless an output's."""
    active = row.activation or ""
    active = "" if row.kind == "activation" or active in OUTPUTS else active
    normed = row.kind != "batch norm" and isinstance(getattr(row.layer, "norm", None), Norm)
    return normed, active


def varied(rows: Sequence[Row]) -> bool:
    """Whether other things come after some convolutions than after others."""
    return len({then(row) for row in rows if row.kind in ("conv", "table conv")}) > 1


def after(rows: Sequence[Row]) -> str:
    """What comes after which layers, in one sentence; heads apart."""
    own = [row for row in rows if not row.aux] or list(rows)
    parts = []
    normed = [row for row in own if then(row)[0]]
    if normed:
        parts.append(f"batch normalisation after {_where(normed, own)}")
    names = dict.fromkeys(row.activation for row in own if row.activation)
    for name in names:
        which = [row for row in own if row.activation == name and row.kind != "activation"]
        if which and name in OUTPUTS:
            parts.append(f"{name} at the output")
        elif which:
            parts.append(f"{activation(name)} after {_where(which, own)}")
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _where(which: Sequence[Row], rows: Sequence[Row]) -> str:
    """These rows among all: `each of 33 convolutions and 2 of 3 dense layers`."""
    parts = []
    for thing in dict.fromkeys(THINGS.values()):
        count = sum(1 for row in which if THINGS.get(row.kind) == thing)
        of = sum(1 for row in rows if THINGS.get(row.kind) == thing)
        if count and count == of:
            parts.append(f"each of {of:,} {thing}s" if of > 1 else f"the {thing}")
        elif count:
            parts.append(f"{count:,} of {of:,} {thing}s")
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else "others"

"""Which maps show what speaks for a class: those that are averaged for the last dense layer.

Zhou et al. 2016, "Learning Deep Features for Discriminative Localization": the last maps, weighted
as the class weights their averages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...spec import (
    PICTURE,
    Activation,
    AdaptivePool,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Net,
    Pool,
    Row,
    pair,
)

Sources = Mapping[str, Sequence[str]]
Found = dict[str, Any]


def class_maps(
    net: Net, rows: Sequence[Row], taken: Sources, output: str
) -> tuple[Found | None, str]:
    """The row of the maps and that of the weights, None where each class has a map of its own.

    None, with the reason in words, for a network that ends otherwise.
    """
    named = {row.name: row for row in rows}
    last = _behind(named, taken, output)
    if last is None:
        return None, "it has no layer"
    weight = None
    if _classifies(last):
        weight, last = last.name, _behind(named, taken, taken[last.name][0])
    if last is None or not _averages(last):
        what = "its picture" if last is None else f"{last.name}, a {last.kind}"
        before = f"{weight} comes behind {what}" if weight else f"it ends with {what}"
        return None, f"{before}, not behind an average over whole maps"
    return {"maps": taken[last.name][0], "weight": weight}, ""


def _behind(named: Mapping[str, Row], taken: Sources, name: str) -> Row | None:
    """The row that a value really comes from: those that change nothing are passed."""
    while name != PICTURE:
        row = named[name]
        same = isinstance(row.layer, Activation) and row.activation in (None, "softmax")
        if not (same or isinstance(row.layer, Flatten | Dropout | Identity)):
            return row
        name = taken[name][0]
    return None


def _classifies(row: Row) -> bool:
    """A dense layer, or a 1x1 convolution of single values, whose sums are the answer."""
    layer = row.layer
    alone = (
        isinstance(layer, Conv)
        and (row.input[1:], pair(layer.kernel), layer.groups) == ((1, 1), (1, 1), 1)
        and layer.norm is None
    )
    return row.activation in (None, "softmax") and (
        alone or (isinstance(layer, Dense) and layer.norm is None)
    )


def _averages(row: Row) -> bool:
    """Whether a row gives the average of each whole map."""
    layer = row.layer
    if isinstance(layer, Pool):
        window, size = layer.window(), row.input[1:]
        whole = window.kernel == size and not any(map(any, window.pads(size)))
        return layer.how == "average" and whole and layer.activation is None
    return isinstance(layer, GlobalPool) or (
        isinstance(layer, AdaptivePool) and pair(layer.size) == (1, 1)
    )

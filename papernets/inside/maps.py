"""What the layers of a network make of a picture, and the filters that they make it with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..bundle.modes import evaluating
from ..run.layers import ConnectionTable
from ..run.network import Network
from ..spec import RBF, Dropout, Flatten, Identity, Net, Pad, Row
from .layers import named, net_of, outputs_and, rows_of
from .subject import Given, Model, subject_of

SAME = (Dropout, Flatten, Identity, Pad)
"""Layers after which the values are those before, in another order or with zeros around."""


def features(
    model: Model,
    pictures: Given,
    layers: Sequence[str] | None = None,
    *,
    batch_size: int | None = None,
) -> dict[str, NDArray[np.float32]]:
    """The outputs of layers, by name: (N, maps, h, w), or (N, values) of what is flat.

    By default of all rows of the network that change a value. ValueError for one that is not there.
    """
    subject = subject_of(model)
    if layers is None:
        layers = [row.name for row in changing(net_of(subject.model, "features"))]
    wanted = [layers] if isinstance(layers, str) else list(layers)
    for layer in wanted:
        named(subject.model, layer)
    found: dict[str, list[NDArray[np.float32]]] = {layer: [] for layer in wanted}
    with evaluating(subject.model), torch.no_grad():
        for x in subject.batches(pictures, batch_size):
            for layer, value in outputs_and(subject.model, x, wanted)[1].items():
                found[layer].append(value.float().cpu().numpy())
    return {layer: np.concatenate(several) for layer, several in found.items()}


def changing(net: Net) -> list[Row]:
    """The rows whose values are others than those of the row before."""
    return [row for row in rows_of(net).values() if not isinstance(row.layer, SAME)]


def main_way(net: Net) -> list[Row]:
    """The rows that are not within a branch: layers between blocks, and what joins branches."""
    joins = [row.name for row in rows_of(net).values() if row.kind in ("add", "concat")]
    return [
        row
        for row in changing(net)
        if not any(row.name != join and row.name.startswith(f"{join}.") for join in joins)
    ]


def distances(net: Net, outputs: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Squared distances (N, classes) to the codes of a last layer that measures such; else None."""
    last = list(rows_of(net).values())[-1]
    if not isinstance(last.layer, RBF):
        return None
    found: NDArray[np.float32] = -outputs / last.layer.scale
    return found


def filters(model: Model, layer: str | None = None) -> tuple[str, NDArray[np.float32]]:
    """A convolution's layer, by default the first, and its filters (out, in, height, width).

    `in` is what one filter sees: of groups, its own. Where a table lacks a connection, it is 0.
    ValueError for a layer without filters.
    """
    subject = subject_of(model)
    where = layer or _first(subject.model)
    module = named(subject.model, where)
    for one in module.modules():
        if isinstance(one, nn.Conv2d | ConnectionTable):
            weight = one.weight if isinstance(one, nn.Conv2d) else one.full_weight()
            return where, weight.detach().float().cpu().numpy()
    raise ValueError(
        f"{where} of {subject.name} has no filters: it is a {type(module).__name__}. Its first "
        f"convolution is {_first(subject.model)!r}"
    )


def _first(model: nn.Module) -> str:
    """The first convolution's name."""
    if isinstance(model, Network):
        for row in rows_of(model.net).values():
            if row.kind in ("conv", "table conv"):
                return row.name
    for name, one in model.named_modules():
        if isinstance(one, nn.Conv2d):
            return name
    raise ValueError(f"{type(model).__name__} has no convolution, and so no filters")


def codes(net: Net) -> NDArray[np.int64] | None:
    """The codes (classes, values) of a last layer that measures distances to them; else None."""
    last = list(rows_of(net).values())[-1]
    return np.array(last.layer.codes, np.int64) if isinstance(last.layer, RBF) else None

"""ZFNet's deconvolutional network: what in a picture made one unit answer.

Zeiler and Fergus 2013, section 2.1: all units of a layer but one are set to zero, and the value
goes down through the layers, at each unpooled to where the largest value came from (the switches),
rectified, and filtered by the same filters transposed. Nothing undoes contrast normalisation.

This is a walk backwards by torch's own gradients: that of a convolution is the transposed one, that
of max pooling puts a value where the switch says, and of a value that several windows took the
signals are added. What a rectifier does is a rule of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..bundle.modes import evaluating
from ..run.network import Network
from ..spec import RBF, AdaptivePool, GlobalPool, Net, Pool, Row, Subsample
from .layers import (
    before,
    check_unit,
    driven,
    last_maps,
    named,
    net_of,
    outputs_and,
    positions,
    rows_of,
)
from .maps import main_way
from .patches import Patch, box_of
from .rules import going_back
from .subject import Given, Model, Subject, subject_of

RECTIFIERS = (None, "relu", "relu6", "softmax")


@dataclass(frozen=True, eq=False)
class Projection:
    """What made a unit answer: `values` float32 (N, C, H, W), and where it did, a patch a picture.

    `units` (N,) are the units of `layer`; a patch's `picture` is the picture's place.
    """

    values: NDArray[np.float32]
    layer: str
    units: NDArray[np.int64]
    patches: tuple[Patch, ...]

    def __array__(self, dtype: object = None, copy: object = None) -> NDArray[np.float32]:
        return np.asarray(self.values, dtype)  # type: ignore[call-overload, no-any-return]


def deconv(
    model: Model,
    pictures: Given,
    *,
    layer: str | None = None,
    unit: int | None = None,
    batch_size: int | None = None,
) -> Projection:
    """Project a unit of a layer down to the pictures, from where it is strongest in each.

    By default the layer is the last one with maps to which the procedure applies, and the unit the
    strongest one of each picture. ValueError, with the first layer in the way, where it does not
    apply: it needs rectifiers, and max pooling with its switches.
    """
    subject = subject_of(model)
    where = layer or deconv_layer(subject.model)
    check_deconv(subject.model, where)
    parts: list[Projection] = []
    with evaluating(subject.model):
        for x in subject.batches(pictures, batch_size):
            done = sum(len(part.values) for part in parts)
            parts.append(_projected(subject, x, where, unit, done))
    return Projection(
        np.concatenate([part.values for part in parts]),
        where,
        np.concatenate([part.units for part in parts]),
        tuple(patch for part in parts for patch in part.patches),
    )


def deconv_layer(model: nn.Module) -> str:
    """The last layer with maps to which the procedure applies; ValueError where it does to none.

    Layers within branches are not looked at.
    """
    net, last = net_of(model, "deconv"), last_maps(model)
    for row in reversed(main_way(net)):
        maps = row.out[1] * row.out[2] > 1 and (row.macs or row.kind in ("add", "concat"))
        if (row.name == last or maps) and not obstacle(net, row.name):
            return row.name
    check_deconv(model, last)
    return last


def check_deconv(model: nn.Module, layer: str) -> None:
    """ValueError where the procedure does not apply to a layer, with the reason."""
    net = net_of(model, "deconv")
    named(model, layer)
    why = obstacle(net, layer)
    if why:
        good = [name for name in rows_of(net) if not obstacle(net, name)]
        further = f" It applies up to {good[-1]}." if good else ""
        raise ValueError(
            f"deconv does not apply to {layer} of {net.name}: {why}.{further} saliency, smooth and "
            "occlusion ask what matters for a class of any network"
        )


def obstacle(net: Net, layer: str) -> str:
    """Why the procedure does not apply to a layer: the first row in the way; empty if it does."""
    return next(filter(None, map(_obstacle, before(net, layer))), "")


def _obstacle(row: Row) -> str:
    layer = row.layer
    if isinstance(layer, RBF):
        return f"{row.name} measures distances, and has no filters to transpose"
    averages = isinstance(layer, Subsample | GlobalPool)
    averages = averages or (isinstance(layer, Pool) and layer.how == "average")
    averages = averages or (isinstance(layer, AdaptivePool) and row.out != row.input)
    if averages:
        return f"{row.name} averages, and leaves no switch that says where a value came from"
    if row.activation not in RECTIFIERS:
        return f"{row.name} ends in {row.activation}, which does not rectify"
    return ""


def _projected(subject: Subject, x: Tensor, layer: str, unit: int | None, first: int) -> Projection:
    """A unit of each picture, from where it is strongest."""
    with torch.no_grad():
        maps, order = driven(subject.model, x, layer)
    peaks = order.flatten(2).max(2)
    if unit is None:
        units = peaks.values.argmax(1)
    else:
        units = torch.full((len(x),), check_unit(layer, maps.shape[1], unit), device=x.device)
    every = torch.arange(len(x), device=x.device)
    where = peaks.indices[every, units]
    down, across = where // maps.shape[3], where % maps.shape[3]
    values = project(subject, x, layer, units, down, across)
    assert isinstance(subject.model, Network)
    net = subject.model.net
    row = rows_of(net)[layer]
    patches = tuple(
        Patch(
            first + at,
            float(maps[at, units[at], down[at], across[at]]),
            int(down[at]),
            int(across[at]),
            box_of(row, net.input[1:], int(down[at]), int(across[at])),
        )
        for at in range(len(x))
    )
    return Projection(values.float().cpu().numpy(), layer, units.cpu().numpy(), patches)


def project(
    subject: Subject, x: Tensor, layer: str, units: Tensor, down: Tensor, across: Tensor
) -> Tensor:
    """One value of a layer's output for each picture of x (N, C, H, W), projected: (N, C, H, W)."""
    with torch.enable_grad(), going_back(subject.model, "deconv"):
        seen = x.detach().requires_grad_()
        _, found = outputs_and(subject.model, seen.clone(), [layer])
        value = found[layer]
        kept = torch.zeros_like(positions(value))
        every = torch.arange(len(x), device=x.device)
        at = every, units, down, across
        kept[at] = positions(value.detach())[at]
        (back,) = torch.autograd.grad(value, seen, kept.reshape(value.shape))
    return back

"""The effective receptive field, measured, beside the computed one (Luo et al. 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import torch
from numpy.typing import NDArray

from ..bundle.modes import evaluating
from .layers import last_maps, named, net_of, outputs_and, positions, rows_of
from .patches import Box, whole_box
from .subject import Given, Model, subject_of

WITHIN_TWO_DEVIATIONS = 1 - 0.9545
"""Of the strongest pixel: who has more belongs to the field (Luo et al. 2016, section 3.1)."""


@dataclass(frozen=True, eq=False)
class EffectiveField:
    """How much the middle value of a layer's maps depends on each pixel: `values` float32 (H, W).

    The largest is 1. `box` is the computed field of this value, not cut at the edges, and
    `computed` its (height, width), None where the layer sees everything. `measured` is the side of
    a square with as many pixels as have more than 4.55 % of the strongest, `place` the value's
    (row, column), `pictures` how many there were.
    """

    values: NDArray[np.float32]
    layer: str
    place: tuple[int, int]
    box: Box
    computed: tuple[int, int] | None
    measured: float
    pictures: int

    def __array__(self, dtype: object = None, copy: object = None) -> NDArray[np.float32]:
        return np.asarray(self.values, dtype)  # type: ignore[call-overload, no-any-return]


def field(
    model: Model, pictures: Given, *, layer: str | None = None, batch_size: int | None = None
) -> EffectiveField:
    """Measure the receptive field of the middle of a layer's maps; by default of the last ones.

    A gradient of 1 is laid on the middle value of every map, and its size at each pixel is averaged
    over the pictures and summed over colours. ValueError for a layer that is not there, and where
    no pixel matters at all.
    """
    subject = subject_of(model)
    net = net_of(subject.model, "field")
    where = layer or last_maps(subject.model)
    named(subject.model, where)
    row = rows_of(net)[where]
    total = np.zeros(net.input[1:])
    count, place = 0, (row.out[1] // 2, row.out[2] // 2)
    with evaluating(subject.model), torch.enable_grad():
        for x in subject.batches(pictures, batch_size):
            seen = x.detach().requires_grad_()
            _, found = outputs_and(subject.model, seen.clone(), [where])
            middle = positions(found[where])[:, :, place[0], place[1]].sum()
            (slope,) = torch.autograd.grad(middle, seen)
            total += slope.abs().sum((0, 1)).double().cpu().numpy()
            count += len(x)
    if not total.max() > 0:
        raise ValueError(
            f"{where} of {subject.name} has the same middle value whatever the pictures are: its "
            "units are dead there. Another --layer, or other pictures, may be alive"
        )
    values = total / total.max()
    return EffectiveField(
        values.astype(np.float32),
        where,
        place,
        whole_box(row, net.input[1:], *place),
        row.receptive_field,
        sqrt(int((values > WITHIN_TWO_DEVIATIONS).sum())),
        count,
    )

"""The parts of pictures to which the units of a layer answer most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..bundle.modes import evaluating
from ..evaluate.pictures import Pictures
from ..spec import Row
from ..watch import watched
from .layers import check_unit, driven, named, net_of, rows_of, units_shown
from .subject import BATCH, Given, Model, subject_of

Box = tuple[int, int, int, int]
"""Top, left, bottom and right, in pixels of what the network sees, within the picture."""
COUNT, UNITS = 9, 8


@dataclass(frozen=True)
class Patch:
    """Where a unit is strongest in a picture: its value, its place in the map, what it sees."""

    picture: int
    value: float
    row: int
    column: int
    box: Box


@dataclass(frozen=True)
class Strongest:
    """The strongest patches of a unit of a layer, one a picture, the strongest first."""

    layer: str
    unit: int
    patches: tuple[Patch, ...]


def strongest(
    model: Model,
    pictures: Given,
    layer: str,
    units: Sequence[int] | None = None,
    *,
    count: int = COUNT,
    batch_size: int | None = None,
) -> list[Strongest]:
    """For each unit the `count` pictures in which it is strongest, and the patch that it saw there.

    Of a picture its strongest place counts alone. Where the activation saturates, the stronger is
    who is so before it. `units` are the places of maps, by default eight
    over all of them. ValueError for a layer or a unit that is not there.
    """
    subject = subject_of(model)
    net = net_of(subject.model, "strongest patches")
    named(subject.model, layer)
    row = rows_of(net)[layer]
    chosen = units_shown(row.out[0], UNITS) if units is None else units
    which = torch.tensor([check_unit(layer, row.out[0], unit) for unit in chosen])
    ranks = values = torch.empty(0, len(which))
    places = torch.empty(0, len(which), dtype=torch.int64)
    owners = torch.empty(0, len(which), dtype=torch.int64)
    seen, width = 0, 1
    total = len(pictures) if isinstance(pictures, Tensor | Pictures | list | tuple) else 1
    batches = subject.batches(pictures, batch_size)
    with evaluating(subject.model), torch.no_grad():
        for x in watched(batches, "pictures looked through", total, batch_size or BATCH):
            maps, order = (
                one[:, which.to(x.device)].float().cpu() for one in driven(subject.model, x, layer)
            )
            width = maps.shape[3]
            best, where = order.flatten(2).max(2)
            value = maps.flatten(2).gather(2, where[:, :, None])[:, :, 0]
            owner = torch.arange(seen, seen + len(x))[:, None].expand_as(best)
            seen += len(x)
            several = ((ranks, best), (values, value), (places, where), (owners, owner))
            ranks, values, places, owners = (torch.cat(both) for both in several)
            first = ranks.argsort(dim=0, descending=True, stable=True)[:count]
            kept = (one.gather(0, first) for one in (ranks, values, places, owners))
            ranks, values, places, owners = kept
    return [
        Strongest(
            layer,
            int(unit),
            tuple(
                Patch(
                    int(owners[rank, at]),
                    float(values[rank, at]),
                    int(places[rank, at]) // width,
                    int(places[rank, at]) % width,
                    box_of(row, net.input[1:], *divmod(int(places[rank, at]), width)),
                )
                for rank in range(len(values))
            ),
        )
        for at, unit in enumerate(which)
    ]


def whole_box(row: Row, size: tuple[int, int], down: int, across: int) -> Box:
    """What a value of a row's map sees, not cut at the edges; all where it sees everything."""
    field, step, start = row.receptive_field, row.field_stride, row.field_start
    if field is None or step is None or start is None:
        return 0, 0, *size
    top, left = start[0] + down * step[0], start[1] + across * step[1]
    return top, left, top + field[0], left + field[1]


def box_of(row: Row, size: tuple[int, int], down: int, across: int) -> Box:
    """What a value of a row's map sees of a picture of this size."""
    top, left, bottom, right = whole_box(row, size, down, across)
    return max(top, 0), max(left, 0), min(bottom, size[0]), min(right, size[1])

"""The first convolution for another number of channels, as timm adapts it."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from .. import spec
from ..spec import Net
from ..words import by, plural


def first_weight(net: Net, other: Net) -> str:
    """Our name of the one weight that two networks, alike but for their channels, have otherwise.

    ValueError where there are several, or it is no convolution's.
    """
    one, two = spec.tensors(net), spec.tensors(other)
    names = [name for name in one if one[name].shape != two[name].shape]
    if len(names) != 1 or len(one[names[0]].shape) != 4:
        raise ValueError(
            f"{net.name} cannot take weights for other channels than {net.input[0]}: "
            f"{', '.join(names) or 'no tensor'} would change, not the weight of its first "
            "convolution alone. Leave channels out"
        )
    return names[0]


def adapted(weight: Tensor, channels: int) -> Tensor:
    """A convolution's weight (out, in, h, w) for as many channels.

    One channel: the sum over the weight's own, which a grey picture repeated would see. Other
    numbers: its own repeated and cut, times own / channels, so that sums stay as large (timm,
    models/_manipulate.py, adapt_input_conv; there the weight's own are 3).
    """
    own = weight.shape[1]
    if channels == 1:
        return weight.sum(1, keepdim=True)
    return weight.repeat(1, -(-channels // own), 1, 1)[:, :channels] * (own / channels)


def widened(
    state: Mapping[str, Tensor], own: Net, wanted: Net
) -> tuple[dict[str, Tensor], tuple[str, ...]]:
    """A state_dict of `own` for `wanted`, the same network of other channels, and a note on it."""
    had, now = own.input[0], wanted.input[0]
    if had == now:
        return dict(state), ()
    name = first_weight(own, wanted)
    weight = adapted(state[name], now)
    steps = [*(["repeated"] if now > had else []), *(["cut"] if now % had else [])]
    how = "summed over them" if now == 1 else f"{' and '.join(steps)}, times {had}/{now}"
    note = (
        f"the first convolution ({name}, {by(state[name].shape)}) is of {plural(had, 'channel')}: "
        f"{how}, for {now}"
    )
    return {**state, name: weight.contiguous()}, (note,)


def channels_of(shape: torch.Size | tuple[int, ...], wanted: tuple[int, ...], axis: int) -> int:
    """How many channels a weight of this shape sees; those wanted where it differs in more."""
    alike = len(shape) == len(wanted) and all(
        one == other
        for at, (one, other) in enumerate(zip(shape, wanted, strict=True))
        if at != axis
    )
    return int(shape[axis]) if alike and shape[axis] > 0 else wanted[axis]

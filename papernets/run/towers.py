"""A network whose convolutions stand in towers, each tower's kernels on a device of its own.

A way to execute the same network, as AlexNet's paper did (section 3.5): a tower's kernels stay on
its device, and maps cross where a kernel sees both towers (conv3, the dense layers) and, two at the
border, where normalisation looks across it (section 3.3). The state_dict is the ordinary one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from ..spec import (
    HE,
    Activation,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Identity,
    Initialisation,
    Layer,
    Net,
    Pool,
    Shape,
)
from ..spec import LRN as LRNSpec
from ..spec.walk import walk
from .builder import Built
from .input_check import InputCheck
from .network import build, names_wanted
from .rows import row_module

Device = torch.device | str | int
APART = (Pool, Flatten, Dropout, Activation, Identity)
"""Layers that look at each map, or at each value, by itself."""


def send(x: Tensor, device: torch.device) -> Tensor:
    """The values on a device; all that crosses from one to another goes through here."""
    return x if x.device == device else x.to(device)


class Shared(nn.Module):
    """A layer with weights in shares; its state_dict has the whole layer's, in their order."""

    def __init__(self, layer: Layer, shape: Shape, places: Iterable[torch.device]):
        """`layer` is one tower's, for an input of this shape; each is made where it belongs."""
        super().__init__()
        self.towers = nn.ModuleList()
        for place in places:
            with place:
                self.towers.append(row_module(layer, shape))
        self.register_state_dict_post_hook(_join)
        self.register_load_state_dict_pre_hook(_part)

    @property
    def shares(self) -> list[nn.Module]:
        """The layers of the towers, in their order."""
        return list(self.towers)

    def places(self) -> list[torch.device]:
        """Where each tower's weights are."""
        return [next(tower.parameters()).device for tower in self.towers]


def _join(layer: Shared, state: dict[str, Tensor], prefix: str, metadata: object) -> None:
    """Shares to the whole, in a state_dict; a number without a shape is the same in all."""
    own = [f"{prefix}{name}" for name in layer.shares[0].state_dict()]
    for name in own:
        inner = name.removeprefix(prefix)
        parts = [state.pop(f"{prefix}towers.{at}.{inner}") for at in range(len(layer.shares))]
        first = parts[0]
        here = [part.to(first.device) for part in parts]
        state[name] = torch.cat(here) if first.dim() else first


def _part(
    layer: Shared, state: dict[str, Tensor], prefix: str, metadata: object, *rest: object
) -> None:
    """The whole to shares, in a state_dict that is being loaded."""
    count = len(layer.shares)
    for inner in layer.shares[0].state_dict():
        whole = state.pop(f"{prefix}{inner}", None)
        if whole is None:
            continue
        parts = whole.tensor_split(count) if whole.dim() else (whole,) * count
        for at, part in enumerate(parts):
            state[f"{prefix}towers.{at}.{inner}"] = part


class Whole(Shared):
    """A layer that stands on one device, after all towers: the classifier."""

    def forward(self, parts: list[Tensor]) -> list[Tensor]:
        return [self.towers[0](gathered(parts, self.places()[0]))]


class Towers(Shared):
    """A layer of which every tower has an equal share of kernels or units.

    `sees_all`: each kernel sees the maps of all towers, so that they cross; otherwise its own.
    """

    def __init__(
        self, layer: Conv | Dense, shape: Shape, places: Sequence[torch.device], sees_all: bool
    ):
        count = len(places)
        share: Layer = replace(layer, out=layer.out // count)
        if isinstance(share, Conv) and not sees_all:
            share = replace(share, groups=share.groups // count)
            shape = (shape[0] // count, *shape[1:])
        super().__init__(share, shape, places)
        self.sees_all = sees_all

    def forward(self, parts: list[Tensor]) -> list[Tensor]:
        if self.sees_all:
            given = [gathered(parts, place) for place in self.places()]
        else:
            given = [send(x, place) for x, place in zip(parts, self.places(), strict=True)]
        return [tower(x) for tower, x in zip(self.towers, given, strict=True)]


class LRN(nn.Module):
    """Normalisation over the whole layer's maps: a window's reach of maps crosses each border."""

    def __init__(self, layer: LRNSpec, shape: Shape):
        super().__init__()
        self.norm, self.layer = row_module(layer, shape), layer

    def forward(self, parts: list[Tensor]) -> list[Tensor]:
        reach = self.layer.size // 2
        return [self._part(parts, at, reach) for at in range(len(parts))]

    def _part(self, parts: list[Tensor], at: int, reach: int) -> Tensor:
        own = parts[at]
        below = parts[at - 1][:, -reach:] if at and reach else own[:, :0]
        above = parts[at + 1][:, :reach] if at + 1 < len(parts) and reach else own[:, :0]
        wide = torch.cat([send(below, own.device), own, send(above, own.device)], 1)
        found: Tensor = self.norm(wide)
        return found[:, below.shape[1] : below.shape[1] + own.shape[1]]


class Apart(nn.Module):
    """A layer that every tower runs on its own maps."""

    def __init__(self, layer: Layer, shape: Shape):
        super().__init__()
        self.each = row_module(layer, shape)

    def forward(self, parts: list[Tensor]) -> list[Tensor]:
        return [self.each(x) for x in parts]


def gathered(parts: Sequence[Tensor], device: torch.device) -> Tensor:
    """All towers' maps, or values, on one device, in their order."""
    here = [send(x, device) for x in parts]
    return here[0] if len(here) == 1 else torch.cat(here, 1)


class TowerNetwork(nn.Module):
    """A network in towers: (N, C, H, W), on any device, to logits (N, classes) on the first.

    `state_dict` and `load_state_dict` speak of the ordinary network's tensors, so that weights load
    either way. Its parameters are the towers' shares: `conv2.towers.0.weight`.
    """

    aux_weights: tuple[float, ...] = ()
    left_out: tuple[str, ...] = ()
    origin: object = None

    def __init__(self, net: Net, devices: Sequence[Device]):
        super().__init__()
        places = checked(net, devices)
        self.net, self._check = net, InputCheck(net)
        rows = walk(net)
        names = tuple(row.name for row in rows)
        weighted = [row.name for row in rows if isinstance(row.layer, Conv | Dense)]
        for row in rows:
            assert isinstance(row.layer, Layer)
            whole = row.name == weighted[-1] and isinstance(row.layer, Dense)
            step = _step(row.layer, row.input, places, whole)
            self.add_module(row.name, step)
        kinds = {name: type(module) for name, module in self.named_modules() if name}
        self._built = Built(names, frozenset(), 0, {}, kinds, {})

    def forward(self, x: Tensor) -> Tensor:
        *_, (_, parts) = self._outputs(x)
        return gathered(parts, parts[0].device)

    def _outputs(self, x: Tensor) -> Iterator[tuple[str, list[Tensor]]]:
        """Each row's name, and its towers' values."""
        self._check.before(self, x)
        parts = [x]
        try:
            for name in self._built.names:
                parts = self._modules[name](parts)  # type: ignore[misc]
                yield name, parts
        except RuntimeError as error:
            self._check.explain(self, x, error)
            raise

    def features(self, x: Tensor, names: Iterable[str]) -> dict[str, Tensor]:
        """The outputs of these rows, by name, on the first tower's device; else a ValueError.

        One name may be given alone.
        """
        wanted = names_wanted(self.net.name, names, self._built.names)
        found = {
            name: gathered(parts, parts[0].device)
            for name, parts in self._outputs(x)
            if name in wanted
        }
        return {name: found[name] for name in wanted}


def _step(layer: Layer, shape: Shape, places: list[torch.device], whole: bool) -> nn.Module:
    if whole:
        return Whole(layer, shape, places[:1])
    if isinstance(layer, Conv | Dense):
        return Towers(layer, shape, places, isinstance(layer, Dense) or layer.groups == 1)
    if isinstance(layer, LRNSpec):
        return LRN(layer, shape)
    return Apart(layer, shape)


def towers_of(net: Net) -> int:
    """In how many towers a network's convolutions stand; 1 where it has none."""
    layers = [part for _, part in net.body.parts]
    groups = {p.groups for p in layers if isinstance(p, Conv) and p.groups > 1}
    known = all(isinstance(p, (Conv, Dense, LRNSpec, *APART)) for p in layers)
    return groups.pop() if len(groups) == 1 and known else 1


def checked(net: Net, devices: object) -> list[torch.device]:
    """The devices, one a tower; else a ValueError that says what would work."""
    if isinstance(devices, str) or not isinstance(devices, Sequence) or len(devices) < 2:
        raise ValueError(
            f"devices must be as many as the network has towers, ('cuda:0', 'cuda:1') say, not "
            f"{devices!r}; for one device leave them out and move the model: model.to(device)"
        )
    count = towers_of(net)
    if count == 1:
        raise ValueError(
            f"{net.name} has no towers that could stand on devices of their own; alexnet and "
            "caffenet have two. Leave devices out"
        )
    if len(devices) != count:
        raise ValueError(f"{net.name} has {count} towers, one a device, not {len(devices)}")
    for name, part in net.body.parts[:-1]:
        if isinstance(part, Conv | Dense) and part.out % count:
            raise ValueError(f"{name}: {part.out} kernels cannot stand in {count} equal towers")
    return [_usable(device) for device in devices]


def _usable(device: Device) -> torch.device:
    try:
        found = torch.device(device)
        torch.empty(0, device=found)
    except (RuntimeError, AssertionError, TypeError) as error:
        why = str(error).split("\n")[0]
        raise ValueError(
            f"device {device!r} cannot be used here ({why}). 'cpu' works everywhere"
        ) from None
    return found


def build_towers(
    net: Net,
    devices: Sequence[Device],
    generator: torch.Generator | None = None,
    initialisation: Initialisation = HE,
) -> TowerNetwork:
    """The network in towers, with the first weights that `build` draws from the same generator.

    While it is built its weights are there twice. ValueError where it has no towers, or other than
    there are devices, or one of them cannot be used.
    """
    checked(net, devices)
    ordinary = build(net, generator=generator, initialisation=initialisation)
    network = TowerNetwork(net, devices)
    if not any(p.is_meta for p in network.parameters()):
        network.load_state_dict(ordinary.state_dict())
    return network


__all__ = ["TowerNetwork", "build_towers", "send", "towers_of"]

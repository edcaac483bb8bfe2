"""Which layers of a network a chain can run: the first ones, up to one that it does not know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from ... import spec
from ...spec import Layer, Shape, pair
from ..fast import Fast
from ..plan import PlannedStep
from .layout import ONE, Pair
from .pointwise import PLAIN, POINTWISE

COPIES = 4
"""How many times its input the columns of a convolution without pooling may hold."""
Slot = tuple[dict[str, nn.Parameter | None], str]
"""A module's own table of parameters, and a name in it: what stands there may be replaced."""


def _slots(module: nn.Module) -> list[Slot]:
    own = module._parameters
    return [(own, name) for name in ("weight", "bias") if own.get(name) is not None]


@dataclass(frozen=True)
class Place:
    """A row of the chain: its layer as it is computed, and its module in the network."""

    name: str
    layer: Layer
    row: nn.Module

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """The row's module and those within it."""
        return tuple(self.row.modules())

    @property
    def slots(self) -> list[Slot]:
        """Where its weights are; none for a layer without."""
        return _slots(self.row._modules.get(self.layer.operation) or self.row)


@dataclass(frozen=True)
class ConvLink:
    """A convolution and the pooling after it; `how` is max (of one value too), average, trained."""

    conv: Place
    pool: Place | None
    how: str
    activation: str | None
    after: str | None = None

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """The modules that this link stands for."""
        return self.conv.modules if self.pool is None else (*self.conv.modules, *self.pool.modules)

    @property
    def rows(self) -> int:
        """How many rows it stands for."""
        return 1 if self.pool is None else 2

    @property
    def layer(self) -> spec.Conv | spec.TableConv:
        """The convolution."""
        layer = self.conv.layer
        assert isinstance(layer, spec.Conv | spec.TableConv)
        return layer

    @property
    def kernel(self) -> Pair:
        """The convolution's kernel."""
        return pair(self.layer.kernel)

    @property
    def tile(self) -> Pair:
        """The window of the pooling."""
        window = None if self.pool is None else self.pool.layer.window()
        return ONE if window is None else window.kernel

    @property
    def maps(self) -> int:
        """The maps that the convolution gives."""
        layer = self.layer
        return len(layer.table) if isinstance(layer, spec.TableConv) else layer.out

    @property
    def maps_out(self) -> int:
        """The maps that the pooling gives."""
        return self.maps if self.sources is None else len(self.sources)

    @property
    def sources(self) -> tuple[int, ...] | None:
        """The map that each map of a trained subsampling reads, or None for each map once."""
        layer = None if self.pool is None else self.pool.layer
        return layer.sources if isinstance(layer, spec.Subsample) else None

    def table(self, maps: int) -> list[int] | None:
        """Where each kernel of a table stands in the full weight (out * in, kh, kw) of `maps`."""
        layer = self.layer
        if not isinstance(layer, spec.TableConv):
            return None
        return [out * maps + one for out, sources in enumerate(layer.table) for one in sources]

    @property
    def slots(self) -> list[Slot]:
        """Where the parameters are, as `split` expects them."""
        return [*self.conv.slots, *([] if self.pool is None else self.pool.slots)]

    def shape(self, s: Shape) -> Shape:
        """The output's shape for an input shape."""
        s = self.layer.shape(s)
        return s if self.pool is None else self.pool.layer.shape(s)

    def split(self, params: Sequence[Tensor]) -> tuple[Tensor, Tensor | None, Sequence[Tensor]]:
        """(weight, bias or None, the pooling's own) of the parameters."""
        if isinstance(self.layer, spec.Conv) and not self.layer.bias:
            return params[0], None, params[1:]
        return params[0], params[1], params[2:]


@dataclass(frozen=True)
class DenseLink:
    """A dense layer."""

    dense: Place

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """The modules that this link stands for."""
        return self.dense.modules

    @property
    def activation(self) -> str | None:
        """The layer's activation."""
        return self.dense.layer.activation

    @property
    def slots(self) -> list[Slot]:
        """Where the weight is, and the bias where there is one."""
        return self.dense.slots


@dataclass(frozen=True)
class Links:
    """The links of a network's first `steps` steps; `flat`: their values are (N, features)."""

    convs: tuple[ConvLink, ...]
    denses: tuple[DenseLink, ...]
    steps: int
    flat: bool


def links_of(network: Fast) -> Links:
    """The links of as many first steps as a chain can run, which may be none."""
    places = []
    for step in _line(network._form.train_steps):
        place = _place(network, step)
        if place is None:
            break
        places.append(place)
    convs: list[ConvLink] = []
    denses: list[DenseLink] = []
    number, flat, shape = 0, False, network.net.input
    while number < len(places):
        place, after = places[number], places[number + 1] if number + 1 < len(places) else None
        if isinstance(place.layer, spec.Flatten):
            flat, number = True, number + 1
        elif not flat and (link := conv_link(place, after)) is not None and _pays(link, shape):
            convs.append(link)
            shape = link.shape(shape)
            number += link.rows
        elif flat and isinstance(place.layer, spec.Dense) and _plain_dense(place.layer):
            denses.append(DenseLink(place))
            number += 1
        else:
            break
    return Links(tuple(convs), tuple(denses), number, flat)


def _place(network: Fast, step: PlannedStep) -> Place | None:
    """The row of a step; None where another module than ours is in it."""
    kinds, form = network._built.kinds, network._form.rows[step.name]
    row = network.get_submodule(step.name)
    changed = form.operations and tuple(row._modules) != form.operations
    if changed or any(type(network.get_submodule(n)) is not kinds[n] for n in form.names):
        return None
    assert isinstance(step.part, Layer)
    return Place(step.name, step.part, row)


def _pays(link: ConvLink, shape: Shape) -> bool:
    """False where no pooling follows and most columns are copies: there torch's own is faster."""
    _, height, width = link.shape(shape)
    columns = math.prod(link.kernel) * height * width
    return link.tile != ONE or columns <= COPIES * math.prod(shape[1:])


def _line(steps: Sequence[PlannedStep]) -> list[PlannedStep]:
    """The first steps in a line: each reads what the one before wrote, and nobody else does."""
    readers: dict[int, int] = {}
    for step in steps:
        for value in step.reads:
            readers[value] = readers.get(value, 0) + 1
    line: list[PlannedStep] = []
    value = 0
    for step in steps:
        alone = step.reads == (value,) and readers[value] == 1
        if not alone or step.aux or not isinstance(step.part, Layer):
            break
        line.append(step)
        value = step.writes
    return line


def conv_link(place: Place, after: Place | None) -> ConvLink | None:
    """The link of a convolution and the pooling after it, if it fits; None for other layers."""
    layer = place.layer
    if isinstance(layer, spec.Conv):
        if layer.norm is not None or layer.groups != 1 or pair(layer.stride) != ONE:
            return None
        if isinstance(layer.padding, str) or pair(layer.padding) != (0, 0):
            return None
    elif not isinstance(layer, spec.TableConv):
        return None
    own, pool = layer.activation, None if after is None else after.layer
    if own not in POINTWISE:
        return None
    if isinstance(pool, spec.Subsample) and pool.activation in POINTWISE:
        return ConvLink(place, after, "trained", own, pool.activation)
    if isinstance(pool, spec.Pool) and _plain_pool(pool):
        then = pool.activation
        if pool.how == "average":
            return ConvLink(place, after, "average", own, then)
        if own in PLAIN or then in PLAIN:  # no activation falls: it may follow the maximum
            return ConvLink(place, after, "max", then if own in PLAIN else own)
    return ConvLink(place, None, "max", own)


def _plain_pool(pool: spec.Pool) -> bool:
    window = pool.window()
    return (
        window.kernel == window.stride
        and not isinstance(window.padding, str)
        and pair(window.padding) == (0, 0)
        and not window.ceil
        and pool.activation in POINTWISE
    )


def _plain_dense(dense: spec.Dense) -> bool:
    return dense.norm is None and dense.activation in POINTWISE

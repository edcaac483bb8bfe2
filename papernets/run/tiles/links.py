"""Which layers of a network a chain can run: the first ones, up to one that it does not know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from ...spec import Shape, pair
from ..layers import Conv, Dense, Pool, Subsample, TableConv
from ..network import Network
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
class ConvLink:
    """A convolution and the pooling after it; `how` is max (of one value too), average, trained."""

    conv: Conv | TableConv
    pool: Pool | Subsample | None
    how: str
    activation: str | None
    after: str | None = None

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """The modules that this link stands for."""
        return (self.conv,) if self.pool is None else (self.conv, self.pool)

    @property
    def kernel(self) -> Pair:
        """The convolution's kernel."""
        return pair(self.conv.layer.kernel)

    @property
    def tile(self) -> Pair:
        """The window of the pooling."""
        return ONE if self.pool is None else pair(self.pool.layer.kernel)

    @property
    def maps(self) -> int:
        """The maps that the convolution gives."""
        layer = self.conv.layer
        return len(layer.table) if isinstance(self.conv, TableConv) else layer.out  # type: ignore[union-attr]

    @property
    def maps_out(self) -> int:
        """The maps that the pooling gives."""
        return self.maps if self.sources is None else len(self.sources)

    @property
    def sources(self) -> Tensor | None:
        """The map that each map of a trained subsampling reads, or None for each map once."""
        return self.pool.source if isinstance(self.pool, Subsample) else None

    @property
    def table(self) -> Tensor | None:
        """Where each kernel of a connection table stands in the full weight (out * in, kh, kw)."""
        conv = self.conv
        return conv.target * conv.maps + conv.source if isinstance(conv, TableConv) else None

    @property
    def slots(self) -> list[Slot]:
        """Where the parameters are, as `split` expects them."""
        return [slot for module in self.modules for slot in _slots(module)]

    def shape(self, s: Shape) -> Shape:
        """The output's shape for an input shape."""
        s = self.conv.layer.shape(s)
        return s if self.pool is None else self.pool.layer.shape(s)

    def split(self, params: Sequence[Tensor]) -> tuple[Tensor, Tensor | None, Sequence[Tensor]]:
        """(weight, bias or None, the pooling's own) of the parameters."""
        if self.conv.bias is None:
            return params[0], None, params[1:]
        return params[0], params[1], params[2:]


@dataclass(frozen=True)
class DenseLink:
    """A dense layer."""

    dense: Dense

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """The module that this link stands for."""
        return (self.dense,)

    @property
    def activation(self) -> str | None:
        """The layer's activation."""
        return self.dense.layer.activation

    @property
    def slots(self) -> list[Slot]:
        """Where the weight is, and the bias where there is one."""
        return _slots(self.dense)


@dataclass(frozen=True)
class Links:
    """The links of a network's first `steps` steps; `flat`: their values are (N, features)."""

    convs: tuple[ConvLink, ...]
    denses: tuple[DenseLink, ...]
    steps: int
    flat: bool


def links_of(network: Network) -> Links:
    """The links of as many first steps as a chain can run, which may be none."""
    calls = [network._calls[step.name] for step in _line(network._train_steps)]
    convs: list[ConvLink] = []
    denses: list[DenseLink] = []
    at, flat, shape = 0, False, network.net.input
    while at < len(calls):
        call, after = calls[at], calls[at + 1] if at + 1 < len(calls) else None
        if type(call) is nn.Flatten:
            flat, at = True, at + 1
        elif not flat and (link := conv_link(call, after)) is not None and _pays(link, shape):
            convs.append(link)
            shape = link.shape(shape)
            at += len(link.modules)
        elif flat and type(call) is Dense and _plain_dense(call):
            denses.append(DenseLink(call))
            at += 1
        else:
            break
    return Links(tuple(convs), tuple(denses), at, flat)


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
        if step.reads != (value,) or step.aux or readers[value] != 1:
            break
        line.append(step)
        value = step.writes
    return line


def conv_link(call: nn.Module, after: nn.Module | None) -> ConvLink | None:
    """The link of a convolution and the pooling after it, if it fits; None for other layers."""
    if type(call) is Conv:
        layer = call.layer
        if call.norm is not None or layer.groups != 1 or pair(layer.stride) != ONE:
            return None
        if isinstance(layer.padding, str) or pair(layer.padding) != (0, 0):
            return None
    elif type(call) is not TableConv:
        return None
    assert isinstance(call, Conv | TableConv)
    own = call.layer.activation
    if own not in POINTWISE:
        return None
    if type(after) is Subsample and after.layer.activation in POINTWISE:
        return ConvLink(call, after, "trained", own, after.layer.activation)
    if type(after) is Pool and _plain_pool(after):
        then = after.layer.activation
        if after.layer.how == "average":
            return ConvLink(call, after, "average", own, then)
        if own in PLAIN or then in PLAIN:  # no activation falls: it may follow the maximum
            return ConvLink(call, after, "max", then if own in PLAIN else own)
    return ConvLink(call, None, "max", own)


def _plain_pool(pool: Pool) -> bool:
    window = pool.layer.window()
    return (
        window.kernel == window.stride
        and not isinstance(window.padding, str)
        and pair(window.padding) == (0, 0)
        and not window.ceil
        and pool.layer.activation in POINTWISE
    )


def _plain_dense(dense: Dense) -> bool:
    return dense.norm is None and dense.layer.activation in POINTWISE

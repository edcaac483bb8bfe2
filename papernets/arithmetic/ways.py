"""The other ways of making a layer, each with its cost, where it makes sense."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..spec import (
    RBF,
    AdaptivePool,
    Conv,
    Dense,
    Flatten,
    GlobalPool,
    Layer,
    Pool,
    Row,
    Shape,
    Subsample,
    TableConv,
    pair,
)
from ..words import plural
from .graph import Graph


@dataclass(frozen=True)
class Cost:
    """Parameters and multiply-adds."""

    params: int = 0
    macs: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.params + other.params, self.macs + other.macs)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.params - other.params, self.macs - other.macs)


@dataclass(frozen=True)
class Otherwise:
    """Another way to make some rows: what it is, what it costs, and what these rows cost now."""

    what: str
    cost: Cost
    now: Cost
    rows: tuple[str, ...]
    """The rows in whose place it would stand."""

    def to_dict(self) -> dict[str, object]:
        """As JSON has it; `instead_of` is the cost of the rows in whose place it would stand."""
        return {
            "what": self.what,
            "params": self.cost.params,
            "macs": self.cost.macs,
            "instead_of": {
                "rows": list(self.rows),
                "params": self.now.params,
                "macs": self.now.macs,
            },
        }


def cost(layers: Sequence[Layer], shape: Shape) -> Cost:
    """What layers one after another cost on an input of this shape; ValueError: they do not fit."""
    found = Cost()
    for layer in layers:
        layer.check(shape)
        found += Cost(layer.params(shape), layer.macs(shape))
        shape = layer.shape(shape)
        if min(shape) < 1:
            raise ValueError("a window does not fit")
    return found


def now(rows: Sequence[Row]) -> Cost:
    """What rows cost as they are."""
    return Cost(sum(row.params for row in rows), sum(row.macs for row in rows))


def _of(
    row: Row, what: str, layers: Sequence[Layer], shape: Shape | None = None
) -> Otherwise | None:
    try:
        found = cost(layers, shape or row.input)
    except ValueError:
        return None
    return Otherwise(what, found, now([row]), (row.name,))


def kernel_of(row: Row) -> str:
    """`3x3`."""
    kernel = row.kernel or (1, 1)
    return f"{kernel[0]}x{kernel[1]}"


def _plain(row: Row) -> Conv | None:
    """The convolution of a row, where it has one group and a kernel of more than one value."""
    layer = row.layer
    if isinstance(layer, Conv) and layer.groups == 1 and pair(layer.kernel) != (1, 1):
        return layer
    return None


def _dense(graph: Graph, row: Row) -> Otherwise | None:
    """A weight for each pair of an input and an output value."""
    if not isinstance(row.layer, Conv | TableConv):
        return None
    layer = Dense(row.size, bias=getattr(row.layer, "bias", True))
    before = (row.input[0] * row.input[1] * row.input[2], 1, 1)
    text = f"dense: each of {row.size:,} neurons sees all {before[0]:,} input values"
    return _of(row, text, [layer], before)


def _ungrouped(graph: Graph, row: Row) -> Otherwise | None:
    layer = row.layer
    if not isinstance(layer, Conv) or layer.groups == 1:
        return None
    depthwise = layer.groups == row.input[0]
    what = (
        "a full convolution: each filter sees" if depthwise else "without groups: each filter sees"
    )
    return _of(row, f"{what} all {plural(row.input[0], 'map')}", [replace(layer, groups=1)])


def _tableless(graph: Graph, row: Row) -> Otherwise | None:
    layer = row.layer
    if not isinstance(layer, TableConv):
        return None
    full = Conv(len(layer.table), layer.kernel)
    return _of(row, f"without the table: each map sees all {plural(row.input[0], 'map')}", [full])


def _unreduced(graph: Graph, row: Row) -> Otherwise | None:
    """The convolution on what the 1x1 convolution before it reduces for it alone."""
    layer, before = row.layer, graph.rows.get(graph.source(row.name))
    if not isinstance(layer, Conv) or pair(layer.kernel) == (1, 1) or before is None:
        return None
    if not _reduces(before) or graph.takers[before.name] != (row.name,) or layer.groups > 1:
        return None
    text = f"without its 1x1 reduction: {kernel_of(row)} on all {before.input[0]} maps"
    found = _of(row, text, [layer], before.input)
    return found and replace(found, now=now([before, row]), rows=(before.name, row.name))


def _reduces(row: Row) -> bool:
    layer = row.layer
    small = isinstance(layer, Conv) and pair(layer.kernel) == (1, 1) and layer.groups == 1
    return small and row.out[0] < row.input[0] and row.input[1:] == row.out[1:]


def _stack(graph: Graph, row: Row) -> Otherwise | None:
    """So many 3x3 that they see as far: the zeros lie round the first, the stride is the last's."""
    layer = _plain(row)
    if layer is None:
        return None
    (height, width), zeros = pair(layer.kernel), layer.window().pads(row.input[1:])
    if height != width or height % 2 == 0 or height < 5:
        return None
    count, (d, h, w) = height // 2, row.input
    padded = (d, h + sum(zeros[0]), w + sum(zeros[1]))
    one = replace(layer, kernel=3, stride=1, padding=0)
    layers = [*[one] * (count - 1), replace(one, stride=layer.stride)]
    return _of(row, f"as a stack of {count} 3x3, which see as far", layers, padded)


def _factored(graph: Graph, row: Row) -> Otherwise | None:
    """First a column, then a row, each with its side's stride and zeros."""
    layer = _plain(row)
    if layer is None or min(pair(layer.kernel)) == 1:
        return None
    (height, width), (down, across) = pair(layer.kernel), pair(layer.stride)
    zeros = layer.window().pads(row.input[1:])
    padded = (row.input[0], row.input[1] + sum(zeros[0]), row.input[2])
    column = replace(layer, kernel=(height, 1), stride=(down, 1), padding=0)
    try:
        first = cost([column], padded)
        between = column.shape(padded)
        wide = (between[0], between[1], between[2] + sum(zeros[1]))
        line = replace(layer, kernel=(1, width), stride=(1, across), padding=0)
        found = first + cost([line], wide)
    except ValueError:
        return None
    return Otherwise(f"as {height}x1 and then 1x{width}", found, now([row]), (row.name,))


def _separable(graph: Graph, row: Row) -> Otherwise | None:
    """A filter a map, then 1x1 over the maps, each normalised as the layer is."""
    layer = _plain(row)
    if layer is None or row.input[0] == 1:
        return None
    deep = replace(layer, out=row.input[0], groups=row.input[0])
    point = replace(layer, kernel=1, stride=1, padding=0)
    text = (
        f"depthwise separable: {kernel_of(row)} a map, then 1x1 over {plural(row.input[0], 'map')}"
    )
    return _of(row, text, [deep, point])


def _joined(graph: Graph, row: Row) -> Otherwise | None:
    """A full convolution in the place of a depthwise one and the 1x1 that alone follows it."""
    layer, before = row.layer, graph.rows.get(graph.source(row.name))
    if not isinstance(layer, Conv) or pair(layer.kernel) != (1, 1) or before is None:
        return None
    deep = before.layer
    if not isinstance(deep, Conv) or not 1 < deep.groups == before.input[0]:
        return None
    if graph.takers[before.name] != (row.name,) or layer.groups > 1:
        return None
    full = replace(deep, out=layer.out, groups=1, norm=layer.norm, bias=layer.bias)
    text = f"with {before.name} as one full {kernel_of(before)} convolution"
    found = _of(row, text, [full], before.input)
    return found and replace(found, now=now([before, row]), rows=(before.name, row.name))


def _averaged(graph: Graph, row: Row) -> Otherwise | None:
    """A dense layer on the average of each map, where it stands on all values of the maps."""
    if not isinstance(row.layer, Dense):
        return None
    before: Row | None = row
    while before is not None and not isinstance(before.layer, Flatten):
        before = graph.rows.get(graph.source(before.name))
        if before is not None and before.kind not in ("dropout", "flatten"):
            return None
    if before is None or before.input[1:] == (1, 1):
        return None
    maps = before.input[0]
    text = f"on the averages of the {plural(maps, 'map')} instead of all {row.input[0]:,} values"
    return _of(row, text, [row.layer], (maps, 1, 1))


def _strided(graph: Graph, row: Row) -> Otherwise | None:
    """Pooling that is learnt: by a convolution of the same window and step."""
    layer = row.layer
    if not isinstance(layer, Pool | Subsample) or isinstance(layer, GlobalPool | AdaptivePool):
        return None
    window = layer.window()
    if window.kernel == (1, 1) or window.ceil:
        return None
    conv = Conv(row.out[0], window.kernel, window.stride, window.padding)
    return _of(row, f"as a convolution of the same window and step, {kernel_of(row)}", [conv])


def _summed(graph: Graph, row: Row) -> Otherwise | None:
    """Subsampling as LeNet has it: a coefficient and a bias a map."""
    if not isinstance(row.layer, Pool) or row.kernel != row.stride:
        return None
    trained = 2 * row.out[0]
    text = "as LeNet-5's trained subsampling: a coefficient and a bias a map"
    return Otherwise(text, Cost(trained, 0), now([row]), (row.name,))


def _trained(graph: Graph, row: Row) -> Otherwise | None:
    if not isinstance(row.layer, RBF) or row.out[1:] != (1, 1):
        return None
    return _of(row, "as a dense layer with trained weights", [Dense(row.out[0])])


Way = Callable[[Graph, Row], Otherwise | None]
WAYS: Mapping[str, Way] = {
    "dense": _dense,
    "ungrouped": _ungrouped,
    "tableless": _tableless,
    "unreduced": _unreduced,
    "stack": _stack,
    "factored": _factored,
    "separable": _separable,
    "joined": _joined,
    "averaged": _averaged,
    "strided": _strided,
    "summed": _summed,
    "trained": _trained,
}
"""The other ways of making a layer."""

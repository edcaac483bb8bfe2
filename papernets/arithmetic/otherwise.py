"""What a layer, or the layers of a block, would cost if they were made otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from ..spec import Conv, Pair, Row, pair
from ..words import plural
from .graph import Graph, Place
from .ways import WAYS, Otherwise, cost, kernel_of, now


def otherwise(graph: Graph, place: Place) -> tuple[Otherwise, ...]:
    """The other ways that make sense for a layer, or for all such layers of a block together."""
    if not place.is_block:
        row = place.rows[0]
        return tuple(found for way in WAYS.values() if (found := way(graph, row)))
    return tuple(_in_block(graph, place))


def _in_block(graph: Graph, place: Place) -> Iterator[Otherwise]:
    """Each way, applied to every row of the block that it suits, the others as they are."""
    inside = {row.name for row in place.counted}
    whole = now(place.counted)
    for name, way in WAYS.items():
        if name not in IN_BLOCKS:
            continue
        found, taken = [], set[str]()
        for row in place.counted:
            one = way(graph, row)
            if one and set(one.rows) <= inside and not set(one.rows) & taken:
                found.append(one)
                taken.update(one.rows)
        if not found:
            continue
        changed = whole
        for one in found:
            changed = changed - one.now + one.cost
        rows = tuple(row for one in found for row in one.rows)
        of = IN_BLOCKS[name].format(plural(len(found), "layer"))
        yield Otherwise(of, changed, whole, rows)
    yield from _basic(place)


IN_BLOCKS:
            continue
        found, taken = [], set[str]()
        for row in place.counted:
            one = way(graph, row)
            if one and set(one.rows) <= inside and not set(one.rows) & taken:
                found.append(one)
                taken.update(one.rows)
        if not found:
            continue
        changed = whole
        for one in found:
            changed = changed - one.now + one.cost
        rows = tuple(row for one in found for row in one.rows)
        of = IN_BLOCKS[name].format(plural(len(found), "layer"))
        yield Otherwise(of, changed, whole, rows)
    yield from _basic(place)


def now(rows: Sequence[Row]) -> Cost:
    return Cost(sum(row.params for row in rows), sum(row.macs for row in rows))


def _of(
    row: Row, what: str, layers: Sequence[Layer], shape: Shape | None = None
) -> Otherwise | None:
    try:
        found = cost(layers, shape or row.input)
    except ValueError:
        return None
    return Otherwise(what, found, now([row]), (row.name,))


def _kernel(row: Row) -> str:
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
    text = f"without its 1x1 reduction: {_kernel(row)} on all {before.input[0]} maps"
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
    text = f"depthwise separable: {_kernel(row)} a map, then 1x1 over {plural(row.input[0], 'map')}"
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
    text = f"with {before.name} as one full {_kernel(before)} convolution"
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
    return _of(row, f"as a convolution of the same window and step, {_kernel(row)}", [conv])


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
IN_BLOCKS: Mapping[str, str] = {
    "unreduced": "without its 1x1 reductions ({})",
    "ungrouped": "without groups ({})",
    "joined": "with full convolutions in the place of depthwise separable ones ({})",
    "stack": "with stacks of 3x3 in the place of larger kernels ({})",
    "factored": "with n x 1 and 1 x n in the place of n x n ({})",
    "separable": "with depthwise separable convolutions in the place of full ones ({})",
}
"""Those that a block may have made in all its layers, in words."""


def _basic(place: Place) -> Iterator[Otherwise]:
    """A bottleneck's 1x1, FxF, 1x1 as two FxF at the full width."""
    rows = [row for row in place.counted if isinstance(row.layer, Conv)]
    for first, middle, last in zip(rows, rows[1:], rows[2:], strict=False):
        layer = middle.layer
        one = [pair(r.layer.kernel) for r in (first, last) if isinstance(r.layer, Conv)]
        if not isinstance(layer, Conv) or one != [(1, 1), (1, 1)] or layer.groups > 1:
            continue
        if pair(layer.kernel) == (1, 1) or not _follow(first, middle, last):
            continue
        if not middle.out[0] < last.out[0]:
            continue
        wide = replace(layer, out=last.out[0], stride=_total(first, middle))
        second = replace(layer, out=last.out[0], stride=1, padding="same")
        try:
            new = cost([wide, second], first.input)
        except ValueError:
            continue
        whole, these = now(place.counted), now([first, middle, last])
        text = f"without its bottleneck: two {kernel_of(middle)} on {last.out[0]} maps"
        names = (first.name, middle.name, last.name)
        yield Otherwise(text, whole - these + new, whole, names)
        return


def _follow(*rows: Row) -> bool:
    """True where the rows lie in one line of one branch."""
    homes = {row.name.rpartition(".")[0] for row in rows}
    return len(homes) == 1 and all(a.out == b.input for a, b in pairwise(rows))


def _total(first: Row, middle: Row) -> Pair:
    a, b = first.stride or (1, 1), middle.stride or (1, 1)
    return a[0] * b[0], a[1] * b[1]

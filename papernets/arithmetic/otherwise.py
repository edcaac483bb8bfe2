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

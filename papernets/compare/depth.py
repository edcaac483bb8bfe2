"""How deep a network is, as its paper counts."""

from __future__ import annotations

from ..spec import Net, Row, walk
from ..spec.graph import PICTURE, outputs, sources

RULE = (
    "depth: layers with weights of their own on the longest way from the picture to the answer, "
    "without normalisation"
)


def weighted(row: Row) -> bool:
    """True for a layer with weights besides those of a normalisation: convolution, dense, RBF.

    LeNet's trained subsampling is one too: its paper counts seven layers of LeNet-5.
    """
    held = getattr(row.layer, "held", None)
    return held is not None and any(name != "norm" for name in held(row.input))


def depth(net: Net, rows: tuple[Row, ...] = ()) -> int:
    """How many layers with weights lie on the longest way from the picture to the answer.

    So count the papers in their networks' names: a projection lies on the shorter way beside its
    block, and of an inception module the longest branch counts. `rows` are those of `walk(net)`.
    """
    ends = {PICTURE: 0}
    takes = sources(net)
    for row in rows or walk(net):
        ends[row.name] = max(ends[name] for name in takes[row.name]) + weighted(row)
    return ends[outputs(net)[0]]

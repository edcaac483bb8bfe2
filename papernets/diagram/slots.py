"""Groups in their places: the solids of each, its words, and how wide that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from . import words
from .groups import Group, spec
from .solids import Scale, Solid, planes, solid
from .text import fitted, width

SIZE = 8.0
SMALL = 7.0
GAP = 14.0
WIDEST = 104.0
"""The widest text under a solid."""
FEW = 16
"""Maps of which each is drawn."""


@dataclass
class Slot:
    """A group's place in a row, from x = 0 on; values go along y = 0."""

    group: Group
    width: float
    left: float
    """Where the solids begin."""
    solids: list[tuple[Solid, float]]
    """Each with the height of its middle: one, or one a tower."""
    texts: list[tuple[str, float, bool, str]] = field(default_factory=list)

    @property
    def top(self) -> float:
        """How far up solids, arcs and the size above them reach."""
        return max(one.top - middle for one, middle in self.solids) + 5 + SMALL * 1.1 + self.arcs

    @property
    def bottom(self) -> float:
        return max(one.bottom + middle for one, middle in self.solids)

    @property
    def arcs(self) -> float:
        """Room for arcs over residual blocks."""
        return 8.0 if residual(self.group) else 0.0

    @property
    def first(self) -> str:
        return self.group.rows[0].name if self.group.rows else ""

    @property
    def last(self) -> str:
        return self.group.rows[-1].name if self.group.rows else ""


def residual(group: Group) -> bool:
    """Whether a group is of blocks with a sum at their end."""
    return any(slab.rows[-1].kind == "add" for slab in group.blocks)


def towers_of(groups: Sequence[Group]) -> int:
    """How many towers a network has: as many as its convolutions have groups; 0 where none."""
    slabs = [slab for group in groups for slab in group.slabs]
    if any(slab.paint == "block" for slab in slabs):
        return 0
    counts = {r.groups for s in slabs for r in s.rows if r.groups > 1 and not words.depthwise(r)}
    if len(counts) != 1 or (count := counts.pop()) > 3:
        return 0
    return count if all(group.shape[0] % count == 0 for group in groups[1:-1]) else 0


def apart(groups: Sequence[Group]) -> list[Group]:
    """Each layer by itself, pooling as what else happens: as two-tower networks are drawn."""
    found: list[Group] = []
    for group in groups:
        pooled = group.slabs and all(slab.paint == "pool" for slab in group.slabs)
        if found and pooled and not any(row.params for row in group.rows):
            found[-1].also += [*group.rows, *group.also]
            found[-1].heads += group.heads
            continue
        for slab in group.slabs[:-1]:
            found.append(Group(group.shape, [slab]))
        found.append(replace(group, slabs=group.slabs[-1:]))
    return found


def slot(group: Group, scale: Scale, towers: int, flat: bool, at: int) -> Slot:
    """The place of a group, as wide as its solids and its words."""
    key = f"v{at}"
    many = towers and at > 0 and group.rows[0].kind != "rbf" and group.shape[0] % towers == 0
    if many and group.vector and (group.rows[-1].activation == "softmax"):
        many = 0
    if many:
        high = scale.side(scale.largest) * 0.62
        solids = [
            (solid(group, scale, f"{key}.{t}", 1 / towers), (t - (towers - 1) / 2) * 2 * high)
            for t in range(towers)
        ]
    else:
        whole = planes if flat and not group.vector else solid
        solids = [(whole(group, scale, key), 0.0)]
    rest = dict.fromkeys(spec(row) for row in group.also if row.kind != "flatten")
    also = ", ".join(filter(None, (group.within, *rest)))
    times = f"{towers} × " if many else ""
    each = (group.shape[0] // towers, *group.shape[1:]) if many else group.shape
    lines = [(group.name, SIZE, True, "ink"), (group.does, SMALL, False, "ink")]
    lines.append((also, SMALL, False, "soft"))
    solid_width = max(one.width for one, _ in solids)
    most = max(WIDEST, solid_width)
    texts = [(fitted(text, most, size, bold), size, bold, p) for text, size, bold, p in lines]
    above = times + words.size(each)
    widest = max(width(text, size, bold) for text, size, bold, _ in texts)
    wide = max(widest, width(above, SMALL), solid_width)
    return Slot(
        group, wide, (wide - solid_width) / 2, solids, [(above, SMALL, False, "soft"), *texts]
    )

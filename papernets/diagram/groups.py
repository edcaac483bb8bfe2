"""A network as a row of groups: neighbours that give maps of one size, and heads beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..spec import Aux, Chain, Layer, Part
from ..spec.joins import dotted
from ..spec.tree import each_part
from ..spec.walk import Row
from ..spec.window import Shape
from . import words
from .subject import Subject
from .text import clean
from .tiler import common


@dataclass(frozen=True)
class Slab:
    """A layer or a block, by what it gives; `split` is how many maps each branch gives."""

    name: str
    rows: tuple[Row, ...]
    paint: str
    split: tuple[int, ...] = ()

    @property
    def shape(self) -> Shape:
        return self.rows[-1].out


@dataclass(frozen=True)
class Head:
    """An auxiliary head, by its rows."""

    name: str
    rows: tuple[Row, ...]
    weight: float

    @property
    def layers(self) -> int:
        """How many of its rows have weights."""
        return sum(1 for row in self.rows if row.params or row.fixed_params)


@dataclass
class Group:
    """Slabs of one shape, one behind the other; what else happens to their values; heads there."""

    shape: Shape
    slabs: list[Slab] = field(default_factory=list)
    also: list[Row] = field(default_factory=list)
    """Rows without weights that leave the shape as it is."""
    heads: list[Head] = field(default_factory=list)
    mark: str = ""

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for slab in self.slabs for row in slab.rows)

    @property
    def paint(self) -> str:
        return self.slabs[-1].paint if self.slabs else "input"

    @property
    def vector(self) -> bool:
        """Whether it is one column of values."""
        return self.shape[1:] == (1, 1)

    @property
    def name(self) -> str:
        """The names of the slabs: `conv1_1–2`."""
        names = [clean(slab.name) for slab in self.blocks or self.slabs]
        return spanned(names) if names else "input"

    @property
    def blocks(self) -> list[Slab]:
        """The slabs that are blocks."""
        return [slab for slab in self.slabs if slab.paint == "block"]

    @property
    def within(self) -> str:
        """The windows on the longest way through a residual block: `1×1, 3×3, 1×1`."""
        blocks = self.blocks
        if not blocks or blocks[-1].rows[-1].kind != "add":
            return ""
        own = blocks[-1].rows
        found = [
            words.extent(r.kernel) for r in own if r.kernel and not r.name.endswith("shortcut")
        ]
        return ", ".join(found) if len(found) <= 3 else ""

    @property
    def does(self) -> str:
        """What the slabs do, in few words."""
        if not self.slabs:
            return ""
        if blocks := self.blocks:
            ends = {slab.rows[-1].kind for slab in blocks}
            kind = KINDS.get(ends.pop(), "block") if len(ends) == 1 else "block"
            return f"{len(blocks)} × {kind}" if len(blocks) > 1 else kind
        count = len(self.slabs)
        texts = dict.fromkeys(spec(slab.rows[0]) for slab in self.slabs)
        if len(texts) == 1:
            return (f"{count} × " if count > 1 else "") + next(iter(texts))
        return " + ".join(texts) if len(texts) == 2 and count == 2 else f"{count} layers"


KINDS = {"add": "residual", "concat": "inception"}
"""What a block is called by the row that joins it."""


def spec(row: Row) -> str:
    """What a layer does, without the number of its maps, which is written beside them."""
    if row.kind in ("conv", "table conv"):
        kind = "dw" if words.depthwise(row) else "table" if row.kind == "table conv" else "conv"
        return f"{kind} {words.window(row)}"
    if row.kind == "dense":
        return "dense"
    return words.spec(row, brief=True)


def spanned(names: Sequence[str]) -> str:
    """The first and the last of several names, what they share written once: `conv1_1–2`."""
    first, last = names[0], names[-1]
    if first == last or len(names) == 1:
        return first
    same = 0
    while same < min(len(first), len(last)) and first[same] == last[same]:
        same += 1
    if same and len(first[same:]) == len(last[same:]) == 1 and last[same:].isalpha():
        return f"{first}–{last[same:]}"
    while same and first[same - 1].isdigit():
        same -= 1
    if same and last[same:].isdigit() and first[same:].isdigit():
        return f"{first}–{last[same:]}"
    return f"{first} – {last}"


def groups_of(subject: Subject) -> list[Group]:
    """The groups of a network, the picture first."""
    found = [Group(subject.input)]
    for one in _slabs(subject.body, subject.name, subject.by_name):
        here = found[-1]
        if isinstance(one, Head):
            here.heads.append(one)
            continue
        row = one.rows[-1]
        weightless = not any(r.params or r.fixed_params for r in one.rows)
        if len(one.rows) == 1 and weightless and (row.out == row.input or row.kind == "flatten"):
            here.also.append(row)
            continue
        pools = {slab.paint == "pool" for slab in (*here.slabs, one)}
        apart = len(pools) > 1 and one.paint != "norm"
        mixed = "dense" in (one.paint, here.paint)
        if one.shape != here.shape or not here.slabs or apart or mixed:
            here = Group(one.shape)
            found.append(here)
        here.slabs.append(one)
    for group in found:
        group.mark = common(subject.marks.get(row.name, "") for row in group.rows)
    return found


def _slabs(part: Part, name: str, rows: dict[str, Row]) -> Iterator[Slab | Head]:
    if isinstance(part, Layer):
        row = rows[name]
        yield Slab(name, (row,), words.paint_of(row))
    elif isinstance(part, Chain):
        for child, inner in part.parts:
            yield from _slabs(inner, dotted(name, child), rows)
    elif isinstance(part, Aux):
        own = _within(part.head, name, rows)
        if own:
            yield Head(name, own, part.weight)
    else:
        own = _within(part, name, rows)
        ends = []
        for child, inner in part.branches:
            last = [r for r in _within(inner, dotted(name, child), rows) if not r.aux]
            ends.append(last[-1].out[0] if last else own[0].input[0])
        split = tuple(ends) if part.kind == "concat" else ()
        yield Slab(name, own, "block", split)


def _within(part: Part, name: str, rows: dict[str, Row]) -> tuple[Row, ...]:
    """The rows of a part, in the order in which they compute."""
    names = {full for full, one in each_part(part, name) if not isinstance(one, Chain | Aux)}
    return tuple(row for full, row in rows.items() if full in names)

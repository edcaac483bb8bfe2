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


@dataclass(frozen=True)
class Slab:
    """A layer or a block, by what it gives; `split` is how many maps each branch gives."""

    name: str
    rows: tuple[Row, ...]
    paint: str
    split: tuple[int, ...] = ()
    times: int = 1

    @property
    def shape(self) -> Shape:
        return self.rows[-1].out


@dataclass(frozen=True)
class Head:
    """An auxiliary head, by its rows."""

    name: str
    rows: tuple[Row, ...]
    weight: float


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
        names = [clean(slab.name) for slab in self.slabs]
        return spanned(names) if names else "input"

    @property
    def within(self) -> str:
        """The windows on the longest way through a residual block: `1×1, 3×3, 1×1`."""
        if not self.slabs or self.slabs[0].rows[-1].kind != "add":
            return ""
        rows, found = self.slabs[-1].rows, []
        sources = {rows[0].input}
        for row in rows:
            if row.kernel and row.kind == "conv" and not row.name.endswith("shortcut"):
                found.append(words.extent(row.kernel))
        return ", ".join(found) if len(found) <= 3 and sources else ""

    @property
    def does(self) -> str:
        """What the slabs do, in few words."""
        if not self.slabs:
            return ""
        count = sum(slab.times for slab in self.slabs)
        first = self.slabs[0]
        if first.paint == "block":
            kind = "residual" if first.rows[-1].kind == "add" else "inception"
            if first.rows[-1].kind not in ("add", "concat"):
                kind = "block"
            return f"{count} × {kind}" if count > 1 else kind
        texts = dict.fromkeys(spec(slab.rows[0]) for slab in self.slabs)
        if len(texts) == 1:
            return (f"{count} × " if count > 1 else "") + next(iter(texts))
        return " + ".join(texts) if len(texts) == 2 and count == 2 else f"{count} layers"


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
        apart = one.paint != here.paint and "pool" in (one.paint, here.paint)
        mixed = "dense" in (one.paint, here.paint)
        if one.shape != here.shape or not here.slabs or apart or mixed:
            here = Group(one.shape)
            found.append(here)
        here.slabs.append(one)
    for group in found:
        group.mark = next(
            (subject.marks[r.name] for r in group.rows if subject.marks.get(r.name)), ""
        )
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

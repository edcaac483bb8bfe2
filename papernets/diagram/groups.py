"""A network as a row of groups: neighbours that give maps of one size, and heads beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..spec import Aux, Chain, Layer, Part
from ..spec.joins import dotted
from ..spec.tree import each_part
from ..spec.walk import Row
from ..spec.window import Shape
from ..words import plural
from . import words
from .joins import common, scales
from .subject import Subject


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

    @property
    def form(self) -> object:
        """The same for blocks of one kind: sums, or joins of the same windows."""
        if self.paint != "block":
            return None
        kind = self.rows[-1].kind
        return kind, [(row.kind, row.kernel) for row in self.rows if kind != "add"]


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
    block: str = ""
    """The block that it stands in, which its name leaves out."""

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
        named = [slab for slab in self.slabs if slab.paint != "norm"] or self.slabs
        names = [words.short(slab.name, self.block) for slab in self.blocks or named]
        return spanned(names) if names else "input"

    @property
    def blocks(self) -> list[Slab]:
        """The slabs that are blocks."""
        return [slab for slab in self.slabs if slab.paint == "block"]

    @property
    def within(self) -> str:
        """What is in a block: the windows of a residual one, `1×1, 3×3, 1×1`; else its branches."""
        blocks = self.blocks
        if not blocks:
            return scales(self.slabs[0].rows[0]) if self.paint == "add" else ""
        if blocks[-1].rows[-1].kind != "add":
            return plural(len(blocks[-1].split), "branch", "branches")
        own = blocks[-1].rows
        found = [
            words.extent(r.kernel) for r in own if r.kernel and not r.name.endswith("shortcut")
        ]
        return ", ".join(found) if len(found) <= 3 else scales(blocks[0].rows[-1])

    @property
    def does(self) -> str:
        """What the slabs do, in few words."""
        if not self.slabs:
            return ""
        if blocks := self.blocks:
            ends = {slab.rows[-1].kind for slab in blocks}
            kind = KINDS.get(ends.pop(), "block") if len(ends) == 1 else "block"
            return f"{len(blocks)} × {kind}" if len(blocks) > 1 else kind
        texts = [spec(slab.rows[0]) for slab in self.slabs]
        kinds = {text: texts.count(text) for text in texts}
        if len(kinds) > 2:
            return f"{len(texts)} layers"
        first, *others = (f"{n} × {text}" if n > 1 else text for text, n in kinds.items())
        lead = f"{texts[0].partition(' ')[0]} "
        return " + ".join([first, *(text.replace(lead, "") for text in others)])


KINDS = {"add": "residual", "concat": "module"}
"""What a block is called by the row that joins it."""


def spec(row: Row) -> str:
    """What a layer does, without the number of its maps, which is written beside them."""
    if row.kind in ("conv", "table conv"):
        kind = "dw" if words.depthwise(row) else "table" if row.kind == "table conv" else "conv"
        return f"{kind} {words.window(row)}"
    if row.kind == "dense":
        return "dense"
    return words.spec(row, brief=True)


LONG = 20
"""Letters beyond which the blocks are named that layers stand in."""


def spanned(names: Sequence[str]) -> str:
    """The first and the last of several names, what they share written once: `conv1_1–2`."""
    first, last = names[0], names[-1]
    text = _span(first, last)
    if first != last and "." in text and len(text) > LONG:
        text = _span(*(name.partition(".")[0] for name in (first, last)))
    return text


def _span(first: str, last: str) -> str:
    if first == last:
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


def groups_of(subject: Subject, apart: bool = False) -> list[Group]:
    """The groups of a network, the picture first; `apart`: every layer is a group of its own."""
    found = [Group(subject.input)]
    for one in _slabs(subject.body, subject.name, subject):
        here = found[-1]
        if isinstance(one, Head):
            here.heads.append(one)
            continue
        row = one.rows[-1]
        weightless = not any(r.params or r.fixed_params for r in one.rows)
        same = row.kind in ("flatten", "identity") or (row.out == row.input and not apart)
        if len(one.rows) == 1 and weightless and same:
            here.also.append(row)
            continue
        pools = {slab.paint == "pool" for slab in (*here.slabs, one)}
        other_sort = len(pools) > 1 and one.paint != "norm"
        mixed = "dense" in (one.paint, here.paint)
        other = [slab.form for slab in here.blocks[-1:] if one.paint == "block"]
        mixed = mixed or any(form != one.form for form in other)
        if apart or one.shape != here.shape or not here.slabs or other_sort or mixed:
            here = Group(one.shape)
            found.append(here)
        here.slabs.append(one)
    for group in found:
        group.mark = common(subject.marks.get(row.name, "") for row in group.rows)
    return found


def _slabs(part: Part, name: str, subject: Subject) -> Iterator[Slab | Head]:
    if isinstance(part, Layer):
        row = subject.by_name[name]
        yield Slab(name, (row,), words.paint_of(row))
    elif isinstance(part, Chain):
        for child, inner in part.parts:
            yield from _slabs(inner, dotted(name, child), subject)
    elif isinstance(part, Aux):
        own = within(part.head, name, subject)
        if own:
            yield Head(name, own, part.weight)
    else:
        own = within(part, name, subject)
        ends = []
        for child, inner in part.branches:
            last = [r for r in within(inner, dotted(name, child), subject) if not r.aux]
            ends.append(last[-1].out[0] if last else own[0].input[0])
        split = tuple(ends) if part.kind == "concat" else ()
        yield Slab(name, own, "block", split)


def within(part: Part, name: str, subject: Subject) -> tuple[Row, ...]:
    """The rows of a part, in the order in which they compute."""
    names = (full for full, one in each_part(part, name) if not isinstance(one, Chain | Aux))
    places = sorted(subject.order[full] for full in names if full in subject.order)
    return tuple(subject.rows[at] for at in dict.fromkeys(places))

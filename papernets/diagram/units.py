"""A network as the units of its drawing: leaves, stacks, splits, heads at the side, folds."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..spec import Aux, Chain, Layer, Part
from ..spec.joins import dotted
from ..spec.walk import Row

EVERYTHING = 99
"""As a depth: all that is within blocks is drawn."""


@dataclass(frozen=True)
class Leaf:
    """What is drawn as one box: a layer, or several that are not drawn apart."""

    name: str
    rows: tuple[Row, ...]
    times: int = 1
    whole: str = ""
    """What several rows are: a `block`, a `chain`, the `rest`; empty for a layer."""
    branches: int = 0
    """How many branches a block has."""
    like: tuple[Row, ...] = ()
    """The rows in its place in the other copies of a fold, where these have other maps."""

    end: Row | None = None
    """What comes out of several rows; the last of them where nothing is said."""
    heads: int = 0
    """How many auxiliary heads are among them."""

    @property
    def last(self) -> Row:
        return self.end or self.rows[-1]


@dataclass(frozen=True)
class Stack:
    """Units one after another."""

    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Named:
    """A stack that is a block with a name of its own."""

    name: str
    inner: Stack


@dataclass(frozen=True)
class Split:
    """Branches side by side, and the row that joins them."""

    name: str
    join: Row
    branches: tuple[Stack, ...]
    like: tuple[Row, ...] = ()
    """The joins in its place in the other copies of a fold, where these have other maps."""


@dataclass(frozen=True)
class Side:
    """An auxiliary head beside the way."""

    name: str
    head: Stack
    weight: float
    counted: bool


@dataclass(frozen=True)
class Fold:
    """Units that come several times, one like the other: the first of them is drawn."""

    inner: Stack
    times: int
    rows: tuple[Row, ...]
    first: str
    last: str
    end: Row
    """What comes out of the last of them."""


Unit = Leaf | Named | Split | Side | Fold


def units_of(part: Part, rows: Mapping[str, Row], depth: int = EVERYTHING, name: str = "") -> Stack:
    """The units of a network's body, or of a part by its full name, with all rows by their names.

    Blocks are taken apart so many levels deep.
    """
    return _Reader(rows, depth).stack(part, name, 1)


@dataclass
class _Reader:
    rows: Mapping[str, Row]
    depth: int

    def stack(self, part: Part, name: str, level: int) -> Stack:
        """A part as units; `level` says how deep what is within it lies."""
        if isinstance(part, Chain):
            inner = (self.units(p, dotted(name, n), level) for n, p in part.parts)
            return Stack(tuple(unit for several in inner for unit in several))
        return Stack(tuple(self.units(part, name, level)))

    def units(self, part: Part, name: str, level: int) -> Iterator[Unit]:
        if isinstance(part, Layer):
            yield Leaf(name, (self.rows[name],))
        elif isinstance(part, Aux):
            head = self.stack(part.head, name, level + 1)
            if level >= self.depth:
                head = Stack((collapsed(name, head),) if rows_of(head) else ())
            yield Side(name, head, part.weight, part.counted)
        elif isinstance(part, Chain):
            inner = self.stack(part, name, level + 1)
            if len(inner.units) < 2 or not name:
                yield from inner.units
            elif level >= self.depth and end_of(inner):
                yield collapsed(name, inner)
            else:
                yield Named(name, inner)
        else:
            stacks = tuple(self.stack(p, dotted(name, n), level + 1) for n, p in part.branches)
            split = Split(name, self.rows[name], stacks)
            yield split if level < self.depth else collapsed(name, Stack((split,)))


def collapsed(name: str, stack: Stack, whole: str = "chain") -> Leaf:
    """A stack as one box."""
    rows = rows_of(stack)
    heads = sum(1 for unit in stack.units for _ in _sides(unit))
    if len(stack.units) == 1 and isinstance(only := stack.units[0], Split):
        return Leaf(name, rows, 1, "block", len(only.branches), (), only.join, heads)
    return Leaf(name, rows, 1, whole, 0, (), end_of(stack), heads)


def end_of(stack: Stack) -> Row | None:
    """The row that comes out of a stack; None where it passes on what it is given."""
    for unit in reversed(stack.units):
        if isinstance(unit, Leaf):
            return unit.last
        if isinstance(unit, Split):
            return unit.join
        if isinstance(unit, Fold):
            return unit.end
        if isinstance(unit, Named) and (end := end_of(unit.inner)):
            return end
    return None


def _sides(unit: Unit) -> Iterator[Side]:
    if isinstance(unit, Side):
        yield unit
    for stack in stacks_in(unit):
        for inner in stack.units:
            yield from _sides(inner)


def stacks_in(unit: Unit) -> tuple[Stack, ...]:
    """The stacks within a unit."""
    if isinstance(unit, Leaf):
        return ()
    if isinstance(unit, Split):
        return unit.branches
    return (unit.head if isinstance(unit, Side) else unit.inner,)


def rows_in(unit: Unit) -> Iterator[Row]:
    """The rows of a unit, of all copies of a fold, in the order in which they compute."""
    if isinstance(unit, Leaf | Fold):
        yield from unit.rows
        return
    for stack in stacks_in(unit):
        yield from _rows_of(stack)
    if isinstance(unit, Split):
        yield unit.join


def _rows_of(stack: Stack) -> Iterator[Row]:
    for unit in stack.units:
        yield from rows_in(unit)


def rows_of(stack: Stack) -> tuple[Row, ...]:
    """The rows of a stack, in the order in which they compute."""
    return tuple(_rows_of(stack))


def is_wire(stack: Stack) -> bool:
    """Whether a branch passes on what it is given."""
    return all(
        isinstance(u, Leaf) and not u.whole and u.last.kind == "identity" for u in stack.units
    )


def weighted(rows: Sequence[Row]) -> int:
    """How many of these rows have weights, trained or fixed."""
    return sum(1 for row in rows if row.params or row.fixed_params)


def levels(stack: Stack) -> int:
    """How many boxes stand one below the other."""
    return sum(_level(unit) for unit in stack.units)


def _level(unit: Unit) -> int:
    if isinstance(unit, Leaf):
        return 1
    if isinstance(unit, Side):
        return 0
    joined = 1 if isinstance(unit, Split) else 0
    return joined + max((levels(stack) for stack in stacks_in(unit)), default=0)


def outline(stack: Stack) -> tuple[Hashable, ...]:
    """The same for stacks that are drawn alike, of one network."""
    return tuple(
        (
            type(unit).__name__,
            *(getattr(unit, what, None) for what in ("name", "times")),
            *(len(getattr(unit, what, ())) for what in ("rows", "like")),
            *(outline(inner) for inner in stacks_in(unit)),
        )
        for unit in stack.units
    )

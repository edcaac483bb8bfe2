"""What comes several times is drawn once: runs of units that are one like the other."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from ..spec.walk import Row
from .units import Fold, Leaf, Named, Side, Split, Stack, Unit, end_of, rows_in, stacks_in

LONGEST = 8
"""Units in a pattern that is looked for."""

Marks = Mapping[str, str]
"""What a comparison says of rows, by their names: such rows are alike where it says the same."""


def folded(
    stack: Stack, marks: Marks | None = None, layers: int = 2, loosely: bool = False
) -> Stack:
    """The stack with its runs folded: blocks from two on, single layers from `layers` on.

    `loosely`: blocks are alike that differ in how many maps they have, too.
    """
    if loosely:
        stack = _Folder(marks or {}, layers, True).stack(stack)
    return _Folder(marks or {}, layers, False).stack(stack)


class _Folder:
    def __init__(self, marks: Marks, layers: int, loosely: bool) -> None:
        self.marks, self.layers, self.loosely = marks, layers, loosely
        self.numbers: dict[Hashable, int] = {}

    def stack(self, stack: Stack) -> Stack:
        units = [self.inside(unit) for unit in stack.units]
        forms = [self.form(unit) for unit in units]
        found: list[Unit] = []
        at = 0
        while at < len(units):
            length, times = _run(forms, at)
            if times > 1 and self.worth(units[at : at + length], times):
                found.append(_fold(units[at : at + length * times], length, times, self.loosely))
                at += length * times
            else:
                found.append(units[at])
                at += 1
        return Stack(tuple(found))

    def worth(self, units: Sequence[Unit], times: int) -> bool:
        if any(isinstance(unit, Side | Fold) for unit in units) or not end_of(Stack(tuple(units))):
            return False
        if self.loosely:
            return not any(isinstance(unit, Leaf) for unit in units)
        if all(isinstance(unit, Leaf) and not unit.whole for unit in units):
            return times >= self.layers
        return True

    def inside(self, unit: Unit) -> Unit:
        """The unit with what is within it folded."""
        if isinstance(unit, Named):
            return replace(unit, inner=self.stack(unit.inner))
        if isinstance(unit, Side):
            return replace(unit, head=self.stack(unit.head))
        if isinstance(unit, Split):
            return replace(unit, branches=tuple(map(self.stack, unit.branches)))
        return unit

    def form(self, unit: Unit) -> int:
        """The same number for units that are drawn alike."""
        if isinstance(unit, Leaf):
            key: Hashable = ("leaf", unit.whole, unit.times, *map(self.row, unit.rows))
        elif isinstance(unit, Fold):
            key = ("fold", unit.times, *map(self.form, unit.inner.units))
        elif isinstance(unit, Named):
            key = ("named", *map(self.form, unit.inner.units))
        elif isinstance(unit, Side):
            key = ("side", id(unit))
        else:
            branches = (tuple(map(self.form, stack.units)) for stack in unit.branches)
            key = ("split", self.row(unit.join), *branches)
        return self.numbers.setdefault(key, len(self.numbers))

    def row(self, row: Row) -> Hashable:
        settings: Hashable = row.layer
        if not isinstance(settings, Hashable) or row.kind in ("concat", "add"):
            settings = (row.kind, getattr(row.layer, "scales", None), row.activation)
        if self.loosely and isinstance(getattr(row.layer, "out", None), int):
            settings = replace(row.layer, out=1)  # type: ignore[type-var]
        out = row.out[1:] if self.loosely else row.out
        return settings, row.input[1:], out, self.marks.get(row.name, "")


def _run(forms: Sequence[int], at: int) -> tuple[int, int]:
    """The pattern from here on that folds most: how long it is, and how often it comes."""
    best = (1, 1)
    for length in range(1, min(LONGEST, (len(forms) - at) // 2) + 1):
        times = 1
        pattern = forms[at : at + length]
        while forms[at + times * length : at + (times + 1) * length] == pattern:
            times += 1
        if (times - 1) * length > (best[1] - 1) * best[0]:
            best = length, times
    return best


def _fold(units: Sequence[Unit], length: int, times: int, loosely: bool) -> Unit:
    rows = tuple(row for unit in units for row in rows_in(unit))
    if length == 1 and isinstance(units[0], Leaf):
        end = end_of(Stack((units[-1],)))
        return replace(units[0], rows=rows, times=units[0].times * times, end=end)
    first, last = units[0], units[-1]
    inner = tuple(units[:length])
    if loosely:
        inner = tuple(merged(units[at::length]) for at in range(length))
    end = end_of(Stack(tuple(units)))
    assert end is not None
    return Fold(Stack(inner), times, rows, _name(first), _name(last), end)


def merged(units: Sequence[Unit]) -> Unit:
    """The first of several units of one form, each row with those in its place in the others."""
    first = units[0]
    if isinstance(first, Leaf):
        return replace(first, like=tuple(row for unit in units[1:] for row in rows_in(unit)))
    stacks = [_merged(several) for several in zip(*map(stacks_in, units), strict=True)]
    if isinstance(first, Split):
        joins = tuple(unit.join for unit in units[1:] if isinstance(unit, Split))
        return replace(first, branches=tuple(stacks), like=joins)
    if isinstance(first, Side):
        return replace(first, head=stacks[0])
    return replace(first, inner=stacks[0])


def _merged(stacks: Sequence[Stack]) -> Stack:
    return Stack(tuple(merged(units) for units in zip(*(s.units for s in stacks), strict=True)))


def _name(unit: Unit) -> str:
    return unit.first if isinstance(unit, Fold) else unit.name

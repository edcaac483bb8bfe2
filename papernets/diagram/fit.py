"""What is written on boxes, and how wide that makes them."""

from __future__ import annotations

from collections.abc import Iterator

from . import words
from .shapes import Label, Shape
from .text import fitted, width
from .tiles import Metrics
from .units import Fold, Leaf, Split, Stack, stacks_in


def texts(leaf: Leaf, block: str, m: Metrics) -> tuple[str, str]:
    """The name of a leaf and what it does, as they are written on its box."""
    brief = m.lines == 1
    name = words.short(leaf.name, block)
    if brief:
        name = name.rpartition(".")[2] or name
    if leaf.times > 1:
        last = words.short(leaf.rows[-1].name, block)
        name = f"{name} … {last.rpartition('.')[2] or last if brief else last}"
    does = words.of_leaf(leaf, brief)
    if brief and does.startswith(f"{name} "):
        does = does[len(name) + 1 :]
    return name, does


def wanted(leaf: Leaf, block: str, m: Metrics) -> float:
    """How wide a leaf's box would be, if it could be as wide as its words."""
    name, does = texts(leaf, block, m)
    own, other = width(name, m.size, True), width(does, m.small)
    return 8 + (max(own, other) if m.lines > 1 else own + m.size * 0.6 + other)


Slot = tuple[int, int] | None


def widths(stack: Stack, m: Metrics) -> tuple[float, dict[tuple[int, int], float]]:
    """The width of boxes on the way, and in each branch: as words want it, within limits."""
    found: dict[Slot, float] = {None: m.least}
    for wide, slot in _wants(stack, m, "", None):
        found[slot] = max(found.get(slot, m.least), min(wide, m.most))
    trunk = found.pop(None)
    return trunk, {slot: wide for slot, wide in found.items() if slot}


def _wants(stack: Stack, m: Metrics, block: str, slot: Slot) -> Iterator[tuple[float, Slot]]:
    for unit in stack.units:
        if isinstance(unit, Leaf):
            yield wanted(unit, block, m), slot
        inner = block if isinstance(unit, Fold) else "" if isinstance(unit, Leaf) else unit.name
        beside = isinstance(unit, Split) and unit.join.kind == "concat"
        several = stacks_in(unit)
        for at, within in enumerate(several):
            yield from _wants(within, m, inner, (len(several), at) if beside else slot)


def one_line(
    name: str, does: str, room: float, m: Metrics, key: str, top: float, high: float
) -> list[Shape]:
    """A name and what it does, side by side in the middle of a box."""
    space = m.size * 0.6 if does else 0.0
    does = fitted(does, room, m.small)
    rest = room - space - width(does, m.small)
    name = fitted(name, rest, m.size, True) if rest > m.size * 1.5 else ""
    own = width(name, m.size, True)
    space = space if name else 0.0
    left, y = -(own + space + width(does, m.small)) / 2, top + high / 2 + m.size * 0.34
    found: list[Shape] = []
    if name:
        found.append(Label(left + own, y, name, m.size, "end", True, within=key))
    if does:
        found.append(Label(left + own + space, y, does, m.small, "start", within=key))
    return found

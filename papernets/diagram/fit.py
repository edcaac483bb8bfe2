"""What is written on boxes, and how wide that makes them."""

from __future__ import annotations

from collections.abc import Iterator

from . import words
from .notes import then
from .shapes import Label, Shape
from .text import fitted, width
from .tiles import Metrics
from .units import Fold, Leaf, Split, Stack, stacks_in


def texts(leaf: Leaf, block: str, m: Metrics, branch: bool = False) -> tuple[str, str]:
    """The name of a leaf and what it does, as they are written on its box; in a branch or not."""
    brief = m.lines == 1
    if branch and not m.names and not leaf.whole:
        return "", words.of_leaf(leaf, True)
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


BAND = 3.0
"""How much of a box's right end one band takes."""


def bands(leaf: Leaf, m: Metrics) -> list[str]:
    """The paints of the bands at a box's right end: what comes after the layer, in order."""
    if leaf.whole or not m.bands:
        return []
    normed, active = then(leaf.rows[0])
    return ["normed"] * normed + ["active"] * bool(active)


def room(leaf: Leaf, wide: float, m: Metrics) -> tuple[float, float]:
    """How wide the text of a box may be, and where its middle is from the middle of the box."""
    taken = BAND * len(bands(leaf, m))
    return wide - 8 - (taken and taken - 1), -(taken and taken - 1) / 2


def wanted(leaf: Leaf, block: str, m: Metrics, branch: bool = False) -> float:
    """How wide a leaf's box would be, if it could be as wide as its words."""
    name, does = texts(leaf, block, m, branch)
    own, other = width(name, m.size, True), width(does, m.small)
    gap = m.size * 0.6 if own and other else 0.0
    return -room(leaf, 0.0, m)[0] + (max(own, other) if m.lines > 1 else own + gap + other)


Slot = tuple[int, int, int] | None
"""Of how many branches, the how manieth, and how deep within others they stand."""


def widths(stack: Stack, m: Metrics) -> tuple[float, dict[tuple[int, int, int], float]]:
    """The width of boxes on the way, and in each branch: as words want it, within limits."""
    found: dict[Slot, float] = {None: m.least}
    for wide, slot in _wants(stack, m, "", None):
        found[slot] = max(found.get(slot, m.least), min(wide, m.most))
    trunk = found.pop(None)
    return trunk, {slot: wide for slot, wide in found.items() if slot}


def box_widths(stack: Stack, m: Metrics) -> Iterator[float]:
    """The width of each box, about."""
    return (min(max(wide, m.least), m.most) for wide, _ in _wants(stack, m, "", None))


def _wants(stack: Stack, m: Metrics, block: str, slot: Slot) -> Iterator[tuple[float, Slot]]:
    for unit in stack.units:
        if isinstance(unit, Leaf):
            yield wanted(unit, block, m, slot is not None), slot
        inner = block if isinstance(unit, Fold) else "" if isinstance(unit, Leaf) else unit.name
        beside = isinstance(unit, Split) and unit.join.kind == "concat"
        several = stacks_in(unit)
        for at, within in enumerate(several):
            place = (len(several), at, (slot[2] if slot else 0) + 1) if beside else slot
            yield from _wants(within, m, inner, place)


def one_line(
    name: str,
    does: str,
    room: float,
    m: Metrics,
    key: str,
    top: float,
    high: float,
    middle: float = 0.0,
) -> list[Shape]:
    """A name and what it does, side by side round an axis."""
    space = m.size * 0.6 if does else 0.0
    does = fitted(does, room, m.small)
    rest = room - space - width(does, m.small)
    name = fitted(name, rest, m.size, True) if rest > m.size * 1.5 else ""
    own = width(name, m.size, True)
    space = space if name else 0.0
    left, y = middle - (own + space + width(does, m.small)) / 2, top + high / 2 + m.size * 0.34
    found: list[Shape] = []
    if name:
        found.append(Label(left + own, y, name, m.size, "end", True, within=key))
    if does:
        found.append(Label(left + own + space, y, does, m.small, "start", within=key))
    return found

"""A network as stages: neighbours on maps of one size, each with its thin slabs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..spec.walk import Row
from ..spec.window import Pair
from . import words
from .groups import Head, Slab, groups_of, spanned
from .joins import common
from .shapes import Box, Label, Shape
from .subject import Subject
from .text import clean, width

SIZE = 8.0
SMALL = 7.5
TALL = 74.0
SHOWN = 8
"""Slabs that are drawn of a run of equal ones; of more it is said how many there are."""
WIDEST = 84.0
MOST = 72
"""Stages that are drawn."""


@dataclass(frozen=True)
class Stage:
    """Neighbours on maps of one height and width."""

    size: Pair
    slabs: tuple[Slab, ...]
    rows: tuple[Row, ...]
    """Of all that is in it, heads apart."""
    heads: tuple[Head, ...] = ()

    @property
    def heavy(self) -> tuple[Slab, ...]:
        """The slabs that have weights."""
        return tuple(s for s in self.slabs if any(r.params or r.fixed_params for r in s.rows))

    @property
    def name(self) -> str:
        blocks = [slab for slab in self.slabs if slab.paint == "block"]
        names = [clean(slab.name) for slab in blocks or self.heavy or self.slabs]
        return spanned(names) if names else "input"

    @property
    def layers(self) -> int:
        return sum(1 for row in self.rows if row.params or row.fixed_params)

    @property
    def params(self) -> int:
        return sum(row.params for row in self.rows)

    @property
    def macs(self) -> int:
        return sum(row.macs for row in self.rows)

    @property
    def maps(self) -> str:
        """How many maps come out of its slabs: from the first on to the last."""
        counts = [slab.shape[0] for slab in self.slabs]
        if not counts:
            return ""
        first, last = counts[0], counts[-1]
        return f"{last:,}" if first == last else f"{first:,} → {last:,}"


def stages_of(subject: Subject) -> list[Stage]:
    """The stages of a network, the picture first."""
    found: list[Stage] = []
    for group in groups_of(subject):
        rows = (*group.rows, *group.also)
        one = Stage(
            group.shape[1:], tuple(group.slabs), tuple(r for r in rows if not r.aux),
            tuple(group.heads),
        )  # fmt: skip
        before = found[-1] if found else None
        if before and len(found) > 1 and (before.size == one.size or len(found) >= MOST):
            found[-1] = Stage(
                before.size, before.slabs + one.slabs, before.rows + one.rows,
                before.heads + one.heads,
            )  # fmt: skip
        else:
            found.append(one)
    return found


@dataclass(frozen=True)
class Bars:
    """A stage's slabs as bars from x = 0, standing on y = 0."""

    shapes: list[Shape]
    width: float


def bars(stage: Stage, largest: float, subject: Subject, key: str) -> Bars:
    """Thin slabs, as high as the square root of the side; of a long run a few."""
    high = max(5.0, TALL * math.sqrt(max(stage.size) / largest))
    if not stage.slabs:
        wide = 6.0
        box = Box(0, -high, wide, high, "input", "slab", key, ("",), tip="input", radius=0)
        return Bars([box], wide)
    found: list[Shape] = []
    x = 0.0
    for number, run in enumerate(_runs(stage.slabs)):
        begin = x
        shown = run[:SHOWN]
        for at, slab in enumerate(shown):
            last = at == len(shown) - 1
            own = run[at:] if last else [slab]
            rows = tuple(row.name for each in own for row in each.rows)
            heavy = words.PAINTS.get(slab.rows[-1].kind) != "pool" or slab.paint == "block"
            wide = min(12.0, 3.0 + 1.2 * sum(1 for r in slab.rows if r.params)) if heavy else 2.5
            mark = common(subject.marks.get(row, "") for row in rows)
            tip = words.tip([row for each in own for row in each.rows])
            box = Box(
                x, -high, wide, high, slab.paint, "slab", f"{key}.{number}.{at}", rows, len(own),
                tip, 0, mark=mark,
            )  # fmt: skip
            found.append(box)
            x += wide + 1.2
        if len(run) > SHOWN:
            text = f"×{len(run)}"
            x = max(x, begin + width(text, SMALL, True) + 2)
            middle = (begin + x - 1.2) / 2
            found.append(Label(middle, -high - 3, text, SMALL, bold=True))
        x += 1.5
    return Bars(found, x - 2.7)


def _runs(slabs: Sequence[Slab]) -> list[list[Slab]]:
    """Neighbours that are alike, together."""
    found: list[list[Slab]] = []
    for slab in slabs:
        if found and _alike(found[-1][-1]) == _alike(slab):
            found[-1].append(slab)
        else:
            found.append([slab])
    return found


def _alike(slab: Slab) -> object:
    return [(r.kind, r.kernel, r.stride, r.input, r.out, r.groups) for r in slab.rows]

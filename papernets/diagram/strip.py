"""The style `line`: one strip of thin slabs, stage by stage, and what each stage costs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..spec.walk import Row
from ..spec.window import Pair
from ..words import plural
from . import words
from .groups import Group, Slab, groups_of, spanned
from .shapes import Box, Drawing, Edge, Label, Shape
from .subject import Subject
from .text import clean, fitted, width
from .tiles import straight

SIZE = 8.0
SMALL = 7.5
TALL = 74.0
SHOWN = 8
"""Slabs that are drawn of a run of equal ones; of more it is said how many there are."""
WIDEST = 84.0
MOST = 72
"""Stages that are drawn."""

Finish = Callable[[list[Shape], Sequence[str]], Drawing]


@dataclass(frozen=True)
class Stage:
    """Neighbours on maps of one height and width."""

    size: Pair
    slabs: tuple[Slab, ...]
    rows: tuple[Row, ...]
    """Of all that is in it, heads apart."""
    heads: tuple[str, ...] = ()

    @property
    def heavy(self) -> tuple[Slab, ...]:
        """The slabs that have weights."""
        return tuple(s for s in self.slabs if any(r.params or r.fixed_params for r in s.rows))

    @property
    def name(self) -> str:
        names = [clean(slab.name) for slab in self.heavy or self.slabs]
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
            tuple(head.name for head in group.heads),
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
            mark = next((subject.marks[r] for r in rows if subject.marks.get(r)), "")
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


HEADINGS = ("", "layers", "maps", "parameters", "MACs")


def cells(stage: Stage) -> list[str]:
    """What stands under a stage."""
    if not stage.slabs:
        return ["input", "", "", "", ""]
    blocks = sum(1 for slab in stage.slabs if slab.paint == "block")
    layers = f"{stage.layers:,}" if stage.layers else "–"
    if blocks:
        layers += f" in {plural(blocks, 'block')}"
    return [
        stage.name, layers, stage.maps, words.big(stage.params) if stage.params else "–",
        words.big(stage.macs) if stage.macs else "–",
    ]  # fmt: skip


def drawn(subject: Subject, finish: Finish) -> Drawing:
    """The page of a network, in as few rows as it can be read in."""
    stages = stages_of(subject)
    largest = float(max(max(stage.size) for stage in stages))
    columns = [column(one, largest, subject, at) for at, one in enumerate(stages)]
    notes = (
        "A slab is a layer or a block, as high as the square root of the side of its maps.",
        "Layers are those with weights; MACs are uses of a weight; heads are left out."
        if any(row.aux for row in subject.rows)
        else "Layers are those with weights; MACs are uses of a weight.",
    )
    best: Drawing | None = None
    for count in range(1, 12):
        rows = parted(columns, count)
        page = finish(laid_out(rows, stages, largest), notes)
        if best is None or page.smallest_text > best.smallest_text + 0.15:
            best = page
        if best.smallest_text >= 6.4 or len(rows) < count:
            break
    assert best is not None
    return best


@dataclass(frozen=True)
class Column:
    """A stage, ready to be set."""

    stage: Stage
    bars: Bars
    texts: list[str]
    width: float
    heads: list[str]


def column(stage: Stage, largest: float, subject: Subject, at: int) -> Column:
    """A stage's bars and texts, and how wide it is."""
    own = bars(stage, largest, subject, f"s{at}")
    texts = [fitted(text, WIDEST, SIZE, not n) for n, text in enumerate(cells(stage))]
    heads = [fitted(f"+ {clean(name)}", WIDEST, SMALL) for name in stage.heads]
    wide = max(
        own.width,
        width(words.extent(stage.size), SIZE, True),
        *(width(text, SIZE, not number) for number, text in enumerate(texts)),
        *(width(text, SMALL) for text in heads),
    )
    return Column(stage, own, texts, wide, heads)


GAP = 16.0
LEFT = width(HEADINGS[3], SMALL) + 12


def parted(columns: Sequence[Column], count: int) -> list[list[Column]]:
    """The columns in so many rows of about one width."""
    low = max(one.width for one in columns) + GAP
    high = sum(one.width + GAP for one in columns)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_cut(columns, middle)) <= count else (middle, high)
    return _cut(columns, high)


def _cut(columns: Sequence[Column], most: float) -> list[list[Column]]:
    found: list[list[Column]] = [[]]
    full = 0.0
    for one in columns:
        if full + one.width + GAP > most + 0.01 and found[-1]:
            found.append([])
            full = 0.0
        found[-1].append(one)
        full += one.width + GAP
    return found


def laid_out(
    rows: Sequence[Sequence[Column]], stages: Sequence[Stage], largest: float
) -> list[Shape]:
    """Rows of stages, and below them who has which share of parameters and MACs."""
    found: list[Shape] = []
    y = 0.0
    wide = max(sum(one.width + GAP for one in row) for row in rows) - GAP
    for row in rows:
        high = max(-one.bars.shapes[0].bounds[1] for one in row) + SMALL * 1.6 + SIZE * 1.4
        base = y + high
        found += _row(row, base)
        heads = max(len(one.heads) for one in row)
        y = base + 7 + len(HEADINGS) * SIZE * 1.45 + heads * SMALL * 1.4 + 14
    for what in ("parameters", "MACs"):
        found += _shares(stages, what, y, wide)
        y += 20
    return found


def _row(row: Sequence[Column], base: float) -> list[Shape]:
    found: list[Shape] = []
    for at, text in enumerate(HEADINGS):
        if text:
            y = base + 7 + (at + 0.9) * SIZE * 1.45
            found.append(Label(0, y, text, SMALL, "start", paint="soft"))
    x = LEFT
    for number, one in enumerate(row):
        middle = x + one.width / 2
        start = middle - one.bars.width / 2
        found += [shape.moved(start, base) for shape in one.bars.shapes]
        top = min(shape.bounds[1] for shape in one.bars.shapes)
        text = words.extent(one.stage.size)
        found.append(Label(middle, base + top - 4, text, SIZE, bold=True))
        for at, cell in enumerate(one.texts):
            if cell:
                y = base + 7 + (at + 0.9) * SIZE * 1.45
                found.append(Label(middle, y, cell, SIZE, bold=not at))
        for at, head in enumerate(one.heads):
            y = base + 7 + len(one.texts) * SIZE * 1.45 + (at + 0.9) * SMALL * 1.4
            found.append(Label(middle, y, head, SMALL, paint="soft"))
        if number < len(row) - 1:
            after = row[number + 1]
            end = x + one.width + GAP + after.width / 2 - after.bars.width / 2
            points = straight(((start + one.bars.width + 1.5, base - 2.5), (end - 1.5, base - 2.5)))
            if points[-1][0] - points[0][0] > 5:
                found.append(Edge(points, (_last(one.stage), _first(after.stage))))
        x += one.width + GAP
    return found


def _last(stage: Stage) -> str:
    return stage.slabs[-1].rows[-1].name if stage.slabs else ""


def _first(stage: Stage) -> str:
    return stage.slabs[0].rows[0].name if stage.slabs else ""


def _shares(stages: Sequence[Stage], what: str, y: float, wide: float) -> list[Shape]:
    """One bar, parted as the stages share in a sum."""
    numbers = [stage.params if what == "parameters" else stage.macs for stage in stages]
    total = sum(numbers)
    found: list[Shape] = [Label(0, y + 9.5, what, SMALL, "start", paint="soft")]
    x = LEFT
    shown = [(stage, number) for stage, number in zip(stages, numbers, strict=True) if number]
    for at, (stage, number) in enumerate(shown):
        room = wide * number / total
        percent = f"{100 * number / total:.0f} %"
        paint = ("share", "share2")[at % 2]
        key = f"share {what} {at}"
        tip = f"{stage.name}: {number:,} {what}, {100 * number / total:.1f} %"
        if room >= 0.4:
            found.append(Box(x, y, room, 14, paint, "share", key, tip=tip, radius=0))
        for text in (f"{words.extent(stage.size)}: {percent}", percent):
            if width(text, SMALL) + 4 <= room:
                found.append(Label(x + room / 2, y + 9.8, text, SMALL, within=key))
                break
        x += room
    return found

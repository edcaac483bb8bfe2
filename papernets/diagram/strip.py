"""The style `line`: one strip of thin slabs, stage by stage, and what each stage costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..words import plural
from . import words
from .parting import parted
from .shapes import Box, Drawing, Edge, Label, Shape
from .stages import SHOWN, SIZE, SMALL, WIDEST, Bars, Stage, bars, stages_of
from .subject import Subject
from .text import clean, fitted, width
from .tiles import straight

Finish = Callable[[list[Shape], Sequence[str]], Drawing]


HEADINGS = ("", "", "layers", "maps", "parameters", "MACs")
"""Of the lines under a stage; its name has two."""
NAMES = 2


def cells(stage: Stage) -> list[str]:
    """What stands under a stage."""
    if not stage.slabs:
        return ["input", "", "", "", "", ""]
    blocks = sum(1 for slab in stage.slabs if slab.paint == "block")
    layers = f"{stage.layers:,}" if stage.layers else "–"
    if blocks:
        layers += f" in {plural(blocks, 'block')}"
    first, dash, last = stage.name.partition(" – ")
    if not dash or width(stage.name, SIZE, True) <= WIDEST:
        first, dash, last = stage.name, "", ""
    params, macs = (words.big(sum_) if sum_ else "–" for sum_ in (stage.params, stage.macs))
    return [f"{first} –" if dash else first, last, layers, stage.maps, params, macs]


def drawn(subject: Subject, finish: Finish, rows: int = 0) -> Drawing:
    """The page of a network, in so many rows; in as few as it can be read in where none is said."""
    stages = stages_of(subject)
    largest = float(max(max(stage.size) for stage in stages))
    columns = [column(one, largest, subject, at) for at, one in enumerate(stages)]
    if not any(one.texts[1] for one in columns):
        columns = [replace(one, texts=[one.texts[0], *one.texts[2:]]) for one in columns]
    cut = bool(_labels(columns))
    notes = (
        *((f"×n: of more than {SHOWN} slabs alike, {SHOWN} are drawn.",) if cut else ()),
        "A slab is a layer or a block, as high as the square root of the side of its maps.",
        "Layers are those with weights; MACs are uses of a weight; heads are not counted."
        if any(row.aux for row in subject.rows)
        else "Layers are those with weights; MACs are uses of a weight.",
    )
    best: Drawing | None = None
    for count in [rows] if rows else range(1, 12):
        several = parted(columns, count, GAP)
        page = finish(laid_out(several, stages), notes)
        if best is None or page.smallest_text > best.smallest_text + 0.15:
            best = page
        if best.smallest_text >= 6.4 or len(several) < count:
            break
    assert best is not None
    return best


def _labels(columns: Sequence[Column]) -> list[Label]:
    """The labels on bars."""
    return [s for one in columns for s in one.bars.shapes if isinstance(s, Label)]


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
    texts = [fitted(text, WIDEST, SIZE, n < NAMES) for n, text in enumerate(cells(stage))]
    heads = [
        fitted(f"{clean(head.name)}: {plural(head.layers, 'layer')}", WIDEST, SMALL)
        for head in stage.heads
    ]
    wide = max(
        own.width,
        width(words.extent(stage.size), SIZE, True),
        *(width(text, SIZE, number < NAMES) for number, text in enumerate(texts)),
        *(width(text, SMALL) + 8 for text in heads),
    )
    return Column(stage, own, texts, wide, heads)


GAP = 16.0
HEAD = SMALL * 1.6 + 3
LEFT = width(HEADINGS[-2], SMALL) + 12


def laid_out(rows: Sequence[Sequence[Column]], stages: Sequence[Stage]) -> list[Shape]:
    """Rows of stages, and below them who has which share of parameters and MACs."""
    found: list[Shape] = []
    y = 0.0
    wide = max(sum(one.width + GAP for one in row) for row in rows) - GAP
    for row in rows:
        high = max(-one.bars.shapes[0].bounds[1] for one in row) + SMALL * 1.6 + SIZE * 1.4
        base = y + high
        found += _row(row, base)
        heads = max(len(one.heads) for one in row)
        y = base + 7 + len(row[0].texts) * SIZE * 1.45 + heads * HEAD + 14
    for what in ("parameters", "MACs"):
        found += _shares(stages, what, y, wide)
        y += 20
    return found


def _row(row: Sequence[Column], base: float) -> list[Shape]:
    found: list[Shape] = []
    lines = len(row[0].texts)
    for at, text in enumerate(HEADINGS[-lines:]):
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
                found.append(Label(middle, y, cell, SIZE, bold=at < lines - 4))
        for at, (text, head) in enumerate(zip(one.heads, one.stage.heads, strict=True)):
            y = base + 9 + len(one.texts) * SIZE * 1.45 + at * HEAD
            half, key = width(text, SMALL) / 2 + 4, f"head {head.name}"
            names = tuple(row.name for row in head.rows)
            found.append(
                Box(middle - half, y, 2 * half, HEAD - 3, "block", "node", key, names, 1,
                    words.tip(head.rows), dashed=True)
            )  # fmt: skip
            found.append(Label(middle, y + SMALL * 1.15, text, SMALL, within=key))
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

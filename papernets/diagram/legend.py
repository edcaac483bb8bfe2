"""The legend below a drawing: every mark that is on it, with its meaning, and no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .shapes import Box, Edge, Label, Polygon, Shape, moved
from .text import clean, fitted, width, wrapped
from .words import LEGEND

SIDE = 16.0
"""How wide a sample is."""


@dataclass
class Legend:
    """The samples of a drawing's marks, and the sentences below them."""

    samples: Sequence[Sample]
    notes: Sequence[str]
    marks: Sequence[tuple[str, str]] = ()
    """Each mark of a comparison that there is, with its words."""


@dataclass(frozen=True)
class Sample:
    """A mark as it looks in a field of `SIDE` by `size`, and what it means."""

    text: str
    shapes: Callable[[float], list[Shape]]


def samples_of(shapes: Sequence[Shape], after: Sequence[str] = ()) -> list[Sample]:
    """The samples of what is on a drawing; `after` is which activations its bands mean."""
    used = {
        shape.paint
        for shape in shapes
        if isinstance(shape, Box | Polygon) and shape.role not in ("band", "window")
    }
    found = [Sample(text, _paint(paint)) for paint, text in LEGEND.items() if paint in used]
    boxes = [shape for shape in shapes if isinstance(shape, Box)]
    bands = {box.paint for box in boxes if box.role == "band"}
    if "normed" in bands:
        found.append(Sample("batch normalisation after it", _band("normed")))
    if "active" in bands:
        found.append(Sample(f"{' or '.join(after) or 'activation'} after it", _band("active")))
    if any(isinstance(shape, Polygon) and shape.role == "window" for shape in shapes):
        found.append(Sample("window of the next layer", _window))
    edges = [shape for shape in shapes if isinstance(shape, Edge)]
    arcs = [edge for edge in edges if edge.role == "arc"]
    if arcs:
        found.append(Sample("shortcut", _arc(False) if arcs[0].arrow else _bracket))
    if any(edge.note == "projection" for edge in edges):
        found.append(Sample("shortcut to another size or number of maps", _arc(True)))
    if any(edge.note == "head" for edge in edges):
        found.append(Sample("auxiliary head, for training", _head))
    elif any(box.role == "node" and box.dashed for box in boxes):
        found.append(Sample("auxiliary head, for training", _paint("block", True)))
    if any(box.role in ("frame", "shadow") and box.times > 1 and box.rows for box in boxes):
        found.append(Sample("so many alike, one after another", _fold))
    return found


Make = Callable[[float], list[Shape]]


def _box(x: float, y: float, w: float, h: float, paint: str, **look: object) -> Box:
    return Box(x, y, w, h, paint, "swatch", **{"radius": 1.5, **look})  # type: ignore[arg-type]


def _paint(paint: str, dashed: bool = False) -> Make:
    """A swatch in the form that boxes of this paint have."""

    def make(size: float) -> list[Shape]:
        if paint == "add":
            middle, reach = (SIDE / 2, size / 2), size * 0.28
            across = ((middle[0] - reach, middle[1]), (middle[0] + reach, middle[1]))
            down = ((middle[0], middle[1] - reach), (middle[0], middle[1] + reach))
            circle = _box((SIDE - size) / 2, 0, size, size, paint, radius=size / 2)
            return [circle, *(Edge(line, role="sign", arrow=False) for line in (across, down))]
        if paint == "join":
            return [_box(0, size * 0.2, SIDE, size * 0.6, paint)]
        round_ = size / 2 if paint == "input" else 1.5
        return [_box(1.5, 0, SIDE - 3, size, paint, radius=round_, dashed=dashed)]

    return make


def _band(paint: str) -> Make:
    def make(size: float) -> list[Shape]:
        left = SIDE - 1.5 - 3.6
        band = Box(left, 1.2, 2.2, size - 2.4, paint, "band", radius=0)
        return [_box(1.5, 0, SIDE - 3, size, "blank"), band]

    return make


def _window(size: float) -> list[Shape]:
    return [Box(SIDE / 2 - 2.5, size / 2 - 2.5, 5, 5, "window", "swatch", radius=0)]


def _arc(dashed: bool) -> Make:
    def make(size: float) -> list[Shape]:
        points = ((1.5, 0.5), (SIDE - 3, 0.5), (SIDE - 3, size - 1), (1.5, size - 1))
        return [Edge(points, role="sample", dashed=dashed, radius=3)]

    return make


def _bracket(size: float) -> list[Shape]:
    points = ((2.0, size), (2.0, 1.5), (SIDE - 2, 1.5), (SIDE - 2, size))
    return [Edge(points, role="sample", arrow=False, radius=3)]


def _head(size: float) -> list[Shape]:
    return [Edge(((0, size / 2), (SIDE, size / 2)), role="sample", dashed=True)]


def _fold(size: float) -> list[Shape]:
    text = Label(SIDE / 2, size * 0.86, "×n", size, bold=True)
    return [text]


def below(legend: Legend, wide: float, size: float) -> tuple[list[Shape], float]:
    """Samples in lines, then sentences; and how high they are."""
    found: list[Shape] = []
    x, y = 0.0, 0.0
    shown = [*legend.samples]
    shown += [Sample(text, _marked(mark)) for mark, text in legend.marks]
    for sample in shown:
        text = fitted(sample.text, wide - SIDE - 6, size)
        room = SIDE + 4 + width(text, size) + 12
        if x and x + room > wide + 12:
            x, y = 0.0, y + size * 1.7
        found += moved(sample.shapes(size), x, y)
        found.append(Label(x + SIDE + 4, y + size * 0.86, text, size, "start"))
        x += room
    y += size * 1.8 if found else 0
    for note in legend.notes:
        for line in wrapped(clean(note), wide, size):
            y += size * 1.05
            found.append(Label(0, y, line, size, "start", paint="soft"))
            y += size * 0.3
    return found, y


def _marked(mark: str) -> Make:
    return lambda size: [_box(1.5, 0, SIDE - 3, size, "input", mark=mark)]

"""Drawings as data for the page: the shapes of `papernets.diagram`, with rows by their numbers.

The page paints them in its own colours, writes the sizes that its reader asks for into them, and
finds the row that was clicked. Shapes are short lists:

- a box: `["b", x, y, width, height, paint, role, rows, times, radius, dashed]`
- a line: `["e", [x, y, ...], role, arrow, dashed]`
- a text: `["t", x, y, text, size, anchor, bold, paint, rows]`

Numbers are in points. `rows` are first and last numbers of runs of rows, flat; the rows of a text
are those that it speaks of. What stands last and is usual is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..arithmetic.graph import graph
from ..arithmetic.stages import Stage, stages
from ..diagram import boxes, notes
from ..diagram.layout import committee, smallest
from ..diagram.legend import Legend
from ..diagram.page import Words, page
from ..diagram.shapes import Box, Drawing, Edge, Label, Shape, around, moved
from ..diagram.subject import Subject
from ..nets import Found
from ..spec import Aux, Chain, each_part
from ..spec.window import Shape as Size

Values = dict[str, Any]
MARGIN = 4.0
"""Points round a drawing."""


class Part(Subject):
    """Some of a network's parts, one after another, as they are drawn."""

    @property
    def input(self) -> Size:
        """What goes into the first of them."""
        return self.rows[0].input


def drawings(found: Found) -> Values:
    """The drawing of a network, and one of each of its stages, in their order."""
    whole = Subject.of(found)
    return {
        "whole": _drawn(whole, whole.order),
        "stages": [_drawn(_part(whole, stage), whole.order) for stage in stages_of(found)],
    }


def stages_of(found: Found) -> tuple[Stage, ...]:
    """The stages of a network, heads last."""
    return stages(graph(found.net.member))


def _part(whole: Subject, stage: Stage) -> Part:
    """A stage as something to draw."""
    parts = dict(reversed(list(each_part(whole.net.body))))  # of one name the outermost
    several = []
    for unit in stage.units:
        part = parts[unit.name]
        several.append((unit.name, part.head if isinstance(part, Aux) else part))
    return Part(whole.found, stage.whole.rows, Chain(tuple(several)))


def _drawn(subject: Subject, order: Mapping[str, int]) -> Values:
    """The shapes of a drawing without its heading and legend, and the sentences of its legend."""
    kept: dict[int, list[Shape]] = {}

    def finish(shapes: list[Shape], more: Sequence[str] = ()) -> Drawing:
        if subject.times > 1 and not isinstance(subject, Part):
            shapes = committee(shapes, subject.times, getattr(subject.found.net, "rule", ""))
        drawing = page(shapes, Words("", (), ""), Legend((), ()), smallest(shapes))
        kept[id(drawing)] = shapes
        pages.append(drawing)  # so that no other gets its id
        return drawing

    pages: list[Drawing] = []
    shapes = kept[id(boxes.drawn(subject, finish))]
    left, top, right, bottom = around(shapes)
    said = (*notes.notation(subject.rows, "boxes"), notes.after(subject.rows))
    return {
        "size": [_short(right - left + 2 * MARGIN), _short(bottom - top + 2 * MARGIN)],
        "shapes": list(_shapes(moved(shapes, MARGIN - left, MARGIN - top), order)),
        "notes": [text for text in said if text],
        "after": notes.activations(subject.rows),
    }


def _shapes(shapes: Sequence[Shape], order: Mapping[str, int]) -> Iterator[list[Any]]:
    held = {shape.key: shape.rows for shape in shapes if isinstance(shape, Box) and shape.key}
    for shape in shapes:
        if isinstance(shape, Box):
            yield _cut(
                ["b", *map(_short, (shape.x, shape.y, shape.w, shape.h)), shape.paint, shape.role,
                 _runs(shape.rows, order), shape.times, _short(shape.radius), int(shape.dashed)],
                ["node", [], 1, 3, 0],
            )  # fmt: skip
        elif isinstance(shape, Edge):
            points = [_short(value) for point in shape.points for value in point]
            yield _cut(
                ["e", points, shape.role, int(shape.arrow), int(shape.dashed)], ["edge", 1, 0]
            )
        elif isinstance(shape, Label):
            rows = (shape.of,) if shape.of else held.get(shape.within, ())
            yield _cut(
                ["t", _short(shape.x), _short(shape.y), shape.text, _short(shape.size),
                 shape.anchor, int(shape.bold), shape.paint, _runs(rows, order)],
                ["middle", 0, "ink", []],
            )  # fmt: skip


def _short(value: float) -> float | int:
    """A coordinate, to a tenth of a point."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def _runs(rows: Sequence[str], order: Mapping[str, int]) -> list[int]:
    """Rows as first and last numbers of runs; the picture, which is no row, is -1."""
    found: list[int] = []
    for number in sorted(order.get(row, -1) for row in rows):
        if found and number == found[-1] + 1:
            found[-1] = number
        else:
            found += [number, number]
    return found


def _cut(shape: list[Any], usual: list[Any]) -> list[Any]:
    """A shape without what stands last and is usual."""
    while usual and shape[-1] == usual[-1]:
        shape, usual = shape[:-1], usual[:-1]
    return shape

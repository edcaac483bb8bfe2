"""From a network to its page: what is drawn by which style, with its words and legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..nets import Found
from ..spec import Committee, Net
from . import boxes, strip, volumes, words
from .describe import describe
from .page import Legend, Words, page, paints_of
from .shapes import Drawing, Label, Shape
from .subject import Subject

NOTATION = "3×3/2, 64: kernel 3×3, stride 2, 64 maps. 64@56×56: 64 maps of height 56 and width 56."


def drawing_of(
    net: Net | Committee | Found,
    style: str = "boxes",
    depth: int | None = None,
    block: str = "",
    other: Net | Committee | Found | None = None,
) -> Drawing:
    """The page of a network; errors as `draw`'s."""
    subject = Subject.of(net)
    if other is None:
        return _alone(subject.block(block) if block else subject, style, depth)
    return _beside(subject, Subject.of(other), style, depth, block)


def _alone(subject: Subject, style: str, depth: int | None) -> Drawing:
    notes = (NOTATION, words.after_convolutions(subject.rows))
    lines = (subject.paper, subject.facts)
    heading = Words(subject.title, tuple(filter(None, lines)), describe(subject))
    finish = _finish(heading, tuple(filter(None, notes)), ())
    if style == "volumes":
        return volumes.drawn(subject, finish)
    if style == "line":
        return strip.drawn(subject, finish)
    return boxes.drawn(subject, finish, depth)


Finish = Callable[..., Drawing]


def _finish(heading: Words, notes: tuple[str, ...], marks: Sequence[tuple[str, str]]) -> Finish:
    """What makes a page of shapes."""

    def finish(shapes: list[Shape], more: Sequence[str] = ()) -> Drawing:
        legend = Legend(paints_of(shapes, list(words.LEGEND)), (*notes, *more), marks)
        return page(shapes, heading, legend, smallest(shapes))

    return finish


def _beside(a: Subject, b: Subject, style: str, depth: int | None, block: str) -> Drawing:
    from . import beside

    found = beside.compared(a, b)
    a, b, matches = found.a, found.b, found.matches
    if block:
        a, b = a.block(block), b.block(block)
    marks = beside.counted(a, b)
    papers = dict.fromkeys(filter(None, (a.paper, b.paper)))
    lines = (*papers, f"{a.found.name}: {a.facts}", f"{b.found.name}: {b.facts}")
    told = "; ".join((*found.notes, *(text for _, text in marks))) or "no row but in name"
    description = f"{describe(a)} Beside it {describe(b)} What differs: {told}."
    heading = Words(f"{a.title} beside {b.title}", lines, description)
    same = () if marks or found.notes else ("No row differs but in name.",)
    notes = (NOTATION, *found.notes, *same)
    finish = _finish(heading, notes, marks)
    if style == "boxes":
        return beside.drawn(a, b, matches, finish, depth)
    draw = volumes.drawn if style == "volumes" else strip.drawn
    own = _finish(heading, notes, marks)
    pages = []
    for rows in (1, 2, 3, 4):
        (one, more), (other, further) = (captured(draw, each, own, rows) for each in (a, b))
        said = list(dict.fromkeys((*more, *further)))
        pages.append(finish(beside.stacked((a, b), (one, other)), said))
        if pages[-1].smallest_text >= READ:
            return pages[-1]
    return max(pages, key=lambda page: page.smallest_text)


READ = 6.4
"""Points of the smallest text on A4 with which a drawing of two networks is content."""


def captured(
    draw: Callable[[Subject, Finish, int], Drawing], subject: Subject, finish: Finish, rows: int
) -> tuple[list[Shape], list[str]]:
    """The shapes of the page that a style makes in so many rows, and its sentences."""
    kept: dict[int, tuple[Drawing, list[Shape], list[str]]] = {}

    def keep(shapes: list[Shape], more: Sequence[str] = ()) -> Drawing:
        drawing = finish(shapes, more)
        kept[id(drawing)] = drawing, shapes, list(more)
        return drawing

    _, shapes, said = kept[id(draw(subject, keep, rows))]
    return shapes, said


def smallest(shapes: Sequence[Shape]) -> float:
    """The size of the smallest text: the legend has it too."""
    return min((shape.size for shape in shapes if isinstance(shape, Label)), default=8.0)

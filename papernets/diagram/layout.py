"""From a network to its page: what is drawn by which style, with its words and legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..nets import Found
from ..spec import Committee, Net
from . import boxes, notes, strip, volumes
from .describe import describe
from .legend import Legend, samples_of
from .page import Words, page
from .shapes import Box, Drawing, Label, Shape, around
from .subject import Subject
from .text import clean, width, wrapped


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
    said = (*notes.notation(subject.rows, style), notes.after(subject.rows))
    lines = (subject.paper, subject.facts)
    heading = Words(subject.title, tuple(filter(None, lines)), describe(subject))
    finish = _finish(heading, tuple(filter(None, said)), (), notes.activations(subject.rows))
    if subject.times > 1 and not subject.name:
        finish = _several(finish, subject)
    if style == "volumes":
        return volumes.drawn(subject, finish)
    if style == "line":
        return strip.drawn(subject, finish)
    return boxes.drawn(subject, finish, depth)


Finish = Callable[..., Drawing]


def _finish(
    heading: Words,
    said: tuple[str, ...],
    marks: Sequence[tuple[str, str]],
    after: Sequence[str],
) -> Finish:
    """What makes a page of shapes."""

    def finish(shapes: list[Shape], more: Sequence[str] = ()) -> Drawing:
        legend = Legend(samples_of(shapes, after), (*said, *more), marks)
        return page(shapes, heading, legend, smallest(shapes))

    return finish


def _several(finish: Finish, subject: Subject) -> Finish:
    """What makes a page of one member's shapes: a frame round it, how many there are, the rule."""

    def framed(shapes: list[Shape], more: Sequence[str] = ()) -> Drawing:
        found = committee(shapes, subject.times, getattr(subject.found.net, "rule", ""))
        return finish(found, more)

    return framed


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
    rows = (*a.rows, *b.rows)
    said = (*notes.notation(rows, style), *found.notes, *same)
    finish = _finish(heading, said, marks, notes.activations(rows))
    if style == "boxes":
        return beside.drawn(a, b, matches, finish, depth)
    draw = volumes.drawn if style == "volumes" else strip.drawn
    pages = []
    for number in (1, 2, 3, 4):
        (one, more), (other, further) = (captured(draw, each, finish, number) for each in (a, b))
        rest = list(dict.fromkeys((*more, *further)))
        pages.append(finish(beside.stacked((a, b), (one, other)), rest))
        if pages[-1].smallest_text >= READ:
            return pages[-1]
    return max(pages, key=lambda page: page.smallest_text)


def committee(shapes: Sequence[Shape], times: int, rule: str) -> list[Shape]:
    """One member in a frame with others behind it, and below it how their outputs are joined."""
    left, top, right, bottom = around(shapes)
    size, pad, step = 8.0, 10.0, 4.0
    lines = wrapped(clean(f"{times} such networks: {rule}"), max(right - left, 120.0), size)
    wide = max([right - left, *(width(line, size, True) for line in lines)]) + 2 * pad
    x, y, high = (left + right - wide) / 2, top - pad, bottom - top + 2 * pad
    found: list[Shape] = [
        Box(x + step * at, y + step * at, wide, high, "frame", "shadow", times=times, radius=6)
        for at in range(min(times, 4) - 1, 0, -1)
    ]
    found.append(Box(x, y, wide, high, "frame", "shadow", times=times, radius=6))
    found += shapes
    low = y + high + step * min(times, 4) + 4
    found += [
        Label(x + wide / 2, low + size * 1.3 * at + size, line, size, bold=True)
        for at, line in enumerate(lines)
    ]
    return found


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

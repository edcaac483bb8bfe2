"""From a network to its page: what is drawn by which style, with its words and legend."""

from __future__ import annotations

from collections.abc import Sequence

from ..nets import Found
from ..spec import Committee, Net
from . import boxes, strip, volumes, words
from .describe import describe
from .page import Legend, Words, page, paints_of
from .shapes import Drawing, Label, Shape
from .subject import Subject


def drawing_of(
    net: Net | Committee | Found,
    style: str,
    depth: int | None,
    block: str,
    other: Net | Committee | Found | None,
) -> Drawing:
    """The page of a network; errors as `draw`'s."""
    subject = Subject.of(net)
    if block:
        subject = subject.block(block)

    heading = words_of(subject)

    def finish(shapes: list[Shape], notes: Sequence[str] = ()) -> Drawing:
        legend = Legend(paints_of(shapes, list(words.LEGEND)), (*heading.notes, *notes))
        return page(shapes, heading, legend, smallest(shapes))

    if style == "volumes":
        return volumes.drawn(subject, finish)
    if style == "line":
        return strip.drawn(subject, finish)
    return boxes.drawn(subject, finish, depth)


def words_of(subject: Subject) -> Words:
    """Title, facts, description and notes."""
    lines = tuple(filter(None, (subject.paper, subject.facts)))
    notes = (
        "3×3/2, 64: kernel 3×3, stride 2, 64 maps. 64@56×56: 64 maps of height 56 and width 56.",
        words.after_convolutions(subject.rows),
    )
    return Words(subject.title, lines, describe(subject), tuple(filter(None, notes)))


def smallest(shapes: Sequence[Shape]) -> float:
    """The size of the smallest text: the legend has it too."""
    return min((shape.size for shape in shapes if isinstance(shape, Label)), default=8.0)

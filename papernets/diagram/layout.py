"""From a network to its page: what is drawn by which style, with its words and legend."""

from __future__ import annotations

from collections.abc import Sequence

from ..nets import Found, beside
from ..spec import Committee, Net
from ..spec.walk import walk
from . import boxes, words
from .page import Legend, Words, page, paints_of
from .shapes import Drawing, Label, Shape


def drawing_of(
    net: Net | Committee | Found,
    style: str,
    depth: int | None,
    block: str,
    other: Net | Committee | Found | None,
) -> Drawing:
    """The page of a network; errors as `draw`'s."""
    found = net if isinstance(net, Found) else beside(net)
    own = found.net.member
    heading = words_of(found)

    def finish(shapes: list[Shape]) -> Drawing:
        legend = Legend(paints_of(shapes, list(words.LEGEND)), heading.notes)
        return page(shapes, heading, legend, smallest(shapes))

    return boxes.drawn(own, finish, depth)


def words_of(found: Found) -> Words:
    """Title, facts, description and notes."""
    net, record = found.net, found.record
    times = net.count if isinstance(net, Committee) else 1
    paper = f"{record.paper}" if record.paper else ""
    rows = walk(net.member)
    lines = tuple(filter(None, (paper, words.facts(net.member, times))))
    notes = (
        "3×3/2, 64: kernel 3×3, stride 2, 64 maps. 64@56×56: 64 maps of height 56 and width 56.",
        words.after_convolutions(rows),
    )
    return Words(record.title or net.name, lines, record.title, tuple(filter(None, notes)))


def smallest(shapes: Sequence[Shape]) -> float:
    """The size of the smallest text: the legend has it too."""
    return min((shape.size for shape in shapes if isinstance(shape, Label)), default=8.0)

"""Tiles: pieces of a drawing round an upright axis, set one below the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..spec.window import Shape as Size
from . import words
from .shapes import Edge, Label, Point, Shape
from .text import width


@dataclass(frozen=True)
class Metrics:
    """Sizes in points: of text, boxes and the room between them."""

    size: float
    small: float
    lines: int
    gap: float
    beside: float
    least: float
    most: float
    """How wide a box may be."""
    pad: float = 6
    """Room above and below the text of a box, together."""
    names: bool = True
    """Whether boxes in branches have their names, or say what they do alone, as the papers do."""
    bands: bool = False
    """Whether boxes show what comes after their layer."""

    @property
    def line(self) -> float:
        return self.size * 1.25

    @property
    def height(self) -> float:
        """Of a box."""
        return self.lines * self.line + self.pad


ROOMY = Metrics(size=9, small=8, lines=2, gap=13, beside=12, least=104, most=170)
COMPACT = Metrics(size=7, small=7, lines=1, gap=8, beside=8, least=56, most=118)
TIGHT = Metrics(size=7, small=7, lines=1, gap=6, beside=5, least=44, most=112, pad=2.5)
TERSE = Metrics(size=7, small=7, lines=1, gap=7, beside=6, least=36, most=112, pad=3.5, names=False)


@dataclass
class Pending:
    """An edge that still wants its source: its points from the axis on, and the rows it ends in."""

    points: tuple[Point, ...]
    path: tuple[str, ...]
    role: str = "edge"
    dashed: bool = False
    note: str = ""


@dataclass
class Placed:
    """Pieces, set somewhere: moved once, when all is set."""

    dx: float
    dy: float
    pieces: list[Piece]


Piece = Shape | Placed


def flat(pieces: Sequence[Piece], dx: float = 0.0, dy: float = 0.0) -> Iterator[Shape]:
    """The shapes of pieces, each where it is at last."""
    for piece in pieces:
        if isinstance(piece, Placed):
            yield from flat(piece.pieces, dx + piece.dx, dy + piece.dy)
        else:
            yield piece.moved(dx, dy)


@dataclass
class Tile:
    """Shapes from y = 0 down, the axis at x = 0; where the values go in and where they come out."""

    left: float = 0
    right: float = 0
    height: float = 0
    shapes: list[Piece] = field(default_factory=list)
    entries: list[Pending] = field(default_factory=list)
    out: Point = (0, 0)
    names: tuple[str, ...] = ()
    """The row that comes out; nothing where the tile is a wire."""
    shape: Size | None = None
    """What comes out."""
    head: bool = False
    """Whether it is an auxiliary head, which stands beside the way."""

    @property
    def wire(self) -> bool:
        return not self.entries and not self.names


def shifted(entry: Pending, dx: float, dy: float) -> Pending:
    """An entry, moved."""
    points = tuple((x + dx, y + dy) for x, y in entry.points)
    return replace(entry, points=points)


def edge(source: Point, names: tuple[str, ...], entry: Pending) -> Edge:
    """The edge from a source, by its names, into an entry."""
    points = straight((source, *entry.points))
    path = (*names, *entry.path)
    return Edge(points, path, entry.role, True, entry.dashed, note=entry.note)


def straight(points: Sequence[Point]) -> tuple[Point, ...]:
    """A line without points that it passes straight, or twice."""
    found: list[Point] = []
    for x, y in points:
        if found and abs(found[-1][0] - x) < 0.01 and abs(found[-1][1] - y) < 0.01:
            continue
        if len(found) > 1:
            (ax, ay), (bx, by) = found[-2:]
            if (abs(ax - bx) < 0.01 and abs(bx - x) < 0.01) or (
                abs(ay - by) < 0.01 and abs(by - y) < 0.01
            ):
                found.pop()
        found.append((x, y))
    return tuple(found)


@dataclass
class Column:
    """Puts tiles one below the other, with the edges between them, and heads at the right."""

    metrics: Metrics
    extra: Mapping[str, float] = field(default_factory=dict)
    """Room that is wanted before a row."""
    trunk: bool = False
    """Whether sizes are written beside the edges where they change."""
    more: bool = False
    """Whether another column follows."""

    def joined(self, tiles: Sequence[Tile], size: Size | None = None) -> Tile:
        """The tiles as one, for an input of this size."""
        m, whole = self.metrics, Tile(shape=size)
        heads: list[tuple[float, Point, tuple[str, ...], Tile]] = []
        y, started, noted = 0.0, False, size
        for tile in tiles:
            if tile.wire:
                continue
            if started and self.trunk and self.told(noted, whole.shape):
                y += self.note(whole, y)
                noted = whole.shape
            noted = noted or whole.shape
            if tile.head:
                y += m.gap * 0.6
                heads.append((y, whole.out, whole.names, tile))
                continue
            y += m.gap if started else 0.0
            if tile.entries and (started or self.trunk):  # before the first the way is longer
                y += self.extra.get(tile.entries[0].path[0], 0.0)
            for entry in tile.entries:
                if started:
                    whole.shapes.append(edge(whole.out, whole.names, shifted(entry, 0, y)))
                else:
                    whole.entries.append(shifted(entry, 0, y))
            whole.shapes.append(Placed(0, y, tile.shapes))
            whole.left, whole.right = max(whole.left, tile.left), max(whole.right, tile.right)
            if tile.names:
                whole.out, whole.names = (tile.out[0], tile.out[1] + y), tile.names
                whole.shape, started = tile.shape or whole.shape, True
            y += tile.height
        if self.more and self.told(noted, whole.shape):
            y += self.note(whole, y)
        whole.height = max(y, whole.out[1])
        self.beside(whole, heads)
        return whole

    def told(self, before: Size | None, size: Size | None) -> bool:
        """Whether a size is written: a new height or width, or any other where there is room."""
        if size is None or before is None or size[1:] == (1, 1):
            return False
        return size[1:] != before[1:] or (self.metrics.lines > 1 and size != before)

    def note(self, whole: Tile, y: float) -> float:
        """Write the size that comes out of the last tile; the room that it takes."""
        m = self.metrics
        assert whole.shape is not None
        text = words.size(whole.shape)
        label = Label(5, y + m.small + 1, text, m.small, "start", False, "soft", of=whole.names[-1])
        whole.shapes.append(label)
        whole.right = max(whole.right, 6 + width(text, m.small))
        return m.small * 1.3 + 1 - m.gap * 0.45

    def beside(
        self, whole: Tile, heads: Sequence[tuple[float, Point, tuple[str, ...], Tile]]
    ) -> None:
        """Set the heads into a lane at the right of all else, each as high as it branches off."""
        m = self.metrics
        if not heads:
            return
        right = max(0.0, whole.right) + m.beside * 1.5
        axis = right + max(tile.left for *_, tile in heads)
        free, turn = 0.0, right - m.beside * 0.75
        for tap, source, names, tile in heads:
            top = max(tap + m.gap * 0.8, free)
            direct: tuple[Point, ...] = ((0.0, tap), (axis, tap))
            if top > tap + m.gap:  # another head stands there: round it
                above = top - m.gap * 0.5
                direct = ((0.0, tap), (turn, tap), (turn, above), (axis, above))
            whole.shapes.append(Placed(axis, top, tile.shapes))
            for entry in tile.entries:
                way = (*direct, *shifted(entry, axis, top).points)
                full = replace(entry, points=straight(way), dashed=True, note="head")
                if names:
                    whole.shapes.append(edge(source, names, full))
                else:
                    whole.entries.append(full)
            free = top + tile.height + m.gap
            whole.height = max(whole.height, top + tile.height)
            whole.right = max(whole.right, axis + tile.right)

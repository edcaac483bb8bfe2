"""Units as tiles: a box for a leaf, branches above their bar, arcs beside a sum, frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from . import words
from .fit import BAND, bands, one_line, room, texts
from .joins import common, passed, plus, projection, scales
from .notes import activation
from .shapes import Box, Edge, Label
from .text import clean, fitted, width
from .tiles import Column, Metrics, Pending, Piece, Placed, Tile, shifted
from .units import Fold, Leaf, Named, Side, Split, Stack, Unit, is_wire

SHORTEST = 6
"""Letters of a cut name below which it says nothing, and is left out."""


@dataclass
class Tiler:
    """Makes tiles of units."""

    metrics: Metrics
    box: float
    """The width of a box on the way."""
    branches: Mapping[tuple[int, int, int], float]
    """The width of a box in a branch: by how many there are, the how manieth, and how deep."""
    marks: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, float] = field(default_factory=dict)
    """Room that is wanted before a row."""
    count: int = 0
    within: int = 0
    """How many joins it stands in."""

    def key(self) -> str:
        self.count += 1
        return f"n{self.count}"

    def stack(self, stack: Stack, block: str = "") -> Tile:
        """A stack as one tile."""
        return self.column.joined([self.unit(unit, block) for unit in stack.units])

    def branch(self, stack: Stack, block: str) -> Tile:
        """A branch; one that passes on what it is given is an empty tile."""
        return Tile() if is_wire(stack) else self.stack(stack, block)

    @property
    def column(self) -> Column:
        """How tiles within blocks are joined."""
        return Column(self.metrics, self.extra)

    def unit(self, unit: Unit, block: str) -> Tile:
        if isinstance(unit, Leaf):
            return self.leaf(unit, block)
        if isinstance(unit, Split):
            summed = unit.join.kind == "add"
            return self.added(unit, block) if summed else self.concatenated(unit, block)
        if isinstance(unit, Fold):
            return self.fold(unit, block)
        if isinstance(unit, Named):
            return self.named(unit, block)
        return self.head(unit)

    def head(self, side: Side) -> Tile:
        """An auxiliary head, with the weight of its loss below it."""
        m, tile = self.metrics, self.stack(side.head, side.name)
        if tile.wire:
            return tile
        counted = ", counted in" if side.counted else ""
        text = f"{clean(side.name)}: loss ×{side.weight:g}{counted}"
        text = fitted(text, max(self.box * 1.1, 130.0), m.small)
        y = tile.height + m.small * 1.2
        tile.shapes.append(Label(0, y, text, m.small, paint="soft"))
        half = width(text, m.small) / 2
        tile.left, tile.right = max(tile.left, half), max(tile.right, half)
        tile.height, tile.head = y + m.small * 0.3, True
        return tile

    def leaf(self, leaf: Leaf, block: str) -> Tile:
        m, key = self.metrics, self.key()
        half, rows = self.box / 2, tuple(row.name for row in leaf.rows)
        name, does = texts(leaf, block, m, self.within > 0)
        mark = common(self.marks.get(row, "") for row in rows)
        box = Box(
            -half, 0, self.box, m.height, words.paint(leaf), "node", key, rows, leaf.times,
            words.tip(leaf.rows), mark=mark,
        )  # fmt: skip
        free, middle = room(leaf, self.box, m)
        shapes: list[Piece] = [box, *self.bands(leaf)]
        if leaf.times > 1:
            back = replace(box, x=box.x + 2, y=box.y + 2, role="shadow", key=key, rows=(), tip="")
            shapes.insert(0, back)
        if m.lines == 1:
            shapes += one_line(name, does, free, m, key, 0, m.height, middle)
        else:
            y = m.height / 2 - m.line * 0.5 + m.size * 0.3
            text = fitted(name, free, m.size, True)
            shapes.append(Label(middle, y, text, m.size, bold=True, within=key))
            text = fitted(does, free, m.small)
            shapes.append(Label(middle, y + m.line, text, m.small, within=key))
        inward = Pending(((0, 0),), (leaf.rows[0].name,))
        deep = 2.0 if leaf.times > 1 else 0.0
        return Tile(
            half, half + deep, m.height + deep, shapes, [inward], (0, m.height + deep),
            (leaf.last.name,), leaf.last.out,
        )  # fmt: skip

    def bands(self, leaf: Leaf) -> list[Box]:
        """What comes after a layer, as bands at the right end of its box."""
        own = bands(leaf, self.metrics)
        left = self.box / 2 - 1.2 - BAND * len(own)
        high = self.metrics.height - 3.2
        return [
            Box(left + BAND * at, 1.6, BAND - 0.8, high, paint, "band", radius=0)
            for at, paint in enumerate(own)
        ]

    def framed(self, tile: Tile, key: str, fold: Fold | None = None) -> Tile:
        """A tile in a frame."""
        m = self.metrics
        pad, lead = m.beside * 0.6, m.gap * 0.75
        left, right, height = tile.left + pad, tile.right + pad, tile.height + 2 * lead
        frame = Box(
            -left, 0, left + right, height, "frame", "frame", key,
            tuple(row.name for row in fold.rows) if fold else (), fold.times if fold else 1,
            dashed=fold is not None, radius=6,
        )  # fmt: skip
        entries = [shifted(entry, 0, lead) for entry in tile.entries]
        names = (fold.end.name,) if fold else tile.names
        shapes: list[Piece] = [frame, Placed(0, lead, tile.shapes)]
        out = (tile.out[0], tile.out[1] + lead)
        return Tile(left, right, height, shapes, entries, out, names, tile.shape)

    def fold(self, fold: Fold, block: str) -> Tile:
        """What comes several times, drawn once, with how often and its names at its right."""
        m, key = self.metrics, self.key()
        inner = self.stack(fold.inner, block)
        tile = self.framed(inner, key, fold)
        own = [words.short(name, block) for name in (fold.first, fold.last)]
        lines = [f"×{fold.times}", own[0], f"… {own[1]}"]
        x, middle = tile.right + 4, tile.height / 2 - m.line * 0.3
        sizes = (m.size * 1.5, m.small, m.small)
        for at, (text, size) in enumerate(zip(lines, sizes, strict=True)):
            text = fitted(text, self.box * 0.9, size, at == 0)
            y = middle + at * m.line
            paint = "soft" if at else "ink"
            tile.shapes.append(Label(x, y, text, size, "start", at == 0, paint))
            tile.right = max(tile.right, x + width(text, size, at == 0))
        return tile

    def named(self, unit: Named, block: str) -> Tile:
        """A chain that has a name, with its name beside the axis above it."""
        m, key = self.metrics, self.key()
        inner = self.stack(unit.inner, unit.name)
        name = words.short(unit.name, block)
        wanted = min(width(name, m.small, True) + 8, m.most) - m.beside * 0.6
        if max(inner.left, inner.right) < wanted:
            inner.right = wanted
        tile = self.framed(inner, key)
        at_right = tile.right >= tile.left
        text = fitted(name, max(tile.left, tile.right) - 8, m.small, True)
        y = m.small * 1.1
        x, anchor = (4.0, "start") if at_right else (-4.0, "end")
        if tile.height:
            head = m.small * 0.8
            frame, *others = tile.shapes
            assert isinstance(frame, Box)
            tile.shapes = [replace(frame, h=frame.h + head), Placed(0, head, others)]
            tile.entries = [shifted(entry, 0, head) for entry in tile.entries]
            tile.out, tile.height = (tile.out[0], tile.out[1] + head), tile.height + head
        tile.shapes.append(Label(x, y, text, m.small, anchor, True, "soft", key))
        return tile

    def concatenated(self, split: Split, block: str) -> Tile:
        """Branches side by side above the bar that joins them."""
        m = self.metrics
        trunk, tiles, several = self.box, [], len(split.branches)
        self.within += 1
        for at, branch in enumerate(split.branches):
            self.box = self.branches.get((several, at, self.within), trunk)
            tiles.append(self.branch(branch, split.name))
        self.box = trunk
        self.within -= 1
        for tile in tiles:
            if tile.wire:
                tile.left = tile.right = m.beside / 2
        wide = sum(tile.left + tile.right for tile in tiles) + m.beside * (len(tiles) - 1)
        fork, tall = m.gap, max(tile.height for tile in tiles)
        name, does = words.short(split.name, block), words.spec(split.join, True, split.like)
        mark = self.marks.get(split.name, "")
        key, bar_top = self.key(), fork + tall + m.gap
        own = fitted(name, max(wide, self.box) - 12 - width(does, m.small), m.size, True)
        own = own if own == name or len(own) > SHORTEST else ""
        needed = width(own, m.size, True) + width(does, m.small) + m.size * 0.6 + 8
        half = max(wide, needed) / 2
        high = m.line + 4
        bar = Box(
            -half, bar_top, 2 * half, high, "join", "join", key, (split.name,), 1,
            words.tip((split.join,)), mark=mark,
        )  # fmt: skip
        shapes: list[Piece] = [bar, *one_line(own, does, 2 * half - 8, m, key, bar_top, high)]
        entries: list[Pending] = []
        x = -wide / 2
        for branch, tile in zip(split.branches, tiles, strict=True):
            axis, top = x + tile.left, fork + tall - tile.height
            bus = () if abs(axis) < 0.01 else ((0.0, fork * 0.35), (axis, fork * 0.35))
            shapes.append(Placed(axis, top, tile.shapes))
            for entry in tile.entries:
                entry = shifted(entry, axis, top)
                entries.append(replace(entry, points=(*bus, *entry.points)))
            if tile.names:
                out = (tile.out[0] + axis, tile.out[1] + top)
                shapes.append(Edge((out, (out[0], bar_top)), (*tile.names, split.name)))
            else:
                entries.append(Pending((*bus, (axis, bar_top)), passed(branch, split)))
            x += tile.left + tile.right + m.beside
        bottom = bar_top + high
        return Tile(half, half, bottom, shapes, entries, (0, bottom), (split.name,), split.join.out)

    def added(self, split: Split, block: str) -> Tile:
        """The longest branch on the axis, the others at its right; wires as arcs beside all."""
        m = self.metrics
        tiles = [self.branch(branch, split.name) for branch in split.branches]
        real = [at for at, tile in enumerate(tiles) if tile.names]
        wires = [at for at, tile in enumerate(tiles) if not tile.names]
        main = max(real, key=lambda at: (tiles[at].height, -at)) if real else wires.pop(0)
        others = [at for at in real if at != main]
        fork = m.gap if others or wires else 0.0
        tall = max(tile.height for tile in tiles)
        radius = m.size * 0.75
        middle = fork + tall + m.gap + radius
        key, mark = self.key(), self.marks.get(split.name, "")
        node = Box(
            -radius, middle - radius, 2 * radius, 2 * radius, "add", "join", key, (split.name,), 1,
            words.tip((split.join,)), radius=radius, mark=mark,
        )  # fmt: skip
        shapes: list[Piece] = [node, *plus(middle, radius * 0.55)]
        first = tiles[main]
        entries: list[Pending] = []
        shapes.append(Placed(0, fork, first.shapes))
        entries += [shifted(entry, 0, fork) for entry in first.entries]
        if first.names:
            out = (first.out[0], first.out[1] + fork)
            shapes.append(Edge((out, (0.0, middle - radius)), (*first.names, split.name)))
        else:
            path = passed(split.branches[main], split)
            entries.append(Pending(((0, middle - radius),), path))
        x = first.right
        for at in others:
            tile, note = tiles[at], projection(split, at, main)
            axis, top = x + m.beside + tile.left, fork + (tall - tile.height) / 2
            shapes.append(Placed(axis, top, tile.shapes))
            for entry in tile.entries:
                entry, bus = shifted(entry, axis, top), ((0.0, fork * 0.35), (axis, fork * 0.35))
                way = (*bus, *entry.points)
                entries.append(replace(entry, points=way, dashed=bool(note), note=note))
            out = (tile.out[0] + axis, tile.out[1] + top)
            points = (out, (out[0], middle), (radius, middle))
            path = (*tile.names, split.name)
            shapes.append(Edge(points, path, dashed=bool(note), note=note))
            x = axis + tile.right
        for at in wires:
            tile, x = tiles[at], x + m.beside * 0.9
            shapes.append(Placed(x, fork, tile.shapes))
            for entry in tile.entries:
                entry, bus = shifted(entry, x, fork), ((0.0, fork * 0.35), (x, fork * 0.35))
                entries.append(replace(entry, points=(*bus, *entry.points)))
            arc = ((0.0, fork * 0.35), (x, fork * 0.35), (x, middle), (radius, middle))
            entries.append(Pending(arc, passed(split.branches[at], split), "arc"))
            x += tile.right
        left, bottom = first.left, middle + radius
        lines = [words.short(split.name, block) if split.name != block else "", scales(split.join)]
        if split.join.activation:
            lines.append(f"then {activation(split.join.activation)}")
        space = max(left, self.box) - radius - 4
        lines = [fitted(text, space, m.small) for text in lines if text]
        top = middle + m.small * (0.35, -0.2, -0.5)[len(lines[:3]) - 1]
        for at, text in enumerate(lines):
            y = top + at * m.small * 1.1
            shapes.append(Label(-radius - 4, y, text, m.small, "end", False, "soft"))
            left = max(left, radius + 4 + width(text, m.small))
            bottom = max(bottom, y + m.small * 0.3)
        return Tile(
            left, x + (m.beside * 0.3 if wires else 0), bottom, shapes, entries,
            (0, middle + radius), (split.name,), split.join.out,
        )  # fmt: skip

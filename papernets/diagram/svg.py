"""A drawing as SVG: text that can be selected, words for screen readers, always the same bytes."""

from __future__ import annotations

from html import escape

from .shapes import Box, Drawing, Edge, Label, Point, Polygon, Shape
from .text import clean
from .themes import DASHES, Theme

FONTS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', Verdana, sans-serif"
"""None is wider than the one that the layout measures with."""


def svg(drawing: Drawing, theme: Theme, whole: bool = True) -> str:
    """The drawing as an SVG document; without its XML line where it stands within a page."""
    wide, high = number(drawing.width), number(drawing.height)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>'] if whole else []
    lines += [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}pt" height="{high}pt" '
        f'viewBox="0 0 {wide} {high}" role="img" aria-labelledby="title desc" '
        f'font-family="{FONTS}" fill="none" stroke-linejoin="round">',
        f'<title id="title">{text(drawing.title)}</title>',
        f'<desc id="desc">{text(drawing.description)}</desc>',
        f'<rect width="{wide}" height="{high}" fill="{theme.page}"/>',
    ]
    lines += [_one(shape, theme) for shape in drawing.shapes]
    return "\n".join([*lines, "</svg>"]) + "\n"


def number(value: float) -> str:
    """A coordinate, to a hundredth of a point."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def text(words: str) -> str:
    """Words as XML has them; what XML forbids is written as an escape."""
    return escape(clean(words).replace("\ufffe", "?").replace("\uffff", "?"))


def _one(shape: Shape, theme: Theme) -> str:
    if isinstance(shape, Box):
        return _box(shape, theme)
    if isinstance(shape, Polygon):
        return _polygon(shape, theme)
    if isinstance(shape, Edge):
        return _edge(shape, theme)
    return _label(shape, theme)


def _painted(shape: Box | Polygon, theme: Theme) -> str:
    mark = theme.marks.get(shape.mark, "")
    line, wide = (mark, "2.2") if mark else (theme.outline(shape.paint), "0.8")
    lengths = dashes(shape)
    dash = f' stroke-dasharray="{" ".join(map(number, lengths))}"' if lengths else ""
    shade = shape.shade if isinstance(shape, Polygon) else 0
    return f'fill="{theme.fill(shape.paint, shade)}" stroke="{line}" stroke-width="{wide}"{dash}'


def dashes(shape: Box | Polygon) -> tuple[float, ...]:
    """How the outline of a shape is dashed; nothing where it is whole."""
    if shape.mark:
        return DASHES.get(shape.mark, ())
    return (3, 2) if isinstance(shape, Box) and shape.dashed else ()


def _tipped(start: str, tip: str, name: str) -> str:
    return f"{start}><title>{text(tip)}</title></{name}>" if tip else f"{start}/>"


def _box(box: Box, theme: Theme) -> str:
    place = " ".join(
        f'{name}="{number(value)}"'
        for name, value in (("x", box.x), ("y", box.y), ("width", box.w), ("height", box.h))
    )
    return _tipped(
        f'<rect {place} rx="{number(box.radius)}" {_painted(box, theme)}', box.tip, "rect"
    )


def _polygon(polygon: Polygon, theme: Theme) -> str:
    points = " ".join(f"{number(x)},{number(y)}" for x, y in polygon.points)
    return _tipped(f'<polygon points="{points}" {_painted(polygon, theme)}', polygon.tip, "polygon")


def _edge(edge: Edge, theme: Theme) -> str:
    wide = weight(edge)
    dash = ' stroke-dasharray="2 2"' if edge.dashed else ""
    colour = theme.line
    way = path(edge.points, edge.radius)
    line = f'<path d="{way}" stroke="{colour}" stroke-width="{wide}"{dash}/>'
    if not edge.arrow:
        return line
    tip = " ".join(f"{number(x)},{number(y)}" for x, y in arrow(edge.points))
    return f'{line}<polygon points="{tip}" fill="{colour}"/>'


def weight(edge: Edge) -> float:
    """How thick a line is."""
    return 0.6 if edge.role in ("leader", "crease") else 0.9


def path(points: tuple[Point, ...], radius: float) -> str:
    """A line with rounded corners, as SVG's path has it."""
    parts = [f"M{number(points[0][0])} {number(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start, end = toward(corner, before, radius), toward(corner, after, radius)
        parts.append(f"L{number(start[0])} {number(start[1])}")
        parts.append(f"Q{number(corner[0])} {number(corner[1])} {number(end[0])} {number(end[1])}")
    return "".join([*parts, f"L{number(points[-1][0])} {number(points[-1][1])}"])


def toward(start: Point, end: Point, reach: float) -> Point:
    """The point so far from the start toward the end, at most half of the way."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    long = (dx * dx + dy * dy) ** 0.5
    share = min(reach / long, 0.5) if long else 0
    return start[0] + dx * share, start[1] + dy * share


def arrow(points: tuple[Point, ...], long: float = 3.4, half: float = 1.5) -> tuple[Point, ...]:
    """The triangle at the end of a line."""
    (ax, ay), (x, y) = points[-2], points[-1]
    dx, dy = x - ax, y - ay
    length = (dx * dx + dy * dy) ** 0.5 or 1
    dx, dy = dx / length, dy / length
    base = x - dx * long, y - dy * long
    return (
        (x, y),
        (base[0] - dy * half, base[1] + dx * half),
        (base[0] + dy * half, base[1] - dx * half),
    )


def _label(label: Label, theme: Theme) -> str:
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    bold = ' font-weight="bold"' if label.bold else ""
    return (
        f'<text x="{number(label.x)}" y="{number(label.y)}" font-size="{number(label.size)}"'
        f'{anchor}{bold} fill="{theme.text(label.paint)}">{text(label.text)}</text>'
    )

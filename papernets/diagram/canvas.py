"""A drawing as PDF and PNG, by matplotlib without pyplot: the same shapes, the same bytes."""

from __future__ import annotations

import io
from typing import Any

from ..draw.canvas import plain, style
from .shapes import Box, Drawing, Edge, Label, Point, Polygon
from .svg import arrow, dashes, toward, weight
from .themes import Theme

SETTINGS: Any = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib; the layout measures with it
    "text.parse_math": False,  # a layer may be called "$5"
    "pdf.fonttype": 42,  # text that can be selected and searched
    "path.simplify": False,
}


def rendered(drawing: Drawing, theme: Theme, kind: str, dpi: int = 150) -> bytes:
    """The drawing as `pdf` or `png`."""
    memory = io.BytesIO()
    with style(SETTINGS):
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(drawing.width / 72, drawing.height / 72), facecolor=theme.page)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, drawing.width)
        axes.set_ylim(drawing.height, 0)
        for order, shape in enumerate(drawing.shapes):
            _add(axes, shape, theme, order)
        about = (
            {"Title": plain(drawing.title), "Creator": None, "Producer": None}
            | {"CreationDate": None}
            if kind == "pdf"
            else {"Software": None, "Title": plain(drawing.title)}
        )
        figure.savefig(memory, format=kind, dpi=dpi, metadata=about, facecolor=theme.page)
    return memory.getvalue()


def _add(axes: Any, shape: Box | Polygon | Edge | Label, theme: Theme, order: int) -> None:
    if isinstance(shape, Label):
        axes.text(
            shape.x, shape.y, plain(shape.text), fontsize=shape.size,
            color=theme.text(shape.paint),
            ha={"start": "left", "middle": "center", "end": "right"}[shape.anchor], va="baseline",
            fontweight="bold" if shape.bold else "normal", zorder=order,
        )  # fmt: skip
        return
    from matplotlib.patches import PathPatch, Rectangle
    from matplotlib.patches import Polygon as Outline

    if isinstance(shape, Edge):
        wide = weight(shape)
        dash = (0, (2 / wide, 2 / wide)) if shape.dashed else "solid"
        line = PathPatch(
            _path(shape.points, shape.radius), fill=False, edgecolor=theme.line, linewidth=wide,
            linestyle=dash, zorder=order, capstyle="butt",
        )  # fmt: skip
        axes.add_patch(line)
        if shape.arrow:
            tip = Outline(arrow(shape.points), facecolor=theme.line, linewidth=0, zorder=order)
            axes.add_patch(tip)
        return
    mark = theme.marks.get(shape.mark, "")
    wide = 2.2 if mark else 0.8
    lengths = tuple(one / wide for one in dashes(shape))
    line_style = (0, lengths) if lengths else "solid"
    look: Any = {
        "facecolor": theme.fill(shape.paint, shape.shade if isinstance(shape, Polygon) else 0),
        "edgecolor": mark or theme.outline(shape.paint),
        "linewidth": wide,
        "linestyle": line_style,
        "zorder": order,
        "joinstyle": "round",
    }
    if isinstance(shape, Polygon):
        axes.add_patch(Outline(shape.points, closed=True, **look))
    elif shape.radius:
        axes.add_patch(PathPatch(_rounded(shape), **look))
    else:
        axes.add_patch(Rectangle((shape.x, shape.y), shape.w, shape.h, **look))


def _path(points: tuple[Point, ...], radius: float) -> Any:
    from matplotlib.path import Path

    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        vertices += [toward(corner, before, radius), corner, toward(corner, after, radius)]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])


def _rounded(box: Box) -> Any:
    from matplotlib.path import Path

    x, y, right, bottom = box.bounds
    corners = ((x, y), (right, y), (right, bottom), (x, bottom))
    radius = min(box.radius, box.w / 2, box.h / 2)
    vertices: list[Point] = []
    codes = []
    for at, corner in enumerate(corners):
        before, after = corners[at - 1], corners[(at + 1) % 4]
        vertices += [toward(corner, before, radius), corner, toward(corner, after, radius)]
        codes += [Path.LINETO if at else Path.MOVETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, vertices[0]], [*codes, Path.CLOSEPOLY])

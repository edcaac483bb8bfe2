"""A diagram of a network: the layout in a style, and the formats it is written in."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets import Found
from ..spec import Committee, Net
from ..words import did_you_mean, either
from .shapes import Drawing, Shape
from .themes import Theme, theme_of

STYLES = ("boxes", "volumes", "line")


@dataclass(frozen=True)
class Diagram:
    """A drawing in a theme."""

    drawing: Drawing
    theme: Theme

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """All shapes, in the order in which they are drawn."""
        return self.drawing.shapes

    def svg(self) -> str:
        """The diagram as an SVG document."""
        from .svg import svg

        return svg(self.drawing, self.theme)

    def tikz(self) -> str:
        """The diagram as a LaTeX document of its own, by TikZ."""
        from .tikz import tikz

        return tikz(self.drawing, self.theme)

    def html(self) -> str:
        """The diagram as a page."""
        from .html import html

        return html(self.drawing, self.theme)

    def pdf(self) -> bytes:
        """The diagram as PDF, its text selectable."""
        from .canvas import rendered

        return rendered(self.drawing, self.theme, "pdf")

    def png(self, dpi: int = 150) -> bytes:
        """The diagram as PNG."""
        from .canvas import rendered

        return rendered(self.drawing, self.theme, "png", dpi)

    def _repr_svg_(self) -> str:
        return self.svg()


def draw(
    net: Net | Committee | Found,
    style: str = "boxes",
    theme: str = "light",
    depth: int | None = None,
    block: str = "",
    beside: Net | Committee | Found | None = None,
) -> Diagram:
    """The diagram of a network, of one block of it, or of two networks beside each other.

    `depth` is how many levels of blocks are taken apart; without it as many as can be read on A4.
    ValueError for a style, theme or block that there is not, and for what cannot be drawn.
    """
    colours = theme_of(theme)
    if style not in STYLES:
        near = did_you_mean(style, STYLES, loosely=True)
        raise ValueError(f"unknown style {style!r}.{near} There are {either(STYLES)}")
    if depth is not None and depth < 1:
        raise ValueError(f"depth {depth}: give 1, 2, ... or 'all'")
    from .layout import drawing_of

    return Diagram(drawing_of(net, style, depth, block, beside), colours)

"""A diagram of a network: the layout in a style, and the formats it is written in."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets import Found, look_up
from ..spec import Committee, Net
from ..words import brief, did_you_mean, either, plural
from .shapes import Drawing, Shape
from .themes import Theme, theme_of

STYLES = ("boxes", "volumes", "line")


@dataclass(frozen=True)
class Diagram:
    """A drawing in a theme."""

    drawing: Drawing
    theme: Theme

    def __repr__(self) -> str:
        size = f"{self.drawing.width:.0f}x{self.drawing.height:.0f} points"
        return f"<Diagram of {plural(len(self.shapes), 'shape')}, {size}>"

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
    net: str | Net | Committee | Found,
    style: str = "boxes",
    theme: str = "light",
    depth: int | None = None,
    block: str = "",
    beside: str | Net | Committee | Found | None = None,
) -> Diagram:
    """The diagram of a network, of one block of it, or of two networks beside each other.

    A network is a name, FILE.py:NAME, or a value of `papernets.net`.
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

    other = None if beside is None else _network(beside)
    return Diagram(drawing_of(_network(net), style, depth, block, other), colours)


def _network(given: object) -> Net | Committee | Found:
    """The network that is meant; TypeError with what works for anything else, a module say."""
    if isinstance(given, str):
        return look_up(given)
    if isinstance(given, Net | Committee | Found):
        return given
    own = getattr(given, "net", None)
    if isinstance(own, Net | Committee):
        return own
    raise TypeError(
        f"draw takes a network's name or papernets.net(...), not {brief(given)}. The rows of any "
        "module: papernets.explain(module, input)"
    )

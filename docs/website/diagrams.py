"""Drawings of networks: a thin layer over `papernets.diagram`, which draws them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from papernets.diagram import STYLES, Diagram, draw
from papernets.diagram.themes import theme_of
from papernets.nets import Found, find, look_up
from papernets.said.markdown import grouped
from website import text

THEMES = ("light", "dark")
SHOWN = {
    "boxes": "Layer by layer",
    "volumes": "The maps, to scale",
    "line": "As a strip",
}
"""The styles, the first of which is the page's own picture; the others unfold."""


@dataclass(frozen=True)
class Picture:
    """A drawing as a file beside the pages: its address, and what it says."""

    address: str
    svg: str


def drawings(found: Found) -> dict[str, tuple[Picture, ...]]:
    """A network in every style, in light and dark: laid out once a style."""
    pictures = {}
    for style in STYLES:
        laid_out = draw(found, style=style).drawing
        pictures[style] = tuple(
            Picture(
                f"networks/drawings/{found.name}-{style}-{theme}.svg",
                Diagram(laid_out, theme_of(theme)).svg(),
            )
            for theme in THEMES
        )
    return pictures


def figures(drawn: dict[str, tuple[Picture, ...]]) -> Iterator[str]:
    """The drawings as parts of a network's page."""
    first, *others = SHOWN
    yield _figure(drawn[first])
    for style in others:
        yield text.folded(SHOWN[style], _figure(drawn[style]))


def _figure(pictures: Sequence[Picture]) -> str:
    """A drawing that is light or dark as the page is, and opens by itself."""
    return "\n".join(
        _image(picture, theme) for picture, theme in zip(pictures, THEMES, strict=True)
    )


def _image(picture: Picture, theme: str) -> str:
    name = picture.address.removeprefix("networks/")
    where = f"../_images/{name.removeprefix('drawings/')}"  # where Sphinx puts pictures
    options = (f":class: drawing only-{theme}", f":target: {where}")
    return text.fence("\n".join((*options, f":alt: {described(picture.svg)}")), "{image}", name)


def described(svg: str) -> str:
    """What a drawing says to who cannot see it, on one line."""
    found = re.search(r"<desc[^>]*>(.*?)</desc>", svg, re.DOTALL)
    return " ".join(unescape(found[1]).split()) if found else "a drawing"


def gallery(
    names: Sequence[str], title_of: Callable[[str], str], address: Callable[[str], str]
) -> str:
    """All networks as pictures, by family; each leads to its page."""
    families = grouped(names, lambda name: find(name).family)
    parts = [
        "# Gallery",
        "Every network by the sizes of its maps. "
        "`papernets draw NAME -o FILE` writes these, and other styles, as SVG, PDF, PNG or TeX.",
    ]
    for family, members in families.items():
        parts.append(f"## [{text.plain(title_of(family))}]({address(family)}.md)")
        parts.append(":::::{container} gallery\n" + "\n".join(map(_card, members)) + "\n:::::")
    return text.page(parts)


def _card(name: str) -> str:
    """A network in the gallery."""
    title = text.plain(look_up(name).record.title or name)
    images = "\n".join(
        text.fence(
            f":class: only-{theme}\n:alt: {title}\n:target: {name}.html",
            "{image}",
            f"drawings/{name}-volumes-{theme}.svg",
        )
        for theme in THEMES
    )
    return f"::::{{container}} frame\n{images}\n[{title}]({name}.md)\n::::"

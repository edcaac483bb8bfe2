"""Drawings of networks: a thin layer over `papernets.diagram`, which draws them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape

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


def figures(drawn: Mapping[str, tuple[Picture, ...]]) -> Iterator[str]:
    """The drawings as parts of a network's page."""
    first, *others = SHOWN
    yield _figure(drawn[first])
    for style in others:
        yield text.folded(SHOWN[style], _figure(drawn[style]), "screen")


def _figure(pictures: Sequence[Picture]) -> str:
    """A drawing that is light or dark as the page is, and opens by itself."""
    return text.raw(_links(pictures, described(pictures[0].svg), ""))


def _links(pictures: Sequence[Picture], words: str, where: str, lazy: bool = False) -> str:
    """The drawing of each theme; it leads to its own file where nothing else is said."""
    lines = []
    for picture, theme in zip(pictures, THEMES, strict=True):
        name = picture.address.removeprefix("networks/")
        size = " ".join(f'{side}="{length}"' for side, length in extent(picture.svg))
        image = f'<img src="{escape(name)}" alt="{escape(words)}" {size}{" loading=lazy" * lazy}>'
        lines.append(f'<a class="drawing only-{theme}" href="{escape(where or name)}">{image}</a>')
    return "\n".join(lines)


def extent(svg: str) -> list[tuple[str, int]]:
    """Width and height of a drawing in pixels, so that the page does not move as it comes."""
    sides = re.findall(r'\b(width|height)="([\d.]+)pt"', svg[:500])
    return [(side, round(float(points) * 4 / 3)) for side, points in sides]


def described(svg: str) -> str:
    """What a drawing says to who cannot see it, on one line."""
    found = re.search(r"<desc[^>]*>(.*?)</desc>", svg, re.DOTALL)
    return " ".join(unescape(found[1]).split()) if found else "a drawing"


def front(name: str, style: str, words: str, networks: str) -> str:
    """A drawing for another page, which leads to the network's; `networks` is the way there."""
    pictures = drawings(look_up(name))[style]
    links = _links(pictures, words, f"{networks}/{name}.html")
    return text.raw(links.replace('src="', f'src="{networks}/'))


def gallery(
    drawn: Mapping[str, Sequence[Picture]],
    title_of: Callable[[str], str],
    address: Callable[[str], str],
) -> str:
    """Networks as pictures, by family; each leads to its page."""
    families = grouped(drawn, lambda name: find(name).family)
    parts = [
        "# Gallery",
        "Every network by the sizes of its maps. "
        "`papernets draw NAME -o FILE` writes these, and other styles, as SVG, PDF, PNG or TeX.",
    ]
    for family, members in families.items():
        parts.append(f"## [{text.plain(title_of(family))}]({address(family)}.md)")
        cards = "\n".join(_card(name, drawn[name]) for name in members)
        parts.append(text.raw(f'<div class="gallery">\n{cards}\n</div>'))
    return text.page(parts)


def _card(name: str, pictures: Sequence[Picture]) -> str:
    """A network in the gallery."""
    title = look_up(name).record.title or name
    links = _links(pictures, f"{title}, drawn", f"{name}.html", lazy=True)
    return (
        f'<div class="frame">{links}<p><a href="{escape(name)}.html">{escape(title)}</a></p></div>'
    )

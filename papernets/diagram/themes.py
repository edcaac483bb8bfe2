"""What colour a paint is, by theme: Okabe and Ito's colours, which every kind of sight tells apart.

M. Okabe, K. Ito (2002), Color Universal Design. Fills are tints, so that text on them is read with
ease; outlines have the colours themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..words import did_you_mean, either


@dataclass(frozen=True)
class Theme:
    """The colours of a drawing, as `#rrggbb`."""

    page: str
    ink: str
    soft: str
    line: str
    fills: Mapping[str, str]
    outlines: Mapping[str, str]
    marks: Mapping[str, str]
    """The outline of what a comparison marks."""
    shades: tuple[float, float]
    """How much of the lines, or of the page where negative, the upper and the side face have."""

    def fill(self, paint: str, shade: int = 0) -> str:
        """The fill of a paint; a face above or aside is shaded."""
        own = self.fills.get(paint, self.page)
        share = self.shades[shade - 1] if shade else 0.0
        share *= 0.4 if paint == "input" else 1.0
        return mixed(own, self.line if share > 0 else self.page, abs(share)) if share else own

    def outline(self, paint: str) -> str:
        """The outline of a paint."""
        return self.outlines.get(paint, self.line)

    def text(self, paint: str) -> str:
        """The colour of text."""
        return self.soft if paint == "soft" else self.ink


def mixed(one: str, other: str, share: float) -> str:
    """Two colours mixed: this share of the second."""
    pairs = ((int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


COLOURS = {
    "conv": "#0072B2",
    "depthwise": "#56B4E9",
    "pool": "#D55E00",
    "norm": "#F0E442",
    "dense": "#009E73",
    "add": "#CC79A7",
    "join": "#CC79A7",
    "block": "#E69F00",
    "plain": "#999999",
    "input": "#000000",
    "window": "#F0E442",
    "normed": "#F0E442",
    "active": "#000000",
    "blank": "#999999",
    "share": "#56B4E9",
    "share2": "#999999",
}
TINTS = {
    "conv": 0.42,
    "depthwise": 0.8,
    "pool": 0.42,
    "norm": 0.75,
    "dense": 0.52,
    "add": 0.55,
    "join": 0.55,
    "block": 0.6,
    "plain": 0.2,
    "input": 0.0,
    "window": 0.9,
    "normed": 1.0,
    "active": 0.8,
    "blank": 0.0,
    "share": 0.4,
    "share2": 0.25,
}


def _light() -> Theme:
    page, ink = "#ffffff", "#1a1a1a"
    fills = {paint: mixed(page, COLOURS[paint], TINTS[paint] * 0.8) for paint in COLOURS}
    outlines = {paint: mixed(COLOURS[paint], ink, 0.25) for paint in COLOURS}
    outlines["norm"] = outlines["normed"] = outlines["window"] = mixed(COLOURS["norm"], ink, 0.4)
    marks = {"changed": "#D55E00", "only_a": "#007A5A", "only_b": "#0072B2"}
    fills["frame"] = "#f6f6f4"
    outlines["frame"] = "#8a8a8a"
    return Theme(page, ink, "#4d4d4d", "#404040", fills, outlines, marks, (0.12, 0.28))


def _dark() -> Theme:
    page, ink = "#14171c", "#f4f4f4"
    fills = {paint: mixed(page, COLOURS[paint], 0.5) for paint in COLOURS}
    fills |= {
        "plain": "#2d3138",
        "dense": mixed(page, COLOURS["dense"], 0.6),
        "add": mixed(page, COLOURS["add"], 0.56),
        "join": mixed(page, COLOURS["join"], 0.56),
        "share2": "#3c4047",
        "share": "#2f5f7d",
        "input": page,
        "norm": "#5f5a1c",
        "depthwise": "#3d6f8d",
        "blank": page,
        "normed": COLOURS["norm"],
        "active": ink,
        "window": mixed(page, COLOURS["window"], 0.8),
    }
    outlines = {paint: mixed(COLOURS[paint], "#ffffff", 0.35) for paint in COLOURS}
    outlines["input"] = outlines["active"] = "#d0d0d0"
    fills["frame"] = "#1c2027"
    outlines["frame"] = "#9aa0a8"
    marks = {"changed": "#ff9d5c", "only_a": "#3fd6ac", "only_b": "#7cc8f5"}
    return Theme(page, ink, "#c3c7cd", "#b9bec6", fills, outlines, marks, (0.16, -0.3))


def _print() -> Theme:
    page, ink = "#ffffff", "#000000"
    grey = {
        "conv": "#d4d4d4", "depthwise": "#efefef", "pool": "#9c9c9c", "norm": "#f7f7f7",
        "dense": "#b8b8b8", "add": "#ffffff", "join": "#e6e6e6", "block": "#e3e3e3",
        "plain": "#ffffff", "input": "#ffffff", "frame": "#fafafa", "window": "#ffffff",
        "normed": "#ffffff", "active": "#000000", "blank": "#ffffff",
        "share": "#e3e3e3", "share2": "#c8c8c8",
    }  # fmt: skip
    outlines = dict.fromkeys(grey, "#000000") | {"frame": "#595959", "plain": "#767676"}
    marks = dict.fromkeys(("changed", "only_a", "only_b"), "#000000")
    return Theme(page, ink, "#333333", "#000000", grey, outlines, marks, (0.1, 0.25))


THEMES: Mapping[str, Theme] = {"light": _light(), "dark": _dark(), "print": _print()}


DASHES: Mapping[str, tuple[float, ...]] = {"only_a": (5, 1.5, 1, 1.5), "only_b": (3, 2)}
"""How the outline of what a comparison marks is dashed, so that it is told without colours too."""


def theme_of(name: str) -> Theme:
    """A theme by its name; ValueError with those that there are."""
    if name not in THEMES:
        near = did_you_mean(name, THEMES, loosely=True)
        raise ValueError(f"unknown theme {name!r}.{near} There are {either(list(THEMES))}")
    return THEMES[name]

"""Text is never wider than it was measured; colours are told apart, and text on them is read."""

from __future__ import annotations

from itertools import combinations
from math import dist
from random import Random

import pytest
from wild_nets import NAMES

from papernets.diagram.fit import one_line
from papernets.diagram.text import clean, fitted, width, wrapped
from papernets.diagram.themes import THEMES, theme_of
from papernets.diagram.tiles import COMPACT
from papernets.diagram.words import LEGEND

FIRST, LAST = 32, 0x24F


@pytest.mark.parametrize("bold", [False, True])
def test_no_text_is_wider_than_it_is_measured(bold):
    """Beside the font itself, which comes with matplotlib."""
    from matplotlib import font_manager, ft2font

    weight = "bold" if bold else "normal"
    path = font_manager.findfont(font_manager.FontProperties(family="DejaVu Sans", weight=weight))
    font = ft2font.FT2Font(path)
    font.set_size(1000, 72)
    letters = [
        chr(at) for at in range(FIRST, LAST) if at in font.get_charmap() and chr(at).isprintable()
    ]
    letters += list("×·–—→…−²≥αβγδЖДщ")
    for letter in letters:
        glyph = font.load_char(ord(letter), flags=ft2font.LoadFlags.NO_HINTING)
        assert glyph.linearHoriAdvance / 65536 <= width(letter, 1000, bold) + 0.5, letter


def test_wide_scripts_have_room():
    for letter in "日本語漢ＡＷ🦆":
        assert width(letter, 10) >= 10


def test_text_is_cut_in_its_middle():
    name = "a_very_long_name_of_a_layer"
    assert fitted(name, 1000, 8) == name
    short = fitted(name, 60, 8)
    assert short.startswith("a_")
    assert short.endswith("er")
    assert "…" in short
    assert width(short, 8) <= 60.01


@pytest.mark.parametrize("name", NAMES)
def test_every_name_fits_everywhere(name):
    random = Random(name)
    for _ in range(5):
        room = random.uniform(20, 200)
        assert width(fitted(clean(name), room, 7), 7) <= room + 0.02
        for line in wrapped(clean(name) * 3, room, 7, lines=3):
            assert width(line, 7) <= room + 0.02
        for label in one_line(clean(name), "3×3, 64", max(room, 45), COMPACT, "k", 0, 12):
            left, _, right, _ = label.bounds
            assert -max(room, 45) / 2 - 0.05 <= left
            assert right <= max(room, 45) / 2 + 0.05


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_text_is_read_on_every_fill(name):
    """WCAG 2.2, success criterion 1.4.3: a contrast of 4.5; 3 for lines and outlines (1.4.11)."""
    theme = THEMES[name]
    for paint in (*LEGEND, "share", "share2"):
        assert contrast(theme.text("ink"), theme.fill(paint)) >= 4.5, paint
        assert contrast(theme.outline(paint), theme.page) >= 3, paint
    for paint in ("ink", "soft"):
        assert contrast(theme.text(paint), theme.page) >= 4.5
        assert contrast(theme.text(paint), theme.fill("frame")) >= 4.5
    assert contrast(theme.line, theme.page) >= 3
    for mark in theme.marks.values():
        assert contrast(mark, theme.page) >= 3


# Machado, Oliveira, Fernandes 2009, severity 1.0: how colours look to who lacks a kind of cone.
SIGHTS = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def lab(colour: str, sight) -> tuple[float, float, float]:
    """CIE L*a*b* of a colour as a sight has it."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    rgb = [linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5)]
    seen = [min(1, max(0, sum(m * c for m, c in zip(row, rgb, strict=True)))) for row in sight]
    matrix = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(m * c for m, c in zip(row, seen, strict=True)) for row in matrix]

    def curve(t: float) -> float:
        return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    x, y, z = (curve(v / w) for v, w in zip(xyz, (0.9505, 1, 1.089), strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("name", ["light", "dark"])
def test_paints_are_told_apart_by_every_sight(name, sight):
    """By their fill or by their outline: a difference of 10 in CIE 1976 is seen at a glance."""
    theme = THEMES[name]
    paints = [paint for paint in LEGEND if paint not in ("join", "input")]
    for one, other in combinations(paints, 2):
        apart = max(
            dist(lab(x, SIGHTS[sight]), lab(y, SIGHTS[sight]))
            for x, y in (
                (theme.fill(one), theme.fill(other)),
                (theme.outline(one), theme.outline(other)),
            )
        )
        assert apart >= 10, (one, other, round(apart, 1))


def test_an_unknown_theme_has_a_nearest():
    with pytest.raises(ValueError, match=r"unknown theme 'lite'.* There are light, dark or print"):
        theme_of("lite")

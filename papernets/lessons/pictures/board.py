"""A small drawing board that writes SVG: rectangles, lines and texts with classes for colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from ...texts import escaped

COLOURS = {
    "paper": ("#ffffff", "#15181d"),
    "ink": ("#1d2330", "#e6e9ef"),
    "soft": ("#5b6475", "#a4adbd"),
    "line": ("#b8c0cc", "#49515f"),
    "cell": ("#f3f5f8", "#20252d"),
    "mark": ("#ffd98a", "#7a5200"),
    "faint": ("#ffffff", "#15181d"),
    "good": ("#0072b2", "#56b4e9"),
    "c0": ("#0072b2", "#56b4e9"),
    "c1": ("#d55e00", "#f0894a"),
    "c2": ("#009e73", "#2fc99c"),
    "c3": ("#b0559c", "#dd8fca"),
    "c4": ("#8a6d00", "#e3c23c"),
}
"""Light and dark, told apart by people who see few colours (Okabe and Ito's set, darkened)."""
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"


def style(own: bool = True) -> str:
    """The rules for the classes; with `own` colours, for where a page gives none, dark ones too."""
    if not own:
        return _rules(lambda name: f"var(--{name})")
    light, dark = _rules(lambda name: COLOURS[name][0]), _rules(lambda name: COLOURS[name][1])
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


def _rules(colour: Callable[[str], str]) -> str:
    """The rules, with the colour of a name."""
    rules = [f".pl text{{font-family:{FONT};fill:{colour('ink')}}}"]
    rules.append(f".pl text.soft{{fill:{colour('soft')}}}")
    rules += [
        f".pl .f-{name}{{fill:{colour(name)}}}.pl .s-{name}{{stroke:{colour(name)}}}"
        for name in COLOURS
    ]
    return "".join(rules)


@dataclass
class Board:
    """Collects what is drawn, and writes it as one SVG."""

    parts: list[str] = field(default_factory=list)

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str = "cell",
        stroke: str = "line", round: float = 3, thick: float = 1,
    ) -> None:  # fmt: skip
        """A rectangle; `fill` and `stroke` name colours, empty for none."""
        kinds = " ".join(filter(None, (fill and f"f-{fill}", stroke and f"s-{stroke}")))
        bare = ("" if fill else ' fill="none"') + (f' stroke-width="{n(thick)}"' if stroke else "")
        self.parts.append(
            f'<rect x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}" '
            f'rx="{n(round)}" class="{kinds}"{bare}/>'
        )

    def shape(self, points: Sequence[tuple[float, float]], fill: str, see: float = 1) -> None:
        """A filled shape with these corners; `see` is how strong its colour is, up to 1."""
        at = " ".join(f"{n(x)},{n(y)}" for x, y in points)
        pale = f' fill-opacity="{n(see)}"' if see < 1 else ""
        self.parts.append(
            f'<polygon points="{at}" class="f-{fill} s-paper" stroke-width="1"{pale}/>'
        )

    def line(self, points: Sequence[tuple[float, float]], stroke: str = "line", thick: float = 1,
             dash: str = "") -> None:  # fmt: skip
        """A line through points."""
        at = " ".join(f"{n(x)},{n(y)}" for x, y in points)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<polyline points="{at}" fill="none" class="s-{stroke}" '
            f'stroke-width="{n(thick)}"{dashed}/>'
        )

    def arrow(self, x0: float, y0: float, x1: float, y1: float, stroke: str = "soft") -> None:
        """A line with a tip at its second end, straight down or to the right."""
        self.line([(x0, y0), (x1, y1)], stroke, 1.5)
        if x0 == x1:
            tip = [(x1 - 4, y1 - 6), (x1, y1), (x1 + 4, y1 - 6)]
        else:
            tip = [(x1 - 6, y1 - 4), (x1, y1), (x1 - 6, y1 + 4)]
        self.line(tip, stroke, 1.5)

    def text(
        self, x: float, y: float, text: str, size: float = 14, anchor: str = "middle",
        soft: bool = False, bold: bool = False,
    ) -> None:  # fmt: skip
        """A text whose base line is at y."""
        kind = ' class="soft"' if soft else ""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{n(x)}" y="{n(y)}" font-size="{n(size)}" text-anchor="{anchor}"'
            f"{kind}{weight}>{escape(escaped(text))}</text>"
        )

    def svg(self, width: float, height: float, alt: str, styled: bool = True) -> str:
        """The whole picture, with its words for those who do not see it."""
        words = escape(escaped(alt), quote=True)
        rules = f"<style>{style()}</style>" if styled else ""
        ground = f'<rect width="{n(width)}" height="{n(height)}" class="f-paper"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="pl" role="img" aria-label="{words}" '
            f'viewBox="0 0 {n(width)} {n(height)}" width="{n(width)}" height="{n(height)}">'
            f"<title>{words}</title>{rules}{ground}\n" + "\n".join(self.parts) + "\n</svg>"
        )


def n(value: float) -> str:
    """A coordinate: two digits behind the point at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def text_width(text: str, size: float = 14) -> float:
    """About how wide a text is, in pixels."""
    narrow = sum(letter in "il.,:;'|!()[] " for letter in text)
    return size * (0.62 * (len(text) - narrow) + 0.34 * narrow)

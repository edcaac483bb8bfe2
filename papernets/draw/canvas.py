"""The paper under every drawing: one style, a new figure, a file that is whole or not there.

matplotlib is used without pyplot. The user's settings are put aside while drawing, so that the
same values give the same bytes, and are back afterwards.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papernets import words
from papernets.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 150
MARGIN = 0.2  # inches around a figure

# M. Okabe and K. Ito, Color Universal Design (2002): told apart in every kind of colour vision.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
INK, GREY, LIGHT = "#222222", "#6B6B6B", "#E4E4E4"

STYLE: Any = {
    "font.family": ["DejaVu Sans"],  # comes with matplotlib
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,  # a class may be called "$5"
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": LIGHT,
    "grid.linewidth": 0.8,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "figure.dpi": DPI,
    "savefig.dpi": "figure",
}


@contextmanager
def style(settings: Any = STYLE) -> Iterator[None]:
    """matplotlib with its defaults and these settings; what the user had comes back afterwards."""
    _load()
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings)
        yield


def sheet(
    width: float, height: float, title: str = "", line: str = "", larger: float = 1.0
) -> Figure:
    """A figure on an Agg canvas, `width` x `height` inches below its heading.

    The heading is the title with, where given, one grey sentence below it; both are broken into
    lines that fit the width. `larger` is what its letters are enlarged by. Call it, and all that
    draws on the figure, inside `style()`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    titles = broken(figure, plain(title), width - 2 * MARGIN, 12 * larger, weight="bold")
    lines = broken(figure, plain(line), width - 2 * MARGIN, 8 * larger)
    below = 0.21 * larger * len(titles)
    total = height + 0.15 + below + 0.16 * larger * len(lines) + 0.08
    figure.set_size_inches(width, total)
    from_left, from_top = MARGIN / width, 1 - 0.15 / total
    look: Any = {"va": "top", "fontsize": 12 * larger, "weight": "bold"}
    figure.text(from_left, from_top, "\n".join(titles), **look)
    from_top -= (below + 0.03) / total
    look = {"va": "top", "fontsize": 8 * larger, "color": GREY}
    figure.text(from_left, from_top, "\n".join(lines), **look)
    return figure


def place(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place given in inches from the figure's lower left corner."""
    whole_width, whole_height = figure.get_size_inches()
    return figure.add_axes(
        (left / whole_width, bottom / whole_height, width / whole_width, height / whole_height)
    )


_WIDTHS: dict[tuple[str, float, str], float] = {}
MOST_WIDTHS = 10_000
"""To measure a text takes longer than to draw it, and a picture has the same names many times."""


def text_width(figure: Figure, text: str, size: float, weight: str = "normal") -> float:
    """Width in inches of one line of `text` in the drawing font at `size` points."""
    key = text, size, weight
    if key not in _WIDTHS:
        written = figure.text(0, 0, text, fontsize=size, weight=weight)
        if len(_WIDTHS) >= MOST_WIDTHS:
            _WIDTHS.clear()
        _WIDTHS[key] = float(written.get_window_extent().width / figure.dpi)
        written.remove()
    return _WIDTHS[key]


def broken(
    figure: Figure, text: str, width: float, size: float, *, weight: str = "normal", most: int = 99
) -> list[str]:
    """The text in lines no wider than `width` inches, broken at words; a longer word within itself.

    What does not fit `most` lines is left out of the last one, at its middle.
    """

    def fits(line: str) -> bool:
        return text_width(figure, line, size, weight) <= width

    lines: list[str] = []
    words = [word for word in text.split(" ") if word]
    while words and len(lines) < most:
        if len(lines) == most - 1:
            lines.append(_cut(" ".join(words), fits))
            break
        line = words.pop(0)
        if not fits(line):
            long, line = line, _fitting(line, fits)
            words.insert(0, long[len(line) :])
        while words and fits(f"{line} {words[0]}"):
            line = f"{line} {words.pop(0)}"
        lines.append(line)
    return lines


def _cut(text: str, fits: Callable[[str], bool]) -> str:
    """The text, or its two ends around an ellipsis, as long as it fits; three characters at least.

    The longest that fits is sought by halves: a class may have a name of thousands of characters.
    """
    if fits(text):
        return text
    low, high = 3, min(len(text), 200)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(shorten(text, middle)) else (low, middle - 1)
    return shorten(text, low)


def _fitting(word: str, fits: Callable[[str], bool]) -> str:
    """The beginning of a word that fits; after a `_`, `-`, `.` or `/` where it has one."""
    low, high = 1, min(len(word), 200)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(word[:middle]) else (low, middle - 1)
    joint = max(word.rfind(sign, low // 3, low) for sign in "_-./")
    return word[: joint + 1] if joint > 0 else word[:low]


def png(figure: Figure) -> bytes:
    """The figure as PNG, without date or version: the same figure gives the same bytes."""
    memory = io.BytesIO()
    with style():
        figure.savefig(memory, format="png", metadata={"Software": None})
    return memory.getvalue()


def save(figure: Figure, path: str | Path) -> Path:
    """Write the figure as PNG to `path`, whole or not at all, and return the path.

    Another suffix than .png is a ValueError; the system's OSError names `path`.
    """
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise ValueError(f"{path}: pictures are written as PNG; try {path.stem or 'picture'}.png")
    content = png(figure)
    try:
        write_atomically(path, content)
    except OSError as error:
        raise OSError(error.errno, os.strerror(error.errno or 0), str(path)) from None
    return path


def readable(name: str, number: int, longest: int = 24) -> str:
    """The class's name on one line, at most `longest` characters, cut in the middle.

    A name with a character that the font lacks becomes `class NUMBER`.
    """
    name = " ".join(str(name)[:1000].split())
    if not name or not drawable(name):
        return f"class {number}"
    return shorten(name, longest)


def told_apart(names: Sequence[str], longest: int = 24) -> list[str]:
    """Every class's name as `readable` has it; those that are equal then have their number too."""
    short = [readable(name, number, longest) for number, name in enumerate(names)]
    several = {name for name, count in Counter(short).items() if count > 1}
    return [
        f"{shorten(name, max(3, longest - 7))} (#{number})" if name in several else name
        for number, name in enumerate(short)
    ]


def shorten(text: str, longest: int) -> str:
    """`text`, or its two ends around an ellipsis, in at most `longest` characters."""
    if len(text) <= longest:
        return text
    head = longest // 2
    return f"{text[:head].rstrip()}…{text[len(text) - (longest - 1 - head) :].lstrip()}"


def drawable(text: str) -> bool:
    """Whether the font has a glyph for every character of `text`."""
    return all(ord(character) in _glyphs() for character in text)


def plain(text: str) -> str:
    """`text` with a replacement mark for each character that the font lacks."""
    return "".join(c if c == "\n" or ord(c) in _glyphs() else "\N{WHITE SQUARE}" for c in text)


def percent(fraction: float) -> str:
    """`0.0095` -> `0.95 %`: two decimals below 10 %, one above, none for 0 and 100 %.

    A fraction so near to 0 or 1 that it would read as one has the digits that tell it apart.
    """
    if fraction in (0, 1):
        return f"{100 * fraction:.0f} %"
    if fraction >= 0.1 and f"{100 * fraction:.1f}" != "100.0":
        return f"{100 * fraction:.1f} %"
    return words.percent(fraction)


def number(value: float) -> str:
    """A number on an axis: 0.005, 20, 1,000; with a raised exponent where zeros are many."""
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        return f"{float(f'{value:.6g}'):,.6g}" if abs(value) < 1e5 else f"{value:,.0f}"
    digits, _, exponent = f"{value:.2e}".partition("e")
    digits = digits.rstrip("0").rstrip(".")
    raised = power(int(exponent))
    return raised if digits == "1" else f"{digits}\N{MULTIPLICATION SIGN}{raised}"


def power(exponent: int) -> str:
    """A power of ten with its raised exponent, as on an axis of many of them."""
    return "10" + str(exponent).translate(_RAISED)


_RAISED = str.maketrans(
    "-0123456789", "\u207b\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
)


def names_note(names: Sequence[str]) -> str:
    """The sentence that a picture owes its reader when some names could not be drawn."""
    lost = sum(not drawable(" ".join(str(name).split())) for name in names)
    return "names that the font cannot write are shown as numbers" if lost else ""


@cache
def _glyphs() -> frozenset[int]:
    """Code points that the drawing font has."""
    _load()
    from matplotlib import font_manager, ft2font

    path = font_manager.findfont("DejaVu Sans", fallback_to_default=True)
    return frozenset(ft2font.FT2Font(path).get_charmap())


@cache
def _load() -> None:
    """Import matplotlib whatever MPLBACKEND says, and without its advice about its cache folder.

    matplotlib refuses to import when MPLBACKEND is unknown to it, though no backend is needed here.
    """
    first = "matplotlib" not in sys.modules
    logger = logging.getLogger("matplotlib")
    level, backend = logger.level, os.environ.pop("MPLBACKEND", None)
    logger.setLevel(logging.ERROR)
    try:
        import matplotlib
        import matplotlib.figure
    finally:
        logger.setLevel(level)
        if backend is not None:
            os.environ["MPLBACKEND"] = backend
    if first and backend:
        with suppress(ValueError):  # nonsense; pyplot would say so, and we never ask pyplot
            matplotlib.rcParams["backend"] = backend

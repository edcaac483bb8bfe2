"""What a protocol shows of a picture: its boxes, drawn on the picture, all to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from papernets.draw.canvas import BLUE, GREEN, INK, MARGIN, VERMILION, place, plain, sheet, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Box = tuple[int, int, int, int]
"""Top, left, height and width, in pixels of the scaled picture."""
LONGEST, GAP, LINE = (
    3.0,
    0.18,
    0.2,
)  # inches: of the largest picture's longer side, between, of text
ACROSS = 8.5  # inches of one row
PAPER, LEAST = (10.6, 6.6), 0.5  # inches that pictures have of A4 landscape; how small they get
MANY = 12  # boxes: of more only those at the corners are outlined, of all the middles marked
DIM = 0.35  # of the picture, outside the area


@dataclass(frozen=True)
class Panel:
    """A picture scaled to `size` (height, width) with boxes on it.

    `area`: what the boxes are parts of; the rest is dimmed. A box as large as the area is the area
    itself. Panels with the same `row` stand beside each other.
    """

    title: str
    size: tuple[int, int]
    boxes: tuple[Box, ...]
    area: Box
    row: int = 0


@style()
def views_figure(
    picture: NDArray[np.uint8], panels: Sequence[Panel], title: str, note: str = ""
) -> Figure:
    """The panels, each on the picture (h, w, 3) or (h, w), to one scale.

    Corners are blue, what is in the middle is red, and an area that is shown itself is green. A
    cross is the middle of a box; of many boxes those at the corners alone are outlined.
    ValueError for no panel, and for what is no picture.
    """
    if not panels:
        raise ValueError("no views to draw")
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3):
        raise ValueError(f"a picture of {picture.dtype} and shape {picture.shape}: give uint8")
    inch = LONGEST / max(max(panel.size) for panel in panels)
    rows = _rows(panels, inch)
    width, height = _extent(rows, inch)
    less = max(LEAST, min(1.0, PAPER[0] / width, PAPER[1] / height))
    inch, rows = less * inch, _rows(panels, less * inch)
    width, height = _extent(rows, inch)
    figure = sheet(max(width, 3.6) + 2 * MARGIN, height, title, note)
    top = height
    for row in rows:
        left, tallest = MARGIN, max(p.size[0] * inch for p in row)
        for panel in row:
            across, down = panel.size[1] * inch, panel.size[0] * inch
            axes = place(figure, left, top - LINE - down, across, down)
            _panel(axes, picture, panel)
            axes.set_title(plain(panel.title), fontsize=8, loc="left", pad=3, color=INK)
            left += across + GAP
        top -= tallest + LINE + GAP
    return figure


def _extent(rows: Sequence[Sequence[Panel]], inch: float) -> tuple[float, float]:
    """Width and height of all rows, in inches."""
    width = max(sum(p.size[1] * inch for p in row) + GAP * (len(row) - 1) for row in rows)
    return width, sum(max(p.size[0] * inch for p in row) + LINE + GAP for row in rows)


def _rows(panels: Sequence[Panel], inch: float) -> list[list[Panel]]:
    """The panels by their rows; those of rows of one stand beside each other, as many as fit."""
    every: dict[int, list[Panel]] = {}
    for panel in panels:
        every.setdefault(panel.row, []).append(panel)
    if any(len(row) > 1 for row in every.values()):
        return list(every.values())
    rows: list[list[Panel]] = [[]]
    for panel in panels:
        taken = sum(p.size[1] * inch + GAP for p in rows[-1])
        if rows[-1] and taken + panel.size[1] * inch > ACROSS:
            rows.append([])
        rows[-1].append(panel)
    return rows


def _panel(axes: Any, picture: NDArray[np.uint8], panel: Panel) -> None:
    height, width = panel.size
    axes.set_axis_off()
    look = {"cmap": "gray", "vmin": 0, "vmax": 255} if picture.ndim == 2 else {}
    axes.imshow(
        picture,
        extent=(0, width, height, 0),
        aspect="auto",
        interpolation="antialiased",
        **look,
    )
    top, left, down, across = panel.area
    veil = {"color": "white", "alpha": 1 - DIM, "linewidth": 0}
    axes.fill_between([0, width], 0, top, **veil)
    axes.fill_between([0, width], top + down, height, **veil)
    axes.fill_between([0, left], top, top + down, **veil)
    axes.fill_between([left + across, width], top, top + down, **veil)
    outlined = _outermost(panel.boxes) if len(panel.boxes) > MANY else panel.boxes
    for at, box in enumerate(outlined):  # edges that meet stay apart
        _outline(axes, box, _colour(box, panel.area), 1.2 * (at % 5))
    of_colour: dict[str, list[tuple[float, float]]] = {}
    for box in panel.boxes:
        middle = (box[1] + box[3] / 2, box[0] + box[2] / 2)
        of_colour.setdefault(_colour(box, panel.area), []).append(middle)
    cross = {"marker": "+", "linestyle": "none"}
    for colour, middles in of_colour.items():  # all at once: there may be thousands
        x, y = zip(*middles, strict=True)
        axes.plot(x, y, **cross, color="white", markersize=6, markeredgewidth=2.2)
        axes.plot(x, y, **cross, color=colour, markersize=5)
    axes.set(xlim=(0, width), ylim=(height, 0))


def _outermost(boxes: Sequence[Box]) -> list[Box]:
    """The boxes at the corners of a grid, and those that have another size than most."""
    usual = max({box[2:] for box in boxes}, key=[box[2:] for box in boxes].count)
    grid = [box for box in boxes if box[2:] == usual]
    tops, lefts = ({pick(box[side] for box in grid) for pick in (min, max)} for side in (0, 1))
    return [b for b in boxes if b[2:] != usual or (b[0] in tops and b[1] in lefts)]


def _colour(box: Box, area: Box) -> str:
    if box == area:
        return GREEN
    middle = all(
        abs((b + size / 2) - (a + whole / 2)) <= 1
        for b, size, a, whole in zip(box[:2], box[2:], area[:2], area[2:], strict=True)
    )
    return VERMILION if middle else BLUE


def _outline(axes: Any, box: Box, colour: str, inset: float) -> None:
    top, left, down, across = box
    y0, y1, x0, x1 = top + inset, top + down - inset, left + inset, left + across - inset
    for wide, ink in ((2.7, "white"), (1.5, colour)):  # seen on dark and on bright
        axes.plot([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], color=ink, linewidth=wide)

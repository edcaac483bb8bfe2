"""A legend in the strip above a panel: measured, in rows, so that nothing leaves the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papernets.draw.canvas import broken, sheet, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

HANDLE = 0.36  # inches that the line in a legend takes before its label


@dataclass(frozen=True)
class Key:
    """An entry of a legend: its label in lines, and its place in inches from the panel's left."""

    lines: tuple[str, ...]
    left: float


def flow(labels: Sequence[str], room: float) -> list[list[Key]]:
    """The legend's rows: entries one behind another while they fit `room` inches."""
    scratch = sheet(1, 1)
    rows: list[list[Key]] = []
    used = room
    for label in labels:
        lines = broken(scratch, label, room - HANDLE, 8)
        wide = HANDLE + max(text_width(scratch, line, 8) for line in lines)
        if used + wide > room:
            rows.append([])
            used = 0.0
        rows[-1].append(Key(tuple(lines), used))
        used += wide + 0.25
    return rows


def tall(row: Sequence[Key]) -> float:
    """The height in inches that a legend's row takes."""
    return 0.11 + 0.14 * max(len(key.lines) for key in row)


def legend(
    panel: Axes, drawn: Sequence[Line2D], rows: Sequence[Sequence[Key]], left: float
) -> None:
    """The legend in the strip above the panel, where no curve can be."""
    from matplotlib.legend import Legend

    figure = panel.get_figure(root=True)
    assert figure is not None
    foot = panel.get_position().y1 * figure.get_size_inches()[1]
    top, drawn = foot + sum(map(tall, rows)), list(drawn)
    for row in rows:
        for key in row:
            drawing = Legend(
                panel,
                [drawn.pop(0)],
                ["\n".join(key.lines)],
                loc="upper left",
                bbox_to_anchor=(left + key.left, top),
                bbox_transform=figure.dpi_scale_trans,
                borderpad=0.2,
                borderaxespad=0,
                handlelength=2.2,
            )
            panel.add_artist(drawing)
        top -= tall(row)

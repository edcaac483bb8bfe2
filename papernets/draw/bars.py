"""Bars of networks side by side: one value each, or shares of their cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from papernets.compare.charts import Bar, Chart
from papernets.compare.columns import digits, millions
from papernets.compare.stages import END, Stage, stage_name
from papernets.draw.canvas import (
    GREY,
    INK,
    MARGIN,
    broken,
    place,
    plain,
    sheet,
    shorten,
    style,
    text_width,
)
from papernets.draw.colours import GROUPS, SHAPES, shapes_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, ROW, LONGEST = 10.0, 0.26, 34
LAST = "#D55E00"  # of what comes after the maps


def _names(bars: Sequence[Bar]) -> tuple[list[str], float]:
    """The names that are written, and the inches that the longest takes."""
    names = [shorten(plain(" ".join(bar.name.split())), LONGEST) for bar in bars]
    scratch = sheet(1, 1)
    return names, max(text_width(scratch, name, 8.5) for name in names)


def _rows(axes: Axes, names: Sequence[str], first: bool = True) -> None:
    """A row a network, the first at the top; frames and ticks that nobody needs are left out."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), list(names) if first else [])
    axes.tick_params(axis="y", length=0, pad=4, labelsize=8.5)
    axes.spines[:].set_visible(False)


@style()
def share_figure(chart: Chart) -> Figure:
    """Shares of multiply-adds and of parameters, by stage, with the whole beside each bar."""
    bars = chart.panels[0].bars
    names, longest = _names(bars)
    steps = sorted({stage.step for bar in bars for stage in bar.macs if stage.step != END})
    order = [*steps, *([END] if any(s.step == END for bar in bars for s in bar.macs) else [])]
    colours = _shades(steps)
    left, beside = MARGIN + longest + 0.1, 0.75
    wide = (WIDTH - left - 2 * beside - MARGIN) / 2
    tall = ROW * len(bars)
    height = tall + 0.75 + 0.25
    figure = sheet(WIDTH, height, chart.title, chart.line)
    kinds: tuple[tuple[str, Callable[[Stage], int]], ...] = (
        ("multiply-adds (millions)", lambda stage: stage.macs),
        ("parameters (millions)", lambda stage: stage.params),
    )
    for at, (title, of) in enumerate(kinds):
        axes = place(figure, left + at * (wide + beside), 0.2, wide, tall)
        _rows(axes, names, first=at == 0)
        axes.set_xlim(0, 1)
        axes.set_xticks([])
        axes.set_title(title, loc="left", fontsize=9, color=INK, pad=4)
        for down, bar in enumerate(bars):
            _stacked(figure, axes, down, bar, of, order, colours, wide)
    _stage_key(figure, left, tall + 0.2 + 0.42, order, colours)
    return figure


def _shades(steps: Sequence[int]) -> dict[int, Any]:
    """From light to dark with the step; what comes after the maps has its own colour."""
    from matplotlib import colormaps

    shades = colormaps["cividis"]
    last = max(1, len(steps) - 1)
    found: dict[int, Any] = {step: shades(0.95 - 0.9 * at / last) for at, step in enumerate(steps)}
    return {**found, END: LAST}


def _stacked(
    figure: Figure,
    axes: Axes,
    down: int,
    bar: Bar,
    of: Callable[[Stage], int],
    order: Sequence[int],
    colours: dict[int, Any],
    wide: float,
) -> None:
    """One bar: its stages one behind another, shares written where they fit, the whole behind."""
    by_step = {stage.step: of(stage) for stage in bar.macs}
    whole = sum(by_step.values())
    axes.text(1.02, down, millions(whole), fontsize=8, va="center", gid="whole")
    if not whole:
        return
    start = 0.0
    for step in order:
        share = by_step.get(step, 0) / whole
        if not share:
            continue
        hatch: Any = {"hatch": "////", "edgecolor": "white"} if step == END else {}
        axes.barh(
            down,
            share,
            left=start,
            height=0.74,
            color=colours[step],
            linewidth=0,
            zorder=2,
            **hatch,
        )
        text = f"{100 * share:.0f} %"
        if share * wide > text_width(figure, text, 7) + 0.08:
            ink, back = _ink(colours[step]), None
            if step == END:
                ink, back = INK, {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
            axes.text(
                start + share / 2,
                down,
                text,
                ha="center",
                va="center",
                fontsize=7,
                color=ink,
                bbox=back,
                zorder=3,
            )
        start += share


def _ink(colour: Any) -> str:
    """Dark or white: what is read on a colour."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 0.55 else "white"


def _stage_key(
    figure: Figure, left: float, up: float, order: Sequence[int], colours: dict[int, Any]
) -> None:
    """The stages' colours in a line above the bars."""
    axes = place(figure, left, up, WIDTH - left - MARGIN, 0.25)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH - left - MARGIN)
    axes.set_ylim(0, 0.25)
    at = 0.0
    for step in order:
        text = stage_name(step)
        hatch: Any = {"hatch": "////", "edgecolor": "white"} if step == END else {}
        axes.barh(0.12, 0.2, left=at, height=0.14, color=colours[step], linewidth=0, **hatch)
        axes.text(at + 0.26, 0.12, text, fontsize=8, va="center")
        at += 0.26 + text_width(figure, text, 8) + 0.22


@style()
def value_figure(chart: Chart) -> Figure:
    """A bar a network in a panel for each set of pictures, the largest value at the top."""
    every = [bar for panel in chart.panels for bar in panel.bars]
    names, longest = _names(every)
    shapes = shapes_of([bar.protocol for bar in every])
    left = MARGIN + longest + 0.1
    scratch = sheet(1, 1)
    beside = max(text_width(scratch, _value(bar), 8) for bar in every) + 0.35
    wide = WIDTH - left - beside - MARGIN
    key = _shape_lines(shapes)
    tall = sum(ROW * len(panel.bars) + 0.5 for panel in chart.panels)
    height = tall + 0.2 + 0.17 * sum(map(len, key.values())) + 0.2
    figure = sheet(WIDTH, height, chart.title, chart.line)
    top = height
    for panel in chart.panels:
        top -= ROW * len(panel.bars) + 0.5
        axes = place(figure, left, top + 0.1, wide, ROW * len(panel.bars))
        named, names = names[: len(panel.bars)], names[len(panel.bars) :]
        _rows(axes, named)
        axes.set_title(plain(panel.title), loc="left", fontsize=9, color=INK, pad=4)
        axes.set_xticks([])
        axes.set_xlim(0, max(bar.value for bar in panel.bars))
        for down, bar in enumerate(panel.bars):
            axes.barh(down, bar.value, height=0.66, color=GROUPS.get(bar.group, GREY), zorder=2)
            shape = shapes[bar.protocol]
            mark: Any = {"marker": shape, "color": GREY, "linewidth": 0, "clip_on": False}
            point = 8 / 72 / wide * max(one.value for one in panel.bars)
            axes.scatter([bar.value + point], [down], s=34 * SHAPES[shape], zorder=3, **mark)
            axes.text(bar.value + 2 * point, down, _value(bar), fontsize=8, va="center")
    _shape_key(figure, key, shapes)
    return figure


def _value(bar: Bar) -> str:
    return f"{digits(bar.value)}  ({bar.text})"


def _shape_lines(shapes: dict[str, str]) -> dict[str, list[str]]:
    scratch = sheet(1, 1)
    return {way: broken(scratch, plain(way), WIDTH - 2 * MARGIN - 0.3, 8) for way in shapes}


def _shape_key(figure: Figure, key: dict[str, list[str]], shapes: dict[str, str]) -> None:
    """What the shapes at the bars' ends mean, below the bars."""
    tall = 0.17 * sum(map(len, key.values()))
    axes = place(figure, MARGIN, 0.12, WIDTH - 2 * MARGIN, tall)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH - 2 * MARGIN)
    axes.set_ylim(0, tall)
    up = tall
    for way, lines in key.items():
        up -= 0.17 * len(lines)
        middle = up + 0.085 * len(lines)
        axes.scatter([0.1], [middle], s=34 * SHAPES[shapes[way]], marker=shapes[way], color=GREY)
        axes.text(0.28, middle, "\n".join(lines), fontsize=8, va="center")

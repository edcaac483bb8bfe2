"""Pictures of networks side by side: error against cost or year, with a legend beside."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10, pi, sqrt
from typing import TYPE_CHECKING, Any

from papernets.compare.charts import Chart, Panel, Point
from papernets.draw.bars import share_figure, value_figure
from papernets.draw.canvas import (
    GREY,
    INK,
    LIGHT,
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
from papernets.draw.formats import encoded
from papernets.draw.labels import Box, Spot, line_of, placed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, SIDE, LEFT, FOOT, GAP = 10.0, 2.15, 0.75, 0.62, 0.75
LARGE, SMALL = 5.0, 2.6  # inches that the first panel and further ones are high
CROWD = 25  # more points than these want a higher panel, smaller markers, smaller names
BIGGEST, LEAST = 1100.0, 26.0  # points squared that a marker takes
STEADY = 70.0  # of a marker where size means nothing
LONGEST = 34  # characters of a label


def drawn(chart: Chart, form: str) -> bytes:
    """The chart in a format: png, svg or pdf."""
    return encoded(figure_of(chart), form, chart.title, chart.alt)


def figure_of(chart: Chart) -> Figure:
    """The figure that shows a chart."""
    if chart.kind == "cost-by-stage":
        return share_figure(chart)
    return value_figure(chart) if chart.kind == "accuracy-per-parameter" else point_figure(chart)


@style()
def point_figure(chart: Chart) -> Figure:
    """Points in a panel for each set of pictures; families, protocols and sizes in a legend."""
    sized = chart.kind == "error-macs"
    points = [point for panel in chart.panels for point in panel.points]
    most = max(point.params for point in points)
    shapes = shapes_of([point.protocol for point in points])
    crowded = any(len(panel.points) > CROWD for panel in chart.panels)
    heights = [LARGE + 2 * crowded, *[SMALL] * (len(chart.panels) - 1)]
    biggest = (BIGGEST / 2 if crowded else BIGGEST) if sized else 0.0
    height = sum(heights) + FOOT + GAP * (len(heights) - 1) + 0.3
    figure = sheet(WIDTH, height, chart.title, plain(chart.line))
    top = height - 0.3
    for panel, tall in zip(chart.panels, heights, strict=True):
        axes = place(figure, LEFT, top - tall, WIDTH - LEFT - SIDE - 0.2, tall)
        axes.set_title(plain(panel.title), loc="left", fontsize=9, color=INK, pad=6)
        xs = _axis(axes, panel.points, chart.kind)
        areas = [_area(point.params, most, biggest) for point in panel.points]
        _scatter(axes, panel, xs, areas, shapes)
        _labels(figure, axes, panel.points, xs, areas)
        top -= tall + GAP
    _legend(figure, points, shapes, most, biggest)
    return figure


def _area(params: float, most: int, biggest: float) -> float:
    """A marker's area in points squared, by the parameters; steady where sizes mean nothing."""
    return max(LEAST, biggest * params / most) if biggest and most else STEADY


def _axis(axes: Axes, points: Sequence[Point], kind: str) -> list[float]:
    """Scale and name the axes; where each point is on the x axis."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    errors = [100 * point.error for point in points]
    low, high = min(errors), max(errors)
    more = max(0.12 * (high - low), 0.08 * high)
    axes.set_ylim(max(0.0, low - more), high + more)
    axes.set_ylabel("error (%)")
    axes.grid(axis="y")
    if kind == "error-year":
        return _years(axes, points)
    xs = [point.x for point in points]
    first, last = min(xs), max(xs)
    axes.set_xscale("log")
    stretch = max(1.35, (last / first) ** 0.08)
    axes.set_xlim(first / stretch, last * stretch)
    first, last = axes.get_xlim()
    decades = range(floor(log10(first)), ceil(log10(last)) + 1)
    wide = last / first
    steps = tuple(range(1, 10)) if wide < 8 else (1, 2, 5) if wide < 3000 else (1,)
    ticks = [step * 10.0**n for n in decades for step in steps]
    axes.xaxis.set_major_locator(FixedLocator([t for t in ticks if first <= t <= last]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _count(value)))
    axes.set_xlabel("multiply-adds for one picture (log scale)")
    axes.grid(axis="x")
    return xs


def _count(value: float) -> str:
    """A count on an axis: 500 thousand, 200 million, 10 billion."""
    for unit, word in ((1e9, " billion"), (1e6, " million"), (1e3, ",000")):
        if value >= unit:
            return f"{value / unit:g}{word}"
    return f"{value:g}"


def _years(axes: Axes, points: Sequence[Point]) -> list[float]:
    """A band a year; within it the points stand side by side, the largest error first."""
    from matplotlib.ticker import FixedLocator, NullLocator

    years = sorted({int(point.x) for point in points})
    first, last = years[0], years[-1]
    for year in range(first, last + 1, 2):
        axes.axvspan(year - 0.5, year + 0.5, color=LIGHT, alpha=0.5, linewidth=0, zorder=0)
    axes.set_xlim(first - 0.5, last + 0.5)
    every = max(1, ceil((last - first + 1) / 12))
    axes.xaxis.set_major_locator(FixedLocator(range(first, last + 1, every)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("year of the paper's first version")
    found = [0.0] * len(points)
    for year in years:
        among = [at for at, point in enumerate(points) if int(point.x) == year]
        among.sort(key=lambda at: -points[at].error)
        for n, at in enumerate(among):
            found[at] = year + (0 if len(among) == 1 else 0.7 * (n / (len(among) - 1) - 0.5))
    return found


def _scatter(
    axes: Axes, panel: Panel, xs: Sequence[float], areas: Sequence[float], shapes: dict[str, str]
) -> None:
    """The markers, the largest first, so that it hides none."""
    order = sorted(range(len(xs)), key=lambda at: -areas[at])
    for at in order:
        point = panel.points[at]
        shape = shapes[point.protocol]
        axes.scatter(
            [xs[at]],
            [100 * point.error],
            s=areas[at] * SHAPES[shape],
            marker=shape,
            color=GROUPS.get(point.group, GREY),
            edgecolor="white",
            linewidth=0.8,
            alpha=0.88,
            zorder=3,
            gid=f"point-{at}",
        )


def _labels(
    figure: Figure,
    axes: Axes,
    points: Sequence[Point],
    xs: Sequence[float],
    areas: Sequence[float],
) -> None:
    """The names beside their markers, with a line where there is no room near it."""
    from matplotlib.lines import Line2D

    size = 8.5 if len(points) <= 12 else 7.5 if len(points) <= CROWD else 6.5
    figure.canvas.draw()
    texts = [shorten(plain(" ".join(point.label.split())), LONGEST) for point in points]
    spots = []
    for point, x, area, text in zip(points, xs, areas, texts, strict=True):
        across, up = axes.transData.transform((x, 100 * point.error)) / figure.dpi
        radius = sqrt(area / pi) / 72 * 1.05
        spots.append(
            Spot(across, up, radius, text_width(figure, text, size) + 0.02, size / 72 * 1.15)
        )
    box = axes.get_window_extent()
    edges = [edge / figure.dpi for edge in (box.x0, box.y0, box.x1, box.y1)]
    room = Box(edges[0] + 0.03, edges[1] + 0.03, edges[2] + 0.2, edges[3] + 0.05)
    for spot, text, at in zip(spots, texts, placed(spots, room), strict=True):
        line = line_of(spot, at)
        if line is not None:
            x0, y0, x1, y1 = line
            leader = Line2D([x0, x1], [y0, y1], color=GREY, linewidth=0.5, zorder=2)
            leader.set_transform(figure.dpi_scale_trans)
            figure.add_artist(leader)
        figure.text(
            (at.left + at.right) / 2,
            (at.bottom + at.top) / 2,
            text,
            ha="center",
            va="center",
            fontsize=size,
            transform=figure.dpi_scale_trans,
            gid="name",
        )


def _legend(
    figure: Figure,
    points: Sequence[Point],
    shapes: dict[str, str],
    most: int,
    biggest: float,
) -> None:
    """What colours, shapes and sizes mean, in a column at the right."""
    wide, tall = figure.get_size_inches()
    heading = 0.0
    if figure.texts:
        heading = min(
            text.get_window_extent().y0 / figure.dpi for text in figure.texts if not text.get_gid()
        )
    axes = place(figure, wide - SIDE, 0, SIDE - MARGIN / 2, tall)
    axes.set_axis_off()
    axes.set_xlim(0, SIDE - MARGIN / 2)
    axes.set_ylim(0, tall)
    y = heading - 0.35
    groups = dict.fromkeys(point.group for point in points)
    y = _entries(figure, axes, y, "Networks", [(g, "o", GROUPS.get(g, GREY), 55.0) for g in groups])
    ways = [(way, shape, GREY, 55.0 * SHAPES[shape]) for way, shape in shapes.items()]
    y = _entries(figure, axes, y, "How it was measured", ways)
    if biggest:
        sizes = [
            (_count(size), "o", GREY, biggest * size / most)
            for size in _sizes(most)
            if biggest * size / most >= LEAST
        ]
        _entries(figure, axes, y, "Parameters (area)", sizes)


def _sizes(most: int) -> list[float]:
    """Round numbers of parameters, the largest near the most that there is."""
    top = 10.0 ** floor(log10(most))
    top *= next(step for step in (5, 2, 1) if step * top <= most)
    return [top, top / 5, top / 20]


def _entries(
    figure: Figure,
    axes: Axes,
    y: float,
    title: str,
    entries: Sequence[tuple[str, str, str, float]],
) -> float:
    """One part of the legend, from `y` downwards; where the next may begin."""
    axes.text(0, y, title, fontsize=8, weight="bold", va="center")
    y -= 0.1
    for text, shape, colour, area in entries:
        radius = sqrt(area / SHAPES[shape] / pi) / 72
        lines = broken(figure, plain(text), SIDE - MARGIN / 2 - 0.5, 8)
        half = max(radius + 0.02, 0.075 * len(lines) + 0.02)
        y -= half
        marker: Any = {"marker": shape, "color": colour, "edgecolor": "white", "linewidth": 0.8}
        axes.scatter([0.2], [y], s=area, clip_on=False, **marker)
        axes.text(0.45, y, "\n".join(lines), fontsize=8, va="center", linespacing=1.25)
        y -= half
    return y - 0.28

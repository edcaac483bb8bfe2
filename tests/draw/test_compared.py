"""Pictures of comparisons: no label on another, nothing cut, the same bytes, words for all."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations, pairwise
from math import pi
from xml.etree import ElementTree

import pytest
import siblings
from drawings import inside

from papernets.compare.charts import KINDS, Chart, Panel, chart
from papernets.compare.several import Comparison, compare, in_family
from papernets.draw.canvas import style
from papernets.draw.colours import GROUPS, SHAPES, shapes_of
from papernets.draw.compared import drawn, figure_of
from papernets.draw.labels import Box, Spot, crosses, line_of, placed
from papernets.nets import list_nets

FOUR = compare(["alexnet", "vgg16", "googlenet", "resnet50"])
SEVERAL = {
    "four": FOUR,
    "one": compare(["resnet50"]),
    "vgg": compare(in_family("vgg")),
    "mobilenet": compare(in_family("mobilenet")),
    "every": compare(list_nets()),
    "best": Comparison(compare(list_nets()).several, "best"),
}
POINTS = ("error-macs", "error-year")


def renamed(made: Chart, longest: int) -> Chart:
    """The chart with other names, of random lengths."""
    draw = random.Random(longest)

    def name() -> str:
        return "".join(draw.choices("abcmwil_-.<&$", k=draw.randint(1, longest)))

    def panel(one: Panel) -> Panel:
        points = tuple(replace(point, name=name(), others=()) for point in one.points)
        return replace(one, points=points, bars=tuple(replace(b, name=name()) for b in one.bars))

    return replace(made, panels=tuple(map(panel, made.panels)))


def boxes(figure):
    with style():
        figure.canvas.draw()
    return [
        text.get_window_extent() for text in figure.findobj(lambda one: one.get_gid() == "name")
    ]


MANY = pytest.mark.slow  # a hundred networks


@pytest.mark.parametrize(
    ("which", "kind"),
    [
        *siblings.crossed(["four", "one", "vgg", "mobilenet"], POINTS),
        *(pytest.param(which, kind, marks=MANY) for which in ("every", "best") for kind in POINTS),
    ],
)
def test_no_label_lies_on_another_and_nothing_leaves(kind: str, which: str) -> None:
    figure = figure_of(chart(SEVERAL[which], kind))
    names = boxes(figure)
    assert names
    for a, b in combinations(names, 2):
        assert not a.overlaps(b)
    inside(figure)


@pytest.mark.parametrize("longest", [8, 30])
def test_other_names_do_not_meet_either(longest: int) -> None:
    figure = figure_of(renamed(chart(SEVERAL["vgg"], "error-macs"), longest))
    for a, b in combinations(boxes(figure), 2):
        assert not a.overlaps(b)
    inside(figure)


@pytest.mark.parametrize("kind", ["accuracy-per-parameter", "cost-by-stage"])
@pytest.mark.parametrize("which", ["four", "mobilenet", *siblings.slow("one")])
def test_bars_stay_inside(kind: str, which: str) -> None:
    made = chart(SEVERAL[which], kind)
    inside(figure_of(made))
    inside(figure_of(renamed(made, 60)))


def test_shares_add_up_to_the_whole_bar() -> None:
    figure = figure_of(chart(FOUR, "cost-by-stage"))
    for axes in figure.axes[:2]:
        for down in range(len(FOUR.several)):
            parts = [p.get_width() for p in axes.patches if round(p.get_y() + 0.37) == down]
            assert sum(parts) == pytest.approx(1)


def area(path) -> float:
    """The area of a marker's outline."""
    found = 0.0
    for outline in path.to_polygons():
        found += abs(sum(x * v - y * u for (x, y), (u, v) in pairwise(outline))) / 2
    return found


def test_a_markers_area_is_its_parameters() -> None:
    figure = figure_of(chart(FOUR, "error-macs"))
    shares = []
    for at, one in enumerate(FOUR.several):
        (marker,) = figure.findobj(lambda a, at=at: a.get_gid() == f"point-{at}")
        scale = marker.get_transforms()[0][0][0]
        shares.append(area(marker.get_paths()[0]) * scale**2 / one.params)
    assert max(shares) == pytest.approx(min(shares), rel=0.03)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_has_the_area_of_a_circle(shape: str) -> None:
    from matplotlib.markers import MarkerStyle

    marker = MarkerStyle(shape)
    path = marker.get_path().transformed(marker.get_transform())
    assert area(path) * SHAPES[shape] == pytest.approx(pi / 4, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "form"),
    [*(("error-macs", f) for f in ("png", "svg", "pdf")), ("cost-by-stage", "svg")],
)
def test_the_same_bytes_again_and_small(kind: str, form: str) -> None:
    made = chart(FOUR, kind)
    one = drawn(made, form)
    assert one == drawn(made, form) and len(one) < 300_000
    starts = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert one.startswith(starts[form])


@pytest.mark.parametrize("kind", KINDS)
def test_an_svg_says_what_it_shows_and_its_text_is_text(kind: str) -> None:
    made = renamed(chart(FOUR, kind), 12)
    root = ElementTree.fromstring(drawn(replace(made, alt="<b> & so on"), "svg"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.attrib["role"] == "img" and root.attrib["aria-labelledby"] == "title desc"
    assert root.find(f"{space}title").text == made.title  # type: ignore[union-attr]
    assert root.find(f"{space}desc").text == "<b> & so on"  # type: ignore[union-attr]
    written = [text.text for text in root.iter(f"{space}text")]
    shown = [one.name for panel in made.panels for one in (*panel.points, *panel.bars)]
    assert all(name in written for name in shown)


def test_colours_and_shapes_are_told_apart() -> None:
    assert len(set(GROUPS.values())) == len(GROUPS)
    every = [str(at) for at in range(20)]
    shapes = shapes_of([*every, "3", "3"])
    assert shapes["3"] == "o" and len(set(shapes.values())) == len(SHAPES)


def test_labels_of_points_in_one_place_get_lines() -> None:
    spots = [Spot(2.0, 2.0, 0.05, 0.8, 0.12) for _ in range(12)]
    room = Box(0, 0, 4, 4)
    found = placed(spots, room)
    assert all(box.within(room) for box in found)
    assert not any(a.meets(b) for a, b in combinations(found, 2))
    lines = [line_of(spot, box) for spot, box in zip(spots, found, strict=True)]
    assert sum(line is not None for line in lines) >= 4
    for at, line in enumerate(lines):
        others = [box for n, box in enumerate(found) if n != at]
        assert line is None or not any(crosses(line, box) for box in others)
    assert found == placed(spots, room)


def test_a_label_with_no_room_stands_inside_all_the_same() -> None:
    (box,) = placed([Spot(0.5, 0.5, 0.6, 0.9, 0.1)], Box(0, 0, 1, 1))
    assert box.within(Box(0, 0, 1, 1))

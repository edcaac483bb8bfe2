"""Pictures of the chapter Cost: to scale, in characters and as SVG."""

from __future__ import annotations

import re

import pytest

from papernets.lessons.pictures import Branches, Picture, Pyramid, Sheet, Slabs
from papernets.spec import Conv, chain, rows_of


@pytest.mark.parametrize(
    ("kernels", "strides"),
    [
        ([3, 3, 3], [1, 1, 1]),
        ([11, 3, 5], [4, 2, 1]),
        ([2, 3], [2, 1]),
        ([7, 3, 3, 2], [2, 2, 1, 2]),
    ],
)
def test_a_pyramid_sees_what_the_walk_says(kernels: list[int], strides: list[int]):
    pyramid = Pyramid(kernels, strides)
    rows = rows_of(
        chain(
            {f"l{n}": Conv(1, k, s) for n, (k, s) in enumerate(zip(kernels, strides, strict=True))}
        ),
        (1, 500, 500),
    )
    field = rows[-1].receptive_field
    assert field is not None and field[0] == max(pyramid.seen()[0]) + 1
    lines = pyramid.lines(78)
    assert lines[-1].count("●") == len(pyramid.seen()[0])
    assert lines[0].count("●") == 1
    middle = lines[-1].index("●") + (lines[-1].rindex("●") - lines[-1].index("●")) / 2
    assert abs(lines[0].index("●") - middle) <= 0.5, "the last value stands over the middle"


def test_pixels_that_no_window_touches_are_shown():
    """Windows of 2 in steps of 3 leave one out."""
    assert Pyramid([2, 2], [3, 1]).seen()[0] == {0, 1, 3, 4}
    assert Pyramid([2, 2], [3, 1]).lines()[-1].split()[1:] == list("·●●·●●·")


def test_a_field_too_wide_to_draw_is_a_bar():
    wide = Pyramid([11, 11, 11], [4, 4, 4])
    assert wide.lines(78)[0].startswith("What one value sees")
    assert wide.lines(78)[-1].endswith("211 pixels")
    assert wide.svg().count("<rect") < 10


def test_slabs_are_to_scale():
    lines = Slabs(
        [(28, 28, 192), (28, 28, 96), (14, 14, 192)], ["1x1\n96 kernels", "3x3/2"]
    ).lines()
    widths = [[len(run) for run in re.findall("█+", line)] for line in lines if "█" in line]
    assert widths[-1][0] == 2 * widths[-1][1] == widths[-1][2]
    assert sum(len(row) == 3 for row in widths) * 2 == pytest.approx(len(widths), abs=1)
    assert "28x28x96" in lines[-1]


def test_every_branch_hangs_on_the_rail():
    picture = Branches("x", [["1x1"], ["1x1", "3x3"], []], "out", empty="as it is")
    lines = picture.lines()
    rails = [line for line in lines if "─" in line]
    signs = [{at for at, sign in enumerate(rail) if sign in "┌┬┐└┴┘┼"} for rail in rails]
    bars = next(at for at, line in enumerate(lines) if line.count("│") == 3)
    places = {at for at, sign in enumerate(lines[bars]) if sign == "│"}
    assert all(places <= found for found in signs)
    assert "as it is" in picture.alt() and "as it is" in picture.svg()


def test_a_sheet_marks_its_row_and_escapes():
    sheet = Sheet(("a", "b"), [("<one>", "1"), ("two", "22")], frozenset({1}))
    assert [line[0] for line in sheet.lines()[2:]] == [" ", "●"]
    assert "<one>" not in sheet.svg() and "&lt;one&gt;" in sheet.svg()


@pytest.mark.parametrize(
    "picture",
    [
        Branches("what comes in", [["1x1\n64 maps"], ["3x3"], []], "what comes out", "a title"),
        Slabs([(28, 28, 192), (28, 28, 16)], ["1x1\n16 kernels"], "a title"),
        Pyramid([3, 3], [1, 2]),
        Sheet(("layer", "values"), [("C1", "4,704")], title="a title"),
    ],
    ids=lambda picture: type(picture).__name__,
)
def test_svg_says_what_the_terminal_says(picture: Picture):
    """Every word in characters stands in the SVG too, inside of its frame."""
    svg = picture.svg()
    words = set(re.findall(r"[\w,]+", " ".join(picture.lines(78))))
    texts = " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    assert words <= set(re.findall(r"[\w,]+", texts))
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups())  # type: ignore[union-attr]
    places = re.findall(r'<text x="([\d.-]+)" y="([\d.-]+)"', svg)
    assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in places)
    points = " ".join(re.findall(r'points="([^"]*)"', svg)).split()
    for x, y in (map(float, point.split(",")) for point in points):
        assert -0.5 <= x <= width + 0.5 and -0.5 <= y <= height + 0.5

"""Lines of panels, numbers as pictures, and points in the plane: each by what must hold."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.image import AxesImage

from papernets.draw.heat import (
    about_grey,
    beside,
    classes_coloured,
    grey,
    heat,
    magnitude,
    mosaic,
    over,
    patch,
)
from papernets.draw.panels import PAPER, Line, Panel, panels_figure
from papernets.draw.plane import colours_of, plane_figure

RAMP = np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4)
RAMP_GREY = grey(RAMP)


def test_numbers_keep_their_order_and_their_ends():
    shown = grey(RAMP)
    assert (
        shown.min() == 0 and shown.max() == 255 and (np.diff(shown.ravel().astype(int)) > 0).all()
    )
    assert grey(np.ones((2, 2))).max() == 0  # all alike
    assert magnitude(np.zeros((2, 2))).max() == 0
    assert grey(RAMP, 0.0, 10.0).max() == round(25.5)
    assert heat(RAMP).shape == (3, 4, 3)
    assert over(np.full((3, 4, 3), 200, np.uint8), RAMP.clip(0)).shape == (3, 4, 3)


def test_about_grey_zero_is_grey_and_signs_are_its_sides():
    values = np.array([[[-2.0, 0.0, 2.0]]])
    assert about_grey(values, 2.0).tolist() == [[1, 128, 255]]
    colour = about_grey(np.zeros((3, 2, 5)))
    assert colour.shape == (2, 5, 3) and (colour == 128).all()
    assert about_grey(values, 1.0).tolist() == [[0, 128, 255]]  # cut off


def test_a_mosaic_has_every_picture_once():
    tiles = [np.full((30, 40), value, np.uint8) for value in (10, 20, 30, 40, 50)]
    sheet = mosaic(tiles, 3)
    assert [int((sheet == value).sum()) for value in (10, 20, 30, 40, 50)] == [1200] * 5
    assert sheet.shape[0] < 2 * 34 and sheet.shape[1] < 3 * 45
    assert mosaic(tiles[:1], 3).shape == tiles[0].shape  # as wide as there are pictures
    coloured = np.zeros((30, 40, 3), np.uint8)
    assert mosaic([*tiles, coloured], 3).ndim == 3 == beside(sheet, coloured[:1].repeat(61, 0)).ndim


def test_a_patch_is_cut_where_the_box_lies():
    picture = np.arange(100, dtype=np.uint8).reshape(10, 10)
    assert (patch(picture, (2, 3, 6, 8), (4, 5)) == picture[2:6, 3:8]).all()
    corner = patch(picture, (-2, 7, 3, 12), (5, 5))
    assert (corner[2:, :3] == picture[:3, 7:]).all()
    assert (corner[:2] == 255).all() and (corner[:, 3:] == 255).all()


def test_lines_of_panels_wrap_and_draw_each_picture_once():
    picture = np.zeros((8, 8), np.uint8)
    panels = tuple(Panel(picture, f"map {at}", ((1, 1, 3, 3),)) for at in range(30))
    figure = panels_figure([Line("conv1", "30 maps", panels, 1.0)], title="A title", note="A note")
    drawn = [one for one in figure.axes[0].get_children() if isinstance(one, AxesImage)]
    assert len(drawn) == 30
    assert len({round(one.get_extent()[3], 3) for one in drawn}) > 1  # of several rows
    assert figure.get_size_inches()[0] <= PAPER[0] + 0.01


def test_letters_are_eight_points_where_the_sheet_is_fitted_to_a_page():
    def smallest(lines: int) -> tuple[float, float]:
        """Points on A4 landscape, and as they are drawn."""
        picture = np.zeros((8, 8), np.uint8)
        every = [Line(f"layer {at}", "a detail", (Panel(picture, "below"),)) for at in range(lines)]
        figure = panels_figure(every, title="A title", note="A note")
        wide, high = figure.get_size_inches()
        points = min(text.get_fontsize() for text in figure.axes[0].texts)
        return points * min(1.0, PAPER[0] / wide, PAPER[1] / high), points

    fitted, drawn = smallest(6)
    assert fitted >= 7.99 and drawn > 8
    assert smallest(1)[1] == smallest(40)[1] == 8.0  # fits; and is several pages


def test_no_word_is_cut_at_the_edge():
    """A key is wider than its picture, of the last of a line too."""
    key = (("#123456", "green mamba at 0.31 % of places, and more of them"),)
    figure = panels_figure([Line("a", "", (Panel(RAMP_GREY), Panel(RAMP_GREY, "", (), key)))])
    last = figure.axes[0].texts[-1]
    assert last.get_window_extent().x1 < figure.bbox.x1


def test_a_frame_is_light_on_dark():
    figure = panels_figure([Line("a", "", (Panel(RAMP_GREY, "", ((0, 0, 2, 2),)),))])
    *_, under, frame = figure.axes[0].lines
    assert (under.get_color(), frame.get_color()) == ("black", "white")
    assert under.get_linewidth() > 2 * frame.get_linewidth()


def test_a_bar_has_its_colours_and_both_numbers():
    panel = Panel(RAMP_GREY, "a map", bar=("turbo", "0", "24"))
    axes = panels_figure([Line("a", "", (panel,))]).axes[0]
    assert {"0", "24", "a map"} <= {text.get_text() for text in axes.texts}
    picture, bar = (one for one in axes.get_children() if isinstance(one, AxesImage))
    assert (bar.get_array()[0, 0] == heat(np.array([[0.0, 1.0]]), colours="turbo")[0, 0]).all()
    assert bar.get_extent()[:2] == picture.get_extent()[:2]


def test_classes_have_their_colours():
    places = np.array([[0, 3], [3, 3]])
    colours = colours_of([0, 3])
    shown = classes_coloured(places, colours)
    assert len(set(colours.values())) == 2
    assert (shown[0, 1] == shown[1, 0]).all() and (shown[0, 0] != shown[0, 1]).any()
    assert len(set(colours_of(range(30)).values())) == 21  # the rest is grey


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "a sheet without pictures"),
        ([Line("a", "", ())], "a sheet without pictures"),
        ([Line("a", "", (Panel(np.zeros((2, 2))),))], "a: a picture of float64 and shape"),
        ([Line("a", "", (Panel(np.zeros((2, 2, 4), np.uint8)),))], "give uint8"),
    ],
)
def test_what_is_no_sheet(lines, words):
    with pytest.raises(ValueError, match=words):
        panels_figure(lines)


def test_points_need_labels():
    with pytest.raises(ValueError, match=r"points \(3, 3\) with 3 labels"):
        plane_figure(np.zeros((3, 3)), np.zeros(3, np.int64), ["a"])
    figure = plane_figure(
        np.eye(2).repeat(2, 0), np.array([0, 1, 1, 0]), ["a", "b"], np.array([1, 0, 0, 0], bool)
    )
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert legend == ["a", "b", "1 wrong"]

"""Rows of pictures: what is drawn where, the same bytes again, and what is refused."""

import numpy as np
import pytest

from papernets.draw.canvas import png
from papernets.draw.formats import FORMATS, encoded
from papernets.draw.grid import Row, grid_figure


def rows(count: int = 3, shape: tuple[int, ...] = (4, 3, 8, 6)) -> list[Row]:
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (count, *shape)).astype(np.uint8)
    return [Row(f"row {at}", f"detail {at}", one) for at, one in enumerate(pictures)]


def test_each_picture_stands_in_its_row_and_column() -> None:
    given = rows()
    figure = grid_figure(given, title="A title", note="A note.")
    images = figure.axes[0].images
    assert len(images) == 12
    for at, image in enumerate(images):
        wanted = given[at // 4].pictures[at % 4].transpose(1, 2, 0)
        assert (np.asarray(image.get_array()) == wanted).all()
    lefts = np.array([image.get_extent()[0] for image in images]).reshape(3, 4)
    tops = np.array([image.get_extent()[3] for image in images]).reshape(3, 4)
    assert (np.diff(lefts, axis=1) > 0).all() and (np.diff(tops, axis=0) > 0).all()
    words = [text.get_text() for text in (*figure.texts, *figure.axes[0].texts)]
    assert {"A title", "A note.", "row 0", "detail 2"} <= set(words)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_rows_give_the_same_bytes(form: str) -> None:
    made = [encoded(grid_figure(rows(2)), form, "title", "alt") for _ in range(2)]
    assert made[0] == made[1]


def test_grey_pictures_and_long_names() -> None:
    grey = [Row("a name " * 20, "what is said of it " * 30, rows(1, (2, 1, 5, 5))[0].pictures)]
    assert png(grid_figure(grey)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "a grid without rows"),
        (rows(1, (2, 2, 5, 5)), "give uint8 \\(pictures, 1 or 3 channels"),
        ([*rows(1), *rows(1, (3, 3, 8, 6))], "row 'row 0' has uint8 of shape \\(3, 3, 8, 6\\)"),
        (rows(1, (17, 1, 2, 2)), "1 rows of 17 pictures: a sheet holds 40 of 16"),
    ],
)
def test_what_is_no_grid(given: list[Row], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        grid_figure(given)

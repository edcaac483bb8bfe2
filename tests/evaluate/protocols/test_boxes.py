"""The boxes of each protocol, their places worked out by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from papernets.evaluate.protocols.boxes import (
    Box,
    View,
    five,
    grid_crops,
    places,
    scaled_size,
    square_crops,
    ten_crops,
    three_squares,
)

CROP = (224, 224)


def test_ten_crops_are_krizhevskys() -> None:
    """256x256: corners at 0 and 32, the centre at 16; each once as it is and once mirrored."""
    boxes = [(0, 0), (0, 32), (32, 0), (32, 32), (16, 16)]
    wanted = [View(256, Box(*at, 224, 224), flip) for flip in (False, True) for at in boxes]
    assert list(ten_crops((256, 256), (256, 256), CROP)) == wanted


def test_ten_crops_are_of_the_middle_of_a_wide_picture() -> None:
    """480x640 is 256x341 at a shorter side of 256: its middle begins at column (341 - 256) // 2."""
    assert scaled_size((480, 640), 256) == (256, 341)
    lefts = sorted({view.box.left for view in ten_crops((256, 341), (256, 256), CROP)})
    assert lefts == [42, 42 + 16, 42 + 32]
    upright = ten_crops((341, 256), (256, 256), CROP)
    assert sorted({view.box.top for view in upright}) == [42, 58, 74]
    assert {view.box.left for view in upright} == {0, 16, 32}


def test_a_scaled_size_is_rounded_half_up_and_never_below_the_side() -> None:
    assert scaled_size((100, 150), 33) == (33, 50)  # 49.5
    assert scaled_size((150, 100), 33) == (50, 33)
    assert scaled_size((7, 7), 256) == (256, 256)
    assert scaled_size((256, 341), 256) == (256, 341)


def test_three_squares_lie_along_the_longer_side() -> None:
    assert three_squares((256, 341)) == (
        Box(0, 0, 256, 256), Box(0, 42, 256, 256), Box(0, 85, 256, 256)
    )  # fmt: skip
    assert three_squares((341, 256)) == (
        Box(0, 0, 256, 256), Box(42, 0, 256, 256), Box(85, 0, 256, 256)
    )  # fmt: skip
    assert len(set(three_squares((9, 9)))) == 1


def test_144_crops_are_szegedys() -> None:
    """Of 480x640 at 256, 288, 320 and 352: 3 squares, 6 boxes each, mirrored: 36 a scale.

    The sizes are 256x341, 288x384, 320x427 (426.67) and 352x469 (469.33).
    """
    views = square_crops((480, 640), CROP, (256, 288, 320, 352))
    assert len(views) == 144 and len(set(views)) == 144
    assert Counter(view.scale for view in views) == dict.fromkeys((256, 288, 320, 352), 36)
    assert sum(view.mirrored for view in views) == 72
    at_256 = [view.box for view in views if view.scale == 256 and not view.mirrored]
    assert at_256 == [
        *(Box(t, left, 224, 224) for t, left in [(0, 0), (0, 32), (32, 0), (32, 32), (16, 16)]),
        Box(0, 0, 256, 256),
        *(Box(t, left, 224, 224) for t, left in [(0, 42), (0, 74), (32, 42), (32, 74), (16, 58)]),
        Box(0, 42, 256, 256),
        *(
            Box(t, left, 224, 224)
            for t, left in [(0, 85), (0, 117), (32, 85), (32, 117), (16, 101)]
        ),
        Box(0, 85, 256, 256),
    ]
    at_352 = [view.box for view in views if view.scale == 352 and not view.mirrored]
    assert at_352[6:12] == [
        *(Box(t, left, 224, 224) for t, left in [(0, 58), (0, 186), (128, 58), (128, 186)]),
        Box(64, 122, 224, 224),
        Box(0, 58, 352, 352),
    ]
    assert at_352[-1] == Box(0, 117, 352, 352)  # 469 - 352
    for view in views:
        height, width = scaled_size((480, 640), view.scale)
        box = view.box
        assert 0 <= box.top <= height - box.height and 0 <= box.left <= width - box.width
        assert box.size in ((224, 224), (view.scale, view.scale))


def test_144_crops_of_an_upright_picture_are_those_of_a_wide_one_turned() -> None:
    wide = square_crops((300, 500), CROP, (256,))
    tall = square_crops((500, 300), CROP, (256,))
    turned = {(v.box.left, v.box.top, v.box.width, v.box.height, v.mirrored) for v in wide}
    assert {(*view.box, view.mirrored) for view in tall} == turned


def test_a_grid_is_simonyans() -> None:
    """5x5 and mirrored: 50 at each of three scales; at 256x256 the steps are of 8 pixels."""
    views = grid_crops((256, 256), CROP, (256, 384, 512))
    assert len(views) == 150 and len(set(views)) == 150
    first = [view.box for view in views if view.scale == 256 and not view.mirrored]
    assert first == [Box(8 * row, 8 * column, 224, 224) for row in range(5) for column in range(5)]
    wide = {view.box.left for view in grid_crops((256, 341), CROP, (256,))}
    assert sorted(wide) == [0, 29, 58, 87, 117]  # 117 / 4 = 29.25, rounded down
    assert [view.box for view in grid_crops((256, 256), CROP, (256,), 1)] == [
        Box(16, 16, 224, 224)
    ] * 2


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="a crop of 224x224 does not fit into 200x300"):
        five(Box(0, 0, 200, 300), CROP)
    with pytest.raises(ValueError, match="4 pixels longer"):
        places(-4, 5)
    assert len(set(five(Box(3, 4, 224, 224), CROP))) == 1

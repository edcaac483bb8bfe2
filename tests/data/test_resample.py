"""Scaling: equal to Pillow's to 1 level, for every filter, up and down, whole and in part."""

import numpy as np
import pytest
import torch
from PIL import Image

from papernets.data.resample import FILTERS, Boxes, scaled

SIZES = [
    # stored, part (top, left, rows, columns), wanted
    ((32, 32), (0, 0, 32, 32), (47, 13)),
    ((40, 52), (3, 5, 20, 30), (32, 32)),
    ((64, 64), (10, 20, 33, 9), (8, 60)),
    ((9, 7), (4, 4, 1, 1), (5, 5)),
    ((32, 32), (5, 6, 24, 24), (24, 24)),
    ((100, 120), (5, 6, 90, 110), (32, 64)),
    ((100, 120), (5, 6, 20, 30), (64, 64)),
    ((300, 256), (11, 13, 250, 200), (224, 224)),
    ((70, 65), (0, 0, 70, 65), (1, 1)),
]


def boxes(*parts: tuple[int, int, int, int]) -> Boxes:
    return Boxes(*torch.tensor(parts).T)


def by_pillow(picture: np.ndarray, part: tuple, size: tuple[int, int], kind: str) -> np.ndarray:
    top, left, rows, columns = part
    image = Image.fromarray(picture.transpose(1, 2, 0)).crop(
        (left, top, left + columns, top + rows)
    )
    found = image.resize((size[1], size[0]), Image.Resampling[kind.upper()])
    return np.asarray(found).transpose(2, 0, 1).astype(int)


@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize(("stored", "part", "size"), SIZES)
def test_as_pillow_to_one_level(stored: tuple, part: tuple, size: tuple, kind: str) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (3, *stored)).astype(np.uint8)
    found = scaled(torch.from_numpy(picture)[None], boxes(part), size, kind)
    assert found.dtype == torch.uint8 and found.shape == (1, 3, *size)
    assert np.abs(found[0].numpy() - by_pillow(picture, part, size, kind)).max() <= 1


@pytest.mark.parametrize("kind", FILTERS)
def test_each_of_several_pictures_has_its_own_part(kind: str) -> None:
    random = np.random.default_rng(1)
    pictures = random.integers(0, 256, (20, 3, 32, 32)).astype(np.uint8)
    parts = []
    for _ in range(20):
        rows, columns = random.integers(1, 33, 2)
        parts.append(
            (random.integers(0, 33 - rows), random.integers(0, 33 - columns), rows, columns)
        )
    found = scaled(torch.from_numpy(pictures), boxes(*parts), (16, 24), kind)
    for picture, part, one in zip(pictures, parts, found, strict=True):
        assert np.abs(one.numpy() - by_pillow(picture, part, (16, 24), kind)).max() <= 1


@pytest.mark.parametrize("kind", FILTERS)
def test_a_smooth_picture_keeps_its_mean_and_a_flat_one_its_value(kind: str) -> None:
    """Antialiased: no filter that averages makes a fine pattern into another one."""
    flat = torch.full((1, 1, 50, 40), 77, dtype=torch.uint8)
    assert (scaled(flat, boxes((0, 0, 50, 40)), (7, 9), kind) == 77).all()
    stripes = torch.zeros(1, 1, 48, 48, dtype=torch.uint8)
    stripes[..., ::2] = 200
    shrunk = scaled(stripes, boxes((0, 0, 48, 48)), (12, 12), kind)
    if kind == "nearest":
        assert set(shrunk.flatten().tolist()) <= {0, 200}
    else:
        assert (shrunk.int() - 100).abs().max() <= 12

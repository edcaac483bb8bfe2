"""Pictures brought to the size at which they are stored, beside Pillow's own scaling."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from papernets.data.fitting import fitted, load_photo
from papernets.data.levels import TOGETHER, ranged

BILINEAR = Image.Resampling.BILINEAR
NOISE = np.random.RandomState(0).randint(0, 256, (151, 203, 3)).astype(np.uint8)


def tensor(image: Image.Image) -> Tensor:
    values = np.array(image)
    return torch.from_numpy(values[None] if values.ndim == 2 else values.transpose(2, 0, 1).copy())


@pytest.mark.parametrize("side", (1, 64, 151, 200))
@pytest.mark.parametrize("mode", ("RGB", "L"))
def test_the_middle_is_cut_out_on_whole_pixels_and_scaled_as_pillow_does(side, mode) -> None:
    """Pillow is the judge, to 1 level; upright pictures as well as wide ones."""
    wide = Image.fromarray(NOISE).convert(mode)
    for image in (wide, wide.transpose(Image.Transpose.TRANSPOSE)):
        cut = (26, 0, 177, 151) if image is wide else (0, 26, 151, 177)
        found = fitted(image, len(mode), (side, side)).int()
        judge = tensor(image.crop(cut).resize((side, side), BILINEAR))
        assert found.shape == judge.shape and (found - judge).abs().max() <= 1


def test_parts_of_pixels_are_pillows() -> None:
    image = Image.fromarray(NOISE)
    high = 203 * 70 / 100
    judge = image.resize((100, 70), BILINEAR, box=(0, (151 - high) / 2, 203, (151 + high) / 2))
    assert torch.equal(fitted(image, 3, (70, 100)), tensor(judge))


def test_a_photograph_decoded_small_is_near_one_decoded_whole(shared_data: Path) -> None:
    """docs/photographs.md: at most 4 levels apart on average, and 10 in any picture.

    Stored at 92 pixels, photographs of 500x375 are decoded at a half, and at 40 at a quarter: sides
    stay twice as long. Levels of 255, the mean over a picture.
    """
    files = sorted((shared_data / "ants-bees").glob("*/*/*.jpg"))[::20]
    if not files:
        pytest.skip("no ants-bees")
    for side in (40, 92):
        apart = []
        for file in files:
            whole = Image.open(file).convert("RGB")
            most = min(whole.size)
            left, top = (whole.width - most) / 2, (whole.height - most) / 2
            box = (left, top, left + most, top + most)
            judge = tensor(whole.resize((side, side), BILINEAR, box=box)).float()
            apart.append((load_photo(file, 3, (side, side)) - judge).abs().mean().item())
        assert np.mean(apart) <= 4 and max(apart) <= 10


@pytest.mark.parametrize("stored", (1, 3))
def test_levels_are_brought_to_their_range_picture_by_picture(stored: int) -> None:
    """Against double precision, over more pictures than are done at a time."""
    count = TOGETHER // (3 * 64) + 3
    images = torch.randint(0, 256, (count, stored, 8, 8), dtype=torch.uint8)
    low, high = torch.tensor([-2.1, -2.0, -1.8]), torch.tensor([2.2, 2.4, 2.6])
    found = ranged(images, 3, low, high)
    span = (high.double() - low.double())[:, None, None]
    judge = low.double()[:, None, None] + images.double() * span / 255
    assert found.dtype == torch.float32 and found.shape == (count, 3, 8, 8)
    assert (found - judge).abs().max() <= 5e-7

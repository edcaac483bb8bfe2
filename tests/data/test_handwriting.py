"""Digits as people photograph and scan them, read into MNIST's form."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from papernets.data import Preprocessing, read_picture, read_strip

LENET5 = Preprocessing(1, 32, 32)


def seven(height: int = 400, width: int = 300, box: float = 0.6, thick: float = 0.09) -> np.ndarray:
    """The ink of a 7, 0 or 1 (height, width), its box a part of the height."""
    size = box * height
    top, left = (height - size) / 2, (width - size * 0.7) / 2
    y, x = np.mgrid[:height, :width]
    v, u = (y - top) / size, (x - left) / size
    bar = (v >= 0) & (v < thick) & (u >= 0) & (u < 0.7)
    stem = (v >= 0) & (v < 1) & (np.abs(u - (0.7 - 0.45 * v) + thick / 2) < thick * 0.55)
    return (bar | stem).astype(float)


def painted(
    ink: np.ndarray, paper: object, colour: object = 20, noise: float = 4, seed: int = 0
) -> Image.Image:
    """A photo of the ink on a paper, each a grey value, a colour or a picture of its own."""

    def colours(value: object) -> np.ndarray:
        values = np.asarray(value, float)
        return values[..., None] if values.ndim == 2 else values

    mask = np.asarray(ink)[..., None]
    values = colours(paper) * (1 - mask) + colours(colour) * mask
    values = values + noise * np.random.RandomState(seed).randn(*ink.shape, 3)
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def slope(height: int, width: int, low: float, high: float) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    return low + (high - low) * (0.6 * x / width + 0.4 * y / height)


def shadow(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    values = np.where(0.7 * x + 0.4 * y > 0.55 * width, 110, 225).astype(np.uint8)
    return np.asarray(Image.fromarray(values).filter(ImageFilter.GaussianBlur(3)), float)


def lined(height: int, width: int) -> np.ndarray:
    paper = np.full((height, width, 3), 245.0)
    paper[:: height // 12] = paper[1 :: height // 12] = (170, 190, 235)
    return paper


def specks(height: int, width: int) -> np.ndarray:
    ink, random = seven(height, width), np.random.RandomState(1)
    for y, x in zip(random.randint(0, 390, 12), random.randint(0, 290, 12), strict=True):
        ink[y : y + 4, x : x + 4] = 1
    return ink


REFERENCE = read_picture(painted(seven(), 255, 0, 0), LENET5)[0]
CASES: dict[str, tuple[Callable[[], Image.Image], str]] = {
    "white on black": (lambda: painted(seven(), 10, 240), "white on black"),
    "slope of light": (lambda: painted(seven(), slope(400, 300, 70, 230), 25), "black on white"),
    "chalk in a slope": (lambda: painted(seven(), slope(400, 300, 20, 140), 235), "white on black"),
    "shadow with an edge": (lambda: painted(seven(), shadow(400, 300), 30), "black on white"),
    "yellow paper": (lambda: painted(seven(), (240, 220, 90), (30, 50, 160)), "black on white"),
    "as bright as the paper": (lambda: painted(seven(), (60, 150, 60), (190, 84, 60)), "on"),
    "faint pencil": (lambda: painted(seven(), 225, 180, 3), "black on white"),
    "lined paper": (lambda: painted(seven(), lined(400, 300), (40, 40, 60)), "black on white"),
    "specks of dirt": (lambda: painted(specks(400, 300), 245), "black on white"),
    "noise": (lambda: painted(seven(), 200, 60, 30), "black on white"),
    "small on a large sheet": (lambda: painted(seven(900, 1200, 0.12), 230), "black on white"),
    "12 million pixels": (
        lambda: painted(seven(600, 800), 230).resize((4000, 3000)),
        "black on white",
    ),
    "a thin pen": (lambda: painted(seven(thick=0.03), 250), "black on white"),
}


def likeness(one: torch.Tensor, other: torch.Tensor) -> float:
    """Correlation of two pictures, 1 for the same one, the best of shifts by one pixel."""
    shifts = [other.roll((y, x), (-2, -1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    values = [torch.corrcoef(torch.stack([one.flatten(), s.flatten()]).float()) for s in shifts]
    return max(float(v[0, 1]) for v in values)


@pytest.mark.parametrize("case", CASES)
def test_a_photo_of_a_digit_is_read_as_a_clean_one_is(case: str, tmp_path: Path) -> None:
    make, expected = CASES[case]
    make().save(tmp_path / "photo.png", compress_level=1)
    image, found = read_picture(tmp_path / "photo.png", LENET5)
    assert expected in found
    assert image.shape == (1, 28, 28) and image.dtype == torch.uint8
    assert likeness(image, REFERENCE) > 0.9


def test_the_form_is_mnists() -> None:
    """Ink in 20x20, its centre of mass at pixel 14, light on 0, its lightest value 255."""
    rows = REFERENCE[0].amax(1).nonzero()[:, 0]
    assert rows[-1] - rows[0] + 1 == 20
    mass, places = REFERENCE[0].double(), torch.arange(28.0, dtype=torch.double)
    assert (mass.sum(1) @ places / mass.sum()).item() == pytest.approx(14, abs=0.51)
    assert (mass.sum(0) @ places / mass.sum()).item() == pytest.approx(14, abs=0.51)
    assert REFERENCE.max() == 255 and REFERENCE[0, 0].max() == 0


def test_a_digit_that_touches_the_border() -> None:
    photo = painted(seven(), 240)
    rows = np.flatnonzero(seven().any(1))
    columns = np.flatnonzero(seven().any(0))
    tight = photo.crop((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    image, found = read_picture(tight, LENET5)
    assert found == "black on white" and likeness(image, REFERENCE) > 0.95


def test_tiny_pictures() -> None:
    for side in (8, 12, 16):
        small = painted(seven(), 255, 0, 0).crop((0, 50, 300, 350)).resize((side, side))
        image, found = read_picture(small, LENET5)
        assert found == "black on white" and likeness(image, REFERENCE) > 0.6


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "LA", "RGBA", "I;16", "F"])
def test_every_mode(mode: str) -> None:
    clean = painted(seven(), 255, 0, 0)
    if mode == "I;16":
        image = Image.fromarray(np.asarray(clean.convert("L")).astype(np.uint16) * 257)
    else:
        image = clean.convert(mode)
    assert likeness(read_picture(image, LENET5)[0], REFERENCE) > 0.99


@pytest.mark.parametrize(("value", "found"), [(0, "black on white"), (255, "white on black")])
def test_strokes_on_a_transparent_ground(value: int, found: str) -> None:
    image = Image.new("RGBA", (300, 400), (value, value, value, 0))
    image.putalpha(Image.fromarray((255 * seven()).astype(np.uint8)))
    read, said = read_picture(image, LENET5)
    assert said == found and likeness(read, REFERENCE) > 0.99


def test_a_picture_of_the_stored_size_is_taken_as_stored(tmp_path: Path) -> None:
    stored = torch.randint(0, 200, (28, 28), dtype=torch.uint8)
    stored[[0, -1]] = stored[:, [0, -1]] = 0
    Image.fromarray(stored.numpy()).save(tmp_path / "stored.png")
    image, found = read_picture(tmp_path / "stored.png", LENET5)
    assert found == "as stored" and torch.equal(image[0], stored)
    Image.fromarray(255 - stored.numpy()).convert("RGB").save(tmp_path / "inverted.png")
    image, found = read_picture(os.fspath(tmp_path / "inverted.png"), LENET5)
    assert found == "black on white" and torch.equal(image[0], stored)


def test_no_picture_of_mnist_is_taken_for_black_on_white(shared_data: Path) -> None:
    from papernets import data

    if not (shared_data / "mnist").is_dir():
        pytest.skip("no mnist there")
    images = data.open("mnist", data_dir=str(shared_data)).test.images
    for n in range(0, 10_000, 100):
        image, found = read_picture(Image.fromarray(images[n, 0].numpy()), LENET5)
        assert found == "as stored" and torch.equal(image, images[n])


@pytest.mark.parametrize(
    "blank",
    [
        Image.new("L", (28, 28), 0),
        Image.new("RGB", (300, 400), (250, 250, 240)),
        painted(np.zeros((400, 300)), 200, 0, 12),
        painted(np.zeros((400, 300)), slope(400, 300, 60, 230), 0, 3),
        Image.new("RGBA", (50, 50), (0, 0, 0, 0)),
        Image.new("L", (1, 1), 7),
    ],
)
def test_a_blank_picture(blank: Image.Image, tmp_path: Path) -> None:
    blank.save(tmp_path / "blank.png")
    message = r"blank\.png: no ink found: the picture is blank, .*Give one digit, dark on light or"
    with pytest.raises(ValueError, match=message):
        read_picture(tmp_path / "blank.png", LENET5)


def test_a_file_that_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"x\.png: not a picture"):
        read_picture(tmp_path / "x.png", LENET5)
    with pytest.raises(FileNotFoundError):
        read_picture(tmp_path / "y.png", LENET5)


def test_a_photo_is_read_as_training_pictures_are(tmp_path: Path) -> None:
    painted(seven(), (10, 200, 30), (200, 20, 30)).save(tmp_path / "x.jpg")
    image, found = read_picture(tmp_path / "x.jpg", Preprocessing(3, 64, 48, (64, 48), "photo"))
    assert found == "photo" and image.shape == (3, 64, 48)


def test_a_garment_fills_the_picture_and_keeps_its_shades() -> None:
    shirt = np.full((400, 300), 250, np.uint8)
    shirt[50:350, 60:240] = 150
    shirt[200:350, 60:240] = 60
    garment = Preprocessing(1, 28, 28, kind="garment")
    image, found = read_picture(Image.fromarray(shirt), garment)
    assert found == "black on white" and image.shape == (1, 28, 28)
    assert image[0, 0].max() > 100 and image[0, 14, 0] == 0
    assert image[0, 24, 14] == 255 and 115 < image[0, 6, 14] < 150
    stored = torch.full((28, 28), 200, dtype=torch.uint8)
    stored[5, 5] = 0
    image, found = read_picture(Image.fromarray(stored.numpy()), garment)
    assert found == "as stored" and torch.equal(image[0], stored)


def row_of_sevens() -> np.ndarray:
    return np.concatenate([seven(300, 260, 0.7)] * 4, 1)


def test_a_strip_has_the_rows_of_a_digit() -> None:
    for photo in (painted(row_of_sevens(), 240), painted(row_of_sevens(), 20, 230)):
        strip = read_strip(photo, LENET5)
        assert strip.shape[:2] == (1, 28) and strip.dtype == torch.uint8
        rows = (strip[0] > 100).any(1).nonzero()[:, 0]
        assert (rows[0].item(), rows[-1].item()) == (4, 23)
        ink = (strip[0] > 100).any(0).int()
        assert (ink.diff() == 1).sum() == 4
        assert ink[:4].sum() == 0 and ink[-4:].sum() == 0
        assert LENET5.strip(strip[None]).shape == (1, 1, 32, strip.shape[2] + 4)


def test_a_strip_of_the_stored_height_is_taken_as_stored() -> None:
    stored = torch.cat([REFERENCE[0]] * 5, 1)
    assert torch.equal(read_strip(Image.fromarray(stored.numpy()), LENET5)[0], stored)
    assert torch.equal(read_strip(Image.fromarray(255 - stored.numpy()), LENET5)[0], stored)


def test_a_single_digit_is_a_strip_too() -> None:
    assert read_strip(painted(seven(), 240), LENET5).shape == (1, 28, 28)


def test_errors_of_a_strip() -> None:
    with pytest.raises(ValueError, match="with a network for digits, not for photos"):
        read_strip(painted(seven(), 240), Preprocessing(1, 32, 32, kind="photo"))
    with pytest.raises(ValueError, match="the picture: no ink found"):
        read_strip(Image.new("L", (300, 60), 240), LENET5)
    line = np.full((400, 2000), 250, np.uint8)
    line[200:202, 20:1980] = 0
    with pytest.raises(ValueError, match=r"the ink is .* times as wide as high"):
        read_strip(Image.fromarray(line), LENET5)

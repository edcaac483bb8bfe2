"""A picture in the page is prepared as in Python, to 1 level of 255: scaled, cut, over white."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import siblings
import torch
from engine_judge import asked, described, exported_of, floats, needs_node, packed, task
from PIL import Image, ImageDraw

from papernets.bundle.info import BundleInfo
from papernets.data import Preprocessing, read_picture
from papernets.data.whitening import Arrays
from papernets.run.network import build
from papernets.spec import Dense, Flatten, Net, chain

pytestmark = needs_node


def picture(height: int, width: int, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """Noise with soft parts and hard edges, of this mode."""
    random = np.random.RandomState(seed)
    values = random.randint(0, 256, (height, width, len(mode)))
    soft = np.linspace(0, 255, width)[None, :, None]
    values[height // 3 :] = (values[height // 3 :] // 4 + soft * 0.7).astype(int)
    values[:, width // 2 : width // 2 + 2] = 255
    found = values.astype(np.uint8)
    return Image.fromarray(found if len(mode) > 1 else found[..., 0])


def shown(image: Image.Image) -> dict[str, object]:
    """A picture as a canvas gives its pixels, where alpha is kept apart."""
    pixels = np.asarray(image.convert("RGBA"))
    return {"data": packed(pixels), "height": image.height, "width": image.width}


def network(info: BundleInfo) -> tuple[Net, torch.nn.Module]:
    net = Net("line", info.input, 2, chain({"flat": Flatten(), "out": Dense(2)}))
    return net, build(net, torch.Generator().manual_seed(0))


def seen(info: BundleInfo, images: list[Image.Image], folder) -> tuple[list[str], torch.Tensor]:
    """What the page says was wrong with each picture, and what its network was given."""
    net, model = network(info)
    made = exported_of(model, net, info)
    one_by_one = [task(made, pictures=[shown(image)], rows=[""]) for image in images]
    answers = asked(one_by_one, folder)
    errors = [answer.get("error", "") for answer in answers]
    rows = [floats(a["answers"][0]["rows"][""]).view(info.input) for a in answers if "answers" in a]
    return errors, torch.stack(rows) if rows else torch.empty(0)


def levels(info: BundleInfo, found: torch.Tensor, image: Image.Image) -> float:
    """By how many levels of 255 an input differs from Python's."""
    eyes = Preprocessing.from_dict(info.preprocessing, info.arrays)
    wanted = eyes(read_picture(image, eyes)[0][None])[0]
    span = torch.tensor(eyes.high) - torch.tensor(eyes.low)
    return float(((found - wanted) / span[:, None, None]).abs().max() * 255)


def photos(**more) -> BundleInfo:
    channels, size = more.pop("channels", 3), more.pop("size", (24, 30))
    net = Net("line", (channels, *size), 2, chain({"flat": Flatten(), "out": Dense(2)}))
    return described(net, **more)


SIZES = ((24, 30), (48, 60), (97, 61), (31, 200), (400, 33), (10, 12), (23, 30), (240, 301), (1, 1))
WAYS = {
    "plain": {},
    "grey": {"channels": 1},
    "bgr": {"order": "bgr", "low": [-103.0, -116.0, -123.0], "high": [152.0, 139.0, 132.0]},
    "crop": {"picture": [32, 36], "crop": True},
    "short": {"picture": [40, 48], "crop": True, "short": 32},
    "shrunk": {"shrink": 0.8},
    "larger": {"picture": [20, 44]},
}


@siblings.together("way", WAYS)
def test_a_photo_is_scaled_and_cut_as_in_python(way, tmp_path):
    info = photos(**dict(WAYS[way]))
    images = [picture(*size, seed=at) for at, size in enumerate(SIZES)]
    images = images if way in ("plain", "grey") else images[:4]
    errors, found = seen(info, images, tmp_path)
    assert errors == [""] * len(images)
    far = [levels(info, one, image) for one, image in zip(found, images, strict=True)]
    assert max(far) <= 1.001, far


@siblings.together("mode", ("L", "LA", "RGBA"))
def test_grey_and_transparent_pictures(mode, tmp_path):
    modes = {"L": "L", "LA": "LA", "RGBA": "RGBA"}
    made = picture(70, 50, modes[mode])
    for info in (photos(), photos(channels=1)):
        errors, (found,) = seen(info, [made], tmp_path)
        assert errors == [""] and levels(info, found, made) <= 1.001


def test_a_mean_picture_contrast_and_whitening(tmp_path):
    random = torch.Generator().manual_seed(3)
    size = 3 * 6 * 7
    arrays = Arrays(
        torch.rand(3, 6, 7, generator=random), torch.randn(size, size, generator=random)
    )
    made = Preprocessing(3, 6, 7, (6, 7), "photo", low=(0.0,), high=(1.0,), gcn=5.0, arrays=arrays)
    info = replace(photos(size=(6, 7)), preprocessing=made.to_dict(), arrays=made.content)
    image = picture(6, 7)
    _, (found,) = seen(info, [image], tmp_path)
    wanted = made(read_picture(image, made)[0][None])[0]
    assert (found - wanted).abs().max() < 1e-4 * wanted.abs().max()


def digits(kind: str = "digit", **more) -> BundleInfo:
    net = Net("line", (1, 32, 32), 2, chain({"flat": Flatten(), "out": Dense(2)}))
    stored = {"kind": kind, "picture": [28, 28], "low": [-0.1], "high": [1.175]}
    return described(net, **stored, **more)


@siblings.together("kind, shrink", [("digit", 1.0), ("digit", 0.8), ("garment", 1.0)])
def test_a_digit_as_it_is_stored(kind, shrink, tmp_path):
    info, sheet = digits(kind, shrink=shrink), np.zeros((28, 28), np.uint8)
    sheet[6:22, 12:16] = np.arange(16, dtype=np.uint8)[:, None] * 16 + 15
    images = [Image.fromarray(sheet), Image.fromarray(255 - sheet)]
    errors, found = seen(info, images, tmp_path)
    assert errors == ["", ""]
    far = [levels(info, one, image) for one, image in zip(found, images, strict=True)]
    assert max(far) <= 1.001, far


def written(height: int, width: int, pen: int, **more: object) -> Image.Image:
    """A five: ink and paper as told, with grain, a slope, a shadow, specks of dirt."""
    told = {"ink": (30,) * 3, "paper": (225,) * 3, "grain": 0.0, "slope": 0.0, **more}
    sheet = Image.new("RGB", (width, height), told["paper"])
    draw, (x, y) = ImageDraw.Draw(sheet), (width / 100, height / 100)
    points = [
        (68, 20),
        (38, 21),
        (33, 46),
        (48, 41),
        (64, 48),
        (68, 64),
        (58, 79),
        (42, 82),
        (29, 75),
    ]
    draw.line([(x * a, y * b) for a, b in points], told["ink"], pen, joint="curve")
    for a, b in told.get("specks", ()):
        draw.ellipse([x * a, y * b, x * a + pen / 3, y * b + pen / 3], told["ink"])
    values = np.asarray(sheet, np.float64)
    down, across = np.mgrid[:height, :width]
    values = values + told["slope"] * (across / width + (down / height) ** 2)[..., None]
    if "shadow" in told:
        values[:, width // 3 :] *= told["shadow"]
    random = np.random.RandomState(5)
    values = values + told["grain"] * random.standard_normal((height, width, 1))
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def cut_out(image: Image.Image) -> Image.Image:
    """The same ink on nothing."""
    found = image.convert("RGBA")
    found.putalpha(Image.fromarray(255 - np.asarray(image.convert("L"))))
    return found


WRITTEN = {
    "paper": written(200, 160, 12),
    "chalk": written(90, 120, 9, ink=(240, 240, 235), paper=(20, 40, 30)),
    "grain": written(240, 240, 15, grain=14.0),
    "slope": written(300, 220, 14, slope=-70.0),
    "shadow": written(180, 260, 13, paper=(235,) * 3, shadow=0.45, grain=2.0),
    "large": written(900, 1300, 60, grain=5.0),
    "thin": written(400, 400, 4),
    "dirt": written(250, 200, 16, specks=[(85, 30), (10, 90), (99, 50)]),
    "red on green": written(150, 150, 12, ink=(200, 60, 60), paper=(60, 134, 60)),
    "cut out": cut_out(written(130, 110, 9)),
    "small": written(20, 14, 2),
    "wide": written(60, 400, 9),
}


@pytest.mark.parametrize("kind", ["digit", "garment"])
def test_ink_is_found_as_in_python(kind, tmp_path):
    """Photos and scans of any size: what is stored is Python's to 2 levels of 255."""
    info = digits(kind)
    errors, found = seen(info, list(WRITTEN.values()), tmp_path)
    assert errors == [""] * len(WRITTEN)
    far = {
        name: levels(info, one, image)
        for (name, image), one in zip(WRITTEN.items(), found, strict=True)
    }
    assert max(far.values()) <= 2.001, far


WRONG = (
    (digits(), Image.new("L", (28, 28), 7), "no ink found: the picture is blank"),
    (digits(), Image.new("L", (40, 28), 7), "no ink found: the picture is blank"),
    (digits(), Image.new("RGB", (400, 300), (250, 240, 250)), "dark on light or light on dark"),
)


def test_pictures_that_are_none_for_the_network(tmp_path):
    for info, image, words in WRONG:
        errors, _ = seen(info, [image], tmp_path)
        assert words in errors[0]
    net, model = network(photos())
    made = exported_of(model, net, photos())
    small = {"data": packed(np.zeros(40, np.uint8)), "height": 3, "width": 3}
    (answer,) = asked([task(made, pictures=[small])], tmp_path)
    assert answer["error"] == "40 bytes are not 3x3 pixels RGBA, 4 bytes each"


@pytest.mark.slow
def test_a_huge_picture_is_refused_and_a_large_one_is_not(tmp_path):
    net, model = network(photos())
    made, large = exported_of(model, net, photos()), np.full((6000, 8000, 4), 200, np.uint8)
    huge = np.zeros((8001, 8000, 4), np.uint8)
    for pixels, words in ((large, ""), (huge, "a picture of 8001x8000 pixels: the page takes up")):
        given = {"data": packed(pixels), "height": len(pixels), "width": 8000}
        (answer,) = asked([task(made, pictures=[given])], tmp_path)
        assert words in answer.get("error", "")
        assert bool(answer.get("error")) == bool(words)

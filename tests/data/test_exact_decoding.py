"""Photographs decoded whole have Pillow's pixels, in training, evaluation and prediction.

How far those are from them that are decoded at a half or less: `test_fitting`.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from small_photos import NAMES
from small_runs import a_run, do_undrawn

from papernets import data
from papernets.bundle.load import load_bundle
from papernets.data import Preprocessing
from papernets.data.fitting import fitted, load_photo
from papernets.data.handwriting import read_picture
from papernets.evaluate.pictures import open_pictures
from papernets.evaluate.read import preprocessing_of

SIZE = (32, 32)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """JPEGs of 300x260 with stripes of a pixel's width, which a half, decoded, has not."""
    root = tmp_path_factory.mktemp("photos")
    random = np.random.RandomState(0)
    for part, count in (("train", 8), ("val", 2), ("test", 2)):
        for label, name in enumerate(NAMES):
            (root / part / name).mkdir(parents=True)
            for at in range(count):
                values = random.randint(0, 256, (260, 300, 3)).astype(np.uint8)
                values[:, ::2, label] = 250
                Image.fromarray(values).save(root / part / name / f"{at}.jpg", quality=95)
    return root


def whole(file: Path) -> torch.Tensor:
    """The judge: Pillow alone."""
    with Image.open(file) as image:
        return fitted(image.convert("RGB"), 3, SIZE)


def test_stored_pictures_are_pillows_in_memory_and_on_demand(photos: Path) -> None:
    for room in (None, 0):
        opened = data.open(str(photos), channels=3, size=SIZE, room=room, exact_decoding=True)
        other = data.open(str(photos), channels=3, size=SIZE, room=room)
        for part, quick in ((opened.train, other.train), (opened.test, other.test)):
            judge = torch.stack([whole(Path(str(file))) for file in part.files])
            assert torch.equal(part.images[:], judge) and not torch.equal(quick.images[:], judge)
            assert part.content is not None and quick.content is not None
            assert torch.equal(part.select([0]).images[:], judge[:1])
            assert (part.content.held == quick.content.held).all()


def cmyk(image: Image.Image, file: Path) -> None:
    image.convert("CMYK").save(file, quality=90)


def turned(image: Image.Image, file: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(file, quality=90, exif=exif)


ODD = {
    "cmyk": cmyk,
    "turned by its EXIF data": turned,
    "grey": lambda image, file: image.convert("L").save(file),
    "progressive": lambda image, file: image.save(file, progressive=True, subsampling=0),
    "halved colours": lambda image, file: image.save(file, subsampling=2, optimize=True),
    "red, green and blue": lambda image, file: image.save(file, keep_rgb=True),
    "restarted": lambda image, file: image.save(file, restart_marker_blocks=7),
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_jpegs_are_decoded_whole_too(kind: str, tmp_path: Path) -> None:
    values = np.random.RandomState(1).randint(0, 256, (261, 303, 3)).astype(np.uint8)
    values[:, ::2] = (250, 40, 90)
    file = tmp_path / "odd.jpg"
    ODD[kind](Image.fromarray(values), file)
    with Image.open(file) as image:  # the judge: Pillow alone
        upright = ImageOps.exif_transpose(image)
        judge = fitted(upright.convert("L" if kind == "grey" else "RGB"), 3, SIZE)
    exact, quick = load_photo(file, 3, SIZE, exact=True), load_photo(file, 3, SIZE)
    assert torch.equal(exact, judge) and not torch.equal(quick, judge)


def test_a_run_its_evaluation_and_its_predictions_decode_alike(
    photos: Path, tmp_path: Path
) -> None:
    settings = {"channels": 3, "input": SIZE, "epochs": 1, "batch_size": 4, "optimizer": "sgd"}
    run = a_run("lenet5_keras_28", data=str(photos), exact_decoding=True, **settings)
    do_undrawn(run, tmp_path / "run")
    bundle = load_bundle(tmp_path / "run" / "best")
    eyes = preprocessing_of(bundle)
    assert eyes.exact and bundle.info.preprocessing["exact"] is True
    shown = open_pictures(bundle, str(photos), part="test")
    for image, file in zip(shown.images[:], shown.files, strict=True):
        assert torch.equal(image, whole(Path(str(file))))
        assert torch.equal(read_picture(str(file), eyes)[0], image)
    plain = Preprocessing(3, *SIZE, SIZE, "photo")
    assert "exact" not in plain.to_dict() and not Preprocessing.from_dict(plain.to_dict()).exact

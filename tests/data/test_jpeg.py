"""JPEGs by libjpeg-turbo at once: Pillow's pixels, and Pillow itself where a file is not plain."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from papernets.data import jpeg, picture
from papernets.data.fitting import load_photo
from papernets.data.jpeg import decoded, head_of
from papernets.data.picture import load

needs = pytest.mark.skipif(jpeg.simplejpeg is None, reason="simplejpeg is not installed")
y, x = np.mgrid[:150, :203]
SCENE = np.stack([x * 7 % 256, y * 3 % 256, (x * y // 9) % 256], 2).astype(np.uint8)


def saved(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def turned(by: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = by
    return exif


def pillows(content: bytes, near: int = 0) -> np.ndarray:
    image = Image.open(io.BytesIO(content))
    if near:
        image.draft(None, (near, near))
    return np.array(image)


PLAIN = {
    "4:2:0": saved(Image.fromarray(SCENE)),
    "4:4:4": saved(Image.fromarray(SCENE), subsampling=0, quality=97),
    "progressive": saved(Image.fromarray(SCENE), progressive=True),
    "grey": saved(Image.fromarray(SCENE[:, :, 0])),
    "RGB": saved(Image.fromarray(SCENE), keep_rgb=True),
    "restarts": saved(Image.fromarray(SCENE), restart_marker_rows=1),
    "upright": saved(Image.fromarray(SCENE), exif=turned(1)),
}


@needs
@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN)
def test_the_pixels_are_pillows_at_every_scale(content: bytes) -> None:
    """Pillow is the judge; 150 pixels are halved for 75, and for 74, and not for 76."""
    head = head_of(content)
    assert head is not None
    for near in (0, 74, 75, 76):
        found, judge = decoded(content, head, near), pillows(content, near)
        assert found is not None and found.shape == judge.shape
        assert (found == judge).all()
    assert head.near(75).height == 75 and head.near(76).height == 150
    assert decoded(content, head, 18) is None  # an eighth, too few pixels to tell scales apart


OTHERS = {
    "CMYK": saved(Image.fromarray(SCENE).convert("CMYK")),
    "turned": saved(Image.fromarray(SCENE), exif=turned(6)),
    "turned by XMP": saved(Image.fromarray(SCENE), xmp=b'<x tiff:Orientation="6"/>'),
    "damaged EXIF": saved(Image.fromarray(SCENE), exif=b"Exif\0\0II*\0\xff\xff\xff\xff"),
    "PNG": b"\x89PNG\r\n",
    "a head alone": PLAIN["4:2:0"][:300],
    "twelve bits": PLAIN["grey"].replace(b"\xff\xc0\x00\x0b\x08", b"\xff\xc0\x00\x0b\x0c"),
    "arithmetic": PLAIN["grey"].replace(b"\xff\xc0\x00\x0b", b"\xff\xc9\x00\x0b"),
}


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_what_is_not_plain_is_left_to_pillow(content: bytes) -> None:
    assert head_of(content) is None


@needs
def test_damaged_pixels_are_left_to_pillow() -> None:
    content = PLAIN["4:2:0"]
    head = head_of(content)
    assert head is not None and decoded(content[:-400], head) is None


@needs
def test_pictures_turned_by_exif_are_the_same_with_and_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = []
    for name, content in (PLAIN | OTHERS).items():
        files.append(tmp_path / f"{name.replace(':', '')}.jpg")
        files[-1].write_bytes(content)

    def read(file: Path) -> object:
        try:
            return load(file, 60).tobytes(), load_photo(file, 3, (40, 30)).tolist()
        except ValueError as error:
            return str(error)

    found = [read(file) for file in files]
    asked = []
    monkeypatch.setattr(picture, "head_of", lambda content: asked.append(content))
    assert [read(file) for file in files] == found and len(asked) >= len(files)


@needs
def test_photographs_have_pillows_pixels(shared_data: Path) -> None:
    """ants-bees, files of Flickr; a tenth of them, whole and at half of their size."""
    files = sorted((shared_data / "ants-bees").glob("*/*/*.jpg"))[::10]
    if not files:
        pytest.skip("no ants-bees")
    plain = 0
    for file in files:
        content = file.read_bytes()
        head = head_of(content)
        for near in (0, 160) if head else ():
            found = decoded(content, head, near)
            if found is not None:
                assert (found == pillows(content, near)).all(), file
                plain += 1
    assert plain > 1.5 * len(files)

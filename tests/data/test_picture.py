"""Picture files of every kind, and the reasons why one is refused."""

import io
import os
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from papernets.data.fitting import load_photo
from papernets.data.picture import load, pillow_rules


def half(mode: str = "RGB") -> Image.Image:
    """A picture of 40x20 whose left half is dark (30) and whose right half is light (220)."""
    values = np.full((20, 40), 30, np.uint8)
    values[:, 20:] = 220
    return Image.fromarray(values).convert(mode)


def grey(path: Path) -> list[int]:
    """The values in the middle of both halves, read as a grey picture of 20x40."""
    image = load_photo(path, 1, (20, 40))
    assert image.shape == (1, 20, 40) and image.dtype == torch.uint8
    return [int(image[0, 10, 10]), int(image[0, 10, 30])]


@pytest.mark.parametrize(
    ("mode", "ending"),
    [
        ("L", "png"), ("RGB", "png"), ("P", "png"), ("LA", "png"), ("RGBA", "png"), ("P", "gif"),
        ("CMYK", "tif"), ("CMYK", "jpg"), ("L", "jpg"), ("RGB", "bmp"), ("RGB", "webp"),
        ("YCbCr", "jpg"), ("LAB", "tif"), ("F", "tif"), ("I", "tif"),
    ],
)  # fmt: skip
def test_every_mode_has_the_same_values(tmp_path: Path, mode: str, ending: str) -> None:
    source = half("RGB").convert("LAB") if mode == "LAB" else half(mode)
    if mode == "LAB":
        pytest.importorskip("PIL.ImageCms")
        from PIL import ImageCms

        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        source = ImageCms.profileToProfile(half("RGB"), srgb, lab, outputMode="LAB")
    if mode == "I":
        source = Image.fromarray(np.asarray(half("L")).astype(np.int32) * 257)
    path = tmp_path / f"x.{ending}"
    source.save(path)
    tolerance = 8 if mode in ("LAB", "CMYK") or ending in ("jpg", "webp") else 1
    assert grey(path) == pytest.approx([30, 220], abs=tolerance)


def test_sixteen_bits(tmp_path: Path) -> None:
    Image.fromarray(np.asarray(half("L")).astype(np.uint16) * 257).save(tmp_path / "x.png")
    assert grey(tmp_path / "x.png") == [30, 220]
    Image.fromarray(np.asarray(half("L")).astype(np.float32) / 255).save(tmp_path / "x.tif")
    assert grey(tmp_path / "x.tif") == [30, 220]


def test_one_bit(tmp_path: Path) -> None:
    half("L").point(lambda value: 255 * (value > 99)).convert("1").save(tmp_path / "x.png")
    assert grey(tmp_path / "x.png") == [0, 255]


@pytest.mark.parametrize("mode", ["LA", "RGBA", "P"])
def test_transparency_is_laid_over_white(tmp_path: Path, mode: str) -> None:
    image = half("RGBA")
    alpha = np.full((20, 40), 255, np.uint8)
    alpha[:, :20] = 0
    image.putalpha(Image.fromarray(alpha))
    if mode == "P":
        image = half("L").point(lambda value: int(value > 99)).convert("P")
        image.putpalette([0, 0, 0, 220, 220, 220])
        image.save(tmp_path / "x.png", transparency=0)
    else:
        image.convert(mode).save(tmp_path / "x.png")
    assert grey(tmp_path / "x.png") == [255, 220]


def test_a_file_is_upright_as_its_exif_data_say(tmp_path: Path) -> None:
    """Orientation 6: the camera was turned, and the picture's top is on its right."""
    exif = Image.Exif()
    exif[0x0112] = 6
    half("L").save(tmp_path / "x.jpg", exif=exif, quality=95)
    image = load_photo(tmp_path / "x.jpg", 1, (40, 20))
    assert image[0, 10, 10] < 60 and image[0, 30, 10] > 190


def test_the_first_frame_of_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("L", (40, 20), value) for value in (30, 220)]
    frames[0].save(tmp_path / "x.gif", save_all=True, append_images=frames[1:], duration=50)
    assert grey(tmp_path / "x.gif") == [30, 30]


def test_the_middle_of_a_wide_picture_is_kept() -> None:
    values = np.zeros((50, 200), np.uint8)
    values[:, 75:125] = 200
    assert (load_photo(Image.fromarray(values), 1, (50, 50)) == 200).all()
    assert (load_photo(Image.fromarray(values), 1, (25, 25)) >= 199).float().mean() > 0.9
    assert load_photo(Image.fromarray(values), 3, (7, 9)).shape == (3, 7, 9)


def test_a_large_jpeg_is_decoded_small_and_looks_the_same(tmp_path: Path) -> None:
    y, x = np.mgrid[:900, :1200]
    values = (127 + 100 * np.sin(x / 90) * np.cos(y / 70)).astype(np.uint8)
    Image.fromarray(values).save(tmp_path / "x.jpg", quality=95)
    small = load_photo(tmp_path / "x.jpg", 1, (48, 48)).float()
    whole = load_photo(load(tmp_path / "x.jpg"), 1, (48, 48)).float()
    slope = 100 / 90 * 900 / 48  # levels a stored pixel; the middle may lie a quarter of one off
    assert (small - whole).abs().max() <= 6 + slope / 4
    assert load(tmp_path / "x.jpg", near=96).size == (150, 113)


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that says it is `side` x `side`."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(1000))
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_picture_far_too_large_is_refused_and_nothing_is_printed(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(bomb(60_000))
    with pillow_rules(), pytest.raises(ValueError, match=r"bomb\.png: larger than 178,956,970 pix"):
        load(tmp_path / "bomb.png")
    (tmp_path / "large.png").write_bytes(bomb(12_000))  # where Pillow would only warn
    with (
        warnings.catch_warnings(),
        pillow_rules(),
        pytest.raises(ValueError, match=r"cut short|damaged"),
    ):
        load(tmp_path / "large.png")


def test_reasons_why_a_file_is_refused(tmp_path: Path) -> None:
    def refused(name: str, content: bytes, message: str) -> None:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=message) as error:
            load(tmp_path / name)
        assert str(error.value).startswith(str(tmp_path / name))

    noise = Image.fromarray(np.random.RandomState(0).randint(0, 255, (64, 64), dtype=np.uint8))
    for ending in ("png", "jpeg", "gif", "bmp", "tiff", "webp"):
        buffer = io.BytesIO()
        noise.save(buffer, ending)
        whole = buffer.getvalue()
        refused(f"cut.{ending}", whole[: len(whole) // 2], "cut short|damaged|not a picture")
    refused("empty.png", b"", "empty.png: an empty file")
    refused("text.png", b"hello", "text.png: not a picture")
    with pytest.raises(ValueError, match="a folder, not a picture"):
        load(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"nothing\.png"):
        load(tmp_path / "nothing.png")


@pytest.mark.parametrize("form", ["EPS", "PDF"])
def test_what_another_program_would_draw_is_no_picture(tmp_path: Path, form: str) -> None:
    half("RGB").save(tmp_path / "x.png", form)
    with pytest.raises(ValueError, match=r"x\.png: not a picture$"):
        load(tmp_path / "x.png")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object, **rest: object) -> None:
        raise PermissionError(13, "Permission denied", os.fspath(path))  # type: ignore[arg-type]

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(PermissionError, match=r"Permission denied.*x\.png"):
        load(tmp_path / "x.png")

"""Every form of picture that people have, byte by byte as its own standard says, read to the level.

The files are written here by hand from known values, so that no decoder judges itself.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from papernets.data.fitting import load_photo

H, W = 3, 5
RANDOM = np.random.RandomState(5)
GREY = RANDOM.randint(0, 256, (H, W)).astype(np.uint8)
RGB = RANDOM.randint(0, 256, (H, W, 3)).astype(np.uint8)
RGBA = RANDOM.randint(0, 256, (H, W, 4)).astype(np.uint8)
WIDE = RANDOM.randint(1 << 14, 1 << 16, (H, W)).astype(np.uint16)
PLACES = np.arange(H * W).reshape(H, W) % 4
COLOURS = np.array([(10, 20, 30), (200, 0, 90), (0, 255, 1), (77, 78, 79)], np.uint8)


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png(depth: int, kind: int, rows: list[bytes], *more: tuple[bytes, bytes]) -> bytes:
    """A PNG file (ISO/IEC 15948): no filter, one chunk of rows; `more` stand before these."""
    head = struct.pack(">IIBBBBB", W, H, depth, kind, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    chunks = [(b"IHDR", head), *more, (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


def packed(values: np.ndarray, depth: int) -> list[bytes]:
    """Rows of values of fewer than 8 bits, the leftmost in the highest bits."""
    bits = (values[..., None] >> np.arange(depth - 1, -1, -1)) & 1
    return [np.packbits(row.reshape(-1).astype(np.uint8)).tobytes() for row in bits]


def tiff(photometric: int, samples: int, content: bytes, order: str = "<") -> bytes:
    """An uncompressed TIFF 6.0 of 8 bits a value, in one strip."""
    tags = [
        (256, 4, W), (257, 4, H), (258, 3, 8), (259, 3, 1), (262, 3, photometric),
        (273, 4, 8), (277, 3, samples), (278, 4, H), (279, 4, len(content)),
    ]  # fmt: skip
    content += b"\0" * (len(content) % 2)
    at = 8 + len(content)
    entries = b""
    for tag, kind, value in tags:
        count, field = (
            1,
            struct.pack(
                f"{order}I" if kind == 4 else f"{order}HH", *((value,) if kind == 4 else (value, 0))
            ),
        )
        if (
            tag == 258 and samples > 1
        ):  # bits of each sample: beside, as they need more than 4 bytes
            count, field = samples, struct.pack(f"{order}I", at + 2 + 12 * len(tags) + 4)
        entries += struct.pack(f"{order}HHI", tag, kind, count) + field
    bits = struct.pack(f"{order}{samples}H", *[8] * samples) if samples > 1 else b""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = mark + struct.pack(f"{order}I", at)
    return head + content + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + bits


def bmp(values: np.ndarray) -> bytes:
    """24 bits, blue first, from the last row up, each row filled to four bytes."""
    rows = b"".join(row[:, ::-1].tobytes() + bytes(-3 * W % 4) for row in values[::-1])
    head = struct.pack("<IiiHHIIiiII", 40, W, H, 1, 24, 0, len(rows), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(rows), 0, 0, 54) + head + rows


def over_white(values: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """What is seen of colours before a white ground, to the nearest level."""
    share = alpha.astype(np.float64)[..., None] / 255
    return np.rint(values * share + 255 * (1 - share)).astype(np.uint8)


def three(values: np.ndarray) -> np.ndarray:
    return np.repeat(np.asarray(values, np.uint8)[..., None], 3, 2)


CLEAR = np.array([0, 128, 255, 60], np.uint8)
INK = RGBA.astype(np.float64)
CASES: dict[str, tuple[bytes, np.ndarray]] = {
    "grey.png": (png(8, 0, [r.tobytes() for r in GREY]), three(GREY)),
    "grey1.png": (png(1, 0, packed(PLACES % 2, 1)), three(PLACES % 2 * 255)),
    "grey2.png": (png(2, 0, packed(PLACES, 2)), three(PLACES * 85)),
    "grey4.png": (png(4, 0, packed(PLACES * 5, 4)), three(PLACES * 5 * 17)),
    "grey16.png": (
        png(16, 0, [r.astype(">u2").tobytes() for r in WIDE]),
        three(np.rint(WIDE / 257)),
    ),
    "rgb.png": (png(8, 2, [r.tobytes() for r in RGB]), RGB),
    "rgb16.png": (  # of 16 bits a channel the high byte is taken
        png(16, 2, [np.stack([r, r[::-1]], -1).tobytes() for r in RGB]),
        RGB,
    ),
    "palette.png": (
        png(8, 3, [r.astype(np.uint8).tobytes() for r in PLACES], (b"PLTE", COLOURS.tobytes())),
        COLOURS[PLACES],
    ),
    "palette2.png": (png(2, 3, packed(PLACES, 2), (b"PLTE", COLOURS.tobytes())), COLOURS[PLACES]),
    "clear_palette.png": (
        png(
            8, 3, [r.astype(np.uint8).tobytes() for r in PLACES],
            (b"PLTE", COLOURS.tobytes()), (b"tRNS", CLEAR.tobytes()),
        ),
        over_white(COLOURS[PLACES], CLEAR[PLACES]),
    ),
    "rgba.png": (png(8, 6, [r.tobytes() for r in RGBA]), over_white(RGBA[..., :3], RGBA[..., 3])),
    "grey_alpha.png": (
        png(8, 4, [r[:, 2:].tobytes() for r in RGBA]),
        over_white(three(RGBA[..., 2]), RGBA[..., 3]),
    ),
    "clear_colour.png": (
        png(8, 2, [r.tobytes() for r in COLOURS[PLACES]], (b"tRNS", b"\0\xc8\0\0\0\x5a")),
        np.where(PLACES[..., None] == 1, np.uint8(255), COLOURS[PLACES]),
    ),
    "moving.png": (  # APNG: what is no animation's reader shows the first picture
        png(8, 2, [r.tobytes() for r in RGB], (b"acTL", struct.pack(">II", 1, 0))),
        RGB,
    ),
    "rgb.tif": (tiff(2, 3, RGB.tobytes()), RGB),
    "grey_mm.tif": (tiff(1, 1, GREY.tobytes(), ">"), three(GREY)),
    "white_is_0.tif": (tiff(0, 1, GREY.tobytes()), three(255 - GREY)),
    "cmyk.tif": (
        tiff(5, 4, RGBA.tobytes()),
        np.rint((255 - INK[..., :3]) * (255 - INK[..., 3:]) / 255).astype(np.uint8),
    ),
    "rgb.bmp": (bmp(RGB), RGB),
    "rgb.ppm": (b"P6\n# a comment\n5 3\n255\n" + RGB.tobytes(), RGB),
    "grey16.pgm": (
        b"P5 5 3 65535\n" + WIDE.astype(">u2").tobytes(),
        three(np.rint(WIDE / 257)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_pixels_are_those_that_were_written(tmp_path: Path, name: str) -> None:
    content, wanted = CASES[name]
    (tmp_path / name).write_bytes(content)
    found = load_photo(tmp_path / name, 3, (H, W)).permute(1, 2, 0).numpy()
    # Pillow mixes inks in two roundings
    assert np.abs(found.astype(int) - wanted).max() <= (1 if name == "cmyk.tif" else 0)


def test_a_tiny_picture_fills_the_networks_input(tmp_path: Path) -> None:
    (tmp_path / "x.ppm").write_bytes(b"P6 1 1 255\n\x07\x63\xfa")
    found = load_photo(tmp_path / "x.ppm", 3, (9, 4))
    assert found.shape == (3, 9, 4)
    assert [found[channel].unique().tolist() for channel in range(3)] == [[7], [99], [250]]


@pytest.mark.parametrize("form", ["AVIF", "HEIF"])
def test_forms_that_lose_something_keep_plain_colours(tmp_path: Path, form: str) -> None:
    """A dark half and a light one, within what such a form loses at its best."""
    if form == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    elif not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    values = np.zeros((64, 64, 3), np.uint8)
    values[:, :32], values[:, 32:] = (30, 60, 90), (220, 200, 40)
    Image.fromarray(values).save(tmp_path / "x.bin", form, quality=100)
    found = load_photo(tmp_path / "x.bin", 3, (64, 64)).permute(1, 2, 0).numpy()
    apart = np.abs(found.astype(int) - values)
    assert apart[:, :28].max() <= 4 and apart[:, 36:].max() <= 4

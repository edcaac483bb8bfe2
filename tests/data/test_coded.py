"""Forms of pictures that want another package, and transparency of 16 bits."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from papernets.data.fitting import load_photo
from papernets.data.picture import load


def brand(name: bytes) -> bytes:
    """The beginning of a file of this brand, and nothing else."""
    box = struct.pack(">I", 24) + b"ftyp" + name + b"\0\0\0\0" + b"mif1" + name
    return box + bytes(64)


def test_heic_names_the_package_that_reads_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    (tmp_path / "x.heic").write_bytes(brand(b"heic"))
    message = r"x\.heic: HEIC, which pillow-heif reads\. Install it: pip install pillow-heif"
    with pytest.raises(ValueError, match=message):
        load(tmp_path / "x.heic")


def test_heic_is_read_where_the_package_is(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif")
    heif.from_pillow(Image.new("RGB", (64, 48), (200, 10, 10))).save(tmp_path / "x.heic")
    assert load(tmp_path / "x.heic").size == (64, 48)


def test_avif_is_read_where_pillow_does(tmp_path: Path) -> None:
    if not features.check("avif"):
        pytest.skip("this Pillow was built without AVIF")
    Image.new("RGB", (32, 24), (200, 10, 10)).save(tmp_path / "x.avif")
    assert load(tmp_path / "x.avif").size == (32, 24)


def test_avif_where_pillow_does_not(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(features, "check", lambda name: False)
    (tmp_path / "x.avif").write_bytes(brand(b"avif"))
    with pytest.raises(ValueError, match=r"AVIF, which this Pillow was built without\. Install an"):
        load(tmp_path / "x.avif")


def test_other_files_of_the_kind_are_no_pictures(tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_bytes(struct.pack(">I", 24) + b"ftypisom" + bytes(90))
    with pytest.raises(ValueError, match=r"x\.mp4: not a picture$"):
        load(tmp_path / "x.mp4")


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png(colour: int, row: bytes, clear: bytes) -> bytes:
    """Two pixels of 16 bits in a row; the colour `clear` is transparent."""
    head = struct.pack(">IIBBBBB", 2, 1, 16, colour, 0, 0, 0)
    pixels = zlib.compress(b"\0" + row)
    kinds = ((b"IHDR", head), (b"tRNS", clear), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in kinds)


def test_transparency_of_16_bits_is_laid_over_white(tmp_path: Path) -> None:
    grey = struct.pack(">HH", 4660, 40_000)
    (tmp_path / "grey.png").write_bytes(png(0, grey, grey[:2]))
    assert load_photo(tmp_path / "grey.png", 1, (1, 2)).tolist() == [[[255, round(40_000 / 257)]]]
    colour = struct.pack(">HHH", 60_000, 0, 4660) + struct.pack(">HHH", 10_000, 20_000, 30_000)
    (tmp_path / "colour.png").write_bytes(png(2, colour, colour[:6]))
    found = load_photo(tmp_path / "colour.png", 3, (1, 2))
    assert found[:, 0, 0].tolist() == [255, 255, 255]
    assert np.abs(found[:, 0, 1].numpy() - np.array([10_000, 20_000, 30_000]) / 257).max() < 1

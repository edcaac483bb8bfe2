"""Zip files of class folders; damaged ones, and those that are made to fill a disk."""

import pickle
import stat
import struct
import zipfile
from pathlib import Path

import pytest
import torch
from small_archives import folders, zipped
from small_photos import NAMES

from papernets import data


def opened(path: Path, **options):
    return data.open(str(path), **{"channels": 3, "size": (30, 40), **options})


def test_a_zip_file_is_read_as_the_folder_in_it(tmp_path: Path) -> None:
    members = {f"__MACOSX/{name}": b"x" for name in ("._1.png", "a.png")}
    members |= folders(8, "my photos/train/") | folders(4, "my photos/test/", 50)
    file = zipped(tmp_path / "p.zip", {"my photos/": b"", "my photos/readme.txt": b"x", **members})
    found = opened(file)
    assert found.classes == NAMES and len(found.test) == 8 and found.skipped == ()
    assert found.test.files[0].name == f"{file}: my photos/test/blue/0.png"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "out")
    theirs = opened(tmp_path / "out" / "my photos")
    assert torch.equal(theirs.test.images, found.test.images)
    assert torch.equal(theirs.train.images, found.train.images)  # drawn by content
    bare = pickle.loads(pickle.dumps(opened(file, room=0).test.images))
    assert torch.equal(bare[:], found.test.images)


def test_a_damaged_picture_is_left_out_and_named(tmp_path: Path) -> None:
    file = zipped(tmp_path / "p.zip", folders(8))
    with zipfile.ZipFile(file) as archive:
        at = archive.getinfo("red/3.png").header_offset
    spoilt = bytearray(file.read_bytes())
    spoilt[at + 200 : at + 260] = bytes(60)
    file.write_bytes(spoilt)
    (said,) = opened(file).skipped
    assert said.startswith(f"{file}: red/3.png: damaged (")
    file.write_bytes(spoilt[:-30])
    with pytest.raises(ValueError, match=r"p.zip: not a whole zip file"):
        opened(file)


def test_bombs_are_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    file = zipped(tmp_path / "p.zip", folders(2) | {"red/big.bmp": bytes(17 << 20)})
    with pytest.raises(ValueError, match=r"'red/big.bmp' unpacks from \d+,\d+ to 17,825,792 bytes"):
        opened(file)
    file = zipped(tmp_path / "q.zip", {"a/1.png": b"x" * 900, "b/1.png": b"y" * 900})
    spoilt = bytearray(file.read_bytes())
    at = spoilt.rindex(b"PK\x01\x02")  # the second entry shares the first one's bytes
    spoilt[at + 42 : at + 46] = struct.pack("<I", 10)
    file.write_bytes(spoilt)
    with pytest.raises(ValueError, match=r"lies over another entry"):
        opened(file)


def test_what_leads_out_of_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'../x.png' leads out of the archive"):
        opened(zipped(tmp_path / "a.zip", {"../x.png": b"x"}))
    link = zipfile.ZipInfo("a/1.png")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ValueError, match=r"'a/1.png' is a link, where files should be"):
        opened(tmp_path / "b.zip")

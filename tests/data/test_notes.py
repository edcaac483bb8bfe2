"""What is said of a set of pictures: the same picture twice, names that look alike, odd files."""

from __future__ import annotations

import shutil
import struct
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from noise import noise
from PIL import Image
from small_photos import parquet

from papernets import data
from papernets.data.folder import whole_folder


def said(root: Path, **options) -> list[str]:
    return data.notes_of(data.open(str(root), **options))


def test_a_sound_set_has_no_notes(tmp_path: Path) -> None:
    assert said(noise(tmp_path, 12)) == []


@pytest.mark.parametrize("how", ["byte for byte", "as pixels"])
def test_the_same_picture_in_training_and_test_part(tmp_path: Path, how: str) -> None:
    noise(tmp_path / "train", 6)
    noise(tmp_path / "val", 4, first=50)
    noise(tmp_path / "test", 4, first=70)
    for number in (2, 3):
        source = tmp_path / "train" / "a" / f"{number}.png"
        target = tmp_path / "test" / "a" / f"copy{number}.png"
        if how == "as pixels":
            Image.open(source).convert("RGB").save(target.with_suffix(".bmp"))
        else:
            shutil.copy(source, target)
    ending = "bmp" if how == "as pixels" else "png"
    assert said(tmp_path) == [
        "2 of the 10 test pictures are in the training part too (first: "
        f"{tmp_path}/test/a/copy2.{ending}, the same as {tmp_path}/train/a/2.png)"
    ]


def test_the_same_picture_under_two_classes(tmp_path: Path) -> None:
    noise(tmp_path, 12)
    shutil.copy(tmp_path / "a" / "3.png", tmp_path / "b" / "copy.png")
    shutil.copy(tmp_path / "a" / "4.png", tmp_path / "b" / "again.png")
    (line,) = said(tmp_path)
    assert line.startswith("2 pictures under two classes or more (first: ")
    assert " as 'a'" in line and " as 'b'" in line


def test_rows_of_parquet_files_are_known_too(tmp_path: Path) -> None:
    parquet(tmp_path / "train.parquet", 20)
    parquet(tmp_path / "test.parquet", 4)
    lines = said(tmp_path, channels=3)
    counts = [int(line.split(" of the 4 test pictures are in the ")[0]) for line in lines]
    assert sum(counts) == 4  # in the training part, and in what was held out of it
    assert "test.parquet row " in lines[0] and "the same as " in lines[0]


def test_pictures_beside_parts_are_no_classes(tmp_path: Path) -> None:
    noise(tmp_path / "x", 4, classes="q")
    for name in ("train", "val"):
        shutil.copytree(tmp_path / "x" / "q", tmp_path / "set" / name)
    message = (
        r"set: no class folder in train/ and val/, and the names of parts are no classes\. "
        r"Put the pictures of each class in a folder of its own: .*set/train/cat/1\.jpg"
    )
    with pytest.raises(data.dataset.WrongFolder, match=message):
        data.open(str(tmp_path / "set"))
    assert whole_folder(tmp_path / "set") is None


def test_one_part_with_class_folders_and_one_without(tmp_path: Path) -> None:
    noise(tmp_path / "train", 4)
    noise(tmp_path, 4, classes="v")
    (tmp_path / "v").rename(tmp_path / "val")
    with pytest.raises(ValueError, match=r"no class folder in val/, and the names of parts are no"):
        data.open(str(tmp_path))


NFC, NFD = (unicodedata.normalize(form, "f\u00e9e") for form in ("NFC", "NFD"))


def twin_folders(root: Path) -> None:
    """Folders of both forms; skips where the file system takes them for one."""
    noise(root, 12)
    (root / "a").rename(root / NFC)
    if (root / NFD).exists():
        pytest.skip("this file system compares names in one form")


def test_a_class_in_two_forms_of_unicode_is_one(tmp_path: Path) -> None:
    twin_folders(tmp_path)
    (tmp_path / NFD).mkdir()
    for number in (3, 4, 5):
        shutil.move(tmp_path / NFC / f"{number}.png", tmp_path / NFD)
    found = data.open(str(tmp_path))
    assert found.classes == ("b", NFC)
    assert len(found.train) + len(found.validation) + len(found.test) == 24
    listing = whole_folder(tmp_path)
    assert listing is not None and set(listing[1]) == {"b", NFC}


def test_a_class_in_another_form_in_another_part(tmp_path: Path) -> None:
    twin_folders(tmp_path / "train")
    noise(tmp_path / "val", 3, first=40)
    (tmp_path / "val" / "a").rename(tmp_path / "val" / NFD)
    found = data.open(str(tmp_path))
    assert found.classes == ("b", NFC) and found.test.labels.tolist() == [0] * 3 + [1] * 3


def test_names_that_look_alike(tmp_path: Path) -> None:
    noise(tmp_path, 12, classes="abc")
    for old, new in (("a", "Ants"), ("b", "ants"), ("c", "ants ")):
        (tmp_path / old).rename(tmp_path / new)
    (line,) = said(tmp_path)
    assert line == "classes that look alike are told apart: 'Ants', 'ants', 'ants '"


def test_another_part_with_a_name_that_looks_alike(tmp_path: Path) -> None:
    noise(tmp_path / "train", 4)
    noise(tmp_path / "val", 4, classes="A")
    with pytest.raises(ValueError, match=r"class 'A' is not in .*It looks like 'a': rename one"):
        data.open(str(tmp_path))


def test_an_empty_class_is_named_and_left_out(tmp_path: Path) -> None:
    noise(tmp_path, 12, classes="abc")
    for file in (tmp_path / "c").iterdir():
        file.unlink()
    found = data.open(str(tmp_path))
    assert found.classes == ("a", "b") and found.skipped == (
        f"{tmp_path / 'c'}: the class is empty",
    )
    with pytest.raises(
        ValueError, match=r"c: the class is empty\. Put pictures in it or remove it; w"
    ):
        data.open(str(tmp_path), strict=True)


def test_an_empty_class_of_the_training_part_alone(tmp_path: Path) -> None:
    noise(tmp_path / "train", 6)
    (tmp_path / "train" / "c").mkdir()
    noise(tmp_path / "val", 3, classes="abc", first=20)
    found = data.open(str(tmp_path))
    assert found.classes == ("a", "b") and len(found.test) == 6
    assert found.skipped == (
        f"{tmp_path / 'train' / 'c'}: the class is empty",
        f"{tmp_path / 'val' / 'c'}: 3 pictures of a class that has none to train on",
    )


def test_a_class_without_a_readable_picture_is_left_out(tmp_path: Path) -> None:
    noise(tmp_path, 12, classes="bc")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "notes.txt").write_text("no picture")
    found = data.open(str(tmp_path))
    assert found.classes == ("b", "c") and set(found.train.labels.tolist()) == {0, 1}
    assert found.skipped[1] == "class 'a': not one picture to train on can be read"
    for file, label in zip(found.train.files, found.train.labels.tolist(), strict=True):
        assert Path(str(file)).parent.name == found.classes[label]


def test_tiny_and_stretched_pictures(tmp_path: Path) -> None:
    noise(tmp_path, 12)
    Image.new("L", (1, 1)).save(tmp_path / "a" / "one.png")
    for number in (1, 2):
        Image.new("L", (3, 4), number).save(tmp_path / "b" / f"small{number}.png")
    assert said(tmp_path, size=(32, 32)) == [
        f"1 picture of 1x1 pixel (first: {tmp_path}/a/one.png)",
        f"2 pictures enlarged more than 8 times (first: {tmp_path}/b/small1.png, 4x3 for 32x32)",
    ]


def test_twelve_bits_in_sixteen(tmp_path: Path) -> None:
    noise(tmp_path, 12)
    values = np.arange(256, dtype=np.uint16).reshape(16, 16) * 16 + 7
    Image.fromarray(values).save(tmp_path / "a" / "dark.png")
    assert said(tmp_path) == [
        "1 picture of 16 bits with small values alone, which become nearly black (first: "
        f"{tmp_path}/a/dark.png, values from 7 to 4087 of 65535)"
    ]


def exif(orientation: int) -> bytes:
    """EXIF data whose XResolution is text, not a number."""
    tags = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    tags += struct.pack("<HHI", 0x011A, 2, 3) + b"72\0\0"
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + tags + b"\0\0\0\0"


def test_a_tag_of_a_wrong_type_drops_no_picture(tmp_path: Path) -> None:
    noise(tmp_path, 12)
    values = np.tile(np.arange(40, dtype=np.uint8) * 6, (20, 1))
    Image.fromarray(values).save(tmp_path / "a" / "x.jpg", exif=exif(6), quality=95)
    found = data.open(str(tmp_path))
    assert found.skipped == ()
    assert found.remarks == (
        "1 picture with data of a wrong type, which are passed over (first: "
        f"{tmp_path}/a/x.jpg, EXIF XResolution)",
    )
    upright = data.picture.load(tmp_path / "a" / "x.jpg")
    assert upright.size == (20, 40) and upright.getpixel((10, 2)) < upright.getpixel((10, 37))

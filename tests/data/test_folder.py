"""Folders of pictures: layouts, names, splits, and files that should not be there."""

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from papernets import data
from papernets.data.folder import whole_folder
from papernets.data.tree import natural


def picture(path: Path, value: int = 100, size: tuple[int, int] = (40, 30)) -> None:
    """A grey-green picture of one value, in the form that its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (value, 200, value)).save(path)


def classes(root: Path, counts: dict[str, int]) -> Path:
    for place, (name, count) in enumerate(counts.items()):
        for number in range(count):
            picture(root / name / f"{number}.png", 20 * place)
    return root


def test_innermost_folders_may_be_the_classes(tmp_path: Path) -> None:
    """In natural order at each level, and with the same names inside two of the folders."""
    names = {"insects/ants10": 8, "insects/ants2": 8, "birds/robin": 8, "birds": 4}
    root = classes(tmp_path / "animals", names)
    found = data.open(str(root), channels=3, nested=True)
    assert found.classes == ("birds", "birds/robin", "insects/ants2", "insects/ants10")
    assert data.open(str(root), channels=3).classes == ("birds", "insects")
    listing = whole_folder(root, nested=True)
    assert listing is not None and set(listing[1]) == set(found.classes)
    with pytest.raises(ValueError, match="only one class, 'a/b'"):
        data.open(str(classes(tmp_path / "one", {"a/b": 3})), nested=True)
    for part in ("train", "test"):
        classes(tmp_path / "parts" / part, {"x/young": 4, "y/young": 4})
    parts = data.open(str(tmp_path / "parts"), nested=True)
    assert parts.classes == ("x/young", "y/young") and len(parts.test) == 8


def test_one_folder_a_class(tmp_path: Path) -> None:
    flowers = data.open(str(classes(tmp_path / "flowers", {"rose": 20, "daisy": 20})), channels=3)
    assert flowers.name == "flowers" and flowers.kind == "photo"
    assert flowers.classes == ("daisy", "rose")
    assert [len(p) for p in (flowers.train, flowers.validation, flowers.test)] == [32, 4, 4]
    assert flowers.split == (
        "32 pictures to train, 4 to choose the epoch and 4 to test (about 80, 10 and 10 %), drawn "
        "by class with seed 0 from their content"
    )
    for part in (flowers.train, flowers.validation, flowers.test):
        assert part.images.shape[1:] == (3, 28, 28)
        assert (part.images[part.labels == 1] == torch.tensor([0, 200, 0])[:, None, None]).all()
        assert (part.images[part.labels == 0] == torch.tensor([20, 200, 20])[:, None, None]).all()
        for file, label in zip(part.files, part.labels.tolist(), strict=True):
            assert Path(file).is_file() and Path(file).parent.name == flowers.classes[label]


def test_every_picture_is_in_one_part_and_the_seed_decides_in_which(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 13, "b": 17})
    first, again, other = (data.open(str(tmp_path), seed=seed) for seed in (0, 0, 1))
    files = first.train.files + first.validation.files + first.test.files
    assert len(set(files)) == len(files) == 30
    assert first.test.files == again.test.files != other.test.files


def test_train_val_and_test_are_taken_as_they_are(tmp_path: Path) -> None:
    for split, count in (("train", 4), ("val", 3), ("test", 2)):
        classes(tmp_path / split, {"a": count, "b": count})
    opened = data.open(str(tmp_path))
    assert [len(p) for p in (opened.train, opened.validation, opened.test)] == [8, 6, 4]
    assert opened.split == "train/, val/ and test/ as they are: val/ chooses the epoch"


@pytest.mark.parametrize("name", ["val", "validation", "Test"])
def test_without_a_third_folder_a_tenth_of_train_chooses_the_epoch(
    tmp_path: Path, name: str
) -> None:
    classes(tmp_path / "train", {"a": 30, "b": 20})
    classes(tmp_path / name, {"b": 3})  # a class may be missing here
    opened = data.open(str(tmp_path))
    assert [len(p) for p in (opened.train, opened.validation, opened.test)] == [45, 5, 3]
    assert torch.bincount(opened.validation.labels).tolist() == [3, 2]
    assert opened.test.labels.tolist() == [1, 1, 1]
    assert "is the test set; 5 of train/'s 50 pictures, drawn by class with seed 0" in opened.split


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    classes(tmp_path, {"bus": 4, "car": 4, "train": 4})
    assert data.open(str(tmp_path)).classes == ("bus", "car", "train")


def test_natural_order() -> None:
    names = ["100", "10", "2", "b", "A", "a10", "a9", "01", "1", "B", "1a", "class 12", "class 3"]
    assert sorted(names, key=natural) == [
        "01", "1", "1a", "2", "10", "100", "A", "a9", "a10", "B", "b", "class 3", "class 12",
    ]  # fmt: skip


def test_classes_are_in_natural_order(tmp_path: Path) -> None:
    classes(tmp_path, {"100": 3, "2": 3, "10": 3})
    assert data.open(str(tmp_path)).classes == ("2", "10", "100")


def test_what_systems_leave_behind_is_ignored(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 3, "b": 3, ".ipynb_checkpoints": 2, "__MACOSX": 2})
    for junk in ("a/.DS_Store", "a/._1.png", "b/Thumbs.db", "desktop.ini", "a/.git/x"):
        (tmp_path / junk).parent.mkdir(exist_ok=True)
        (tmp_path / junk).write_bytes(b"junk")
    opened = data.open(str(tmp_path), strict=True)
    assert opened.classes == ("a", "b") and opened.skipped == ()


def test_pictures_deeper_down_and_links_that_go_round(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 3, "b": 3, "b/deeper/still": 3})
    os.symlink(tmp_path / "b", tmp_path / "b" / "deeper" / "round")
    opened = data.open(str(tmp_path))
    labels = torch.cat([opened.train.labels, opened.validation.labels, opened.test.labels])
    assert torch.bincount(labels).tolist() == [3, 6]


@pytest.mark.skipif(os.name != "posix", reason="needs named pipes")
def test_pipes_and_links_to_themselves_are_left_out_and_named(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 3, "b": 3})
    os.mkfifo(tmp_path / "a" / "pipe.png")
    for place in ("a", "b"):
        os.symlink("round.png", tmp_path / place / "round.png")
    os.symlink("loose.png", tmp_path / "loose.png")
    opened = data.open(str(tmp_path))
    assert len(opened.train) + len(opened.validation) + len(opened.test) == 6
    assert opened.skipped == (
        f"{tmp_path / 'loose.png'}: in no class folder",
        f"{tmp_path / 'a' / 'pipe.png'}: not a regular file",
        f"{tmp_path / 'a' / 'round.png'}: a link that goes round",
        f"{tmp_path / 'b' / 'round.png'}: a link that goes round",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="needs names of any bytes")
def test_a_class_whose_name_is_no_text(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 3, "caf\udce9": 3})
    message = r"the name of the class folder caf\\xe9 is not UTF-8\. Rename it"
    with pytest.raises(ValueError, match=message):
        data.open(str(tmp_path))
    with pytest.raises(ValueError, match=message):
        whole_folder(tmp_path)


def damaged(root: Path) -> dict[str, str]:
    """Bad files put into class a, and the reason that each should get."""
    whole = root / "a" / "whole.jpg"
    noise = np.random.RandomState(0).randint(0, 255, (60, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(whole)
    (root / "a" / "cut.jpg").write_bytes(whole.read_bytes()[:900])
    (root / "a" / "empty.png").write_bytes(b"")
    (root / "a" / "notes.txt").write_text("not a picture")
    os.symlink(root / "nowhere.png", root / "a" / "link.png")
    return {
        "cut.jpg": "cut short",
        "empty.png": "an empty file",
        "link.png": "not there (a link that leads nowhere?)",
        "notes.txt": "not a picture",
    }


def test_files_that_cannot_be_read_are_left_out_and_named(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 5, "b": 5})
    reasons = damaged(tmp_path)
    opened = data.open(str(tmp_path))
    assert len(opened.train) + len(opened.validation) + len(opened.test) == 11
    assert len(opened.skipped) == 4
    for (file, reason), message in zip(reasons.items(), opened.skipped, strict=True):
        assert message.startswith(f"{tmp_path / 'a' / file}: {reason}")


def test_strict_stops_at_files_that_cannot_be_read(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 5, "b": 5})
    damaged(tmp_path)
    message = (
        r": 4 of 15 files are not readable pictures \(first: .*cut\.jpg: cut short.*\)\. "
        r"Mend or remove them; without --strict they are left out"
    )
    with pytest.raises(ValueError, match=message):
        data.open(str(tmp_path), strict=True)


def test_no_file_is_changed(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 3, "b": 3})
    damaged(tmp_path)

    def state() -> dict[str, tuple[str, int]]:
        files = [p for p in tmp_path.rglob("*") if p.is_file()]
        return {
            str(p): (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns)
            for p in files
        }

    before = state()
    data.open(str(tmp_path))
    assert state() == before


def test_a_file_without_permission_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes(tmp_path, {"a": 3, "b": 3})
    original = Image.open

    def refuse(path: str, **rest: Any) -> Image.Image:
        if str(path).endswith(os.path.join("a", "1.png")):
            raise PermissionError(13, "Permission denied")
        return original(path, **rest)

    monkeypatch.setattr(Image, "open", refuse)
    opened = data.open(str(tmp_path))
    assert opened.skipped == (f"{tmp_path / 'a' / '1.png'}: no permission to read it",)


def test_a_folder_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    classes(tmp_path, {"a": 3, "b": 3})

    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(PermissionError, match="Permission denied"):
        data.open(str(tmp_path))


def test_loose_pictures_are_named(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 3, "b": 3})
    picture(tmp_path / "x.jpg")
    picture(tmp_path / "y.jpg")
    assert data.open(str(tmp_path)).skipped == (
        f"{tmp_path / 'x.jpg'} and 1 more: in no class folder",
    )


def test_names_that_are_no_text_are_read_and_reported(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 3, "b": 3})
    odd = os.fsencode(tmp_path / "a") + b"/\xff\xfe.png"
    try:
        with open(odd, "wb") as file:
            file.write(b"no picture")
    except OSError:
        pytest.skip("this file system wants names to be text")
    assert data.open(str(tmp_path)).skipped[0].encode().endswith(b".png: not a picture")


def mnist_like(root: Path, ground: int, names: str = "0123", side: int = 28) -> Path:
    for name in names:
        (root / name).mkdir(parents=True)
        for number in range(4):
            values = np.full((side, side), ground, np.uint8)
            values[6:22, 10:16] = 255 - ground
            Image.fromarray(values).save(root / name / f"{number}.png")
    return root


def test_grey_28x28_pictures_of_digits_keep_mnists_form(tmp_path: Path) -> None:
    opened = data.open(str(mnist_like(tmp_path, 0)), size=(32, 32))
    assert opened.kind == "digit" and opened.train.images.shape[1:] == (1, 28, 28)


@pytest.mark.parametrize(
    ("ground", "names", "side"), [(255, "0123", 28), (0, "abcd", 28), (0, "0123", 30)]
)
def test_what_is_not_in_mnists_form_is_a_photo(
    tmp_path: Path, ground: int, names: str, side: int
) -> None:
    assert data.open(str(mnist_like(tmp_path, ground, names, side))).kind == "photo"


def test_errors_of_the_layout(tmp_path: Path) -> None:
    def message(build, text: str) -> None:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        build(folder)
        with pytest.raises(ValueError, match=text):
            data.open(str(folder))

    message(
        lambda f: None, r"no class folder in it\. Put the pictures of each class in a folder of "
    )
    message(lambda f: picture(f / "1.png"), "no class folder in it")
    message(lambda f: classes(f, {"a": 3}), "only one class, 'a'. Telling classes apart needs two")
    message(
        lambda f: (classes(f, {"a": 3}), (f / "b").mkdir()),
        r"b: the class is empty\. Put pictures in it or remove it",
    )
    message(
        lambda f: (classes(f, {"a": 3}), (f / "b").mkdir(), (f / "b" / "x.png").write_text("no")),
        r"class 'b': not one picture can be read \(first: .*x\.png: not a picture\)",
    )
    message(
        lambda f: (classes(f / "train", {"a": 3, "b": 3}), classes(f / "val", {"a": 1, "c": 1})),
        r"val: class 'c' is not in .*train \(classes there: a, b\)",
    )
    message(
        lambda f: classes(f / "val", {"a": 3, "b": 3}),
        r"val/ without train/\. Name the folder of the training pictures train/",
    )
    message(
        lambda f: (classes(f / "train", {"a": 3, "b": 3}), classes(f, {"other": 1})),
        r"other/ beside train/ is no part of the data\. Parts are train/, val/ and test/",
    )
    message(
        lambda f: [classes(f / s, {"a": 3, "b": 3}) for s in ("train", "val", "valid")],
        "val/ and valid/ are both taken for the val part. Rename one",
    )
    message(
        lambda f: classes(f, {"a": 1, "b": 1}),
        "2 training pictures are too few to hold a part out. Give three or more of each class",
    )


def test_channels_that_no_picture_has(tmp_path: Path) -> None:
    classes(tmp_path, {"a": 3, "b": 3})
    with pytest.raises(ValueError, match=r"channels=4: pictures are read with 1 .* or 3"):
        data.open(str(tmp_path), channels=4)


def test_real_ants_and_bees(shared_data: Path) -> None:
    folder = shared_data / "ants-bees"
    if not folder.is_dir():
        pytest.skip("no ants-bees there")
    opened = data.open(str(folder), channels=3, size=(32, 32), strict=True)
    assert opened.classes == ("ants", "bees")
    held = len(opened.validation)
    assert 12 <= held <= 37 and (len(opened.train), len(opened.test)) == (245 - held, 153)

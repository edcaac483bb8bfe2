"""Layouts of folders: parts by other names or in the wrong place, and what the errors advise."""

import shutil
from pathlib import Path

import pytest
from noise import noise

from papernets import data
from papernets.cli import main
from papernets.data.dataset import WrongFolder
from papernets.data.layout import split_of

ANTS, BEES = "ants", "bees"


def insects(root: Path, count: int = 4, first: int = 0) -> Path:
    """root/ants and root/bees, with so many pictures each."""
    noise(root, count, first=first)
    (root / "a").rename(root / ANTS)
    (root / "b").rename(root / BEES)
    return root


def refused(root: Path, message: str) -> None:
    with pytest.raises(WrongFolder) as error:
        data.open(str(root))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("train", "test"),
    [("training_set", "test_set"), ("Train-Set", "VALIDATION SET"), ("trainset", "testing_set")],
)
def test_the_usual_names_of_parts(tmp_path: Path, train: str, test: str) -> None:
    insects(tmp_path / train, 12)
    insects(tmp_path / test, 3, first=50)
    found = data.open(str(tmp_path))
    assert found.classes == (ANTS, BEES) and len(found.test) == 6
    assert len(found.train) + len(found.validation) == 24


def test_names_that_say_no_part() -> None:
    names = ("sunset", "set", "test set 2", "trains", "protest")
    assert [split_of(name) for name in names] == [None] * 5
    assert split_of("Training-set") == "train" and split_of("val_set") == "val"


def test_folders_that_hold_the_same_folders_are_parts(tmp_path: Path) -> None:
    insects(tmp_path / "A")
    insects(tmp_path / "B", first=20)
    refused(
        tmp_path,
        f"{tmp_path}: 'A' and 'B' hold the same folders (ants, bees): name the parts train, val "
        "and test. If these are the classes, put their pictures in them without further folders",
    )
    insects(tmp_path / "C", first=40)
    refused(tmp_path, "all 3 folders hold the same folders (ants, bees): name the parts train")
    assert main(["data", "show", str(tmp_path)]) != 0
    (tmp_path / "A").rename(tmp_path / "train")
    (tmp_path / "B").rename(tmp_path / "val")
    (tmp_path / "C").rename(tmp_path / "test")
    assert len(data.open(str(tmp_path)).test) == 8


def test_classes_with_folders_of_their_own_stay_classes(tmp_path: Path) -> None:
    insects(tmp_path / "A", 6)
    insects(tmp_path / "B", 6, first=20)
    shutil.move(tmp_path / "A" / ANTS / "0.png", tmp_path / "A" / "0.png")
    found = data.open(str(tmp_path))
    assert found.classes == ("A", "B")
    assert data.notes_of(found) == [
        "A and 1 more hold folders (A: ants, bees): each is counted as one class"
    ]


def test_parts_inside_classes(tmp_path: Path) -> None:
    for name, first in ((ANTS, 0), (BEES, 20)):
        noise(tmp_path / name, 4, first=first)
        (tmp_path / name / "a").rename(tmp_path / name / "train")
        (tmp_path / name / "b").rename(tmp_path / name / "test")
    refused(
        tmp_path,
        f"{tmp_path}: the class 'ants' holds the parts train/ and test/. Put the classes in the "
        f"parts: {tmp_path / 'train' / 'ants'}, {tmp_path / 'test' / 'ants'}",
    )


@pytest.mark.parametrize("part", ["", "train"])
def test_a_class_whose_pictures_lie_in_folders(tmp_path: Path, part: str, capsys) -> None:
    insects(tmp_path / part / "insects", 8)
    noise(tmp_path / part, 16, classes="c", first=30)
    if part:
        insects(tmp_path / "test" / "insects", 2, first=80)
    (line,) = data.notes_of(data.open(str(tmp_path)))
    assert line == "insects holds folders (ants, bees): counted as one class"
    assert main(["data", "show", str(tmp_path)]) == 0
    assert f"note: {line}" in capsys.readouterr().err
    assert main(["train", "lenet1", "--data", str(tmp_path), "--dry-run"]) == 0
    assert f"note: {line}" in capsys.readouterr().err


@pytest.mark.parametrize("part", ["val", "test"])
def test_empty_classes_of_every_part_are_named(tmp_path: Path, part: str) -> None:
    noise(tmp_path / "train", 6, classes="abc")
    noise(tmp_path / part, 3, classes="a", first=20)
    for name in "bc":
        (tmp_path / part / name).mkdir()
    found = data.open(str(tmp_path))
    said = [f"{tmp_path / part / name}: the class is empty" for name in "bc"]
    assert list(found.skipped) == said and found.classes == ("a", "b", "c")
    with pytest.raises(WrongFolder) as error:
        data.open(str(tmp_path), strict=True)
    assert str(error.value) == (
        f"{'; '.join(said)}. Put pictures in them or remove them; without --strict they are left "
        "out"
    )


def test_a_data_set_deeper_down(tmp_path: Path) -> None:
    deep = tmp_path / "kag" / "archive" / "dataset"
    insects(deep / "train")
    only = f"{tmp_path / 'kag'}: only one class, 'archive'. "
    refused(tmp_path / "kag", f"{only}{deep} has train/: give that")
    insects(deep / "test", first=20)
    refused(tmp_path / "kag", f"{only}{deep} has train/ and test/: give that")
    assert len(data.open(str(deep)).test) == 8
    (tmp_path / "kag" / "docs").mkdir()
    shutil.move(deep, tmp_path / "kag" / "dataset")
    place = tmp_path / "kag" / "dataset"
    refused(tmp_path / "kag", f"{tmp_path / 'kag'}: {place} has train/ and test/: give that")


def test_classes_deeper_down(tmp_path: Path) -> None:
    insects(tmp_path / "kag" / "archive")
    refused(
        tmp_path / "kag",
        f"{tmp_path / 'kag' / 'archive'} has the folders ants, bees: if these are the classes, "
        "give that",
    )
    twice = tmp_path / "cats"
    insects(twice / "training_set" / "training_set")
    insects(twice / "test_set" / "test_set", first=20)
    refused(
        twice,
        f"{twice / 'training_set' / 'training_set'} has the folders ants, bees: move these up into "
        f"{twice / 'training_set'}",
    )


def test_evaluate_too_says_where_the_classes_are(tmp_path: Path, capsys) -> None:
    insects(tmp_path / "kag" / "archive" / "train")
    assert main(["evaluate", "lenet5", "--data", str(tmp_path / "kag")]) != 0
    said = capsys.readouterr().err
    assert said.rstrip().endswith(f"{tmp_path / 'kag' / 'archive'} has train/: give that")
    insects(tmp_path / "AB" / "A")
    insects(tmp_path / "AB" / "B")
    assert main(["evaluate", "lenet5", "--data", str(tmp_path / "AB")]) != 0
    assert "'A' and 'B' hold the same folders (ants, bees)" in capsys.readouterr().err


@pytest.mark.parametrize("others", [["labels"], []])
def test_a_table_of_labels_is_named(tmp_path: Path, others: list[str]) -> None:
    noise(tmp_path, 4, classes="i")
    (tmp_path / "i").rename(tmp_path / "images")
    for name in others:
        (tmp_path / name).mkdir()
    (tmp_path / "labels.csv").write_text("0.png,cat\n")
    advice = (
        f"If labels.csv lists them with their classes: --data {tmp_path / 'labels.csv'}. Put the "
        f"pictures of each class in a folder of its own: {tmp_path / 'cat' / '1.jpg'}, "
    )
    refused(tmp_path, advice)
    for file in (tmp_path / "images").iterdir():
        shutil.move(file, tmp_path)
    for name in ("images", *others):
        (tmp_path / name).rmdir()
    refused(tmp_path, advice)

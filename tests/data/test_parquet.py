"""Parquet files as Hugging Face lays them out, whole, damaged, and in other forms."""

import os
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_photos import NAMES, encoded, parquet, photo

from papernets import data
from papernets.data.picture import Refused
from papernets.data.stored import OnDemand
from papernets.data.tables import Tables


def opened(root: Path, **options):
    return data.open(str(root), **{"channels": 3, "size": (30, 40), **options})


def test_the_parts_are_in_the_files_names(tmp_path: Path) -> None:
    parquet(tmp_path / "train-00000-of-00002.parquet", 20)
    parquet(tmp_path / "train-00001-of-00002.parquet", 10, seed=50)
    parquet(tmp_path / "test-00000-of-00001.parquet", 8, seed=90)
    found = opened(tmp_path)
    assert found.classes == NAMES and found.kind == "photo" and found.skipped == ()
    held = len(found.validation)
    assert 2 <= held <= 6 and len(found.train) == 30 - held and len(found.test) == 8
    assert found.split == (
        f"test is the test set; {held} of train's 30 pictures, drawn by class with seed 0 from "
        "their content, choose the epoch"
    )
    assert found.test.labels.tolist() == [0, 1] * 4
    for at in (0, 5, 7):
        theirs = np.asarray(photo(at % 2, 90 + at // 2))
        assert np.array_equal(found.test.images[at].permute(1, 2, 0).numpy(), theirs)
    assert found.test.files[5].name == f"{tmp_path}/test-00000-of-00001.parquet row 5"


@pytest.mark.parametrize(
    "names",
    [
        ("train.parquet", "validation.parquet", "test.parquet"),
        ("data/train-00000-of-00001-8a2b.parquet", "data/val_0.parquet", "data/test-1.parquet"),
        ("train/0000.parquet", "valid/0000.parquet", "test/0000.parquet"),
    ],
)
def test_ways_to_name_them(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name, count in zip(names, (8, 6, 4), strict=True):
        parquet(tmp_path / name, count)
    found = opened(tmp_path)
    assert [len(p) for p in (found.train, found.validation, found.test)] == [8, 6, 4]


def test_one_file_or_files_without_parts_are_split(tmp_path: Path) -> None:
    parquet(tmp_path / "0.parquet", 12)
    parquet(tmp_path / "1.parquet", 8)
    for root, count in ((tmp_path, 20), (tmp_path / "1.parquet", 8)):
        found = opened(root)
        assert len(found.train) + len(found.validation) + len(found.test) == count
        assert "80, 10 and 10 %" in found.split


def test_rows_that_cannot_be_read_are_left_out_and_named(tmp_path: Path) -> None:
    def spoil(cells):
        cells["image"][3]["bytes"] = encoded(photo(1, 1), "JPEG")[:-300]
        cells["image"][4]["bytes"] = b"text"
        cells["image"][5] = None
        cells["image"][6]["bytes"] = None
        cells["image"][8]["bytes"] = b""
        cells["label"][7] = None
        cells["label"][9] = -1  # a hidden label, as in many test sets

    file = parquet(tmp_path / "all.parquet", 20, change=spoil)
    found = opened(file)
    assert len(found.train) + len(found.validation) + len(found.test) == 13
    said = {m.removeprefix(f"{file} row ").split(" (")[0] for m in found.skipped}
    assert said == {
        "3: cut short", "4: not a picture", "5: no picture in it", "6: no picture in it",
        "7: no label", "8: no picture in it", "9: no label",
    }  # fmt: skip
    with pytest.raises(ValueError, match="7 of 18 files are not readable pictures"):
        opened(file, strict=True)


def test_labels_without_names_and_names_as_labels(tmp_path: Path) -> None:
    bare = parquet(tmp_path / "bare.parquet", 20, names=None)
    assert opened(bare).classes == ("0", "1")

    def words(cells):
        cells["label"] = [("zebra", "ant 10")[label] for label in cells["label"]]

    assert opened(parquet(tmp_path / "w.parquet", 20, names=None, change=words)).classes == (
        "ant 10",
        "zebra",
    )

    def plain(cells):
        cells["picture"] = [cell["bytes"] for cell in cells.pop("image")]
        cells["note"] = ["x"] * len(cells["label"])

    found = opened(parquet(tmp_path / "b.parquet", 20, names=None, change=plain))
    assert found.classes == ("0", "1") and len(found.train) == 16


def test_classes_of_which_the_training_part_has_none_are_left_out(tmp_path: Path) -> None:
    names = ("a", "zebra", "ant", "b")

    def shift(cells):
        cells["label"] = [label + 1 for label in cells["label"]]

    found = opened(parquet(tmp_path / "x.parquet", 20, names=names, change=shift))
    assert found.classes == ("zebra", "ant")  # in the order of the data set


def digits(path: Path, count: int = 40) -> Path:
    """MNIST's form: grey 28x28, light on dark, labels named by digits."""

    def change(cells):
        for at, cell in enumerate(cells["image"]):
            values = np.zeros((28, 28), np.uint8)
            values[4:24, 4 + at % 2 * 10 : 10 + at % 2 * 10] = 255
            cell["bytes"] = encoded(Image.fromarray(values))

    return parquet(path, count, names=[str(n) for n in range(10)], change=change)


def test_digits_in_parquet_are_digits(tmp_path: Path) -> None:
    found = data.open(str(digits(tmp_path / "d.parquet")), channels=1, size=(32, 32))
    assert found.kind == "digit" and found.train.images.shape[1:] == (1, 28, 28)


def test_on_demand_they_are_the_same_also_in_another_process(tmp_path: Path) -> None:
    parquet(tmp_path / "train.parquet", 20)
    parquet(tmp_path / "test.parquet", 8)
    whole, bare = opened(tmp_path), opened(tmp_path, room=0)
    assert isinstance(bare.train.images, OnDemand)
    assert torch.equal(bare.train.images[:], whole.train.images)
    again = pickle.loads(pickle.dumps(bare.test.images))
    assert torch.equal(again[torch.tensor([7, 0, 3])], whole.test.images[[7, 0, 3]])


def test_row_groups_are_kept_only_as_far_as_memory_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("papernets.data.tables.memory_for_pictures", lambda: 1.0)
    found = opened(parquet(tmp_path / "x.parquet", 40), room=0)
    tables = found.train.files[0].tables
    found.train.images[:]
    assert len(tables.kept) == 1 and len(tables.groups[0]) == 9


def test_damaged_files(tmp_path: Path) -> None:
    file = parquet(tmp_path / "x.parquet", 20)
    whole = file.read_bytes()
    for content in (b"", b"text", whole[:-20], whole[: len(whole) // 2]):
        file.write_bytes(content)
        with pytest.raises(ValueError, match=r"x.parquet: not a whole parquet file \("):
            opened(file)
    spoilt = bytearray(whole)
    spoilt[200:4000] = bytes(3800)  # the footer is whole, pages are not
    file.write_bytes(bytes(spoilt))
    try:
        found = opened(file)
    except ValueError as error:
        assert "x.parquet" in str(error)
    else:
        assert found.skipped and all("x.parquet row" in line for line in found.skipped)


def rename(old: str, new: str):
    def change(cells):
        cells[new] = cells.pop(old)

    return change


def texts(cells):
    cells["image"] = ["a.png"] * len(cells["image"])


def wrong(cells):
    cells["label"][4] = 2


@pytest.mark.parametrize(
    "change, words",
    [
        (texts, r"no column of encoded pictures .*It has image \(string\), label \(int64\)"),
        (rename("label", "age"), "no column of labels. It has image .*, age "),
        (wrong, "x.parquet row 4: label 2 among 2 classes"),
        (lambda c: c.update(label=[-1] * 20), "not one picture with a label .first: .*row 0"),
        (lambda c: c.update(label=[1] * 20), "only one class, 'red'"),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, change, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        opened(parquet(tmp_path / "x.parquet", 20, change=change))


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    parquet(tmp_path / "test.parquet", 4)
    with pytest.raises(ValueError, match=r"test.parquet without train-\*.parquet"):
        opened(tmp_path)
    parquet(tmp_path / "train.parquet", 20)
    extra = parquet(tmp_path / "extra.parquet", 4)
    with pytest.raises(ValueError, match=r"extra.parquet: no part of the data by its name"):
        opened(tmp_path)
    extra.unlink()
    parquet(tmp_path / "train-2.parquet", 4, names=("x", "y"))
    with pytest.raises(ValueError, match="other columns or classes than"):
        opened(tmp_path)


@pytest.mark.parametrize("column", ["image", "label"])
def test_files_whose_columns_are_of_other_kinds(tmp_path: Path, column: str) -> None:
    """Labels 0 and 1 beside labels a and b are not four classes."""

    def other(cells):
        if column == "image":
            cells["image"] = [cell["bytes"] for cell in cells["image"]]
        else:
            cells["label"] = ["ab"[label] for label in cells["label"]]

    parquet(tmp_path / "train-0.parquet", 20, names=None)
    parquet(tmp_path / "train-1.parquet", 20, names=None, change=other)
    with pytest.raises(ValueError, match=r"train-1.parquet: other columns or classes than .*n-0"):
        opened(tmp_path)


@pytest.mark.parametrize(
    "told",
    [
        b'{"info": {"features": {"label": {"names": 5}}}}',
        b'{"info": {"features": {"label": {"names": "ab", "_type": "ClassLabel"}}}}',
        b"[" * 100_000,
        b'{"info": {"features": [1]}}',
        b'{"info": 3}',
        b"\xff",
    ],
)
def test_broken_metadata_name_no_classes(tmp_path: Path, told: bytes) -> None:
    import pyarrow.parquet

    file = parquet(tmp_path / "x.parquet", 20)
    table = pyarrow.parquet.read_table(file).replace_schema_metadata({b"huggingface": told})
    pyarrow.parquet.write_table(table, file)
    assert opened(file).classes == ("0", "1")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"x.parquet: no such file. Give one, or a"):
        opened(tmp_path / "x.parquet")


def test_a_class_that_only_the_test_part_has(tmp_path: Path) -> None:
    parquet(tmp_path / "train.parquet", 20, names=None)
    parquet(tmp_path / "test.parquet", 4, names=None, change=lambda c: c.update(label=[0, 1, 0, 7]))
    with pytest.raises(ValueError, match=r"row 3: class '7' is not in the training part .*: 0, 1"):
        opened(tmp_path)


def test_without_pyarrow_the_command_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = parquet(tmp_path / "x.parquet", 20)
    for name in [name for name in sys.modules if name.split(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ValueError, match=r"not installed. Install it: pip install pya"):
        opened(file)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read all")
def test_no_permission(tmp_path: Path) -> None:
    file = parquet(tmp_path / "x.parquet", 20)
    file.chmod(0)
    with pytest.raises(PermissionError):
        opened(file)


def test_a_row_without_a_picture_refuses_to_be_read(tmp_path: Path) -> None:
    file = parquet(tmp_path / "x.parquet", 4, change=lambda c: c["image"][2].update(bytes=None))
    tables = Tables([str(file)])
    with pytest.raises(Refused, match=r"x.parquet row 2: no picture in it"):
        tables.picture(2)
    assert tables.picture(3) == encoded(photo(1, 1))

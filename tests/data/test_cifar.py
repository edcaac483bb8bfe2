"""CIFAR-10: its binary files, its pickles that are not read, and the name for both."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from small_photos import parquet

from papernets import data
from papernets.data.known import CIFAR10


def binary(root: Path, count: int = 20) -> Path:
    """Five files to train and one to test, as https://www.cs.toronto.edu/~kriz/cifar.html says:
    a label, then 1,024 values each of red, green and blue, row by row."""
    root.mkdir(parents=True, exist_ok=True)
    for at, name in enumerate([*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]):
        random = np.random.RandomState(at)
        records = random.randint(0, 256, (count, 3073)).astype(np.uint8)
        records[:, 0] = np.arange(count) % 10
        (root / f"{name}.bin").write_bytes(records.tobytes())
    (root / "batches.meta.txt").write_text("\n".join(CIFAR10) + "\n\n")
    return root


def test_records_are_pictures_with_their_labels(tmp_path: Path) -> None:
    root = binary(tmp_path / "cifar10")
    found = data.open("cifar10", data_dir=str(tmp_path), channels=3, size=(32, 32))
    assert found.classes == CIFAR10 and found.kind == "photo"
    assert [len(p) for p in (found.train, found.validation, found.test)] == [90, 10, 20]
    record = np.frombuffer((root / "test_batch.bin").read_bytes(), np.uint8)[3 * 3073 :][:3073]
    assert found.test.labels[3] == record[0] == 3
    assert torch.equal(found.test.images[3], torch.from_numpy(record[1:].copy()).view(3, 32, 32))
    assert found.test.files[3].name == f"{root}/test_batch.bin row 3"
    bare = data.open(str(root), channels=3, size=(32, 32), room=0)
    assert torch.equal(bare.train.images[:], found.train.images)
    large = data.open(str(root), channels=1, size=(64, 64), enlarge=1.25)
    assert large.train.images.shape == (90, 1, 80, 80)


def test_the_archives_folder_and_parquet_will_do(tmp_path: Path) -> None:
    binary(tmp_path / "a" / "cifar10" / "cifar-10-batches-bin")
    assert len(data.open("CIFAR-10", data_dir=str(tmp_path / "a"), channels=3).test) == 20
    parquet(tmp_path / "b" / "cifar10" / "train.parquet", 20)
    assert len(data.open("cifar10", data_dir=str(tmp_path / "b"), channels=3).test) == 2


def test_pickles_are_not_read(tmp_path: Path) -> None:
    """A pickle is a program: this one would raise where it is opened."""

    class Trap:
        def __reduce__(self):
            return (exec, ("raise SystemExit('a pickle was run')",))

    for name in ("data_batch_1", "batches.meta", "test_batch"):
        (tmp_path / name).write_bytes(pickle.dumps(Trap()))
    with pytest.raises(
        ValueError, match=r"Python version, which is pickled: .*cifar-10-binary.tar"
    ):
        data.open(str(tmp_path), channels=3)


@pytest.mark.parametrize(
    "name",
    ["cifar10/data_batch_4", "cifar-10-batches-py/batches.meta", "cifar10/cifar-10-python.tar.gz"],
)
def test_the_python_version_is_seen_wherever_it_lies(tmp_path: Path, name: str) -> None:
    """Also in the data folder itself, where torchvision unpacks it, and where a part is missing."""
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(
        ValueError, match=rf"{name}: of CIFAR-10's Python version, which is pickled"
    ):
        data.open("cifar10", data_dir=str(tmp_path))


def test_a_file_that_is_none_of_the_six_is_not_read(tmp_path: Path) -> None:
    root = binary(tmp_path)
    (root / "data_batch_1 (copy).bin").write_bytes((root / "data_batch_1.bin").read_bytes())
    assert len(data.open(str(root), channels=3).train) == 90


def test_classes_without_a_picture_are_named(tmp_path: Path) -> None:
    root = binary(tmp_path)
    for file in root.glob("data_batch_*.bin"):
        records = np.frombuffer(file.read_bytes(), np.uint8).reshape(-1, 3073).copy()
        records[np.isin(records[:, 0], (3, 8)), 0] = 0
        file.write_bytes(records.tobytes())
    with pytest.raises(ValueError, match=r"data_batch_5.bin have no picture of cat, ship: not the"):
        data.open(str(root), channels=3)


def test_what_is_not_there_or_not_whole(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"cifar10: not found in .*Get cifar-10-binary.tar"):
        data.open("cifar10", data_dir=str(tmp_path))
    root = binary(tmp_path / "x")
    for gone, said in (
        (
            ["data_batch_3.bin"],
            r"x: data_batch_3.bin of CIFAR-10's six files is not there\. Unpack",
        ),
        (["test_batch.bin"], r"x: data_batch_3.bin, test_batch.bin of .* are not there"),
    ):
        for name in gone:
            (root / name).unlink()
        with pytest.raises(FileNotFoundError, match=said):
            data.open(str(root), channels=3)
    binary(root)
    with open(root / "data_batch_3.bin", "ab") as file:
        file.write(b"more")
    with pytest.raises(ValueError, match=r"data_batch_3.bin: 61,464 bytes, no whole number of rec"):
        data.open(str(root), channels=3)
    (root / "data_batch_3.bin").write_bytes(bytes([10]) + bytes(3072))
    with pytest.raises(ValueError, match=r"data_batch_3.bin row 0: label 10 among 10 classes"):
        data.open(str(root), channels=3)

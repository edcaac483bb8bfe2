"""IDX files and the data sets that have names: what is read, and every way a file can be wrong."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
import torch

from papernets import data
from papernets.data.idx import read_idx, read_pair

TRAIN = "train-images-idx3-ubyte"


def idx(values: np.ndarray) -> bytes:
    """The bytes of an IDX file, written after the format's description."""
    return (
        bytes([0, 0, 8, values.ndim])
        + struct.pack(f">{values.ndim}I", *values.shape)
        + values.astype(np.uint8).tobytes()
    )


def write_set(folder: Path, *, packed: bool = False, count: int = 240, tests: int = 30) -> None:
    """The four files of a small data set; picture n is filled with n, its label is n modulo 10."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, number in (("train", count), ("t10k", tests)):
        values = np.arange(number)
        images = np.broadcast_to(values[:, None, None] % 256, (number, 28, 28))
        for kind, content in (("images-idx3", images), ("labels-idx1", values % 10)):
            path = folder / f"{name}-{kind}-ubyte{'.gz' if packed else ''}"
            path.write_bytes(gzip.compress(idx(content)) if packed else idx(content))


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("place", ["mnist", "MNIST/raw", "MNIST", "."])
def test_mnist_is_found_where_people_keep_it(tmp_path: Path, place: str, packed: bool) -> None:
    write_set(tmp_path / place, packed=packed)
    mnist = data.open("MNIST", data_dir=str(tmp_path))
    assert (len(mnist.train), len(mnist.validation), len(mnist.test)) == (220, 20, 30)
    assert mnist.name == "mnist" and mnist.kind == "digit"
    assert mnist.classes == tuple("0123456789")
    assert mnist.train.images.shape == (220, 1, 28, 28)
    assert mnist.train.images.dtype == torch.uint8 and mnist.train.labels.dtype == torch.int64
    assert torch.equal(mnist.train.images[:, 0, 5, 5] % 10, mnist.train.labels)
    assert torch.bincount(mnist.validation.labels).tolist() == [2] * 10
    assert mnist.split == (
        "220 of the 240 training pictures to train and 20, drawn by class with seed 0, to choose "
        "the epoch; the 30 test pictures to test"
    )


def test_the_environment_and_the_cache_say_where_data_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_set(tmp_path / "a" / "mnist")
    write_set(tmp_path / "b" / "papernets" / "fashion_mnist", count=120)
    monkeypatch.setenv("PAPERNETS_DATA", str(tmp_path / "a"))
    assert len(data.open("mnist").train) == 220
    monkeypatch.delenv("PAPERNETS_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "b"))
    fashion = data.open("Fashion-MNIST")
    assert len(fashion.train) == 110
    assert fashion.kind == "garment"
    assert fashion.classes[0] == "T-shirt/top" and fashion.classes[9] == "Ankle boot"


def test_a_folder_of_idx_files_by_its_path(tmp_path: Path) -> None:
    write_set(tmp_path / "letters")
    letters = data.open(str(tmp_path / "letters"))
    assert letters.name == "letters" and len(letters.classes) == 10
    assert len(data.open("letters", data_dir=str(tmp_path)).train) == 220


def test_the_seed_changes_what_is_held_out(tmp_path: Path) -> None:
    write_set(tmp_path)
    first, other = (data.open("mnist", data_dir=str(tmp_path), seed=s) for s in (0, 1))
    assert not torch.equal(first.validation.images, other.validation.images)


def test_digits_are_always_the_same_1797() -> None:
    digits = data.open("digits", seed=5)
    assert (len(digits.train), len(digits.validation), len(digits.test)) == (1197, 200, 400)
    assert torch.equal(digits.test.images, data.open("digits", seed=6).test.images)
    assert digits.train.images.shape[1:] == (1, 28, 28)
    rim = digits.train.images.clone()
    rim[:, :, 4:24, 4:24] = 0
    assert not rim.any() and digits.train.images.max() == 255
    for part in (digits.train, digits.validation, digits.test):
        counts = torch.bincount(part.labels, minlength=10) / len(part)
        assert (counts - 0.1).abs().max() < 0.01
    pictures = torch.cat([p.images for p in (digits.train, digits.validation, digits.test)])
    assert len(pictures) == 1797


def test_real_mnist(shared_data: Path) -> None:
    if not (shared_data / "mnist").is_dir():
        pytest.skip("no mnist there")
    mnist = data.open("mnist", data_dir=str(shared_data))
    assert (len(mnist.train), len(mnist.validation), len(mnist.test)) == (55_000, 5_000, 10_000)
    everything = torch.cat([mnist.train.images, mnist.validation.images]).double() / 255
    assert everything.mean().item() == pytest.approx(0.1307, abs=1e-4)  # known of MNIST
    assert everything.std().item() == pytest.approx(0.3081, abs=1e-4)
    assert mnist.test.labels[:5].tolist() == [7, 2, 1, 0, 4]


GOOD = idx(np.zeros((3, 4, 4)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (GOOD[:9], "cut short inside its header"),
        (GOOD[:-1], "cut short: its header says 3 x 4 x 4 values, but 47 are there"),
        (GOOD + b"x", "its header says 3 x 4 x 4 values, but more bytes follow: it is damaged"),
        (idx(np.zeros(3)), "it holds labels .it starts with 0x00000801; IDX pictures start with"),
        (b"<html>404</html>", "it is not an IDX file .it starts with 0x3c68746d"),
        (idx(np.zeros((0, 4, 4))), "it holds nothing .its header says 0 x 4 x 4 values"),
        (GOOD[:4] + b"\xff" * 12, "more than 4 GiB: it is damaged"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_wrong_file(tmp_path: Path, content: bytes, message: str, packed: bool) -> None:
    path = tmp_path / TRAIN
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(ValueError, match=message) as error:
        read_idx(path, 3)
    assert str(error.value).startswith(str(path))


@pytest.mark.parametrize("damage", ["cut", "flipped", "not gzip at all"])
def test_a_damaged_gzip_file(tmp_path: Path, damage: str) -> None:
    random = np.random.RandomState(0).randint(0, 256, (30, 28, 28))
    packed = bytearray(gzip.compress(idx(random)))
    if damage == "cut":
        packed = packed[:5000]
    elif damage == "flipped":
        packed[2000:2200] = bytes(200)
        packed[-8:] = bytes(8)
    else:
        packed[2:] = b"no deflated data here"
    path = tmp_path / f"{TRAIN}.gz"
    path.write_bytes(packed)
    with pytest.raises(ValueError, match=r"damaged gzip file .*papernets data fetch"):
        read_idx(path, 3)


def test_gzip_is_known_by_its_first_bytes_not_its_name(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(gzip.compress(GOOD))
    (tmp_path / "b.gz").write_bytes(GOOD)
    assert read_idx(tmp_path / "a", 3).shape == read_idx(tmp_path / "b.gz", 3).shape == (3, 4, 4)


def test_pictures_and_labels_of_different_length(tmp_path: Path) -> None:
    (tmp_path / "images").write_bytes(GOOD)
    (tmp_path / "labels").write_bytes(idx(np.zeros(5)))
    with pytest.raises(ValueError, match=r"images holds 3 pictures but .*labels holds 5 labels"):
        read_pair(tmp_path / "images", tmp_path / "labels")


def test_one_class_alone(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(np.full(240, 3)))
    with pytest.raises(ValueError, match=r"train-labels-idx1-ubyte: only one class, 3\. Telling"):
        data.open(str(tmp_path))


def test_a_class_without_a_training_picture_is_named(tmp_path: Path) -> None:
    write_set(tmp_path)
    labels = np.arange(240) % 10
    labels[labels == 7] = 8
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    assert "no training picture of '7'" in data.notes_of(data.open("mnist", data_dir=str(tmp_path)))


def test_a_label_beyond_the_classes(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(idx(np.full(30, 12)))
    with pytest.raises(ValueError, match=r"t10k-labels-idx1-ubyte: label 12 among 10 classes"):
        data.open("mnist", data_dir=str(tmp_path))


def test_test_pictures_of_another_size(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "t10k-images-idx3-ubyte").write_bytes(idx(np.zeros((30, 20, 20))))
    with pytest.raises(ValueError, match=r"pictures of 20x20, but those of .* have 28x28"):
        data.open("mnist", data_dir=str(tmp_path))


def test_files_that_are_missing(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"mnist: train-images-idx3-ubyte, .* not found in "
    ):
        data.open("mnist", data_dir=str(tmp_path))
    write_set(tmp_path / "mnist")
    (tmp_path / "mnist" / "t10k-labels-idx1-ubyte").unlink()
    message = (
        r"mnist: t10k-labels-idx1-ubyte \(or with \.gz\) not found in .*mnist\. "
        r"Fetch it: papernets data fetch mnist --data-dir .*; or put its four files into .*; "
        r"or try --data digits"
    )
    with pytest.raises(FileNotFoundError, match=message):
        data.open("mnist", data_dir=str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"fashion_mnist: there is no folder .*nowhere"):
        data.open("fashion_mnist", data_dir=str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        (
            "mnits",
            ValueError,
            "unknown data set 'mnits'. Did you mean 'mnist'. Names: digits, mnist",
        ),
        ("xyz", ValueError, "unknown data set 'xyz'. Names: digits, mnist, fashion_mnist, cif"),
        (
            "./flowers",
            FileNotFoundError,
            "flowers: no such folder. Give a folder with one",
        ),
        (__file__, ValueError, r"test_idx.py: a file\. Give the folder of a data set: --data "),
    ],
)
def test_a_wrong_name_or_path(name: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        data.open(name)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_set(tmp_path)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / TRAIN))

    monkeypatch.setattr("papernets.data.idx.open", refuse, raising=False)
    with pytest.raises(PermissionError, match=f"Permission denied.*{TRAIN}"):
        data.open("mnist", data_dir=str(tmp_path))

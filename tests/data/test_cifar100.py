"""CIFAR-100's binary files: a coarse label, a fine one, 3,072 values (its own page says so)."""

from pathlib import Path

import numpy as np
import pytest
import torch

from papernets import data


def binary(root: Path, count: int = 400) -> Path:
    """https://www.cs.toronto.edu/~kriz/cifar.html: <1 x coarse label><1 x fine label><3072>."""
    root.mkdir(parents=True, exist_ok=True)
    for seed, name in enumerate(("train", "test")):
        records = np.random.RandomState(seed).randint(0, 256, (count, 3074)).astype(np.uint8)
        records[:, 1] = np.arange(count) % 100
        records[:, 0] = records[:, 1] // 5
        (root / f"{name}.bin").write_bytes(records.tobytes())
    for kind, number in (("fine", 100), ("coarse", 20)):
        (root / f"{kind}_label_names.txt").write_text(
            "\n".join(f"{kind}{n}" for n in range(number))
        )
    return root


def test_fine_and_coarse_labels(tmp_path: Path) -> None:
    root = binary(tmp_path / "cifar100" / "cifar-100-binary")
    found = data.open("CIFAR-100", data_dir=str(tmp_path), channels=3, size=(32, 32))
    assert len(found.classes) == 100 and found.classes[7] == "fine7"
    assert [len(p) for p in (found.train, found.validation, found.test)] == [300, 100, 400]
    record = np.frombuffer((root / "test.bin").read_bytes(), np.uint8)[123 * 3074 :][:3074]
    assert found.test.labels[123] == record[1] == 23
    assert torch.equal(found.test.images[123], torch.from_numpy(record[2:].copy()).view(3, 32, 32))
    coarse = data.open(str(root), channels=3, size=(32, 32), labels="coarse")
    assert len(coarse.classes) == 20 and coarse.test.labels[123] == 4


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    root = binary(tmp_path / "x")
    with pytest.raises(ValueError, match=r"labels='both': CIFAR-100 has coarse or fine ones"):
        data.open(str(root), labels="both")
    whole = (root / "test.bin").read_bytes()
    (root / "test.bin").write_bytes(whole[:-1])
    with pytest.raises(
        ValueError, match=r"test.bin: 1,229,599 bytes, no whole number of records of 3"
    ):
        data.open(str(root))
    (root / "test.bin").write_bytes(b"\x00\x64" + whole[2:])
    with pytest.raises(ValueError, match=r"test.bin row 0: fine label 100 among 100 classes"):
        data.open(str(root))
    (root / "test.bin").unlink()
    with pytest.raises(FileNotFoundError, match=r"test.bin of CIFAR-100 not there. Unpack"):
        data.open(str(root))
    python = tmp_path / "y"
    (python / "cifar-100-python").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"Python version, which is pickled"):
        data.open(str(python))

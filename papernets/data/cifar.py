"""CIFAR-10 in its binary form: a label and 3,072 values a picture (Krizhevsky 2009)."""

from pathlib import Path

import numpy as np
from PIL import Image

from papernets.data.gathered import Gathered
from papernets.data.known import CIFAR10
from papernets.data.listing import Listing
from papernets.data.picture import Packed, shown
from papernets.files import opened, read_bytes
from papernets.words import composed

SIDE = 32
MOST_NAMES, MOST_RECORDS = 1 << 16, 1 << 30
"""Bytes of the file with the classes' names, and of one with pictures, that are read."""
VALUES = 3 * SIDE * SIDE
RECORD = 1 + VALUES
TRAIN, TEST = tuple(f"data_batch_{n}.bin" for n in range(1, 6)), "test_batch.bin"
INSIDE = "cifar-10-batches-bin"  # the folder in the archive
PICKLES = (
    *(f"data_batch_{n}" for n in range(1, 6)), "batches.meta", "cifar-10-python.tar.gz",
)  # fmt: skip
"""What is only in the Python version, and its archive."""
PICKLED = "cifar-10-batches-py"  # the folder in that archive
HOW = (
    "Get cifar-10-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html, unpack it into "
    "cifar10/ of the data folder, or put parquet files there (train-*.parquet, test-*.parquet)"
)


class Record(Packed):
    """A picture in a file of records: the last 3,072 values of one."""

    encoded = False
    __slots__ = ("file", "number", "records")

    def __init__(self, file: str, records: np.ndarray, number: int):
        self.file, self.records, self.number = file, records, number

    @property
    def name(self) -> str:
        return f"{shown(self.file)} row {self.number}"

    def content(self) -> Image.Image:
        values = self.records[self.number, -VALUES:].reshape(3, SIDE, SIDE)
        return Image.fromarray(np.ascontiguousarray(values.transpose(1, 2, 0)))


def find_cifar(path: Path) -> Path | None:
    """The folder with CIFAR-10's binary files, this one or the archive's in it; None without.

    The Python version is a ValueError: it is pickled, and to unpickle a file is to run it.
    """
    for folder in (path, path / INSIDE):
        if any((folder / name).is_file() for name in (*TRAIN, TEST)):
            return folder
    refuse_pickles(path)
    return None


def refuse_pickles(path: Path) -> None:
    """ValueError where a folder, or the archive's in it, holds the Python version."""
    for folder in (path, path / PICKLED):
        seen = [name for name in PICKLES if (folder / name).is_file()]
        if seen:
            raise ValueError(
                f"{shown(folder / seen[0])}: of CIFAR-10's Python version, which is pickled: "
                f"reading it could run any program, and Papernets does not. {HOW}"
            )


def gather_cifar(folder: Path) -> Gathered:
    """The pictures of CIFAR-10's six binary files.

    FileNotFoundError names those that are missing; ValueError one that is cut short or has other
    labels, and classes of which the training files have no picture.
    """
    missing = [name for name in (*TRAIN, TEST) if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{shown(folder)}: {', '.join(missing)} of CIFAR-10's six files "
            f"{'is' if len(missing) == 1 else 'are'} not there. Unpack the archive again, or: {HOW}"
        )
    names: tuple[str, ...] = CIFAR10
    meta = folder / "batches.meta.txt"
    if meta.is_file():
        words = tuple(read_bytes(meta, MOST_NAMES).decode("utf-8", "replace").split())
        different = len(set(map(composed, words))) == len(words)
        names = words if different and len(words) == len(CIFAR10) else CIFAR10
    parts = {"train": [folder / name for name in TRAIN], "test": [folder / TEST]}
    listings = {}
    for split, files in parts.items():
        pictures: list[Packed] = []
        labels: list[int] = []
        for file in files:
            records = records_of(file, RECORD, "CIFAR-10")
            if records[:, 0].max() >= len(names):
                wrong = int(records[:, 0].argmax())
                raise ValueError(
                    f"{shown(file)} row {wrong}: label {records[wrong, 0]} among {len(names)} "
                    "classes: not CIFAR-10 (CIFAR-100 has other records)"
                )
            pictures += [Record(str(file), records, at) for at in range(len(records))]
            labels += records[:, 0].tolist()
        listings[split] = Listing(tuple(pictures), tuple(labels), names)
    there = set(listings["train"].labels)
    absent = [name for label, name in enumerate(names) if label not in there]
    if absent:
        raise ValueError(
            f"{shown(folder)}: {TRAIN[0]} to {TRAIN[-1]} have no picture of {', '.join(absent)}: "
            "not the whole CIFAR-10. Unpack the archive again"
        )
    return Gathered(listings, parted=True)


def records_of(file: Path, size: int, name: str) -> np.ndarray:
    """The records uint8 (N, size) of a file; ValueError where it is cut short or something else."""
    with opened(file, MOST_RECORDS) as content:
        values = np.frombuffer(content.read(), np.uint8)
    if len(values) % size or not len(values):
        raise ValueError(
            f"{shown(file)}: {len(values):,} bytes, no whole number of records of {size:,}: cut "
            f"short, or not {name}. Unpack it again"
        )
    return values.reshape(-1, size)

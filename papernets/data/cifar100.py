"""CIFAR-100 in its binary form: a coarse label, a fine one and 3,072 values a picture.

Krizhevsky 2009; 100 fine classes in 20 coarse ones, whose names are in two files beside.
"""

from __future__ import annotations

from pathlib import Path

from papernets.data.cifar import MOST_NAMES, VALUES, Record, records_of
from papernets.data.gathered import Gathered
from papernets.data.listing import Listing
from papernets.data.picture import shown
from papernets.files import read_bytes
from papernets.words import composed, either, plural

TRAIN, TEST = "train.bin", "test.bin"
LABELS = {"coarse": "coarse_label_names.txt", "fine": "fine_label_names.txt"}
"""In the order of a record's labels, with the file of their names."""
COUNTS = {"coarse": 20, "fine": 100}
RECORD = 2 + VALUES
INSIDE = "cifar-100-binary"  # the folder in the archive
PICKLED = ("cifar-100-python", "cifar-100-python.tar.gz")
HOW = (
    "Get cifar-100-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html, unpack it into "
    "cifar100/ of the data folder, or put parquet files there (train-*.parquet, test-*.parquet)"
)


def find_cifar100(path: Path) -> Path | None:
    """The folder with CIFAR-100's binary files, this one or the archive's in it; None without.

    The Python version is a ValueError: it is pickled, and to unpickle a file is to run it.
    """
    for folder in (path, path / INSIDE):
        if any((folder / name).is_file() for name in LABELS.values()):
            return folder
    for name in PICKLED:
        if (path / name).exists():
            raise ValueError(
                f"{shown(path / name)}: CIFAR-100's Python version, which is pickled: reading it "
                f"could run any program, and Papernets does not. {HOW}"
            )
    return None


def gather_cifar100(folder: Path, labels: str = "fine") -> Gathered:
    """CIFAR-100's pictures under their fine labels, or the coarse ones.

    FileNotFoundError names what is missing; ValueError a file that is cut short, has other labels
    or other numbers of names, and `labels` that are neither.
    """
    if labels not in LABELS:
        raise ValueError(f"labels={labels!r}: CIFAR-100 has {either(tuple(LABELS))} ones")
    missing = [n for n in (TRAIN, TEST, LABELS[labels]) if not (folder / n).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{shown(folder)}: {', '.join(missing)} of CIFAR-100 not there. Unpack the archive "
            f"again, or: {HOW}"
        )
    file = folder / LABELS[labels]
    names = tuple(map(composed, read_bytes(file, MOST_NAMES).decode("utf-8", "replace").split()))
    if len(set(names)) != len(names) or len(names) != COUNTS[labels]:
        raise ValueError(
            f"{shown(file)}: {len(set(names))} different names, not {COUNTS[labels]}: not "
            "CIFAR-100's. Unpack the archive again"
        )
    at, listings = list(LABELS).index(labels), {}
    for split, name in (("train", TRAIN), ("test", TEST)):
        records = records_of(folder / name, RECORD, "CIFAR-100")
        found = records[:, at]
        if int(found.max()) >= len(names):
            wrong = int(found.argmax())
            raise ValueError(
                f"{shown(folder / name)} row {wrong}: {labels} label {found[wrong]} among "
                f"{plural(len(names), 'class', 'classes')}: not CIFAR-100"
            )
        pictures = tuple(Record(str(folder / name), records, n) for n in range(len(records)))
        listings[split] = Listing(pictures, tuple(found.tolist()), names)
    there = set(listings["train"].labels)
    absent = [name for label, name in enumerate(names) if label not in there]
    if absent:
        raise ValueError(
            f"{shown(folder / TRAIN)}: no picture of {', '.join(absent[:5])}: not the whole "
            "CIFAR-100. Unpack the archive again"
        )
    return Gathered(listings, parted=True)

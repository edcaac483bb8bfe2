"""The IDX files of MNIST and its relatives: a header that says the shape, then plain bytes.

Format: http://yann.lecun.com/exdb/mnist. Magic number 0x00000801 for labels (one dimension) and
0x00000803 for pictures (three), each dimension a big-endian 32-bit number, then one byte a value.
"""

import gzip
import math
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import torch
from torch import Tensor

from papernets.machine import free_memory
from papernets.words import gigabytes, plural

FILES = {
    ("train", "images"): "train-images-idx3-ubyte",
    ("train", "labels"): "train-labels-idx1-ubyte",
    ("test", "images"): "t10k-images-idx3-ubyte",
    ("test", "labels"): "t10k-labels-idx1-ubyte",
}
COPIES = 3  # of the values, while they are unpacked
LARGEST = 4 << 30  # bytes: a header that claims more is taken for a damaged one


def find_idx(folders: Sequence[Path]) -> dict[tuple[str, str], Path]:
    """The path of each of the four files, in the folder that has most of them (the first such).

    Plain files come before .gz, and `train-images.idx3-ubyte` is taken for
    `train-images-idx3-ubyte`. What was not found is not in the result.
    """
    best: dict[tuple[str, str], Path] = {}
    for folder in folders:
        found = {}
        for key, name in FILES.items():
            other = name.replace("-idx", ".idx")
            paths = (folder / n for n in (name, other, name + ".gz", other + ".gz"))
            if path := next(filter(Path.is_file, paths), None):
                found[key] = path
        best = max(best, found, key=len)
    return best


def read_pair(pictures: Path, labels: Path) -> tuple[Tensor, Tensor]:
    """The pictures uint8 (N, 1, h, w) and the labels int64 (N,) of two IDX files.

    ValueError names the file and what is wrong with it, or both files if their lengths differ.
    """
    images = read_idx(pictures, 3)
    classes = read_idx(labels, 1)
    if len(images) != len(classes):
        raise ValueError(
            f"{pictures} holds {plural(len(images), 'picture')} but {labels} holds "
            f"{plural(len(classes), 'label')}:"
            " they do not belong together"
        )
    return images[:, None], classes.long()


def read_idx(path: Path, dimensions: int) -> Tensor:
    """The uint8 values of an IDX file, plain or gzip, in their shape.

    ValueError if the file is empty, is no IDX file of so many dimensions, is shorter or longer than
    its header says, or is damaged gzip. The first bytes, not the name, tell whether it is gzip.
    """
    try:
        with open(path, "rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not packed:
                return _read(raw, path, dimensions, os.fstat(raw.fileno()).st_size)
            with gzip.open(raw, "rb") as unpacked:
                return _read(unpacked, path, dimensions, None)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path}: damaged gzip file ({error}). {_AGAIN}") from error


_AGAIN = "Fetch it again: papernets data fetch"


def _read(file: IO[bytes] | gzip.GzipFile, path: Path, dimensions: int, size: int | None) -> Tensor:
    """The values of an open IDX file; `size` in bytes where it is known before reading."""
    start = file.read(4)
    if not start:
        raise ValueError(f"{path}: the file is empty. {_AGAIN}")
    expected = b"\x00\x00\x08" + bytes([dimensions])
    if start != expected:
        kinds = {b"\x00\x00\x08\x01": "labels", b"\x00\x00\x08\x03": "pictures"}
        wanted = kinds[expected]
        what = f"it holds {kinds[start]}" if start in kinds else "it is not an IDX file"
        raise ValueError(
            f"{path}: {what} (it starts with 0x{start.hex()}; "
            f"IDX {wanted} start with 0x{expected.hex()})"
        )
    header = file.read(4 * dimensions)
    if len(header) < 4 * dimensions:
        raise ValueError(f"{path}: cut short inside its header. {_AGAIN}")
    shape = struct.unpack(f">{dimensions}I", header)
    count = math.prod(shape)
    claim = f"its header says {' x '.join(f'{n:,}' for n in shape)} values"
    if not count:
        raise ValueError(f"{path}: it holds nothing ({claim})")
    if count > LARGEST:
        raise ValueError(f"{path}: {claim}, more than {LARGEST >> 30} GiB: it is damaged. {_AGAIN}")
    if COPIES * count > free_memory():
        needed = f"{gigabytes(COPIES * count)}, and {gigabytes(free_memory())} are free"
        raise ValueError(f"{path}: {claim}, which need {needed}")
    if size is None:
        values = file.read(count + 1)
        length = len(values)
    else:
        length = size - 4 - 4 * dimensions
        values = file.read(count) if length == count else b""
    if length < count:
        raise ValueError(f"{path}: cut short: {claim}, but {length:,} are there. {_AGAIN}")
    if length > count:
        raise ValueError(f"{path}: {claim}, but more bytes follow: it is damaged. {_AGAIN}")
    return torch.from_numpy(np.frombuffer(bytearray(values), np.uint8).reshape(shape))

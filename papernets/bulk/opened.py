"""A finished output, opened: whether it is the file that was written, and of which features."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np


def shape_of(path: Path, form: str, rows: int) -> tuple[int, ...] | None:
    """The shape of a picture's features in an output of so many rows; None where it has none.

    ValueError for a file that cannot be opened as what it is, or has other rows. Lines are not
    looked at.
    """
    try:
        found, shape = _opened(path, form, rows)
    except (ValueError, OSError, KeyError, TypeError, EOFError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        found, shape = -1, None
    if found != rows:
        raise ValueError(
            f"{path} is not the {form} file of {rows:,} rows that was written: it was changed "
            "since. Copy it again"
        )
    return shape


def _opened(path: Path, form: str, rows: int) -> tuple[int, tuple[int, ...] | None]:
    """How many rows a file has, and the shape of features."""
    if form == "npy":
        shape = np.load(path, mmap_mode="r", allow_pickle=False).shape
        return shape[0], shape[1:]
    if form != "parquet":
        return rows, None
    import pyarrow.parquet as pq

    about = pq.read_metadata(path)
    told = (about.metadata or {}).get(b"papernets")
    return about.num_rows, None if told is None else tuple(json.loads(told)["features"])

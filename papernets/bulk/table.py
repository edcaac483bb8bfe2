"""Parquet: answers and a layer's outputs as a table, in row groups that are the same for ever."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..files import opened, replacing
from ..words import NotInstalled

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, NUMBERS = 10_000, 1 << 24
"""Rows of a row group, and numbers of a layer in all of them: 64 MB."""


def needs_pyarrow(output: str) -> None:
    """`NotInstalled`, which names the package, where parquet cannot be written."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise NotInstalled(
            f"{output}: parquet needs the package pyarrow, which is not installed: "
            "pip install pyarrow, or pip install 'papernets[data]'. .jsonl and .csv need none"
        ) from None


def rows_of_a_group(shape: tuple[int, ...] | None) -> int:
    """How many rows a row group has."""
    return ROWS if shape is None else max(1, min(ROWS, NUMBERS // max(1, int(np.prod(shape)))))


def schema_of(shape: tuple[int, ...] | None) -> pa.Schema:
    """The columns; `features` is flat, and its shape stands in the table's metadata."""
    import pyarrow as pa

    best = pa.struct([("label", pa.string()), ("score", pa.float64())])
    columns = [
        ("file", pa.string()),
        ("label", pa.string()),
        ("score", pa.float64()),
        ("error", pa.string()),
        ("top", pa.list_(best)),
    ]
    if shape is None:
        return pa.schema(columns)
    width = int(np.prod(shape))
    about = {"papernets": json.dumps({"features": list(shape)})}
    return pa.schema([*columns, ("features", pa.list_(pa.float32(), width))], about)


@contextmanager
def writing(output: Path, shape: tuple[int, ...] | None) -> Iterator[Any]:
    """A writer of row groups, which takes tables; the file has its name at the end."""
    import pyarrow.parquet as pq

    with (
        replacing(output) as temporary,
        pq.ParquetWriter(temporary, schema_of(shape), compression="zstd") as writer,
    ):
        yield writer


def write_group(writer: Any, table: pa.Table) -> None:
    """Write a table as one row group."""
    writer.write_table(table.combine_chunks(), row_group_size=max(1, len(table)))


def write_table(
    output: Path, lines: Path, values: Path | None, shape: tuple[int, ...] | None
) -> None:
    """A table of lines of JSON, and of a layer's outputs where there are any."""
    size = rows_of_a_group(shape)
    with opened(lines) as text, writing(output, shape) as writer:
        at = 0
        while some := [json.loads(line) for line in islice(text, size)]:
            numbers = None
            if values is not None:
                numbers = _numbers_at(values, at, len(some), int(np.prod(shape or ())))
            write_group(writer, _table(some, numbers, shape))
            at += len(some)


def _numbers_at(path: Path, first: int, count: int, width: int) -> NDArray[np.float32]:
    """Rows of numbers in a file (count, width)."""
    with opened(path) as file:
        file.seek(4 * width * first)
        return np.frombuffer(file.read(4 * width * count), "<f4").reshape(count, width)


def _table(
    some: Sequence[dict[str, Any]],
    numbers: NDArray[np.float32] | None,
    shape: tuple[int, ...] | None,
) -> pa.Table:
    import pyarrow as pa

    schema = schema_of(shape)
    columns = [
        pa.array([one.get(name) for one in some], schema.field(name).type)
        for name in ("file", "label", "score", "error", "top")
    ]
    if numbers is not None:
        bad = pa.array(["error" in one for one in some])
        flat = pa.array(numbers.reshape(-1), pa.float32())
        columns.append(pa.FixedSizeListArray.from_arrays(flat, numbers.shape[1], mask=bad))
    return pa.Table.from_arrays(columns, schema=schema)

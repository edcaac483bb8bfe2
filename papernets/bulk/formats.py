"""The formats of an output, and the files that each is written to."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..evaluate.predict import Answer
from ..files import UNFINISHED
from ..words import did_you_mean, either
from .appended import Appended
from .rows import csv_bytes, csv_cells, csv_head, json_bytes
from .table import needs_pyarrow, write_table

SUFFIXES = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet", ".npy": "npy",
}  # fmt: skip
"""The formats by the suffix of a file."""
LINES, VALUES, PLACES = "lines", "values", "places"
"""What the files of an output hold: the answers, a layer's outputs, where each line stands among
those of all parts."""


def format_of(output: str, layer: str = "") -> str:
    """The format that a file's suffix means; ValueError for another one, with the nearest.

    layer: whose outputs are asked for.
    """
    suffix = os.path.splitext(output)[1].casefold()
    meant = SUFFIXES.get(suffix, "")
    if not meant:
        raise ValueError(unknown(output))
    if layer and meant not in ("parquet", "npy"):
        raise ValueError(
            f"{output}: features are many numbers a picture, which {meant} has no place for. Give "
            "a file that ends in .parquet or .npy"
        )
    if meant == "npy" and not layer:
        raise ValueError(
            f"{output}: .npy holds a layer's outputs: --features LAYER says which. Answers alone "
            "go to .jsonl, .csv or .parquet"
        )
    if meant == "parquet":
        needs_pyarrow(output)
    return meant


def unknown(output: str) -> str:
    """What is said of a file whose suffix means no format."""
    suffix = os.path.splitext(output)[1].casefold()
    which = f"no format has the suffix {suffix}" if suffix else "a name without a suffix"
    hint = did_you_mean(suffix, SUFFIXES)
    return f"{output}: {which}.{hint} Give a file that ends in {either(list(SUFFIXES))}"


@dataclass(frozen=True)
class Form:
    """How an output is written: its format, `top` classes a line, and the shape of what a layer
    gives for a picture, or None. `several`: it is one part of several."""

    format: str
    top: int
    shape: tuple[int, ...] | None = None
    several: bool = False

    def files(self, output: Path) -> dict[str, Path]:
        """The files that are written, by what they hold, until it is complete."""
        lines = {"npy": output.with_suffix(".jsonl"), "parquet": _beside(output, LINES)}
        found = {LINES: lines.get(self.format, output)}
        if self.shape is not None:
            found[VALUES] = _beside(output, VALUES)
        if self.several:
            found[PLACES] = _beside(output, PLACES)
        return found

    def kept(self, output: Path) -> list[Path]:
        """The files that stay when it is complete."""
        files = self.files(output)
        own = [files[LINES], output] if self.format == "npy" else [output]
        return [*own, *(files[name] for name in (PLACES,) if name in files)]

    def sweep(self, output: Path) -> None:
        """Remove what is of no use once the output is complete."""
        left = f".{escape(output.name)}.*{UNFINISHED}"  # its manifest's too, of killed processes
        of_no_use = set(self.files(output).values()) - set(self.kept(output))
        for path in [*of_no_use, *output.parent.glob(left)]:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _beside(output: Path, what: str) -> Path:
    return output.with_name(f"{output.name}.{what}")


class Output:
    """An output that is written line by line. Where it is cut off, it goes on at `sizes`."""

    def __init__(self, output: Path, form: Form, sizes: Mapping[str, int]):
        self.output, self.form = output, form
        self.files: dict[str, Appended] = {}
        try:
            for name, path in form.files(output).items():
                self.files[name] = Appended(self._place(path), sizes.get(name, 0))
        except BaseException:
            self.close()
            raise
        self._new = not sizes

    def _place(self, path: Path) -> Path:
        """Where a file is: an array may have its name already, though its manifest has no end."""
        named = self.form.format == "npy" and path.name.endswith(f".{VALUES}")
        return self.output if named and not path.exists() and self.output.exists() else path

    def _move(self, path: Path, to: Path) -> None:
        """Give the array another name. Others cannot have it meanwhile: the lines are locked."""
        size = self.files[VALUES].size
        self.files[VALUES].close()  # some systems move no file that is open
        os.replace(path, to)
        self.files[VALUES] = Appended(to, size)

    def begin(self) -> None:
        """Cut off what was not noted; of a new output write the head."""
        if VALUES in self.files and self.files[VALUES].path == self.output:
            self._move(self.output, self.form.files(self.output)[VALUES])
        for file in self.files.values():
            file.cut()
        if not self._new:
            return
        if self.form.format == "csv":
            self.files[LINES].add(csv_bytes([csv_head(self.form.top)]))
        if self.form.format == "npy":
            self.files[VALUES].add(npy_head(0, self.form.shape or ()))

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of each file, all of them whole lines."""
        return {name: file.size for name, file in self.files.items()}

    def add(
        self,
        answers: Sequence[Answer],
        values: NDArray[np.float32] | None,
        places: Sequence[int],
    ) -> None:
        """Write answers, with a layer's outputs, and where they stand among all."""
        if self.form.format == "csv":
            lines = csv_bytes(csv_cells(answer, self.form.top) for answer in answers)
        else:
            lines = json_bytes(answers)
        self.files[LINES].add(lines)
        if VALUES in self.files:
            assert values is not None
            self.files[VALUES].add(values.astype("<f4").tobytes())
        if PLACES in self.files:
            self.files[PLACES].add(np.asarray(places, "<u8").tobytes())

    def flush(self) -> None:
        """See to it that what was written outlives a power cut."""
        for file in self.files.values():
            file.flush()

    def finish(self, rows: int) -> None:
        """Make of what was written what was asked for."""
        if self.form.format == "npy":
            self.files[VALUES].over(npy_head(rows, self.form.shape or ()))
            self.files[VALUES].flush()
            self._move(self.files[VALUES].path, self.output)
        if self.form.format == "parquet":
            files = self.form.files(self.output)
            write_table(self.output, files[LINES], files.get(VALUES), self.form.shape)
        self.flush()

    def close(self) -> None:
        """Let others have the files."""
        for file in self.files.values():
            file.close()


def npy_head(rows: int, shape: tuple[int, ...]) -> bytes:
    """The head of a .npy file of float32: as long whatever the number of rows."""
    head = io.BytesIO()
    about = {"descr": "<f4", "fortran_order": False, "shape": (rows, *shape)}
    np.lib.format.write_array_header_1_0(head, about)  # it leaves room for the first axis to grow
    return head.getvalue()

"""Where an export goes: files that are written whole or not at all, and over nothing unasked."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..bundle import INFO, WEIGHTS
from ..bundle.arrays import ARRAYS
from ..bundle.seen import PICTURES
from ..files import FULL, UNFINISHED, path_of, sweep, unreadable

OWN = (INFO, WEIGHTS, ARRAYS, PICTURES)
"""The files of a bundle."""


def check_out(given: str | os.PathLike[str], names: Sequence[str], force: bool) -> Path:
    """The file that an export goes to, known to be writable before any work is done.

    names: of all files that are written, in its folder. ValueError or OSError where one cannot be,
    FileExistsError where one is there already and `force` is not asked for. A bundle's own files
    are never replaced.
    """
    out = path_of(given)
    if not out.parent.is_dir():
        raise FileNotFoundError(
            errno.ENOENT, f"{out} cannot be written: make the folder {out.parent} first"
        )
    for name in names:
        path = out.parent / name
        what = "a link" if path.is_symlink() else unreadable(path)
        if what:
            raise ValueError(f"{path} is {what}: nothing is written in its place. Give another -o")
        if name in OWN and (out.parent / INFO).exists():
            raise ValueError(f"{path} is a bundle's own file, and stays as it is. Give another -o")
        if path.exists() and not force:
            raise FileExistsError(
                errno.EEXIST, f"{path} is there already: give another -o, or --force to replace it"
            )
    return out


@contextmanager
def files_beside(out: Path) -> Iterator[Path]:
    """A folder to write files in, beside `out`; at the end each takes its place beside it.

    None does where something goes wrong, also while they are checked. Others' files of the same
    names are replaced in one step each, `out` last.
    """
    sweep(out.parent, f".papernets.*{UNFINISHED}")
    try:
        with tempfile.TemporaryDirectory(UNFINISHED, ".papernets.", out.parent) as own:
            yield Path(own)
            written = sorted(Path(own).iterdir(), key=lambda path: path.name == out.name)
            for path in written:
                _flush(path)
            for path in written:
                os.replace(path, out.parent / path.name)
    except OSError as error:
        if error.errno in FULL:
            raise OSError(error.errno, f"the disk is full: {out} was not written") from None
        raise


def _flush(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())

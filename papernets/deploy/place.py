"""Where an export goes: files that are written whole or not at all, and over nothing unasked."""

from __future__ import annotations

import errno
import json
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
MOST_HEAD, PART = 1 << 27, 1 << 20
"""Bytes of a safetensors file's head at most, and of what is compared at once."""


def check_out(given: str | os.PathLike[str], names: Sequence[str], force: bool) -> Path:
    """The file that an export goes to, known to be writable before any work is done.

    names: of all files that are written, in its folder, the first the one that is asked for.
    ValueError or OSError where one cannot be, FileExistsError where the first is there already and
    `force` is not asked for; of the others `check_companion` asks, once it is known what they will
    hold. A bundle's own files are never replaced.
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
        if name == names[0] and path.exists() and not force:
            raise FileExistsError(
                errno.EEXIST, f"{path} is there already: give another -o, or --force to replace it"
            )
    return out


def check_companion(written: Path, name: str) -> None:
    """FileExistsError where another file lies where one goes that the file `name` comes with.

    `written`: the new one, in the folder of `files_beside`. One that holds the same is no other.
    """
    there = written.parent.parent / written.name
    if there.exists() and not _same(there, written):
        raise FileExistsError(
            errno.EEXIST,
            f"{there} is there already, and is not the weights of this network. {name} keeps its "
            "weights under that name: give another -o, or --force to replace it",
        )


def _same(one: Path, other: Path) -> bool:
    """Whether two safetensors files hold the same; their metadata stand in no fixed order."""
    try:
        if one.stat().st_size != other.stat().st_size:
            return False
        with open(one, "rb") as first, open(other, "rb") as second:
            lengths = [int.from_bytes(file.read(8), "little") for file in (first, second)]
            if max(lengths) > MOST_HEAD:
                return False
            heads = [
                json.loads(file.read(length))
                for file, length in zip((first, second), lengths, strict=True)
            ]
            if heads[0] != heads[1]:
                return False
            while (part := first.read(PART)) == second.read(PART):
                if not part:
                    return True
        return False
    except (OSError, ValueError):  # the first is no such file, or cannot be read
        return False


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

"""A bundle's folder that is not there yet: written whole, or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ..files import FULL, UNFINISHED, sweep
from ..words import brief

TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)
AS_OUT = " as --out"


def write_new(out: Path, write: Callable[[Path], None], given: str = AS_OUT) -> None:
    """Let `write` fill a folder that takes its name in one step, once it is whole.

    FileExistsError where another process was faster; another OSError names this folder. Where it is
    not written, folders that were made for it above it are taken away. `given` is how a caller
    gives the folder.
    """
    made = [folder for folder in out.parents if not folder.exists()]
    try:
        _write(out, write, given)
    except BaseException as error:
        for folder in made:
            with suppress(OSError):  # not there, or others use it already
                folder.rmdir()
        if isinstance(error, OSError) and error.errno is not None:
            full = "the disk is full" if error.errno in FULL else error.strerror
            if error.errno == errno.ENAMETOOLONG:
                raise _too_long(out, given) from None
            raise OSError(error.errno, f"{out} was not written: {full}") from None
        raise


def _write(out: Path, write: Callable[[Path], None], given: str) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    sweep(out.parent, f".papernets.*{UNFINISHED}")
    # In a folder of its own beside it, which is nobody else's; the bundle inside it has the
    # permissions of any new folder, and takes its name in one step.
    with tempfile.TemporaryDirectory(UNFINISHED, ".papernets.", out.parent) as own:
        bundle = Path(own) / "bundle"
        write(bundle)
        try:
            bundle.rename(out)
        except OSError as error:
            if error.errno not in TAKEN:
                raise
            raise _taken(out, given) from None


def refuse_taken(out: Path, given: str = AS_OUT) -> None:
    """FileExistsError where something is in the place of a new bundle; an empty folder is not.

    ValueError for what can be no new folder: a link, a place below a file, a name that is too long,
    or no name at all.
    """
    if "\0" in str(out) or out.name in ("", "..") or not _can_be_named(out):
        raise ValueError(f"{brief(str(out))} cannot be the name of a new folder: give one{given}")
    try:
        os.lstat(out)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise _too_long(out, given) from None
    if out.is_symlink():
        raise ValueError(f"{out} is a link: give a new folder{given}, or the one it leads to")
    above = next((folder for folder in out.parents if folder.exists()), None)
    if above is not None and not above.is_dir():
        raise ValueError(
            f"{above} is a file, and {out} would be inside it: give another{_another(given)}"
        )
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists():
        raise _taken(out, given)


def _can_be_named(out: Path) -> bool:
    try:
        os.fsencode(out)
    except UnicodeEncodeError:
        return False
    return True


def _another(given: str) -> str:
    return given.replace(" as", "") or " folder"


def _too_long(out: Path, given: str) -> ValueError:
    return ValueError(f"{brief(str(out))} is too long a name here: give another{_another(given)}")


def _taken(out: Path, given: str) -> FileExistsError:
    return FileExistsError(f"{out} is there already: give a new folder{given}")

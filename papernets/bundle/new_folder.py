"""A bundle's folder that is not there yet: written whole, or not at all."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..files import UNFINISHED

TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR)
AS_OUT = " as --out"


def write_new(out: Path, write: Callable[[Path], None], given: str = AS_OUT) -> None:
    """Let `write` fill a folder that takes its name in one step, once it is whole.

    FileExistsError where another process was faster; `given` is how a caller gives the folder.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
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

    ValueError for what can be no new folder: a link, a place below a file, or no name at all.
    """
    if "\0" in str(out) or out.name in ("", ".."):
        raise ValueError(f"{str(out)!r} cannot be the name of a new folder: give one{given}")
    if out.is_symlink():
        raise ValueError(f"{out} is a link: give a new folder{given}, or the one it leads to")
    above = next((folder for folder in out.parents if folder.exists()), None)
    instead = given.replace(" as", "") or " folder"
    if above is not None and not above.is_dir():
        raise ValueError(f"{above} is a file, and {out} would be inside it: give another{instead}")
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists():
        raise _taken(out, given)


def _taken(out: Path, given: str) -> FileExistsError:
    return FileExistsError(f"{out} is there already: give a new folder{given}")

"""The file of a user's own network, FILE.py:NAME, kept in the run's folder: `own/CHECKSUM/FILE.py`.

A run goes on with the copy where the file is no longer at its place: when the folder was moved to
another machine, say. No torch.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..files import make_folder, read_bytes, write_atomically
from ..nets.own_code import MOST_BYTES
from .run import Run

OWN, DIGITS = "own", 16
"""The folder of copies in a run's; how many digits of the SHA-256 name a copy's own folder."""


def keep(net: str, folder: Path) -> None:
    """Copy the file of a network into a run's folder, where it is not there already."""
    file, _ = parts(net)
    if not file or Path(file).is_relative_to(folder.absolute()):
        return
    put(Path(file).name, read_bytes(file, MOST_BYTES), folder)


def put(name: str, content: bytes, folder: Path) -> Path:
    """Write a file of code into a run's folder; its path there."""
    copy = folder / OWN / _sum(content) / name
    if not copy.is_file():
        for place in (folder, copy.parent.parent, copy.parent):
            make_folder(place)
        write_atomically(copy, content)
    return copy.absolute()


def written(run: Run, folder: Path) -> Run:
    """The run as run.toml has it: a file in its folder without the folder."""
    file, name = parts(run.recipe.net)
    home = folder.absolute()
    if not file or not Path(file).is_relative_to(home):
        return run
    return run.changed(net=f"{Path(file).relative_to(home).as_posix()}:{name}")


def at_home(net: str, folder: Path) -> str:
    """The network that a file of settings in a folder names: the copy where the file is gone.

    ValueError where the copy is not what was copied.
    """
    file, name = parts(net)
    if not file or (Path(file).is_file() and Path(file).is_absolute()):
        return net
    own = Path(file)
    if not own.is_absolute() and (folder / own).is_file():
        copy = folder / own
    else:
        copy = next((folder / OWN).glob(f"*/{own.name}"), Path())
    if not copy.is_file():
        return net
    if copy.parent.parent.name == OWN and copy.parent.name != _sum(read_bytes(copy, MOST_BYTES)):
        raise ValueError(
            f"{copy} is not the file with which the run began: its folder's name is the beginning "
            "of that one's SHA-256. Bring it back, or start a new run with another --out"
        )
    return f"{copy.absolute()}:{name}"


def same_code(kept: str, given: str) -> bool:
    """Whether two names mean one network: the same name in files of the same content."""
    (file, name), (other, called) = parts(kept), parts(given)
    if not (file and other) or name != called or Path(file).name != Path(other).name:
        return kept == given
    try:
        return file == other or read_bytes(file, MOST_BYTES) == read_bytes(other, MOST_BYTES)
    except OSError:
        return False


def parts(net: str) -> tuple[str, str]:
    """The file and the name of FILE.py:NAME; two empty words for a network of ours."""
    file, _, name = net.rpartition(":")
    return (file, name) if ".py:" in net else ("", "")


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGITS]

"""The file of a user's own network, FILE.py:NAME, kept in the run's folder with its checksum.

run.toml then names the copy from the folder on, `own/FILE.py:NAME`: the folder can be moved, and
the run goes on with the network that it began with. No torch.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..files import make_folder, read_bytes, write_atomically
from ..nets.own_code import MOST_BYTES
from .run import Run

OWN = "own"
"""The folder of the copy, in a run's."""
SUM = ".sha256"


def copied(run: Run, folder: Path) -> Run:
    """The run by a copy of its file of code in its folder; as it is for a network of ours."""
    file, name = parts(run.recipe.net)
    if not file:
        return run
    content = read_bytes(file, MOST_BYTES)
    copy = folder / OWN / Path(file).name
    make_folder(copy.parent)
    write_atomically(copy, content)
    line = f"{hashlib.sha256(content).hexdigest()}  {copy.name}\n"
    write_atomically(copy.with_name(copy.name + SUM), line.encode())
    return run.changed(net=f"{copy.absolute()}:{name}")


def written(run: Run, folder: Path) -> Run:
    """The run as run.toml has it: a file in its folder without the folder."""
    file, name = parts(run.recipe.net)
    home = folder.absolute()
    if not file or not Path(file).is_relative_to(home):
        return run
    return run.changed(net=f"{Path(file).relative_to(home).as_posix()}:{name}")


def at_home(net: str, folder: Path) -> str:
    """A network as run.toml names it, with the whole path of a file in the run's folder."""
    file, name = parts(net)
    if not file or Path(file).is_absolute() or not (folder / file).is_file():
        return net
    return f"{(folder / file).absolute()}:{name}"


def check_copy(net: str) -> None:
    """ValueError where the copy is no longer the file that the run began with."""
    file, _ = parts(net)
    note = Path(file + SUM)
    if not file or not note.is_file():
        return
    if _sum(Path(file)) != note.read_text()[:64]:
        raise ValueError(
            f"{file} is not the file with which the run began: its checksum is not that in {note}. "
            "Bring it back, or start a new run with another --out"
        )


def same_code(kept: str, given: str) -> bool:
    """Whether two names mean one network: the same name in files of the same content."""
    (file, name), (other, called) = parts(kept), parts(given)
    if not (file and other) or name != called or Path(file).name != Path(other).name:
        return kept == given
    try:
        return file == other or _sum(Path(file)) == _sum(Path(other))
    except OSError:
        return False


def parts(net: str) -> tuple[str, str]:
    """The file and the name of FILE.py:NAME; two empty words for a network of ours."""
    file, _, name = net.rpartition(":")
    return (file, name) if ".py:" in net else ("", "")


def _sum(file: Path) -> str:
    return hashlib.sha256(read_bytes(file, MOST_BYTES)).hexdigest()

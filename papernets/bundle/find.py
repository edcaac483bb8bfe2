"""What a word means: one of our networks, FILE.py:NAME, a bundle's or a run's folder, or its name.

No file of Python code is run to learn it.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..nets.registry import find
from ..words import brief, plain, resume_command, shortened
from . import INFO, WEIGHTS
from .what import no_bundle

SHIPPED = Path(__file__).parents[1] / "weights"
"""Where the bundles are that come with the package."""


def in_file(name: str) -> bool:
    """True where a name means a file of Python code, or a network in one."""
    return ".py:" in name or name.endswith(".py")


def named(name: str) -> bool:
    """True where a name means a network of ours."""
    if in_file(name):
        return False
    try:
        find(name)
    except ValueError:
        return False
    return True


def same_network(name: str, other: str) -> bool:
    """True where two names mean one network, or files of one name."""
    if in_file(name) or in_file(other):
        return Path(name).name == Path(other).name
    return named(name) and named(other) and find(name).name == find(other).name


def shipped(name: str) -> Path | None:
    """The folder of the bundle that comes with the package under a name, or None.

    The name is a network's, or the bundle's own: `lenet5_scan`, which is a lenet5. `-`, `_` and
    case are the same.
    """
    own = find(name).name if named(name) else plain(name)
    folder = SHIPPED / own
    return folder if folder.name == own and os.path.isfile(folder / INFO) else None


def bundle_at(path: Path) -> Path | None:
    """The folder of the bundle to which a path leads: itself, or a run's best or last one."""
    if os.path.isfile(path) and path.name in (INFO, WEIGHTS):
        path = path.parent
    for folder in (path, path / "best", path / "last"):
        if any(os.path.exists(folder / name) for name in (INFO, WEIGHTS)):
            return folder
    return None


def bundle_meant(word: str) -> Path | None:
    """The folder of the bundle that a word means where a network is asked for; None: it means none.

    A folder may have a network's name by chance: the network is meant. FileNotFoundError for
    another folder that holds no bundle, ValueError for a file.
    """
    if named(word):
        return None
    found = bundle_at(Path(word))
    if found is None and _is_there(word) and not in_file(word):
        return find_bundle(word)  # it says what is there
    return found or shipped(word)


def find_bundle(given: str | os.PathLike[str]) -> Path:
    """The folder of a bundle: itself, a run's best one, or that of a network that comes trained.

    FileNotFoundError says what was looked for and what would work; so does a ValueError for a file
    that is no bundle's.
    """
    if not isinstance(given, str | os.PathLike):
        raise ValueError(
            f"a bundle is a folder, or a network that comes trained, not {brief(given)}: "
            "load_bundle('lenet5'), say"
        )
    word, path = str(given), Path(given)
    found = bundle_at(path)
    if found is None and (run := _unfinished(path)) is not None:
        raise FileNotFoundError(
            f"{path} is not finished and has no {INFO} yet. Go on with it: {resume_command(run)}"
        )
    found = found or shipped(word)
    if found is None and _is_there(word) and not os.path.isdir(path) and not in_file(word):
        raise ValueError(no_bundle(path))
    if found is None:
        raise FileNotFoundError(_no_bundle(word, path))
    return found


def _is_there(word: str) -> bool:
    """True where a word is the path of something."""
    return bool(word) and os.path.exists(word)


def _no_bundle(word: str, path: Path) -> str:
    """What a word means that means no bundle, and what would work."""
    if os.path.isdir(path):
        return (
            f"{path} is neither a bundle nor a finished run: it has neither {INFO} nor best/{INFO}"
        )
    names = ", ".join(sorted(p.parent.name for p in SHIPPED.glob(f"*/{INFO}"))) or "none"
    if named(word):
        name = find(word).name
        return (
            f"{name} does not come trained (these do: {names}). "
            f"Train it: papernets train {name}; then give its run's folder. Weights that others "
            "trained: papernets.from_peer, or papernets convert FILE --net NAME --out OUT"
        )
    return (
        f"no bundle {shortened(word, 300)!r}: give a bundle's folder, a run's folder, "
        f"or a network that comes trained ({names})"
    )


def _unfinished(path: Path) -> Path | None:
    """The run to go on with, of whose folders one without a bundle is given; else None."""
    runs = [path, path.parent] if path.name in ("best", "last") else [path]
    for run in runs:
        if os.path.isdir(path) and (run / "run.toml").is_file():
            member = run.name.isdigit() and (run.parent / "run.toml").is_file()
            return run.parent if member else run
    return None

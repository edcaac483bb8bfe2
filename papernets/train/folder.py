"""A run's folder: locked while in use, and whole whenever the writing stops."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shlex import quote
from typing import Any

from ..bundle.info import BundleInfo
from ..data.idx import find_idx
from ..data.names import normal
from ..data.picture import shown
from ..data.sources import NAMES, given_path
from ..files import UNFINISHED, lock_file, read_bytes, write_atomically
from ..numbers import is_whole
from ..texts import json_text, parsed
from ..words import plural, resume_command
from . import own_copy
from .choosing import settled
from .command import train_command
from .places import free_folders
from .prolonging import why_not
from .run import Run
from .settings import read_config
from .trust import named_file
from .where import MOST_THREADS, MOVABLE

CONFIG, STATE, LOG, RESULT = "run.toml", "state/state.pt", "log.jsonl", "result.json"
ENVIRONMENT, LOCK = "environment.json", ".lock"
BROUGHT = "begin"
"""The bundle of a module that a run from Python begins with."""
BEFORE = "state/before.pt"
"""The state that was saved before the last one."""
MOST_BYTES = 64 << 20
"""Of the files of a run that are JSON: a log of 100,000 epochs has 30 MB."""
NO_FOLDER = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
"""What keeps a folder from being made or written in, until its owner changes it."""


class InUse(OSError):
    """Another process trains in this folder."""


@contextmanager
def opened(
    path: Path,
    run: Run | None,
    resume: bool,
    given: dict[str, Any],
    bring: Callable[[Run, Path], Run] | None = None,
) -> Iterator[Run]:
    """The run of a folder, held while in use; see `prepare` and `locked` for what may go wrong.

    `bring` puts what a new run needs into its folder, and gives the run that uses it. A new run
    that fails before its training begins leaves nothing behind.
    """
    prepare(path, run, resume, given)  # before anything is made or written
    before = b""
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    with ExitStack() as stack:
        try:
            path.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(path))
            kept = prepare(path, run, resume, given)
            if not resume:
                kept = settled(bring(kept, path) if bring else kept)
                write_atomically(path / CONFIG, _text(kept, path))
            elif kept != (was := _kept(path / CONFIG)):
                longer = kept.recipe.epochs > was.recipe.epochs
                if longer:  # the test set was looked at: what it said stays
                    earlier = read_bytes(path / RESULT, MOST_BYTES)
                    write_atomically(path / earlier_result(was.recipe.epochs), earlier)
                if longer or not (path / RESULT).exists():
                    before = b"" if longer else (path / CONFIG).read_bytes()
                    write_atomically(path / CONFIG, _text(kept, path))
            sweep(path)
        except OSError as error:
            if error.errno not in NO_FOLDER:
                raise
            instead = (
                f"Make it writable, then: {resume_command(path, named_file(path / CONFIG))}"
                if run is None
                else f"Give another folder as --out: {train_command(run.recipe.net, given)}"
            )
            raise OSError(
                error.errno,
                f"no run can be written in {path} ({os.strerror(error.errno or 0)}). {instead}",
            ) from None
        try:
            yield kept
        except Exception:
            if not resume and not (path / ENVIRONMENT).exists():
                _discard(path, made)
            if before:  # what was given anew does not work
                write_atomically(path / CONFIG, before)
            raise


def held(
    stack: ExitStack,
    out: Path | None,
    run: Run | None,
    given: dict[str, Any],
    bring: Callable[[Run, Path], Run] | None = None,
) -> tuple[Path, Run]:
    """As `opened` until the stack ends: the folder that is asked for, or the first that is free."""
    for folder in free_folders(run) if out is None else (out,):
        try:
            kept = stack.enter_context(opened(folder, run, run is None, given, bring))
            return folder, kept
        except (FileExistsError, InUse):  # another run may have taken a free folder just now
            if out is not None:
                raise
    raise AssertionError("there are always free folders")


def check_outside(path: Path, run: Run) -> None:
    """ValueError where a run's folder would lie among the pictures that it is trained on."""
    if normal(run.recipe.data) in NAMES:
        return
    data = given_path(run.recipe.data, run.where.data_dir or None).resolve()
    if path.resolve().is_relative_to(data) and data.is_dir() and not find_idx([data]):
        better = data.parent / "runs" / path.name
        raise ValueError(
            f"the run's folder {shown(path)} lies in the folder of pictures {shown(data)}, where "
            f"it would be taken for a class. Give another: --out {quote(shown(better))}"
        )


def _text(run: Run, path: Path) -> bytes:
    """What run.toml has of a run in this folder."""
    return own_copy.written(run, path).to_toml().encode()


def _discard(path: Path, made: Sequence[Path]) -> None:
    for name in (CONFIG, LOCK):
        (path / name).unlink(missing_ok=True)
    for name in (own_copy.OWN, BROUGHT):
        with suppress(OSError):
            shutil.rmtree(path / name)
    with suppress(OSError):  # the first that is not empty stays, and those above it
        for folder in made:
            folder.rmdir()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a run's folder; a lock dies with its process, however that ends. `InUse` names it."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - no flock on Windows: two runs are not caught there
        yield
        return
    with lock_file(path / LOCK) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(
                f"{path} is in use by another run; wait for it, or give another --out"
            ) from None
        yield


def prepare(path: Path, run: Run | None, resume: bool, given: dict[str, Any]) -> Run:
    """The run of a folder: a new one, or on `resume` the one written there. Changes nothing.

    `given` are the settings that the user typed. On resume those of where it is done take the place
    of the folder's; one of what is done that contradicts them is a ValueError, but for more epochs
    of a finished run whose schedule allows them. An existing run without `resume`, or a folder with
    other things in it, is a FileExistsError.
    """
    config = path / CONFIG
    if resume:
        if not config.exists():
            raise FileNotFoundError(
                f"{path} holds no run to resume: it has no {CONFIG}. "
                f"A new run: {train_command(str(given.get('net', 'NETWORK')), given, path)}"
            )
        own = _kept(config).settings()
        moved = {key: value for key, value in given.items() if key in MOVABLE}
        for key, value in given.items():
            if key == "epochs" and value > own[key] and _is_finished(path, own[key]):
                if why := why_not(Run.of(own)):
                    raise ValueError(_no_longer(path, own, value, why))
                moved[key] = value
            elif key not in MOVABLE and (key, value) != ("precision", "auto"):
                _check_same(config, key, own[key], value)
        return Run.of({**own, **moved})
    assert run is not None
    check_text(run)
    check_outside(path, run)
    if path.exists() and not path.is_dir():
        raise FileExistsError(f"{path} is a file; --out takes a folder")
    if config.exists():
        again = resume_command(path, named_file(config))
        raise FileExistsError(
            f"{path} holds a run already. Go on with it: {again}; or give another --out"
        )
    others = sorted(p.name for p in path.iterdir() if not _ours(p)) if path.exists() else []
    if others:
        raise FileExistsError(
            f"{path} is not empty and holds no run (it has {others[0]!r}): "
            "give a new folder as --out"
        )
    return run


def earlier_result(epochs: int) -> str:
    """The name of the result that a run had after so many epochs, before it was prolonged."""
    return f"result-{epochs}.json"


def _is_finished(path: Path, epochs: int) -> bool:
    """Whether the result of a run is there and is that of so many epochs."""
    try:
        found = parsed(read_bytes(path / RESULT, MOST_BYTES))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("epochs") == epochs


def check_text(run: Run) -> None:
    """ValueError where a setting is no text that run.toml could hold: a path that is not UTF-8."""
    for key, value in run.settings().items():
        if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError(
                f"{key}: the path {shown(value)} is not UTF-8, so that run.toml cannot hold it. "
                "Rename it, or give a link with another name"
            )


def _ours(path: Path) -> bool:
    """What a run that was killed before it wrote its configuration leaves."""
    unfinished = path.name.startswith(f".{CONFIG}.") and path.suffix == UNFINISHED
    return unfinished or path.name in (LOCK, own_copy.OWN, BROUGHT)


def _kept(config: Path) -> Run:
    """The run that a folder's file holds; one of November 2026 may name no split."""
    settings = read_config(config)
    if not settings.get("net"):
        raise ValueError(
            f"{config} names no network: 'net' is missing. Bring the file back that the run "
            "wrote, or start a new run: papernets train NETWORK --out FOLDER"
        )
    return Run.of({"split": "order"} | settings)


def _no_longer(path: Path, own: dict[str, Any], epochs: int, why: str) -> str:
    """What to do where a finished run should be longer."""
    given = {"weights": str(path), "data": own["data"], "epochs": epochs - own["epochs"]}
    if own["data_dir"]:
        given["data_dir"] = own["data_dir"]
    return (
        f"the run in {path} is finished after {plural(own['epochs'], 'epoch')}, and cannot be "
        f"prolonged: {why}. Train on from its best weights in a new run: "
        f"{train_command('', given)}"
    )


def _check_same(config: Path, key: str, own: Any, value: Any) -> None:
    if key == "net":
        same = own_copy.same_code(own, value)
    elif isinstance(value, dict):
        same = all(own.get(k) == v for k, v in value.items()) if value else not own
    else:
        same = own == value
    if not same:
        raise ValueError(
            f"--resume goes on with the configuration in {config}, where {key} is {own!r}; "
            f"{value!r} contradicts it. Leave it out, or start a new run with another --out"
        )


DEEPEST = 3
"""Folders within a run's: 2/best, of a committee."""


def sweep(path: Path) -> None:
    """Remove the unfinished files that a killed run left; only under the lock."""
    deepest = len(path.parts) + DEEPEST
    for here, folders, files in os.walk(path):
        # `evaluate` may be writing in its folder just now
        folders[:] = [n for n in folders if n != "evaluation" and len(Path(here).parts) < deepest]
        for name in files:
            if name.startswith(".") and name.endswith(UNFINISHED):
                Path(here, name).unlink(missing_ok=True)


def kept_threads(path: Path) -> int:
    """The CPU threads with which the run of a folder began; 0 where it has not begun."""
    try:
        values = parsed(read_bytes(path / ENVIRONMENT, MOST_BYTES))
    except (OSError, ValueError):
        return 0
    threads = values.get("threads") if isinstance(values, dict) else 0
    return threads if is_whole(threads, 1) and threads <= MOST_THREADS else 0


def data_meant(given: str, data_dir: str, folder: Path, info: BundleInfo) -> tuple[str, str]:
    """The data that are `given`, else what the bundle in a folder was trained on; and their place.

    An empty name where neither says it.
    """
    own = {} if given else _data_of_run(folder)
    name = given or own.get("data") or str(info.run.get("data") or "")
    return name, data_dir or own.get("data_dir", "")


def _data_of_run(bundle: Path) -> dict[str, str]:
    """`data` and `data_dir` of the run in whose folder a bundle lies; empty where it lies alone."""
    for folder in (bundle, *bundle.parents[:2]):  # RUN/best, or RUN/1/best of a committee
        try:
            found = read_config(folder / CONFIG)
        except (OSError, ValueError):
            continue
        return {k: str(found[k]) for k in ("data", "data_dir") if found.get(k)}
    return {}


def write_json(path: Path, values: object) -> None:
    """Write a JSON file, whole or not at all."""
    write_atomically(path, (json_text(values, indent=1) + "\n").encode())

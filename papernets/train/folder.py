"""A run's folder: locked while in use, and whole whenever the writing stops."""

from __future__ import annotations

import errno
import io
import json
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import fields, replace
from pathlib import Path
from shlex import quote
from typing import Any

import torch

from ..bundle.info import BundleInfo
from ..bundle.save import save_bundle
from ..data.idx import find_idx
from ..data.names import normal
from ..data.picture import shown
from ..data.sources import NAMES, given_path
from ..files import UNFINISHED, damaged_entry, write_atomically
from ..numbers import is_number, is_whole
from ..words import resume_command
from .fit import Epoch, State
from .run import MOST_THREADS, Run
from .settings import read_config

CONFIG, STATE, LOG, RESULT = "run.toml", "state/state.pt", "log.jsonl", "result.json"
ENVIRONMENT, LOCK = "environment.json", ".lock"


NO_FOLDER = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
"""What keeps a folder from being made or written in, until its owner changes it."""
ELSEWHERE = ("data", "data_dir", "weights", "device", "strict", "memory")
"""Settings that may change in a run that goes on: where things are, and how many pictures are kept
in memory. The pictures are checked."""


class InUse(OSError):
    """Another process trains in this folder."""


@contextmanager
def opened(path: Path, run: Run | None, resume: bool, given: dict[str, Any]) -> Iterator[Run]:
    """The run of a folder, held while in use; see `prepare` and `locked` for what may go wrong.

    A new run that fails before its training begins leaves nothing behind.
    """
    prepare(path, run, resume, given)  # before anything is made or written
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    with ExitStack() as stack:
        try:
            path.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(path))
            kept = prepare(path, run, resume, given)
            if not resume:
                write_atomically(path / CONFIG, kept.to_toml().encode())
            sweep(path)
        except OSError as error:
            if error.errno not in NO_FOLDER:
                raise
            instead = (
                f"Make it writable, then: {resume_command(path)}"
                if run is None
                else f"Give another folder as --out: papernets train {quote(run.net)} --out FOLDER"
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
            raise


def check_outside(path: Path, run: Run) -> None:
    """ValueError where a run's folder would lie among the pictures that it is trained on."""
    if normal(run.data) in NAMES:
        return
    data = given_path(run.data, run.data_dir or None).resolve()
    if path.resolve().is_relative_to(data) and data.is_dir() and not find_idx([data]):
        better = data.parent / "runs" / path.name
        raise ValueError(
            f"the run's folder {shown(path)} lies in the folder of pictures {shown(data)}, where "
            f"it would be taken for a class. Give another: --out {quote(shown(better))}"
        )


def _discard(path: Path, made: Sequence[Path]) -> None:
    for name in (CONFIG, LOCK):
        (path / name).unlink(missing_ok=True)
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
    with open(path / LOCK, "w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(
                f"{path} is in use by another run; wait for it, or give another --out"
            ) from None
        yield


def prepare(path: Path, run: Run | None, resume: bool, given: dict[str, Any]) -> Run:
    """The run of a folder: a new one, or on `resume` the one written there. Changes nothing.

    `given` are the settings that the user typed; on resume one that contradicts the folder's is a
    ValueError. An existing run without `resume`, or a folder with other things in it, is a
    FileExistsError.
    """
    config = path / CONFIG
    if resume:
        if not config.exists():
            raise FileNotFoundError(
                f"{path} holds no run to resume: it has no {CONFIG}. "
                f"A new run: papernets train NETWORK --out {quote(str(path))}"
            )
        settings = read_config(config)
        if not settings.get("net"):
            raise ValueError(
                f"{config} names no network: 'net' is missing. Bring the file back that the run "
                "wrote, or start a new run: papernets train NETWORK --out FOLDER"
            )
        kept = Run(**settings)
        for key, value in given.items():
            _check_same(config, key, getattr(kept, key), value)
        return kept
    assert run is not None
    check_outside(path, run)
    if path.exists() and not path.is_dir():
        raise FileExistsError(f"{path} is a file; --out takes a folder")
    if config.exists():
        raise FileExistsError(
            f"{path} holds a run already. Go on with it: {resume_command(path)}; "
            "or give another --out"
        )
    others = sorted(p.name for p in path.iterdir() if not _ours(p)) if path.exists() else []
    if others:
        raise FileExistsError(
            f"{path} is not empty and holds no run (it has {others[0]!r}): "
            "give a new folder as --out"
        )
    return run


def _ours(path: Path) -> bool:
    """What a run that was killed before it wrote its configuration leaves."""
    return path.name == LOCK or (path.name.startswith(f".{CONFIG}.") and path.suffix == UNFINISHED)


def _check_same(config: Path, key: str, own: Any, value: Any) -> None:
    if isinstance(value, dict):
        same = all(own.get(k) == v for k, v in value.items()) if value else not own
    elif key == "data":
        same = normal(own) == normal(value) or Path(own) == Path(value)
    else:
        same = own == value
    if not same:
        raise ValueError(
            f"--resume goes on with the configuration in {config}, where {key} is {own!r}; "
            f"{value!r} contradicts it. Leave it out, or start a new run with another --out"
        )


def sweep(path: Path) -> None:
    """Remove the unfinished files that a killed run left; only under the lock."""
    for file in path.rglob(f".*{UNFINISHED}"):
        # `evaluate` may be writing in its folder just now
        if "evaluation" not in file.relative_to(path).parts:
            file.unlink(missing_ok=True)


def save_state(path: Path, state: State, extra: dict[str, Any]) -> None:
    """Write the state, from which the log and the two bundles can be renewed."""
    (path / "state").mkdir(exist_ok=True)
    buffer = io.BytesIO()
    torch.save({"state": state.to_dict(), **extra}, buffer)
    write_atomically(path / STATE, buffer.getvalue())


def save_views(path: Path, state: State, info: BundleInfo, best: bool) -> None:
    """Write log.jsonl, last/, and best/ where this epoch is the best so far."""
    lines = "".join(json.dumps(record) + "\n" for record in state.history)
    write_atomically(path / LOG, lines.encode())
    last = replace(info, metrics=metrics_of(state.history[-1]))
    save_bundle(path / "last", last, state.weights())
    if best:
        record = state.history[state.best_epoch - 1]
        save_bundle(path / "best", replace(info, metrics=metrics_of(record)), state.best_weights)


def metrics_of(record: dict[str, Any]) -> dict[str, Any]:
    """What a bundle says of the epoch that its weights are of."""
    return {k: record[k] for k in ("epoch", "train_loss", "val_loss", "val_error")}


def load_state(path: Path) -> dict[str, Any] | None:
    """What `save_state` wrote, or None where there is none yet; ValueError if it is damaged."""
    file = path / STATE
    if not file.exists():
        return None
    spoilt = damaged_entry(file)
    if spoilt is not None:  # torch looks at no checksum
        raise damaged(path, f"the checksum of its {spoilt} is another")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns of a file that is a bare pickle
            values = torch.load(file, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:
        raise damaged(path, type(error).__name__) from None
    wrong = _wrong(values)
    if wrong:
        raise damaged(path, f"its {wrong} is missing or damaged")
    found: dict[str, Any] = values
    return found


def damaged(path: Path, why: str) -> ValueError:
    """The error that a folder's state cannot be used, and what to do."""
    return ValueError(
        f"{path / STATE} cannot be read ({why}). Remove it to start again from the "
        f"beginning: until then the best network so far stays in {path / 'best'}"
    )


def _wrong(values: object) -> str:
    """The first part of a saved state that is not there or of the wrong kind; empty if none."""
    state = values.get("state") if isinstance(values, dict) else None
    if not isinstance(values, dict) or not isinstance(state, dict):
        return "state"
    epoch: Any = state.get("epoch")
    best: Any = state.get("best_epoch")
    optimizer: Any = state.get("optimizer")
    history = state.get("history")
    groups = optimizer.get("param_groups") if _table(optimizer) else None
    good = {
        "model": _tensors(state.get("model")),
        "optimizer": _table(optimizer)
        and _table(optimizer.get("state"))
        and isinstance(groups, list)
        and all(map(_table, groups)),
        "average": _tensors(state.get("average")),
        "epoch": _whole(epoch),
        "step": _whole(state.get("step")),
        "history": isinstance(history, list) and len(history) == epoch and all(map(_told, history)),
        "best_epoch": _whole(best) and _whole(epoch) and min(epoch, 1) <= best <= epoch,
        "best_weights": _tensors(state.get("best_weights")),
        "seconds": is_number(values.get("seconds")),
        "threads": _whole(values.get("threads")) and 1 <= values["threads"] <= MOST_THREADS,
        "data": isinstance(values.get("data", ""), str),
        "run": isinstance(values.get("run", {}), dict),
    }
    return next((name for name, fits in good.items() if not fits), "")


def _table(value: object) -> bool:
    return isinstance(value, dict)


def _tensors(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(k, str) and isinstance(v, torch.Tensor) for k, v in value.items()
    )


def _whole(value: object) -> bool:
    return is_whole(value, 0)


def _told(record: object) -> bool:
    """True for what the log holds of an epoch."""
    return isinstance(record, dict) and all(
        is_number(record.get(f.name)) for f in fields(Epoch) if f.name != "best"
    )


def check_unchanged(path: Path, run: Run, kept: dict[str, Any] | None, config: Path) -> None:
    """ValueError where a run's settings are not those with which its kept state was trained."""
    began, now = (kept or {}).get("run") or {}, run.to_dict()
    for key, value in now.items():
        if key in ELSEWHERE or key not in began:  # an older state may know less
            continue
        old = began[key]
        same = Path(str(old)).name == Path(value).name if key == "net" else old == value
        if not same:
            raise ValueError(
                f"{config} was changed since the run began: {key} was {old!r} and is {value!r} "
                f"now. Set it back, then: {resume_command(config.parent)}; or start a new run: "
                f"papernets train --config {quote(str(config))} --out FOLDER"
            )


def kept_threads(path: Path) -> int:
    """The CPU threads with which the run of a folder began; 0 where it has not begun."""
    try:
        values = json.loads((path / ENVIRONMENT).read_text(encoding="utf-8"))
        return int(values["threads"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def data_of_run(bundle: Path) -> dict[str, str]:
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
    write_atomically(path, (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode())


def read_result(path: Path) -> dict[str, Any] | None:
    """The result of a finished run, or None."""
    file = path / RESULT
    if not file.exists():
        return None
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"{file} is not JSON ({error}). Remove it, and --resume writes it anew"
        ) from None
    return found

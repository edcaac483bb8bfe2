"""A run's folder: locked while in use, and whole whenever the writing stops."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ..build.bundle import BundleInfo, save_bundle
from ..files import write_atomically
from .fit import State
from .run import Run, read_config

CONFIG, STATE, LOG, RESULT = "run.toml", "state/state.pt", "log.jsonl", "result.json"


class InUse(OSError):
    """Another process trains in this folder."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a run's folder; a lock dies with its process, however that ends. `InUse` names the folder."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows has no flock; there two runs in one folder are not caught
        yield
        return
    with open(path / ".lock", "w", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"{path} is in use by another run; wait for it, or give another --out") from None
        yield


def prepare(path: Path, run: Run | None, resume: bool, given: dict[str, Any]) -> Run:
    """The run of a folder: a new one written down, or on `resume` the one that is written there.

    `given` are the settings that the user typed; on resume one that contradicts the folder's is a ValueError.
    An existing run without `resume`, or a folder with other things in it, is a FileExistsError.
    """
    config = path / CONFIG
    if resume:
        if not config.exists():
            raise FileNotFoundError(f"{path} holds no run to resume: it has no {CONFIG}")
        kept = Run(**read_config(config))
        for key, value in given.items():
            own = getattr(kept, key)
            if isinstance(value, dict):
                differs = any(own.get(k) != v for k, v in value.items())
            else:
                differs = own != value
            if differs:
                raise ValueError(
                    f"--resume goes on with the configuration in {config}, where {key} is {own!r}; "
                    f"{value!r} contradicts it. Leave it out, or start a new run with another --out"
                )
        return kept
    assert run is not None
    if path.exists() and not path.is_dir():
        raise FileExistsError(f"{path} is a file; --out takes a folder")
    if config.exists():
        raise FileExistsError(
            f"{path} holds a run already: go on with it by --resume, or give another --out"
        )
    others = [p.name for p in path.iterdir() if p.name != ".lock"] if path.exists() else []
    if others:
        raise FileExistsError(
            f"{path} is not empty and holds no run (it has {others[0]!r}): give a new folder as --out"
        )
    path.mkdir(parents=True, exist_ok=True)
    write_atomically(config, run.to_toml().encode())
    return run


def save_state(path: Path, state: State, extra: dict[str, Any]) -> None:
    """Write the state, then all that follows from it: the log and the two bundles are copies that it can renew."""
    (path / "state").mkdir(exist_ok=True)
    buffer = io.BytesIO()
    torch.save({"state": state.to_dict(), **extra}, buffer)
    write_atomically(path / STATE, buffer.getvalue())


def save_views(path: Path, state: State, info: BundleInfo, best: bool) -> None:
    """Write log.jsonl, last/, and best/ where this epoch is the best so far."""
    lines = "".join(json.dumps(record) + "\n" for record in state.history)
    write_atomically(path / LOG, lines.encode())
    last = _with_metrics(info, state.history[-1])
    save_bundle(path / "last", last, state.weights())
    if best:
        save_bundle(path / "best", _with_metrics(info, state.history[state.best_epoch - 1]), state.best_weights)


def _with_metrics(info: BundleInfo, record: dict[str, Any]) -> BundleInfo:
    return replace(info, metrics={k: record[k] for k in ("epoch", "train_loss", "val_loss", "val_error")})


def load_state(path: Path) -> dict[str, Any] | None:
    """What `save_state` wrote, or None where there is none yet; ValueError where the file is damaged."""
    file = path / STATE
    if not file.exists():
        return None
    try:
        values = torch.load(file, map_location="cpu", weights_only=True)
        if "state" not in values:
            raise ValueError("it holds no state")
    except Exception as error:
        raise ValueError(
            f"{file} cannot be read ({type(error).__name__}). Remove it to start again from the beginning: "
            f"the best network so far stays in {path / 'best'}"
        ) from None
    return values


def write_json(path: Path, values: object) -> None:
    """Write a JSON file, whole or not at all."""
    write_atomically(path, (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode())


def read_result(path: Path) -> dict[str, Any] | None:
    """The result of a finished run, or None."""
    file = path / RESULT
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


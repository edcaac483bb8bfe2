"""What training keeps after each epoch: the state to go on from, the log and two bundles."""

from __future__ import annotations

import io
import json
from dataclasses import fields, replace
from pathlib import Path
from shlex import quote
from typing import Any

import torch

from ..bundle.info import BundleInfo
from ..bundle.save import save_bundle
from ..data.quiet import EVERY
from ..files import damaged_entry, write_atomically
from ..numbers import is_number, is_whole
from ..words import resume_command
from .events import Epoch
from .folder import LOG, STATE
from .run import Run
from .state import State
from .where import MOST_THREADS

ELSEWHERE = ("data", "data_dir", "weights", "device", "strict", "memory")
"""Settings that may change in a run that goes on: where things are, and how many pictures are kept
in memory. The pictures are checked."""


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
        with EVERY:  # torch warns of a file that is a bare pickle
            values = torch.load(file, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:
        raise damaged(path, type(error).__name__) from None
    wrong = _damaged_part(values)
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


def _damaged_part(values: object) -> str:
    """The first part of a saved state that is not there or of the wrong kind; empty if none."""
    state = values.get("state") if isinstance(values, dict) else None
    if not isinstance(values, dict) or not isinstance(state, dict):
        return "state"
    epoch: Any = state.get("epoch")
    best: Any = state.get("best_epoch")
    optimizer: Any = state.get("optimizer")
    history = state.get("history")
    groups = optimizer.get("param_groups") if _is_table(optimizer) else None
    good = {
        "model": _are_tensors(state.get("model")),
        "optimizer": _is_table(optimizer)
        and _is_table(optimizer.get("state"))
        and isinstance(groups, list)
        and all(map(_is_table, groups)),
        "average": _are_tensors(state.get("average")),
        "epoch": _is_count(epoch),
        "step": _is_count(state.get("step")),
        "history": isinstance(history, list)
        and len(history) == epoch
        and all(map(_is_epoch, history)),
        "best_epoch": _is_count(best) and _is_count(epoch) and min(epoch, 1) <= best <= epoch,
        "best_weights": _are_tensors(state.get("best_weights")),
        "seconds": is_number(values.get("seconds")),
        "threads": _is_count(values.get("threads")) and 1 <= values["threads"] <= MOST_THREADS,
        "data": isinstance(values.get("data", ""), str),
        "run": isinstance(values.get("run", {}), dict),
    }
    return next((name for name, fits in good.items() if not fits), "")


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _are_tensors(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(k, str) and isinstance(v, torch.Tensor) for k, v in value.items()
    )


def _is_count(value: object) -> bool:
    return is_whole(value, 0)


def _is_epoch(record: object) -> bool:
    """True for what the log holds of an epoch."""
    return isinstance(record, dict) and all(
        is_number(record.get(f.name)) for f in fields(Epoch) if f.name != "best"
    )


def check_unchanged(run: Run, kept: dict[str, Any], config: Path) -> None:
    """ValueError where a run's settings are not those with which its kept state was trained."""
    began, now = kept.get("run") or {}, run.to_dict()
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

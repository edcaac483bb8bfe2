"""What training keeps after each epoch: the state to go on from, the log and two bundles."""

from __future__ import annotations

import hashlib
import os
from dataclasses import fields, replace
from pathlib import Path
from shlex import quote
from typing import Any

import torch

from ..bundle.arrays import ARRAYS, read_arrays, write_arrays
from ..bundle.info import BundleInfo
from ..bundle.save import save_bundle
from ..bundle.seen import PICTURES, Seen, seen_in, write_seen
from ..data import Preprocessing
from ..files import link_atomically, make_folder, write_atomically
from ..numbers import is_finite, is_whole
from ..texts import check_plain, json_text
from ..words import resume_command, shortened
from .events import Epoch
from .folder import BEFORE, LOG, STATE, earlier_result
from .run import Run
from .sealed import sealed, unsealed
from .state import State
from .trust import named_file
from .where import MOST_THREADS, MOVABLE

KEPT = "state"
"""The folder of the state, and of the lists of pictures that belong to it."""
RESTORE = (
    f"Bring back the one that this run wrote, or start a new run with another --out. Where it has "
    f"saved an epoch, its last/{PICTURES} is the same file"
)
ELSEWHERE = (*MOVABLE, "weights", "begin", "draws")
"""Settings that may change in a run that goes on: where things are, and what it is done on. The
pictures are checked. Draws are by picture today, whatever they were."""


def save_state(path: Path, state: State, extra: dict[str, Any]) -> None:
    """Write the state, from which the log and the two bundles can be renewed.

    The one before it is kept beside it, for the day when this one cannot be read.
    """
    make_folder(path / KEPT)
    content, file = sealed({"state": state.to_dict(), **extra}), path / STATE
    if file.is_file() and not file.is_symlink():
        link_atomically(file, path / BEFORE)
    write_atomically(file, content)


def put_back(path: Path) -> None:
    """Put the state before the last one into its place, where the last one cannot be read."""
    os.replace(path / BEFORE, path / STATE)


def save_lists(path: Path, seen: Seen) -> str:
    """Keep a run's lists of pictures beside its state, before there is one; their SHA-256."""
    write_seen(path / KEPT, seen)
    return hashlib.sha256(seen.to_bytes()).hexdigest()


def save_arrays(path: Path, content: bytes) -> None:
    """Keep the arrays of a run's preprocessing beside its state, which names them."""
    if content:
        make_folder(path / KEPT)
        write_arrays(path / KEPT, content)


def preprocessing_in(kept: dict[str, Any], path: Path) -> Preprocessing:
    """How a kept state's network sees pictures; ValueError where that makes no sense."""
    values = kept["preprocessing"]
    advice = f"{RESTORE.partition('.')[0]}: last/{ARRAYS} is the same file"
    content = read_arrays(path / KEPT, values, advice)
    try:
        return Preprocessing.from_dict(values, content)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise damaged(path, f"its preprocessing makes no sense: {error}") from None


def kept_lists(path: Path, kept: dict[str, Any]) -> Seen | None:
    """The lists that a run keeps beside its state; None where its state names none.

    ValueError where the file is not the one that the state names.
    """
    if not kept.get("lists"):
        return None
    return seen_in(path / KEPT / PICTURES, RESTORE, kept["lists"])


def save_views(path: Path, state: State, info: BundleInfo, seen: Seen, best: bool) -> None:
    """Write log.jsonl, last/, and best/ where this epoch is the best so far.

    Before the first epoch there is no log, and both are what the run begins with. Within an epoch
    last/ is left as it is, the network of the epoch before it.
    """
    save_log(path, state)
    if state.part is None:
        record = state.history[-1] if state.history else state.begun
        last = replace(info, metrics=metrics_of(record))
        write_seen(path / "last", seen)
        save_bundle(path / "last", last, state.weights())
    if best:
        chosen = replace(info, metrics=metrics_of(state.best_record))
        write_seen(path / "best", seen)
        save_bundle(path / "best", chosen, state.best_weights)


def save_log(path: Path, state: State) -> None:
    """Write log.jsonl, a line an epoch."""
    lines = "".join(json_text(record, ascii_only=True) + "\n" for record in state.history)
    write_atomically(path / LOG, lines.encode())


def metrics_of(record: dict[str, Any]) -> dict[str, Any]:
    """What a bundle says of the epoch that its weights are of."""
    known = ("epoch", "train_loss", "train_error", "val_loss", "val_error")
    # epoch 0 has no loss in training; without held-out pictures there is none on them
    return {k: record[k] for k in known if record.get(k) is not None}


def load_state(path: Path) -> dict[str, Any] | None:
    """What `save_state` wrote, or None where there is none yet; ValueError if it is damaged.

    Where the last one is damaged and the one before it is good, that one, with the reason as
    `instead`.
    """
    if not (path / STATE).exists():
        return None
    found, why = _read_state(path / STATE)
    if found is None and (path / BEFORE).is_file():
        found, worse = _read_state(path / BEFORE)
        if found is not None:
            return found | {"instead": why}
        why += f", nor can {path / BEFORE} ({worse})"
    if found is None:
        raise damaged(path, why)
    return found


def _read_state(file: Path) -> tuple[dict[str, Any] | None, str]:
    """What a file keeps, or None and why it cannot be used."""
    try:
        values = unsealed(file)
    except ValueError as error:
        return None, str(error)
    wrong = _damaged_part(values)
    return (None, f"its {wrong} is missing or damaged") if wrong else (values, "")


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
        and all(map(_is_epoch, history))
        and all(map(_is_plain, history)),
        "begun": _is_beginning(state.get("begun", {})),
        "warm": isinstance(state.get("warm", False), bool),
        "part": _is_part(state.get("part", {})),
        "scaler": _is_scaler(state.get("scaler", {})),
        "best_epoch": _is_count(best)
        and _is_count(epoch)
        and min(epoch, 0 if state.get("begun") else 1) <= best <= epoch,
        "best_weights": _are_tensors(state.get("best_weights")),
        "seconds": is_finite(values.get("seconds")),
        "threads": _is_count(values.get("threads")) and 1 <= values["threads"] <= MOST_THREADS,
        "data": isinstance(values.get("data", ""), str),
        "lists": isinstance(values.get("lists", ""), str),
        "run": _is_plain(values.get("run", {})),
        "preprocessing": _is_plain(values.get("preprocessing", {})),
    }
    return next((name for name, fits in good.items() if not fits), "")


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _is_plain(value: object) -> bool:
    """True for a table of plain values, as JSON has them."""
    try:
        check_plain(value, "it")
    except ValueError:
        return False
    return isinstance(value, dict)


def _are_tensors(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(k, str) and isinstance(v, torch.Tensor) and v.layout == torch.strided
        for k, v in value.items()
    )


def _is_count(value: object) -> bool:
    return is_whole(value, 0)


def _is_beginning(record: object) -> bool:
    """True for what the state holds of a network before its first epoch, or for nothing."""
    return isinstance(record, dict) and (
        not record or (is_finite(record.get("epoch")) and _looked(record))
    )


HELD_OUT = ("val_loss", "val_error")
LATER = ("best", "train_error", "skipped", *HELD_OUT)
"""Of an epoch, what the log does not hold, did not in earlier versions, or is seen apart."""


def _looked(record: dict[str, Any]) -> bool:
    """True for a loss and an error on held-out pictures, or none where there are no such."""
    if all(record.get(k, 0) is None for k in HELD_OUT):
        return True
    return all(is_finite(record.get(k)) for k in HELD_OUT)


def _is_part(part: object) -> bool:
    """True for what an epoch has found so far, or for nothing."""
    if not isinstance(part, dict) or not part:
        return part == {}
    tensors = {name: part.get(name) for name in ("losses", "wrong")}
    counts = (*(part.get(name) for name in ("at", "images", "seen")), part.get("skipped", 0))
    numbers = (part.get(name) for name in ("rate", "seconds"))
    return _are_tensors(tensors) and all(map(_is_count, counts)) and all(map(is_finite, numbers))


def _is_scaler(found: object) -> bool:
    """True for what scales gradients: numbers by name, above 0 but for what is counted."""
    if not isinstance(found, dict):
        return False
    return all(
        is_finite(value) and (value > 0 or (name == "_growth_tracker" and value == 0))
        for name, value in found.items()
    )


def _is_epoch(record: object) -> bool:
    """True for what the log holds of an epoch."""
    return (
        isinstance(record, dict)
        and all(is_finite(record.get(f.name)) for f in fields(Epoch) if f.name not in LATER)
        and is_finite(record.get("train_error", 0.0))
        and _is_count(record.get("skipped", 0))
        and _looked(record)
    )


def check_unchanged(run: Run, kept: dict[str, Any], config: Path) -> None:
    """ValueError where a run's settings are not those with which its kept state was trained."""
    began, now = kept.get("run") or {}, run.to_dict()
    for key, value in now.items():
        if key in ELSEWHERE or key not in began:  # an older state may know less
            continue
        old = began[key]
        longer = key == "epochs" and is_whole(old, 1) and value > old
        if longer and (config.parent / earlier_result(old)).exists():
            continue  # it was finished, and then prolonged by --epochs
        same = Path(str(old)).name == Path(value).name if key == "net" else old == value
        if not same:
            net = named_file(config)
            again, own = resume_command(config.parent, net), f"{quote(net)} " if net else ""
            raise ValueError(
                f"{config} was changed since the run began: {key} was {shortened(repr(old), 200)} "
                f"and is {shortened(repr(value), 200)} "
                f"now. Set it back, then: {again}; or start a new run: "
                f"papernets train {own}--config {quote(str(config))} --out FOLDER"
            )

"""What trainings gave, read from their folders: errors of each epoch, and at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..bundle.info import read_info
from ..bundle.load import load_bundle
from ..evaluate.pictures import open_pictures
from ..evaluate.protocols.protocol import Protocol
from ..evaluate.report import report
from ..files import read_bytes, write_atomically
from ..machine import choose_device
from ..numbers import is_number, is_whole
from ..texts import Form, check_forms, check_keys, json_text, parsed
from ..train.folder import ENVIRONMENT, LOG, MOST_BYTES, RESULT
from ..train.results import read_result
from ..words import plural
from .claim import Arm, Experiment, Measured
from .work import Task, died_of


def measured(
    experiment: Experiment, tasks: Sequence[Task], out: Path
) -> dict[str, tuple[Measured, ...]]:
    """What each arm's trainings gave, in the order of seeds; those that are finished.

    An arm that tests another's networks otherwise is tested here, once.
    """
    found: dict[str, list[Measured]] = {arm.name: [] for arm in experiment.arms}
    for task in tasks:
        one = read(task, out)
        if one is None:
            continue
        found[task.arm.name].append(one)
        for arm in experiment.arms:
            if arm.of == task.arm.name:
                found[arm.name].append(otherwise(arm, task, one, out))
    return {name: tuple(several) for name, several in found.items()}


def read(task: Task, out: Path) -> Measured | None:
    """What one training gave; None where it is not finished."""
    folder = task.folder(out)
    died = died_of(folder)
    result = read_result(folder) if folder.exists() else None
    if result is None and not died:
        return None
    log = records(folder)
    if result is not None and task.run.found.net.count == 1 and len(log) != result["epochs"]:
        raise ValueError(
            f"{folder / LOG} has {plural(len(log), 'epoch')}, and the run had {result['epochs']}. "
            f"{ANEW}"
        )
    train = [row["train_error"] for row in log if is_number(row.get("train_error"))]
    chance = 1 - 1 / max(task.run.found.net.member.classes, 1)
    result = result or {"test_error": chance, "test_images": 0, "seconds": 0.0}
    return Measured(
        task.arm.name,
        task.seed,
        result["test_error"],
        result["test_images"],
        tuple(train) if len(train) == len(log) else (),
        tuple(row["val_error"] for row in log if row["val_error"] is not None),
        log[-1]["images"] if log else 0,
        result["seconds"],
        died,
        result.get("others_asked"),
    )


ANEW = f"Remove {RESULT} beside it, and --resume writes both anew"
LOGGED: dict[str, Form] = {
    "val_error": (lambda v: v is None or (is_number(v) and 0 <= v <= 1), "a number from 0 to 1"),
    "images": (lambda v: is_whole(v, 0), "a whole number"),
}
"""What is read of an epoch; TRAINED: of one that was not logged by an earlier version besides."""
TRAINED: dict[str, Form] = {
    "train_error": (lambda v: is_number(v) and 0 <= v <= 1, "a number from 0 to 1")
}


def records(folder: Path) -> list[dict[str, Any]]:
    """The epochs of a run as its log has them; of a committee those of its first network.

    ValueError where the log is damaged.
    """
    file = folder / LOG
    if not file.exists():
        return []
    rows = []
    for number, line in enumerate(read_bytes(file, MOST_BYTES).splitlines(), 1):
        where = f"{file}, line {number}"
        try:
            row = parsed(line)
        except ValueError as error:
            raise ValueError(f"{where} is not JSON ({error}). {ANEW}") from None
        check_keys(row, LOGGED, where, ANEW)
        check_forms(row, TRAINED, where, ANEW)
        if row.get("network", 1) == 1:
            rows.append(row)
    return rows


TESTED: dict[str, Form] = {
    "error": (lambda v: is_number(v) and 0 <= v <= 1, "a number from 0 to 1"),
    "images": (lambda v: is_whole(v, 1), "a whole number"),
}
"""What is read of a test by another protocol."""


def otherwise(arm: Arm, task: Task, one: Measured, out: Path) -> Measured:
    """A training's network tested by another protocol; the result is kept in its folder."""
    if one.died:  # there is no network to test
        return Measured(arm.name, task.seed, one.test_error, one.test_images, died=one.died)
    folder = task.folder(out)
    file = folder / f"{arm.protocol}.json"
    if not file.exists():
        tested = tested_by(folder, arm.protocol, task)
        write_atomically(file, (json_text(tested, indent=1) + "\n").encode())
    advice = "Remove it, and --resume writes it anew"
    try:
        kept = parsed(read_bytes(file, MOST_BYTES))
    except ValueError as error:
        raise ValueError(f"{file} is not JSON ({error}). {advice}") from None
    check_keys(kept, TESTED, str(file), advice)
    return Measured(arm.name, task.seed, kept["error"], kept["images"])


def tested_by(folder: Path, protocol: str, task: Task) -> dict[str, Any]:
    """The error of a run's network on its test set by a protocol, and of how many pictures."""
    bundle = load_bundle(folder / "best")
    run = task.run
    pictures = open_pictures(bundle, run.recipe.data, data_dir=run.where.data_dir or None)
    device = choose_device(run.where.device)
    scored = report(bundle, pictures, device=device, protocol=Protocol(protocol)).score
    return {"protocol": protocol, "error": scored.error, "images": scored.images}


def versions_of(tasks: Sequence[Task], out: Path) -> dict[str, str]:
    """The versions with which the first finished training was done."""
    for task in tasks:
        best = task.folder(out) / "best"
        if (best / "bundle.json").exists():
            return dict(read_info(best).versions)
    return {}


def environment_of(tasks: Sequence[Task], out: Path) -> dict[str, Any]:
    """Where the first training was done, as its folder says; None for what it does not."""
    found: Any = None
    for task in tasks:
        file = task.folder(out) / ENVIRONMENT
        if file.exists():
            try:
                found = parsed(read_bytes(file, MOST_BYTES))
            except ValueError:
                found = None
            break
    found = found if isinstance(found, dict) else {}
    texts = {key: found.get(key) for key in ("processor", "device", "gpu")}
    threads = found.get("threads")
    return {
        **{key: value if isinstance(value, str) else "" for key, value in texts.items()},
        "threads": threads if is_whole(threads, 1) else None,
    }

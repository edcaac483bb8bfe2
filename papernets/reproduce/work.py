"""What a claim needs trained: the runs, how long they take, and their training, one by one.

A folder holds `reproduce.json`, which says what was asked for, and a run's folder for each training
in `runs/`. What was stopped goes on where it was, bit for bit, as every run does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data import Dataset
from ..files import read_bytes, write_atomically
from ..texts import json_text, parsed
from ..train.events import Event, Phase
from ..train.fit import Diverged
from ..train.folder import CONFIG, opened
from ..train.rehearsal import epoch_seconds, looked_at
from ..train.results import read_result
from ..train.run import Run
from ..train.runner import train
from ..train.settings import joined, resolve
from ..words import plural
from .claim import Arm, Experiment, epochs_at

ASKED, RUNS, DIED = "reproduce.json", "runs", "died.json"
MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Task:
    """One training: its arm, its seed, its run and the name of its folder."""

    arm: Arm
    seed: int
    run: Run
    name: str

    def folder(self, out: Path) -> Path:
        """Its run's folder within the claim's."""
        return out / RUNS / self.name


def planned(
    experiment: Experiment, scale: float, seeds: int = 0, where: Mapping[str, Any] | None = None
) -> tuple[Task, ...]:
    """The trainings of a claim at a scale, arm by arm within each seed; 0 seeds: the claim's own.

    `where` has settings of where it is done. ValueError for an impossible scale or setting.
    """
    if not 0 < scale <= 1:
        raise ValueError(f"scale {scale:g}: a share of the whole schedule, above 0 and at most 1")
    found = []
    for seed in range(1, (seeds or experiment.seeds) + 1):
        for arm in experiment.trained:
            whole = int(arm.settings.get("epochs", experiment.epochs))
            own = {"epochs": epochs_at(whole, scale), "seed": seed, **(where or {})}
            settings = joined(experiment.settings, arm.settings, own)
            for table in ("augment",):  # an arm's takes the place of that of all
                if table in arm.settings:
                    settings[table] = arm.settings[table]
            name = f"{arm.name.replace(' ', '-')}-seed{seed}"
            found.append(Task(arm, seed, resolve(arm.net, settings), name))
    return tuple(found)


def estimated(tasks: Sequence[Task]) -> float:
    """About how many seconds the trainings take, by some steps of each arm on its pictures."""
    known: dict[tuple[Any, ...], Dataset] = {}
    seconds: dict[str, float] = {}
    for task in tasks:
        if task.arm.name in seconds:
            continue
        recipe, net = task.run.recipe, task.run.found.net
        key = (recipe.data, net.member.input, recipe.enlarge, recipe.seed)
        if key not in known:
            known[key] = looked_at(task.run)
        each = epoch_seconds(task.run, known[key])
        seconds[task.arm.name] = each * recipe.epochs * net.count
    return sum(seconds[task.arm.name] for task in tasks)


def begin(out: Path, experiment: Experiment, scale: float, seeds: int, resume: bool) -> None:
    """Write into a new folder what was asked for; or see, on `resume`, that it is the same.

    FileExistsError where a folder has something in it and nothing is to be resumed, ValueError
    where something else was asked for there.
    """
    asked = {"claim": experiment.name, "scale": scale, "seeds": seeds or experiment.seeds}
    file = out / ASKED
    if file.exists():
        kept = _read(file)
        if not resume:
            raise FileExistsError(
                f"{out} holds {kept.get('claim')} already. Go on with it: --resume; or give "
                "another --out"
            )
        for what, value in asked.items():
            if kept.get(what) != value:
                raise ValueError(
                    f"{out} was begun with {what} {kept.get(what)}, not {value}: leave it out, or "
                    "give another --out"
                )
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FileExistsError(f"{out} is there and holds no claim: give a new folder as --out")
    out.mkdir(parents=True, exist_ok=True)
    write_atomically(file, (json_text(asked, indent=1) + "\n").encode())


def asked_in(out: Path) -> dict[str, Any]:
    """What was asked for in a folder: claim, scale and seeds. ValueError where it holds none."""
    if not (out / ASKED).exists():
        raise FileNotFoundError(f"{out} holds no claim to resume: it has no {ASKED}")
    return _read(out / ASKED)


def _read(file: Path) -> dict[str, Any]:
    try:
        found = parsed(read_bytes(file, MOST_BYTES))
    except ValueError as error:
        raise ValueError(
            f"{file} is not JSON ({error}). Remove its folder, and begin anew"
        ) from None
    if not isinstance(found, dict):
        raise ValueError(f"{file} is not what was written. Remove its folder, and begin anew")
    return found


def perform(tasks: Sequence[Task], out: Path) -> Iterator[Event]:
    """Train what is not trained yet; a network that diverges is noted and the next one trained."""
    for number, task in enumerate(tasks, 1):
        folder = task.folder(out)
        if (folder / DIED).exists() or _finished(folder):
            continue
        yield Phase(f"{number} of {plural(len(tasks), 'training')}: {task.name}")
        again = (folder / CONFIG).exists()
        given = _places(task.run) if again else {}
        with opened(folder, None if again else task.run, again, given) as run:
            _check_same(run, task, folder)
            try:
                yield from train(run, folder)
            except Diverged as error:
                died = {"why": str(error)}
                write_atomically(folder / DIED, (json_text(died, indent=1) + "\n").encode())
                yield Phase(f"{task.name} died: {error}")


def _finished(folder: Path) -> bool:
    return folder.exists() and read_result(folder) is not None


def _places(run: Run) -> dict[str, Any]:
    """Where a run is done, as given anew where it goes on."""
    return {"data_dir": run.where.data_dir, "device": run.where.device}


def _check_same(run: Run, task: Task, folder: Path) -> None:
    """ValueError where a folder has a run with other settings than the claim has now."""
    if run.recipe != task.run.recipe:
        raise ValueError(
            f"{folder} was begun with other settings than this version has for {task.name}: begin "
            "anew with another --out"
        )


def died_of(folder: Path) -> str:
    """Why a training ended early; empty where it did not."""
    file = folder / DIED
    return str(_read(file).get("why", "it diverged")) if file.exists() else ""

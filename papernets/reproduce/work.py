"""What a claim needs trained: the runs, how long they take, and their training, one by one.

A folder holds `reproduce.json`, which says what was asked for, and a run's folder for each training
in `runs/`. What was stopped goes on where it was, bit for bit, as every run does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

from ..files import read_bytes, write_atomically
from ..numbers import is_number, is_whole
from ..texts import Form, check_keys, json_text, parsed
from ..train.events import Event, Phase
from ..train.fit import Diverged
from ..train.folder import CONFIG, LOG, opened, prepare
from ..train.folder import MOST_BYTES as LOG_BYTES
from ..train.results import read_result
from ..train.run import Run
from ..train.runner import train
from ..train.settings import joined, resolve
from ..train.where import Where
from ..words import plural
from .claim import Arm, Experiment

ASKED, RUNS, DIED = "reproduce.json", "runs", "died.json"
MOST_BYTES, MOST_SEEDS = 1 << 20, 100


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
            own = {"epochs": experiment.epochs_of(arm, scale), "seed": seed, **(where or {})}
            settings = joined(experiment.settings, arm.settings, own)
            for table in ("augment",):  # an arm's takes the place of that of all
                if table in arm.settings:
                    settings[table] = arm.settings[table]
            name = f"{arm.name.replace(' ', '-')}-seed{seed}"
            found.append(Task(arm, seed, resolve(arm.net, settings), name))
    return tuple(found)


def epochs_of(task: Task) -> int:
    """The epochs of a training, over all networks of a committee."""
    return task.run.recipe.epochs * task.run.found.net.count


def epochs_left(task: Task, out: Path) -> int:
    """The epochs that a training has still to do in a folder."""
    folder = task.folder(out)
    if (folder / DIED).exists() or _finished(folder):
        return 0
    count = task.run.found.net.count
    homes = [folder] if count == 1 else [folder / str(at) for at in range(1, count + 1)]
    logs = [home / LOG for home in homes if (home / LOG).exists()]
    done = sum(len(read_bytes(log, LOG_BYTES).splitlines()) for log in logs)
    return max(epochs_of(task) - done, 0)


def filters_left(task: Task, out: Path) -> float:
    """The share of a committee's filters that are still to do in a folder, by its pictures shown.

    The filter of network n shows them to n - 1 networks; it is done once that network learns.
    """
    folder, count = task.folder(out), task.run.found.net.count
    if count < 2 or (folder / DIED).exists() or _finished(folder):
        return 0.0
    begun = [number for number in range(2, count + 1) if (folder / str(number) / LOG).exists()]
    return 1 - sum(number - 1 for number in begun) / (count * (count - 1) / 2)


def begin(out: Path, experiment: Experiment, scale: float, seeds: int, resume: bool) -> None:
    """Write into a new folder what was asked for; or see, on `resume`, that it is the same.

    FileExistsError where a folder has something in it and nothing is to be resumed, ValueError
    where something else was asked for there.
    """
    check(out, experiment, scale, seeds, resume)
    if (out / ASKED).exists():
        return
    asked = _asked(experiment, scale, seeds)
    out.mkdir(parents=True, exist_ok=True)
    write_atomically(out / ASKED, (json_text(asked, indent=1) + "\n").encode())


def check(out: Path, experiment: Experiment, scale: float, seeds: int, resume: bool) -> None:
    """The errors of `begin`; nothing is written."""
    if not (out / ASKED).exists():
        if resume:
            asked_in(out)  # which says that nothing was begun
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise FileExistsError(f"{out} is there and holds no claim: give a new folder as --out")
        return
    kept = asked_in(out)
    if not resume:
        raise FileExistsError(
            f"{out} holds {kept['claim']} already. Go on with it: papernets reproduce "
            f"{kept['claim']} --out {quote(str(out))} --resume; or give another --out"
        )
    for what, value in _asked(experiment, scale, seeds).items():
        if kept[what] != value:
            instead = f"name {kept[what]}" if what == "claim" else f"leave --{what} out"
            raise ValueError(
                f"{out} was begun with {what} {kept[what]}, not {value}: {instead}, or give "
                "another --out"
            )


def _asked(experiment: Experiment, scale: float, seeds: int) -> dict[str, Any]:
    return {"claim": experiment.name, "scale": scale, "seeds": seeds or experiment.seeds}


FORMS: dict[str, Form] = {
    "claim": (lambda v: isinstance(v, str) and v != "" and v.isprintable(), "the name of a claim"),
    "scale": (lambda v: is_number(v) and 0 < v <= 1, "a number above 0 and at most 1"),
    "seeds": (lambda v: is_whole(v, 1) and v <= MOST_SEEDS, f"1 to {MOST_SEEDS}"),
}


def asked_in(out: Path) -> dict[str, Any]:
    """What was asked for in a folder: claim, scale and seeds. ValueError where it is damaged."""
    file = out / ASKED
    if not file.exists():
        raise FileNotFoundError(f"{out} holds no claim to resume: it has no {ASKED}")
    found = _read(file)
    check_keys(found, FORMS, str(file), "Write it as it was, or begin anew with another --out")
    return found


def _read(file: Path) -> dict[str, Any]:
    advice = "Write it as it was, or begin anew with another --out"
    try:
        found = parsed(read_bytes(file, MOST_BYTES))
    except ValueError as error:
        raise ValueError(f"{file} is not JSON ({error}). {advice}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{file} is not what was written. {advice}")
    return found


def perform(tasks: Sequence[Task], out: Path) -> Iterator[Event]:
    """Train what is not trained yet; a network that diverges is noted and the next one trained."""
    for number, task in enumerate(tasks, 1):
        folder = task.folder(out)
        if (folder / DIED).exists() or _finished(folder):
            _check_same(prepare(folder, None, True, {}), task, folder, moved=True)
            continue
        yield Phase(f"{number} of {plural(len(tasks), 'training')}: {task.name}", folder)
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
    """Where a run is done, as far as it is given anew where it goes on."""
    where, usual = run.where, Where()
    given = {"data_dir": where.data_dir, "device": where.device, "threads": where.threads}
    return {key: value for key, value in given.items() if value != getattr(usual, key)}


def _check_same(run: Run, task: Task, folder: Path, moved: bool = False) -> None:
    """ValueError where a folder has a run with other settings than the claim has now.

    `moved`: the file of its network may lie elsewhere, where nothing of it is run any more.
    """
    kept, wanted = run.recipe, task.run.recipe
    if moved and Path(kept.net).name == Path(wanted.net).name:
        kept = replace(kept, net=wanted.net)
    if kept != wanted:
        raise ValueError(
            f"{folder} was begun with other settings than this version has for {task.name}: begin "
            "anew with another --out"
        )


def died_of(folder: Path) -> str:
    """Why a training ended early; empty where it did not."""
    file = folder / DIED
    return str(_read(file).get("why") or "it diverged") if file.exists() else ""

"""reproduce: published results put to the test, with a verdict beside the paper's figure."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import screen
from .flags import (
    DataDir,
    Device,
    Json,
    Quiet,
    Threads,
    WrongUse,
    check_data,
    wrong_data,
    wrong_use,
)
from .reproduce_shown import foretell, list_claims, planned_json, show, trained
from .stopping import Halt, Stopped, stopped_cleanly
from .streams import Unwritten
from .waiting import waiting

if TYPE_CHECKING:
    from ..reproduce.claim import Experiment
    from ..reproduce.report import Outcome
    from ..reproduce.work import Task
    from .progress import Show


@dataclass(frozen=True)
class Asked:
    """What is put to the test: a claim at a scale, 0 seeds for its own, where, in which folder."""

    experiment: Experiment
    scale: float
    seeds: int
    where: dict[str, Any]
    folder: Path

    def again(self) -> str:
        """The command that goes on with it."""
        words = ["papernets reproduce", self.experiment.name, "--out", quote(str(self.folder))]
        for key, value in self.where.items():
            words += [f"--{key.replace('_', '-')}", quote(str(value))]
        return " ".join([*words, "--resume"])


def reproduce(
    name: Annotated[str, typer.Argument(help="A claim. [lists all of them]")] = "",
    scale: Annotated[
        float | None,
        typer.Option(
            "--scale",
            help="How much of the whole schedule: above 0 and at most 1. [1; with --resume as it "
            "was begun]",
            show_default=False,
        ),
    ] = None,
    out: Annotated[str, typer.Option("--out", help="The folder. [reproduced/NAME]")] = "",
    seeds: Annotated[
        int, typer.Option("--seeds", help="Trainings of each kind. [the claim's]", min=0, max=100)
    ] = 0,
    data_dir: DataDir = "",
    device: Device = "auto",
    threads: Threads = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on in --out, at the scale that it was begun with.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be trained, how long, and stop.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train what a published result needs, and judge it.

    Says first how long it takes. Writes report.json, report.md and curves.png: what was measured,
    under which conditions, and the verdict beside the paper's figure. Without NAME it lists the
    claims.
    """
    screen.quiet(quiet)
    from ..reproduce.claims import EXPERIMENTS

    if not (name or resume):
        if out or dry_run or scale is not None or seeds:
            raise WrongUse(
                "name a claim: papernets reproduce NAME. All claims: papernets reproduce"
            )
        list_claims(EXPERIMENTS, json)
        return
    given = {"data_dir": data_dir, "device": "" if device == "auto" else device, "threads": threads}
    where = {key: value for key, value in given.items() if value}
    with wrong_use():
        asked = _asked(name, scale, seeds, Path(out) if out else None, resume, where)
    from ..reproduce.work import begin, check, epochs_left, planned

    experiment = asked.experiment
    with wrong_use():
        tasks = planned(experiment, asked.scale, asked.seeds, where)
        if not dry_run or resume:
            check(asked.folder, experiment, asked.scale, asked.seeds, resume)
    check_data(tasks[0].run.recipe.data, data_dir)
    all_done = resume and not any(epochs_left(task, asked.folder) for task in tasks)
    if dry_run or not (screen.QUIET or all_done):
        from ..reproduce.estimate import paced

        with waiting(), wrong_data():
            pace = paced(tasks)
        if dry_run and json:
            screen.print_json(planned_json(experiment, asked.scale, tasks, pace))
            return
        foretell(experiment, asked.scale, tasks, pace, asked.folder if resume else None)
    if dry_run:
        return
    with wrong_use():
        begin(asked.folder, experiment, asked.scale, asked.seeds, resume)
    made = _work(asked, tasks)
    try:
        if json:
            screen.print_json(made.to_dict())
        else:
            show(made, asked.folder)
        sys.stdout.flush()
    except Unwritten as error:
        raise Unwritten(f"{error}. The report is written: {asked.folder}") from None


def _asked(
    name: str,
    scale: float | None,
    seeds: int,
    out: Path | None,
    resume: bool,
    where: dict[str, Any],
) -> Asked:
    """What is asked for; on `resume` what is left out is as the folder has it."""
    from ..reproduce.claims import find

    if not (name or out):
        raise WrongUse("--resume needs the claim's name, or its folder as --out")
    experiment = find(name) if name else None
    folder = out or Path("reproduced", experiment.name if experiment else "")
    if resume:
        from ..reproduce.work import asked_in

        kept = asked_in(folder)
        experiment = experiment or find(kept["claim"])
        if kept["claim"] == experiment.name:
            scale = kept["scale"] if scale is None else scale
            seeds = seeds or kept["seeds"]
    assert experiment is not None
    return Asked(experiment, 1.0 if scale is None else scale, seeds, where, folder)


def _work(asked: Asked, tasks: tuple[Task, ...]) -> Outcome:
    """Train, telling how far it is, and write the report."""
    from ..reproduce.report import outcome, write
    from ..reproduce.work import perform
    from ..train.events import Finished, Phase, Started
    from ..train.keeping import heeding
    from .progress import Show

    bar: Show | None = None
    home, told = asked.folder, Path()
    with ExitStack() as stack, wrong_data():
        tell = stack.enter_context(waiting(lambda: bar is not None and bar.bar is not None))
        stack.enter_context(stopped_cleanly())
        stack.enter_context(heeding(Halt()))
        try:
            for event in perform(tasks, asked.folder):
                if isinstance(event, Phase):
                    screen.note(event.text)
                    home = event.folder or home
                    continue
                if isinstance(event, Started):
                    first = bar is None
                    if bar is not None:
                        bar.close()
                    bar = Show(home, True, event.run.recipe)
                    bar.waiting, bar.introduced = tell, not first
                    if not first and home != told:
                        screen.note(f"folder: {home}")
                    told = home
                if isinstance(event, Finished):  # stdout is the verdict's
                    screen.note(trained(event.result))
                elif bar is not None:
                    bar.event(event)
        except (KeyboardInterrupt, Stopped):
            if bar is not None:
                bar.close()
            screen.note(f"\nStopped. Go on with: {screen.whole(asked.again())}")
            raise
        finally:
            if bar is not None:
                bar.close()
    with waiting():
        made = outcome(asked.experiment, asked.scale, tasks, asked.folder)
    write(made, asked.folder)
    return made

"""reproduce: published results put to the test, with a verdict beside the paper's figure."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..words import percent, plural
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
from .stopping import Halt, Stopped, stopped_cleanly
from .waiting import waiting

if TYPE_CHECKING:
    from ..reproduce.claim import Experiment
    from ..reproduce.report import Outcome
    from ..reproduce.work import Task


def reproduce(
    name: Annotated[str, typer.Argument(help="A claim. [lists all of them]")] = "",
    scale: Annotated[
        float,
        typer.Option("--scale", help="How much of the whole schedule: above 0 and at most 1."),
    ] = 1.0,
    out: Annotated[str, typer.Option("--out", help="The folder. [reproduced/NAME]")] = "",
    seeds: Annotated[
        int, typer.Option("--seeds", help="Trainings of each kind. [the claim's]", min=0, max=100)
    ] = 0,
    data_dir: DataDir = "",
    device: Device = "auto",
    threads: Threads = 0,
    resume: Annotated[bool, typer.Option("--resume", help="Continue in --out.")] = False,
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
    from ..reproduce.claims import EXPERIMENTS, find

    if not name:
        if out or resume or dry_run:
            raise WrongUse(
                "name a claim: papernets reproduce NAME. All claims: papernets reproduce"
            )
        _list(EXPERIMENTS, json)
        return
    with wrong_use():
        experiment = find(name)
    folder = Path(out or Path("reproduced", experiment.name))
    where: dict[str, Any] = {"data_dir": data_dir, "device": device, "threads": threads}
    where = {key: value for key, value in where.items() if value}
    from ..reproduce.work import begin, estimated, planned

    with wrong_use():
        tasks = planned(experiment, scale, seeds, where)
    check_data(tasks[0].run.recipe.data, data_dir)
    with waiting(), wrong_data():
        seconds = estimated(tasks) if dry_run or not screen.QUIET else None
    if seconds is not None and not (json and dry_run):
        _foretell(experiment, scale, tasks, seconds)
    if dry_run:
        if json:
            names = [task.name for task in tasks]
            told = {**experiment.to_dict(), "scale": scale, "trainings": names, "seconds": seconds}
            screen.print_json(told)
        return
    with wrong_use():
        begin(folder, experiment, scale, seeds, resume)
    made = _work(experiment, scale, tasks, folder, json)
    if json:
        screen.print_json(made.to_dict())
    else:
        _show(made, folder)


def _work(
    experiment: Experiment, scale: float, tasks: tuple[Task, ...], folder: Path, json: bool
) -> Outcome:
    """Train, telling how far it is, and write the report."""
    from ..reproduce.report import outcome, write
    from ..reproduce.work import perform
    from ..train.events import Phase, Started
    from ..train.keeping import heeding
    from .progress import Show

    show: Show | None = None
    with ExitStack() as stack, wrong_data():
        tell = stack.enter_context(waiting(lambda: show is not None and show.bar is not None))
        stack.enter_context(stopped_cleanly())
        stack.enter_context(heeding(Halt()))
        try:
            for event in perform(tasks, folder):
                if isinstance(event, Phase):
                    screen.note(event.text)
                    continue
                if isinstance(event, Started):
                    if show is not None:
                        show.close()
                    show = Show(folder, True, event.run.recipe)
                    show.waiting = tell
                if show is not None:
                    show.event(event)
        except (KeyboardInterrupt, Stopped):
            if show is not None:
                show.close()
            again = f"papernets reproduce {experiment.name} --scale {scale:g}"
            screen.note(f"\nStopped. Go on with: {again} --out {quote(str(folder))} --resume")
            raise
        finally:
            if show is not None:
                show.close()
    with waiting():
        made = outcome(experiment, scale, tasks, folder)
    write(made, folder)
    return made


def _foretell(
    experiment: Experiment, scale: float, tasks: tuple[Task, ...], seconds: float
) -> None:
    """Say what will be trained and about how long it takes."""
    from .progress import clock

    epochs = tasks[0].run.recipe.epochs
    screen.note(
        f"{experiment.name}: {plural(len(tasks), 'training')} of {plural(epochs, 'epoch')} on "
        f"{experiment.settings['data']}, about {clock(seconds)} in all"
    )
    if scale < experiment.smallest:
        screen.note(
            f"At this scale it is too short to tell: the claim takes --scale "
            f"{experiment.smallest:g} at least"
        )


def _list(several: tuple[Experiment, ...], json: bool) -> None:
    if json:
        screen.print_json([one.to_dict() for one in several])
        return
    columns = ("name", "claim", "source", "printed", "data", "epochs", "least scale")
    rows = [
        (
            one.name,
            one.claim,
            _short(str(one.source)),
            one.printed,
            str(one.settings["data"]),
            str(one.epochs),
            f"{one.smallest:g}",
        )
        for one in several
    ]
    screen.table(columns, rows, left=5, optional=("source", "printed", "data"))


def _short(source: str) -> str:
    """The first author and the year of a source: `He 2016`."""
    year = source.partition("(")[2][:4]
    return f"{source.partition(',')[0]} {year}".strip()


def _show(made: Outcome, folder: Path) -> None:
    """Print the verdict and its numbers for people."""
    from ..reproduce.report import MARKDOWN

    one = made.experiment
    screen.prose(f"{one.claim}: {made.verdict.word}. {made.verdict.why}.")
    screen.prose(f"Printed: {one.printed} ({one.source.place}).")
    for number in made.verdict.numbers:
        text = percent(number.value) if number.unit == "error" else f"{number.value:.3g}"
        screen.say(f"  {number.what}: {text}")
    screen.note(f"Written: {folder / MARKDOWN}")

"""What `reproduce` shows: the list of claims, what would be trained and how long, the verdict."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..words import percent, plural
from . import screen

if TYPE_CHECKING:
    from ..reproduce.claim import Experiment
    from ..reproduce.estimate import Pace
    from ..reproduce.report import Outcome
    from ..reproduce.work import Task


def list_claims(several: Sequence[Experiment], json: bool) -> None:
    """All claims, a line each, with the least that can tell and about how long it takes."""
    if json:
        screen.print_json([one.to_dict() for one in several])
        return
    from ..reproduce.reckon import NIGHT, core_seconds, lasting

    columns = ("name", "claim", "paper", "data", "trainings", "least scale", "one core")
    rows, long = [], False
    for one in several:
        seconds = core_seconds(one, one.smallest)
        long |= seconds > NIGHT
        rows.append(
            (
                one.name,
                one.claim,
                ", ".join(paper.short for paper in one.papers),
                str(one.settings["data"]),
                str(one.seeds * len(one.trained)),
                f"{one.smallest:g}",
                lasting(seconds) + (" *" if seconds > NIGHT else "  "),
            )
        )
    screen.table(columns, rows, left=4, optional=("paper", "trainings"))
    if screen.terminal():
        night = "; * is more than a night" if long else ""
        screen.prose(
            "least scale: the least --scale that can tell. one core: about how long that takes, "
            f"by multiply-adds{night}. What is printed, what is trained, and how long it takes "
            f"here: {screen.whole('papernets reproduce NAME --dry-run')}"
        )


def foretell(
    experiment: Experiment,
    scale: float,
    tasks: Sequence[Task],
    pace: Pace,
    resumed: Path | None = None,
) -> None:
    """Say what will be trained and about how long it takes, from the folder that is resumed on."""
    from ..reproduce.reckon import NIGHT, lasting

    screen.note(f"{experiment.name}: {experiment.claim}")
    screen.note(f"printed: {experiment.printed} ({experiment.printed_in})")
    for arm in experiment.arms:
        one = next((task for task in tasks if task.arm is arm), None)
        if one is None:
            screen.note(f"  {arm.name}: the networks of {arm.of}, tested by {arm.protocol}")
            continue
        each = plural(len([task for task in tasks if task.arm is arm]), "training")
        screen.note(
            f"  {arm.name}: {each} of {plural(one.run.recipe.epochs, 'epoch')}, about "
            f"{lasting(pace.whole([one]))} each"
        )
    data = tasks[0].run.recipe.data
    whole, smallest = pace.whole(tasks), pace.smallest(experiment, tasks)
    screen.note(
        f"{plural(len(tasks), 'training')} on {data}, about {lasting(whole)} in all here"
        + ("" if resumed is None else f", {lasting(pace.left(tasks, resumed))} of it left")
    )
    if scale < experiment.smallest:
        screen.note(
            f"At this scale it is too short to tell: the claim takes --scale "
            f"{experiment.smallest:g} at least, about {lasting(smallest)}"
        )
    if smallest > NIGHT:
        screen.note(
            f"On this machine that is more than a night: the smallest scale takes "
            f"{lasting(smallest)}. It may be stopped and gone on with by --resume"
        )


def planned_json(
    experiment: Experiment, scale: float, tasks: Sequence[Task], pace: Pace
) -> dict[str, Any]:
    """What `--dry-run --json` prints."""
    return {
        **experiment.to_dict(),
        "scale": scale,
        "trainings": [task.name for task in tasks],
        "seconds": pace.whole(tasks),
        "seconds_at_smallest": pace.smallest(experiment, tasks),
    }


def trained(result: Mapping[str, Any]) -> str:
    """What is said of one training that is done."""
    from .epochs import clock

    return (
        f"test error {percent(result['test_error'])} of "
        f"{plural(result['test_images'], 'picture')}, {clock(result['seconds'])}"
    )


def show(made: Outcome, folder: Path) -> None:
    """Print the verdict and its numbers for people."""
    from ..reproduce.report import MARKDOWN

    one = made.experiment
    screen.prose(f"{one.claim}: {made.verdict.word}.")
    for reason in made.verdict.why.split("; "):
        screen.say(screen.fitted(reason, sys.stdout, "- ", 2))
    screen.prose(f"Printed: {one.printed} ({one.printed_in}).")
    numbers = made.verdict.numbers
    if numbers:
        rows = [(number.what, number.text, number.reach) for number in numbers]
        screen.table(("measured", "value", "95 % interval"), rows)
    screen.note(f"Written: {folder / MARKDOWN}")

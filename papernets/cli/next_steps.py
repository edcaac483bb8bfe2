"""What may be done with a run that is done: commands, right for what was trained."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ..words import resume_command

if TYPE_CHECKING:
    from ..train.run import Run

LONGER = 2
"""A run that may be prolonged is offered so many times its epochs."""


def first_step(folder: Path, run: Run | None) -> str:
    """The command that tests a run; DATA stands for pictures, where its own are not on the disk."""
    from ..data.names import MEMORY

    other = " --data DATA" if run and run.recipe.data.startswith(MEMORY) else ""
    return f"papernets evaluate {quote(str(folder))}{other}"


def predict_command(folder: Path, run: Run) -> str:
    """The command that asks a run for a new picture of the kind that it learnt."""
    from ..data import NAMES
    from ..data.names import normal

    kind = "DIGIT.png" if normal(run.recipe.data) in NAMES[:3] else "PICTURE"
    return f"papernets predict {quote(str(folder))} {kind}"


def next_steps(folder: Path, run: Run, result: dict[str, Any]) -> list[tuple[str, str]]:
    """Commands after `first_step`, each with what it is for."""
    from ..data.names import MEMORY
    from ..train.prolonging import why_not

    recipe, here = run.recipe, quote(str(folder))
    found = [(predict_command(folder, run), "what is on a new picture")]
    if recipe.data.startswith(MEMORY):
        return found  # no command has its pictures
    if recipe.head_only:
        whole = f"papernets train --weights {quote(recipe.weights)} --data {quote(recipe.data)}"
        found.append((whole, "trains all of the network, not its classifier alone"))
        return found
    if (recipe.augment or recipe.mixup or recipe.cutmix) and ".py:" not in recipe.net:
        look = f"papernets look augment {here} {quote(recipe.data)} -o augment.png"
        found.append((look, "what training did to its pictures"))
    if result["epochs"] == recipe.epochs and not why_not(run):
        longer = f"{resume_command(folder, recipe.net)} --epochs {LONGER * recipe.epochs}"
        found.append((longer, "trains on"))
    return found

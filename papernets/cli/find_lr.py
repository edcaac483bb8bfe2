"""find-lr: a learning-rate range test with the settings of a run, and the command that uses it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from . import screen, swaps
from .flags import WrongUse, check_data, own_file, wrong_data, wrong_use
from .train import train as train_verb
from .training import settings
from .waiting import waiting

if TYPE_CHECKING:
    from ..train.finding import Suggestion, Tried
    from ..train.run import Run

PICTURE, NUMBERS = "find_lr.png", "find_lr.json"
LEFT_OUT = (
    *("out", "epochs", "head_only", "save_every", "resume", "dry_run", "seeds", "tracker"),
    *("profile",),
)
"""Flags of train that a test of a few steps has no use for."""
SWAPPED = ("activation", "norm", "dropout", "pooling", "residual_scale")
OWN: dict[str, Any] = {
    "out": (
        Annotated[
            str, typer.Option("--out", help="The folder to write in. [runs/find-lr-NAME-DATA-N]")
        ],
        "",
    ),
    "steps": (Annotated[int, typer.Option("--steps", help="Steps of the test.", min=20)], 100),
    "start": (Annotated[float, typer.Option("--from", help="The rate of the first step.")], 1e-6),
    "end": (Annotated[float, typer.Option("--to", help="The rate of the last step.")], 10.0),
}


def find_lr(**flags: Any) -> None:
    """Find a learning rate: the loss while it rises.

    Takes the flags of train, and trains a copy of the network for a few steps from a very small
    rate to a large one (Smith 2017). Suggests where the loss falls fastest, at most a tenth of
    where it is least. Writes a picture and JSON; no run is made or changed. The same seed gives the
    same numbers.
    """
    from ..files import new_folders
    from ..train.finding import check_range, suggested, tries

    screen.quiet(flags["quiet"])
    run, given = _asked(flags)
    folder = _folder(run, flags["out"])
    with ExitStack() as stack, wrong_data():
        told = stack.enter_context(waiting())
        found: list[Tried] = []
        with wrong_use():
            check_range(flags["steps"], flags["start"], flags["end"])
        stack.enter_context(new_folders(folder))  # before the work, not after it
        test = tries(run, flags["steps"], flags["start"], flags["end"])
        for one in test:
            found.append(one)
            told("steps", len(found), flags["steps"], f", loss {one.smooth:.4f}")
        try:
            best = suggested(found)
        except ValueError as error:
            if not found:
                raise
            _write(folder, run, found, None)
            raise ValueError(f"{error}. What there is: {folder / PICTURE}, {NUMBERS}") from None
        _write(folder, run, found, best)
    if flags["json"]:
        screen.print_json(_told(run, found, best) | {"out": str(folder)})
        return
    _say(folder, run, best, found, given)


def _asked(flags: Mapping[str, Any]) -> tuple[Run, dict[str, Any]]:
    """The run that train would make of the flags, and the settings that were given."""
    from ..machine import choose_device
    from ..train.run import NAMES
    from ..train.settings import located, resolve
    from ..train.trust import check_trusted

    taken = {k: v for k, v in flags.items() if k in NAMES and k not in OWN}
    given = {k: v for k, v in taken.items() if v not in ("", None) and v is not False}
    given = {k: v for k, v in given.items() if (k, v) != ("threads", 0)}
    if swapped := swaps.wanted(*(flags[name] for name in SWAPPED)):
        given["options"] = swapped
    name = flags["name"]
    with wrong_use():
        given = settings(flags["config"], given, flags["set_"] or [])
        given = located(given | ({"net": name} if name else {}))
        if not (name or flags["trust"]):
            check_trusted(Path(flags["config"]), str(given.get("net", "")))
        name = given.pop("net", "")
        if not name and not given.get("weights"):
            raise ValueError(
                "name a network, such as papernets find-lr lenet5. All names: papernets list"
            )
        if given.pop("head_only", False):
            raise ValueError("head_only has no steps, and so no learning rate: leave it out")
        with own_file(name):
            run = resolve(name, given)
        choose_device(run.where.device)
        check_data(run.recipe.data, run.where.data_dir)
        if run.recipe.schedule == "listed":
            raise ValueError(
                "schedule 'listed' names its rates itself: test with another, --set schedule=cosine"
            )
    return run, given


def _folder(run: Run, out: str) -> Path:
    """Where to write; wrong use where something else is there."""
    from ..files import path_of
    from ..train.places import free_folders

    if not out:
        return next(free_folders(run, "find-lr-{}"))
    folder = path_of(out)
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder} is a file: --out takes a folder")
    if (folder / "run.toml").exists():
        raise WrongUse(f"{folder} holds a run, which find-lr leaves alone: give another --out")
    return folder


def _told(run: Run, found: list[Tried], best: Suggestion | None) -> dict[str, Any]:
    """The numbers of a test; `best` is None of one that ended too early to suggest anything."""
    return {
        "network": run.recipe.net,
        "data": run.recipe.data,
        "seed": run.recipe.seed,
        "suggestion": best.rate if best and best.fell else None,
        "steepest": best.steepest if best else None,
        "least": best.least if best else None,
        "rates": [one.rate for one in found],
        "losses": [one.loss for one in found],
        "smooth": [one.smooth for one in found],
        "run": run.to_dict(),
    }


def _write(folder: Path, run: Run, found: list[Tried], best: Suggestion | None) -> None:
    from ..draw.canvas import save
    from ..draw.rates import rates_figure
    from ..train.folder import write_json

    told = _told(run, found, best)
    figure = rates_figure(
        told["rates"],
        told["losses"],
        told["smooth"],
        title=f"{Path(run.recipe.net).name} on {Path(run.recipe.data).name}: learning rates",
        suggested=best.rate if best else 0.0,
        steepest=told["steepest"],
        least=told["least"],
    )
    save(figure, folder / PICTURE)
    write_json(folder / NUMBERS, told)


def _say(
    folder: Path, run: Run, best: Suggestion, found: list[Tried], given: dict[str, Any]
) -> None:
    """The suggestion, how it was found, and the next command."""
    from ..train.command import train_command

    if not best.fell:
        screen.prose(
            f"The loss did not fall at any rate from {found[0].rate:.2g} to {found[-1].rate:.2g}: "
            "no rate is suggested. Try more steps, --steps 300, or a larger --batch-size."
        )
    else:
        usual = run.recipe.learning_rate
        screen.prose(
            f"Learning rate {best.rate:g} (the loss falls fastest at {best.steepest:.2g} and is "
            f"least at {best.least:.2g}; the recipe's own is {usual:g})."
        )
    screen.prose(f"Written to {folder}: {PICTURE}, {NUMBERS}")
    if best.fell and not screen.QUIET:
        again = {k: v for k, v in given.items() if k != "learning_rate"}
        command = train_command(
            "" if given.get("weights") else run.recipe.net, {**again, "learning_rate": best.rate}
        )
        screen.prose("Next: " + screen.whole(command.removesuffix(" --out FOLDER")))


def _sign() -> None:
    """Give the verb train's flags and its own, for whoever reads a function's signature."""
    hints = get_type_hints(train_verb, include_extras=True)
    theirs = inspect.signature(train_verb).parameters
    kept = {k: (hints[k], theirs[k].default) for k in theirs if k not in LEFT_OUT} | OWN
    find_lr.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind
            )
            for name, (kind, default) in kept.items()
        ]
    )
    find_lr.__annotations__ = {name: kind for name, (kind, _) in kept.items()} | {"return": None}


_sign()

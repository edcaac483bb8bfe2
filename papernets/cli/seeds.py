"""train --seeds: the same run with several seeds, one after another, and what they say together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from ..words import percent, plural, short
from . import screen
from .flags import wrong_use
from .next_steps import first_step, predict_command
from .progress import Show, going_on

if TYPE_CHECKING:
    from ..train.events import Finished, Started
    from ..train.recipe import TrainRecipe
    from ..train.run import Run
    from .training import Asked


class One(Show):
    """A run among several: what all share is said of the first, and its result is a line."""

    def __init__(self, folder: Path, json: bool, recipe: TrainRecipe, told: bool):
        super().__init__(folder, json, recipe)
        self.introduced = self.told = told
        self.named = False

    def head(self, event: Started) -> None:
        if not self.told:
            super().head(event)
        elif not self.named:
            screen.note(f"seed {event.run.recipe.seed}: {self.folder}")
        if self.told:
            going_on(event)
        self.named = True

    def finished(self, event: Finished) -> None:
        screen.note(
            f"seed {event.result['seed']}: test error {percent(event.result['test_error'])} "
            f"({event.result['seconds']:.0f} s)"
        )


def train_series(run: Run | None, asked: Asked) -> None:
    """Train a run with so many seeds from its own on, or go on where `run` is None; then sum up."""
    from ..train.places import free_folders
    from ..train.seeds import run_folder
    from .training import Among, work

    out, given = asked.out, asked.given
    folder = Path(out) if out else next(free_folders(run, "{}-seeds"))
    with wrong_use():
        seeds, run = _seeds(folder, run, given, asked.seeds)
    own = {k: v for k, v in given.items() if k != "seed"}
    told = False
    with _made(folder, seeds):
        for seed in seeds:
            place = run_folder(folder, seed)
            begun = (place / "run.toml").exists()
            assert run is not None
            one = None if begun else run.changed(seed=seed)
            its = replace(asked, out=str(place), given=own if begun else given)
            work(its, one, among=Among(partial(One, told=told), folder, told))
            told = told or not begun
    assert run is not None
    _sum_up(folder, run, asked.json)


def _seeds(
    folder: Path, run: Run | None, given: dict[str, Any], count: int | None
) -> tuple[list[int], Run]:
    """The seeds of a series, new or begun, and the run of the first; ValueError, OSError."""
    from ..train.folder import check_outside, prepare
    from ..train.seeds import is_series, run_folder, seeds_of

    if run is not None:
        check_outside(folder, run)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            what = "runs of several seeds" if is_series(folder) else "something else"
            raise FileExistsError(
                f"{folder} holds {what} already: give a new folder as --out, or go on with it: "
                f"papernets train --out {quote(str(folder))} --resume"
            )
        first = run.recipe.seed
        return list(range(first, first + (count or 1))), run
    seeds = seeds_of(folder)
    if count is not None and count < len(seeds):
        raise ValueError(
            f"{folder} has {plural(len(seeds), 'seed')}: --seeds {count} would leave some out; "
            "give more, or none"
        )
    if "seed" in given and given["seed"] != seeds[0]:
        raise ValueError(f"{folder} begins with seed {seeds[0]}, not {given['seed']}")
    own = {k: v for k, v in given.items() if k not in ("seed", "epochs")}
    kept = prepare(run_folder(folder, seeds[0]), None, True, own)
    return list(range(seeds[0], seeds[0] + max(count or 0, len(seeds)))), kept


@contextmanager
def _made(folder: Path, seeds: list[int]) -> Iterator[None]:
    """The folder of a series while it is trained; gone where not even the first run began."""
    from ..files import new_folders
    from ..train.folder import ENVIRONMENT
    from ..train.seeds import SERIES, begin_series, run_folder

    new = not folder.exists()
    with new_folders(folder):
        begin_series(folder, seeds)
        try:
            yield
        except Exception:
            if new and not (run_folder(folder, seeds[0]) / ENVIRONMENT).exists():
                (folder / SERIES).unlink(missing_ok=True)
            raise


def _sum_up(folder: Path, run: Run, json: bool) -> None:
    """Write and say what the runs of a series found together."""
    from ..draw.canvas import save
    from ..draw.seeds import seeds_figure
    from ..train.folder import write_json
    from ..train.results import read_result
    from ..train.seeds import PICTURE, SUMMARY, run_folder, summary

    found = summary(folder)
    over = found["interval"]
    results = [read_result(run_folder(folder, seed)) for seed in found["seeds"]]
    figure = seeds_figure(
        found["seeds"],
        found["test_errors"],
        [tuple(one["interval"]) for one in results if one],
        title=f"{short(found['network'])} on {found['data']}",
        mean=found["test_error"],
        over_seeds=tuple(over) if over else None,
    )
    save(figure, folder / PICTURE)
    write_json(folder / SUMMARY, found)
    if json:
        screen.print_json({**found, "out": str(folder)})
        return
    text = (
        f"{short(found['network'])} on {found['data']}: test error {percent(found['test_error'])}"
    )
    if over:
        each = ", ".join(f"{100 * error:.2f}" for error in found["test_errors"])
        text += (
            f", mean of {plural(len(found['seeds']), 'seed')} ({each}; s.d. "
            f"{100 * found['spread']:.2f}); 95 % interval of the mean {100 * over[0]:.2f} to "
            f"{percent(over[1])}"
        )
    screen.prose(f"{text}.")
    if pictures := found["interval_by_pictures"]:
        screen.prose(
            f"By its {plural(found['test_images'], 'test picture')} alone such an error is known "
            f"to {100 * pictures[0]:.2f} to {percent(pictures[1])}: more seeds do not narrow that."
        )
    if not screen.QUIET:
        screen.prose(f"Written to {folder}: {', '.join(found['runs'])}, {PICTURE}, {SUMMARY}")
        for word, (command, what) in zip(("Next", *4 * ["Or"]), _steps(folder, run), strict=False):
            screen.prose(f"{word}: {screen.whole(command)}  ({what})")


def _steps(folder: Path, run: Run) -> list[tuple[str, str]]:
    """Commands for a series: one of its runs, by what was held out, and all of them together."""
    from ..train.seeds import least_held_out, runs_of

    best, why = least_held_out(folder)
    command, picture = first_step(best, run), predict_command(best, run)
    found = [(command, why), (picture, "what is on a new picture")]
    runs = " --ensemble ".join(quote(str(one)) for one in runs_of(folder))
    if len(runs_of(folder)) > 1:
        found.append((command.replace(quote(str(best)), runs), "all of them together"))
    return found

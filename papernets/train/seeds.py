"""Several runs that differ in their seed alone: a folder of ordinary runs, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import Any

from ..bundle.info import read_info
from ..evaluate.spread import of_error, of_mean
from ..files import read_bytes
from ..numbers import is_number, is_whole
from ..texts import parsed
from .folder import MOST_BYTES, write_json
from .results import read_result

SERIES, SUMMARY = "seeds.json", "result.json"
PICTURE = "seeds.png"


def run_folder(folder: Path, seed: int) -> Path:
    """Where in a series the run of a seed is."""
    return folder / f"seed{seed}"


def is_series(folder: Path) -> bool:
    """Whether a folder holds runs of several seeds."""
    return (folder / SERIES).is_file()


def check_series(folder: Path, count: int | None) -> bool:
    """Whether a folder to go on in is a series; ValueError where it is not, and `count` seeds are
    asked for."""
    if is_series(folder):
        return True
    if count is not None:
        raise ValueError(
            f"{folder} holds no runs of several seeds: leave --seeds out, or start them in a new "
            "folder, without --resume"
        )
    return False


def begin_series(folder: Path, seeds: Sequence[int]) -> None:
    """Write which seeds a series has."""
    write_json(folder / SERIES, {"seeds": list(seeds)})


def seeds_of(folder: Path) -> list[int]:
    """The seeds of a series; ValueError where its file is damaged."""
    file = folder / SERIES
    try:
        found = parsed(read_bytes(file, MOST_BYTES))
    except ValueError as error:
        raise ValueError(f"{file} is not JSON ({error}): it lists the seeds of {folder}") from None
    seeds = found.get("seeds") if isinstance(found, dict) else None
    whole = isinstance(seeds, list) and all(is_whole(seed, 0) for seed in seeds)
    if not whole or not seeds or seeds != list(range(seeds[0], seeds[0] + len(seeds))):
        raise ValueError(
            f'{file} must list seeds, one after another, as {{"seeds": [0, 1, 2]}} does'
        )
    return list(seeds)


def runs_of(folder: Path) -> list[Path]:
    """The folders of a series' finished runs."""
    every = (run_folder(folder, seed) for seed in seeds_of(folder))
    return [run for run in every if read_result(run) is not None]


def least_held_out(folder: Path) -> tuple[Path, str]:
    """The finished run with the least error on held-out pictures, and why it is named.

    Never by the test error, which would then be no test. The first run where nothing was held out,
    as of committees, whose networks each have their own error.
    """
    runs = runs_of(folder)
    found = [read_info(run / "best").metrics for run in runs]
    if len(runs) == 1 or not all(is_number(one.get("val_error")) for one in found):
        return runs[0], "the first of them"
    least = min(range(len(runs)), key=lambda at: (found[at]["val_error"], found[at]["val_loss"]))
    return runs[least], "the one with the least error on held-out pictures"


def summary(folder: Path) -> dict[str, Any]:
    """What a finished series found, for its result.json.

    `interval` is the 95 % interval of the mean over seeds, by Student's t; None for one seed.
    `interval_by_pictures` is Wilson's, of that error on as many pictures as each run was tested on;
    None where the runs have other numbers of them. `spread` is the standard deviation over seeds.
    """
    seeds = seeds_of(folder)
    found = [read_result(run_folder(folder, seed)) for seed in seeds]
    results = [one for one in found if one is not None]
    assert len(results) == len(seeds)
    errors = [one["test_error"] for one in results]
    images = {one["test_images"] for one in results}
    same = images.pop() if len(images) == 1 else 0
    over = of_mean(errors, same) if len(errors) > 1 else None
    return {
        "network": results[0]["network"],
        "data": results[0]["data"],
        "recipe": results[0].get("recipe", ""),
        "seeds": seeds,
        "test_errors": errors,
        "test_error": mean(errors),
        "interval": None if over is None else [max(over[0], 0.0), min(over[1], 1.0)],
        "spread": stdev(errors) if len(errors) > 1 else None,
        "test_images": same or [one["test_images"] for one in results],
        "interval_by_pictures": list(of_error(mean(errors), same)) if same else None,
        "seconds": sum(one["seconds"] for one in results),
        "runs": [run_folder(folder, seed).name for seed in seeds],
    }

"""train: a run from nothing, or from where it stopped."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..words import resume_command
from . import begun, screen, swaps
from .flags import (
    BatchSize,
    DataDir,
    Device,
    Json,
    Quiet,
    Strict,
    Threads,
    WrongUse,
    check_data,
    own_file,
    wrong_data,
    wrong_use,
)
from .stopping import Halt, Stopped, stopped_cleanly
from .streams import Unwritten
from .waiting import waiting

MINUTE = 60  # seconds
ENDINGS = re.compile(r"\.(parquet|tar|zip|csv|tsv|jsonl|ndjson)$", re.IGNORECASE)

if TYPE_CHECKING:
    from ..train.run import Run
    from .progress import Show


def train(
    name: Annotated[
        str, typer.Argument(help="A network, or your own FILE.py:NAME; not needed with --resume.")
    ] = "",
    data: Annotated[
        str,
        typer.Option(
            "--data",
            help="digits, mnist, fashion_mnist, cifar10, cifar100, a folder with one sub-folder "
            "per class, CSV or JSON lines of paths and labels, tar shards, a zip file, or parquet "
            "files. [digits, for networks that read them]",
        ),
    ] = "",
    data_dir: DataDir = "",
    out: Annotated[str, typer.Option("--out", help="The run's folder. [runs/NAME-DATA-N]")] = "",
    recipe: Annotated[
        str,
        typer.Option(
            "--recipe",
            help="One of the network's recipes. [the one for this data set, else its first]",
        ),
    ] = "",
    weights: begun.Weights = "",
    freeze_to: begun.FreezeTo = "",
    head_only: begun.HeadOnly = False,
    epochs: Annotated[
        int | None, typer.Option("--epochs", help="Passes over the training pictures.", min=1)
    ] = None,
    batch_size: BatchSize = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Seed of weights, order and distortions.", min=0)
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            "--seeds",
            help="Train so many times, with the seeds from --seed on, each in a folder of its own "
            "in --out; then say the mean test error with its interval.",
            min=1,
            max=1000,
        ),
    ] = None,
    val_share: Annotated[
        float | None,
        typer.Option(
            "--val-share",
            help="The share of the training pictures that is held out to choose the epoch; 0 "
            "trains on all of them and keeps the last epoch. [a val part, else a tenth; of MNIST "
            "a twelfth]",
        ),
    ] = None,
    device: Device = "",
    threads: Threads = 0,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            help="Loader processes, which read and prepare batches ahead; 0: none. [0]",
            min=0,
            max=1024,
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            help="On a CPU, processes of one thread that share each batch; 0: none. [0]",
            min=0,
            max=1024,
        ),
    ] = None,
    save_every: Annotated[
        str,
        typer.Option(
            "--save-every",
            help="How often the state is saved within an epoch, besides at its end: 200steps, 30s, "
            "5min, 2h; 1epoch: at the end alone. [5min]",
        ),
    ] = "",
    tracker: Annotated[
        str,
        typer.Option(
            "--tracker",
            help="tensorboard or mlflow, by its own package: is told the settings, each epoch's "
            "numbers, the result and its pictures.",
        ),
    ] = "",
    channels: Annotated[
        int | None, typer.Option("--channels", help="Change the network's input channels.", min=1)
    ] = None,
    activation: swaps.Activation = "",
    norm: swaps.Norm = "",
    dropout: swaps.Dropout = None,
    pooling: swaps.Pooling = "",
    residual_scale: swaps.ResidualScale = None,
    config: Annotated[
        str, typer.Option("--config", help="A TOML file with the settings of a run.")
    ] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="A setting, key=value or table.key=value; may be repeated. Optimisers: "
            "adam, adamw, sgd, rmsprop, rmsprop_tensorflow, levenberg_marquardt. Schedules: "
            "constant, cosine, one_cycle, step, plateau, exponential, polynomial, listed. Losses: "
            "cross_entropy, map, mse, binary. Rare classes: balance=weights or sampling. Mixed "
            "pictures: mixup=0.2, cutmix=1.0. To end early: stop_after=5. --dry-run prints all "
            "settings.",
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in --out.")] = False,
    trust: Annotated[
        bool,
        typer.Option("--trust", help="Run the FILE.py that --config or the run in --out names."),
    ] = False,
    strict: Strict = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Check the pictures, time a step, print the settings, and stop."
        ),
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a network on pictures.

    Held-out pictures choose the best epoch, if any are held out. The test set is looked at once,
    at the end.
    """
    from ..train.seeds import run_folder, seeds_of
    from ..train.settings import located, resolve
    from ..train.trust import check_trusted, named_file
    from .seeds import check_series, series_folders, train_series

    screen.quiet(quiet)
    flags = {
        "data": data,
        "data_dir": data_dir,
        "strict": strict or None,
        "recipe": recipe,
        "weights": weights,
        "freeze_to": freeze_to,
        "head_only": head_only or None,
        "epochs": epochs,
        "batch_size": batch_size,
        "seed": seed,
        "val_share": val_share,
        "device": device,
        "threads": threads or None,
        "workers": workers,
        "processes": processes,
        "save_every": save_every,
        "channels": channels,
        "tracker": tracker,
    }
    given: dict[str, Any] = {k: v for k, v in flags.items() if v not in ("", None)}
    if swapped := swaps.wanted(activation, norm, dropout, pooling, residual_scale):
        given["options"] = swapped
    with wrong_use():
        given = settings(config, given, set_ or [])
        given = located(given | ({"net": name} if name else {}))
        if not (name or trust):
            check_trusted(Path(config), str(given.get("net", "")))
        name = given.pop("net", "")
        if resume:
            if not out:
                raise ValueError("--resume needs --out, the folder of the run to continue")
            several = check_series(Path(out), seeds)
            first = run_folder(Path(out), seeds_of(Path(out))[0]) if several else Path(out)
            if not (name or trust):
                check_trusted(first / "run.toml", named_file(first / "run.toml"))
            if name:
                from ..nets import find

                given["net"] = name if ".py:" in name else find(name).name
            run = None
        else:
            several = seeds is not None
            if not name and not given.get("weights"):
                raise ValueError(
                    "name a network, such as papernets train lenet5. All names: papernets list"
                )
            with own_file(name):
                run = resolve(name, given)
    if dry_run:
        place = first if resume and several else Path(out) if out else next(free_folders(run))
        plan(run, place, given, json)
    elif several:
        whole = Path(out) if out else next(series_folders(next(free_folders(run))))
        train_series(run, whole, given, json, seeds, train_one)
    else:
        train_one(run, out, given, json)


def settings(config: str, flags: dict[str, Any], pairs: list[str]) -> dict[str, Any]:
    """A configuration file's settings, then --set's, then the flags'; tables are joined."""
    from ..train.settings import joined, parse_set, read_config

    sets = ({key: value} for key, value in map(parse_set, pairs))
    return joined(read_config(Path(config)) if config else {}, *sets, flags)


def free_folders(run: Run | None) -> Iterator[Path]:
    """runs/NETWORK-DATA-N for each N that is free."""
    assert run is not None
    net = run.recipe.net
    network = Path(net.rpartition(":")[0]).stem if ".py:" in net else net
    data = re.sub(r"[{},:]+", "_", Path(run.recipe.data).name)
    data = ENDINGS.sub("", data) or "data"
    for number in itertools.count(1):
        folder = Path("runs", f"{network}-{data}-{number}")
        if not folder.exists():
            yield folder


def plan(run: Run | None, folder: Path, given: dict[str, Any], json: bool) -> None:
    """Say what would be done: the settings, the pictures, and about how long an epoch takes."""
    from ..train.folder import prepare

    with wrong_use():
        run = prepare(folder, run, run is None, given)
        check_data(run.recipe.data, run.where.data_dir)
    from ..data.notes import in_numbers
    from ..train.rehearsal import epoch_seconds, looked_at
    from ..train.usual_words import without_effect
    from .epochs import clock
    from .progress import show_data

    with waiting(), wrong_data():
        dataset = looked_at(run)
    seconds = None if screen.QUIET else epoch_seconds(run, dataset)
    if json:
        found = {"pictures": in_numbers(dataset), "epoch_seconds": seconds}
        screen.print_json({**run.to_dict(), "out": str(folder), **found})
        return
    show_data(dataset)
    if seconds is not None:
        whole = seconds * run.recipe.passes
        each = clock(seconds) if seconds >= MINUTE else f"{seconds:.2g} s"
        total = clock(whole) if whole >= MINUTE else f"{whole:.2g} s"
        several = f", {run.recipe.passes:,} take {total}" if run.recipe.passes > 1 else ""
        screen.note(f"an epoch takes about {each}{several}")
    screen.say(f"# would train in {folder}")
    screen.say(run.to_toml(without_effect(run.recipe)).rstrip())


def train_one(
    run: Run | None,
    out: str,
    given: dict[str, Any],
    json: bool,
    among: tuple[type[Show], Path] | None = None,
) -> None:
    """Train a run in its folder, or go on with the one there, and tell of it.

    `among`: it is one of several, told so, and this folder of all is what goes on after a stop.
    """
    from ..machine import choose_device
    from ..train.folder import InUse, check_outside, opened
    from ..train.keeping import heeding
    from ..train.results import finished
    from ..train.runner import train as work
    from ..train.tracking import check_tracker
    from .progress import Show as Alone

    resume = run is None
    if run is not None:
        with wrong_use():
            choose_device(run.where.device)
            check_tracker(run.where.tracker)
            check_data(run.recipe.data, run.where.data_dir)
            check_outside(Path(out) if out else next(free_folders(run)), run)
    with ExitStack() as stack, wrong_data():
        folder, kept = Path(out), None
        for folder in [Path(out)] if out else free_folders(run):
            try:
                with wrong_use():
                    kept = stack.enter_context(opened(folder, run, resume, given))
                break
            except (WrongUse, InUse):  # another run may have taken a free folder just now
                if out:
                    raise
        assert kept is not None
        already = finished(folder, kept.recipe.passes) is not None
        tell, whole = among or (Alone, folder)
        show = tell(folder, json, kept.recipe)
        show.waiting = stack.enter_context(waiting(lambda: show.bar is not None))
        stack.enter_context(stopped_cleanly())
        stack.enter_context(heeding(Halt()))
        try:
            for event in work(kept, folder):
                show.event(event)
            sys.stdout.flush()
        except Unwritten as error:
            raise Unwritten(f"{error}. The run is finished: {folder}") from None
        except (KeyboardInterrupt, Stopped):
            show.close()
            again = screen.whole(resume_command(whole, kept.recipe.net))
            screen.note(f"\nStopped. Go on with: {again}")
            raise
        finally:
            show.close()
        if already and among is None:
            screen.note(f"{folder} was finished already: nothing was done.")

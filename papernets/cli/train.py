"""train: a run from nothing, or from where it stopped."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from . import begun, screen, speed, swaps
from .flags import (
    BatchSize,
    DataDir,
    Device,
    Json,
    Quiet,
    Strict,
    Threads,
    wrong_use,
)
from .many import begun_before, train_together
from .training import Asked, plan, settings, work


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
    workers: speed.Workers = None,
    processes: speed.Processes = None,
    precision: speed.Precision = "",
    compile: speed.Compile = False,
    checkpointing: speed.Checkpointing = False,
    profile: speed.Profile = False,
    exact_decoding: speed.ExactDecoding = False,
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
    from ..ranks.place import place
    from .seeds import train_series

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
        "precision": precision,
        "exact_decoding": exact_decoding or None,
        "compile": compile or None,
        "checkpointing": checkpointing or None,
        "save_every": save_every,
        "channels": channels,
        "tracker": tracker,
    }
    given: dict[str, Any] = {k: v for k, v in flags.items() if v not in ("", None)}
    if swapped := swaps.wanted(activation, norm, dropout, pooling, residual_scale):
        given["options"] = swapped
    with wrong_use():
        given = settings(config, given, set_ or [])
        here = place()
    asked = Asked(name, given, config, out, resume, trust, json, seeds, profile)
    if here.several and not dry_run:
        train_together(here, asked, work)
    elif here.rank == 0:
        asked.resume = resume or begun_before(here, out)
        run = asked.resolved()
        if dry_run:
            plan(run, asked.place_of(run), asked.given, json)
        elif asked.several:
            train_series(run, asked)
        else:
            work(asked, run)

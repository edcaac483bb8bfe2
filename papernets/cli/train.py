"""train: a run from nothing, or from where it stopped."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..train.places import free_folders
from ..words import resume_command
from . import begun, screen, speed, swaps
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
from .many import begun_before, train_together
from .stopping import Halt, Stopped, stopped_cleanly
from .streams import Unwritten
from .waiting import waiting

MINUTE = 60  # seconds

if TYPE_CHECKING:
    from ..train.ranks.together import Together
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
            "cross_entropy, map, mse, binary. Rare classes: balance=weights. To end early: "
            "stop_after=5. --dry-run prints all settings.",
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
    }
    given: dict[str, Any] = {k: v for k, v in flags.items() if v not in ("", None)}
    if swapped := swaps.wanted(activation, norm, dropout, pooling, residual_scale):
        given["options"] = swapped
    with wrong_use():
        given = settings(config, given, set_ or [])
        here = place()
        if here.several and seeds is not None and not dry_run:
            raise ValueError(
                "several seeds are several runs, and torchrun's processes share one: leave --seeds "
                "out, or train them without torchrun"
            )
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


@dataclass
class Asked:
    """What a training was asked for: the settings that the user `given`, and the rest by flags.

    `several`: it is one run for each of some seeds, new or begun.
    """

    name: str
    given: dict[str, Any]
    config: str
    out: str
    resume: bool
    trust: bool
    json: bool
    seeds: int | None = None
    profile: bool = False
    several: bool = False

    def resolved(self) -> Run | None:
        """The run, or None for the one in `out`, which goes on; `given` is made whole."""
        from ..train.settings import located, resolve
        from ..train.trust import check_trusted, named_file
        from .seeds import check_series

        name, out = self.name, self.out
        self.several = self.seeds is not None
        with wrong_use():
            given = located(self.given | ({"net": name} if name else {}))
            if not (name or self.trust):
                check_trusted(Path(self.config), str(given.get("net", "")))
            name = given.pop("net", "")
            self.given = given
            if self.resume:
                if not out:
                    raise ValueError("--resume needs --out, the folder of the run to continue")
                self.several = check_series(Path(out), self.seeds)
                if not (name or self.trust):
                    kept = self.place_of(None) / "run.toml"
                    check_trusted(kept, named_file(kept))
                if name:
                    from ..nets import find

                    given["net"] = name if ".py:" in name else find(name).name
                return None
            if not name and not given.get("weights"):
                raise ValueError(
                    "name a network, such as papernets train lenet5. All names: papernets list"
                )
            with own_file(name):
                return resolve(name, given)

    def place_of(self, run: Run | None) -> Path:
        """The folder of the run, of the first of several that go on."""
        from ..train.seeds import run_folder, seeds_of

        if run is not None:
            return Path(self.out) if self.out else next(free_folders(run))
        folder = Path(self.out)
        return run_folder(folder, seeds_of(folder)[0]) if self.several else folder


def settings(config: str, flags: dict[str, Any], pairs: list[str]) -> dict[str, Any]:
    """A configuration file's settings, then --set's, then the flags'; tables are joined."""
    from ..train.settings import joined, parse_set, read_config

    sets = ({key: value} for key, value in map(parse_set, pairs))
    return joined(read_config(Path(config)) if config else {}, *sets, flags)


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


def work(
    asked: Asked,
    run: Run | None,
    together: Together | None = None,
    among: tuple[type[Show], Path] | None = None,
) -> None:
    """Train a run in its folder, or go on with the one there, and tell of it.

    `together`: as rank 0 of several processes. `among`: it is one of several runs, told so, and
    this folder of all is what goes on after a stop.
    """
    from ..machine import choose_device
    from ..train.folder import InUse, check_outside, opened
    from ..train.keeping import heeding
    from ..train.results import finished
    from ..train.runner import train as training
    from .progress import Show as Alone

    out, given, resume = asked.out, asked.given, run is None
    stop = Halt() if together is None else together.stop
    if run is not None:
        with wrong_use():
            if together is None:
                choose_device(run.where.device)
            check_data(run.recipe.data, run.where.data_dir)
            check_outside(Path(out) if out else next(free_folders(run)), run)
        speed.say_chosen(run)
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
        show = tell(folder, asked.json, kept.recipe)
        show.waiting = stack.enter_context(waiting(lambda: show.bar is not None))
        stack.enter_context(speed.profiled(asked.profile, show))
        stack.enter_context(stopped_cleanly())
        stack.enter_context(heeding(stop))
        try:
            for event in training(kept, folder, together):
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

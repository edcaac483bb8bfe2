"""train and evaluate in several processes that torchrun starts: one screen, one folder."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from . import screen
from .flags import WrongUse, wrong_use
from .stopping import Halt, stopped_cleanly

if TYPE_CHECKING:
    import torch

    from ..ranks.group import Group
    from ..ranks.place import Place
    from .training import Asked


SHARED = ("train", "evaluate", "predict")
"""The verbs whose work several processes share."""


def check_verb(verb: str, environ: Mapping[str, str] = os.environ) -> None:
    """WrongUse where torchrun starts a verb several times that each of them would do in whole."""
    if verb not in SHARED:
        check_alone(verb, environ)


def check_alone(verb: str, environ: Mapping[str, str] = os.environ) -> None:
    """WrongUse where torchrun starts several processes of what is done by one."""
    if environ.get("WORLD_SIZE", "1") == "1" or "TORCHELASTIC_RUN_ID" not in environ:
        return
    if environ.get("RANK", "0") != "0":
        raise typer.Exit(2)
    raise WrongUse(
        f"torchrun starts {environ['WORLD_SIZE']} processes, and {verb} is done by one: "
        "start it without torchrun. Several share the work of train, evaluate and predict -o FILE"
    )


def train_together(here: Place, asked: Asked, work: Callable[..., None]) -> None:
    """This process's part of a training: rank 0 opens the folder and speaks, the others follow.

    `work` is what one process does, and rank 0 does for all.
    """
    from ..train.ranks.agreed import Agreed
    from ..train.ranks.follow import follow
    from ..train.ranks.together import Together

    with ranks(here) as group:
        stop = Agreed(group, Halt(said=False))
        check_alike(group, asked)
        if not group.first:
            with stopped_cleanly():
                follow(group, stop, asked.given)
            return
        check_restarts(here, asked.out)
        if asked.seeds is not None:
            raise WrongUse(
                "several seeds are several runs, and torchrun's processes share one: leave --seeds "
                "out, or train them without torchrun"
            )
        asked.resume = asked.resume or begun_before(here, asked.out)
        work(asked, asked.resolved(), Together(group, stop))


def begun_before(here: Place, out: str) -> bool:
    """Whether torchrun has started the processes anew, and there is a run to go on with."""
    return here.restarts > 0 and bool(out) and Path(out, "run.toml").exists()


def check_restarts(here: Place, out: str) -> None:
    """WrongUse where torchrun may start the processes anew, and the folder to go on in is open."""
    if here.most and not out:
        raise WrongUse(
            f"torchrun starts these processes up to {here.most} times anew, and the run then goes "
            "on in its folder: give it, --out FOLDER"
        )


def check_alike(group: Group, asked: Asked) -> None:
    """WrongUse where a rank was started with another command than rank 0.

    Where pictures lie, and on what a rank computes, may differ from machine to machine.
    """
    from ..train.where import MOVABLE

    given = {key: value for key, value in asked.given.items() if key not in MOVABLE}
    words = {"net": asked.name, "out": asked.out, "resume": asked.resume, **given}
    every = group.texts(repr(words))
    for rank, other in enumerate(every):
        if other != every[0] and group.first:
            raise WrongUse(
                f"rank {rank} was started with other settings than rank 0 ({other[:200]}, not "
                f"{every[0][:200]}): all processes of a run have one command, and one --out"
            )


@contextmanager
def answering() -> Iterator[Place]:
    """Within it pictures are answered by all processes that torchrun started, if it did so."""
    from ..ranks.place import place

    with wrong_use():
        here = place()
    if not here.several:
        yield here
        return
    from ..ranks.group import together

    with ranks(here) as group, together(group):
        yield here


def own_device(name: str, threads: int, here: Place) -> torch.device:
    """The device of a rank, with its threads set where a number is given; else wrong use."""
    import torch

    from ..ranks.devices import device_of

    if threads:
        torch.set_num_threads(threads)
    with wrong_use():
        return device_of(name, here)


@contextmanager
def ranks(here: Place) -> Iterator[Group]:
    """The processes of a work, joined; only the first speaks, but for errors of others."""
    from ..ranks.group import OtherFailed, joined

    quiet = screen.QUIET
    if here.rank:
        screen.quiet(True)
    try:
        with joined(here) as group:
            yield group
    except OtherFailed:
        raise typer.Exit(1) from None
    except (ValueError, OSError, ArithmeticError) as error:
        _finish_speaking()
        if here.rank:
            raise type_of(error)(f"rank {here.rank}: {error}") from None
        raise
    finally:
        screen.quiet(quiet)


def type_of(error: Exception) -> type[Exception]:
    """Wrong use stays that; what else went wrong is a ValueError."""
    return WrongUse if isinstance(error, WrongUse) else ValueError


def _finish_speaking() -> None:
    """Let torchrun's signal to the rest of the processes come after what this one has to say."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

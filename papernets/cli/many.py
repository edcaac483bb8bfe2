"""train and evaluate in several processes that torchrun starts: one screen, one folder."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ..texts import json_text
from . import screen
from .flags import WrongUse
from .stopping import Halt, stopped_cleanly

if TYPE_CHECKING:
    from ..ranks.group import Group
    from ..ranks.place import Place
    from .train import Asked


def train_together(here: Place, asked: Asked) -> None:
    """This process's part of a training: rank 0 opens the folder and speaks, the others follow."""
    from ..train.ranks.agreed import Agreed
    from ..train.ranks.follow import follow
    from ..train.ranks.together import Together
    from .train import begun_before, work

    with ranks(here) as group:
        stop = Agreed(group, Halt(silent=True))
        check_alike(group, asked)
        if not group.first:
            with stopped_cleanly():
                follow(group, stop, asked.given)
            return
        check_restarts(here, asked.out)
        asked.resume = asked.resume or begun_before(here, asked.out)
        work(asked, asked.resolved(), Together(group, stop))


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
    every = group.texts(json_text(words, ascii_only=True))
    for rank, other in enumerate(every):
        if other != every[0] and group.first:
            raise WrongUse(
                f"rank {rank} was started with other settings than rank 0 ({other[:200]}, not "
                f"{every[0][:200]}): all processes of a run have one command, and one --out"
            )


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

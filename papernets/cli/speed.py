"""The options of `train` that say how fast, and in how much memory, a step is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from ..words import plural
from . import screen

if TYPE_CHECKING:
    from ..train.events import Started
    from ..train.run import Run
    from .progress import Show

Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        help="Loader processes, which read and prepare batches ahead; 0: none. [as many as are "
        "worth it here]",
        min=0,
        max=1024,
    ),
]
Processes = Annotated[
    int | None,
    typer.Option(
        "--processes",
        help="On a CPU, processes of one thread that share each batch; 0: none. [0]",
        min=0,
        max=1024,
    ),
]
Precision = Annotated[
    str,
    typer.Option(
        "--precision",
        help="In which numbers a step computes: float32, bf16, fp16, float64; auto: bf16 on a GPU "
        "that has it, fp16 on an older one, else float32. [float32]",
    ),
]
Compile = Annotated[
    bool, typer.Option("--compile", help="Let torch.compile make the training pass.")
]
Checkpointing = Annotated[
    bool,
    typer.Option(
        "--checkpointing",
        help="Less memory and more time: parts of the forward pass are computed twice.",
    ),
]


ExactDecoding = Annotated[
    bool,
    typer.Option(
        "--exact-decoding",
        help="Decode JPEGs whole and then scale them, instead of at a half, quarter or eighth.",
    ),
]
Profile = Annotated[
    bool,
    typer.Option(
        "--profile",
        help="Say at the end where a step's time goes, and what is the limit; also profile.json.",
    ),
]


@contextmanager
def profiled(asked: bool, show: Show) -> Iterator[None]:
    """Within it the time of a run's parts is taken, and told at its end, however that comes."""
    if not asked:
        yield
        return
    import torch

    from ..spent import measured
    from . import profile

    with measured(torch.cuda.synchronize if torch.cuda.is_available() else None) as spent:
        try:
            yield
        finally:
            show.close()
            if show.began is not None:
                began = show.began
                told = (began.run, show.folder, began.device, began.workers, show.json)
                profile.show(spent, *told)


def say_chosen(run: Run) -> None:
    """What `--precision auto` is here, and why."""
    if run.recipe.precision != "auto":
        return
    from ..machine import choose_device
    from ..train.precision import chosen, why

    device = choose_device(run.where.device)
    screen.note(f"precision auto: {chosen('auto', device)} ({why(device)})")


def how(event: Started) -> str:
    """On what a run is done, for its head: `on cpu, 2 threads, bf16`."""
    recipe, where = event.run.recipe, event.run.where
    words = [event.device]
    if event.device == "cpu":
        words.append(plural(event.threads, "thread"))
    if event.workers:
        words.append(plural(event.workers, "loader process", "loader processes"))
    if recipe.precision != "float32":
        words.append(recipe.precision)
    words += [name for name in ("compile", "checkpointing") if getattr(where, name)]
    if 0 < recipe.micro_batch < recipe.batch_size:
        words.append(f"batches of {recipe.batch_size:,} in parts of {recipe.micro_batch:,}")
    return f"on {', '.join(words)}"

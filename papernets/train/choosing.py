"""What a run leaves open, chosen from the machine: precision, parts of a batch, loaders."""

from __future__ import annotations

from dataclasses import replace

import torch

from ..arithmetic.graph import graph
from ..arithmetic.memory import memory
from ..data import Part
from ..data.stored import OnDemand
from ..machine import choose_device, cores, free_memory
from ..spec import Net
from .learning import HALVES
from .memory import KINDS
from .precision import chosen
from .recipe import TrainRecipe
from .run import Run

SHARE = 0.8
"""Of the free memory, for a step."""
MOST_LOADERS = 8
"""Loader processes for a GPU: more are seldom worth their memory, some 200 MB each."""
FEWEST = 8
"""Pictures that a part of a batch has at least."""


def settled(run: Run) -> Run:
    """The run as it begins: with a precision, and with a batch in parts where memory is short.

    A batch in parts makes the same step to the last digits, but for batch normalisation.
    """
    if run.recipe.precision == "auto":
        device = choose_device(run.where.device)
        run = replace(run, recipe=settled_precision(run.recipe, device))
    if run.recipe.micro_batch or run.where.processes > 1:
        return run
    most = most_at_once(run.recipe, run.found.net.member, room_for_steps(run))
    if most >= run.recipe.batch_size:
        return run
    return replace(run, recipe=replace(run.recipe, micro_batch=most))


def settled_precision(recipe: TrainRecipe, device: torch.device) -> TrainRecipe:
    """A recipe whose precision is `auto` with the one that it is on a device."""
    precision = chosen(recipe.precision, device)
    return recipe if precision == recipe.precision else replace(recipe, precision=precision)


def room_for_steps(run: Run) -> float:
    """Bytes that a step may take where the run is done."""
    device = choose_device(run.where.device)
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info()
        return SHARE * free
    return SHARE * free_memory()


def most_at_once(recipe: TrainRecipe, net: Net, room: float) -> int:
    """How many pictures of a batch a step computes together in so many bytes.

    A half, a quarter and so on of the batch, `FEWEST` at least; all of them where nothing fits.
    """
    found, own = recipe.batch_size, memory(graph(net))
    each = 2 if recipe.precision in HALVES else 8 if recipe.precision == "float64" else 4
    while each * own.train(KINDS.get(recipe.optimizer, "adam"), found) > room:
        found //= 2
        if found < FEWEST:
            return recipe.batch_size
    return found


def loaders_for(part: Part, kind: str, run: Run, device: torch.device, threads: int) -> int:
    """Loader processes for a run that leaves them open: none where they would take others' cores.

    On a GPU photographs get a core each but one; on a CPU those that are read again in each epoch
    get the cores that torch's threads leave.
    """
    if run.where.workers >= 0:
        return run.where.workers
    if kind != "photo" or run.where.processes > 1 or run.recipe.head_only:
        return 0
    if device.type != "cpu":
        return min(cores() - 1, MOST_LOADERS)
    return min(max(cores() - threads, 0), MOST_LOADERS) if isinstance(part.images, OnDemand) else 0

"""Whether ranks can do a run together, on which device each, and what is said of it."""

from __future__ import annotations

import torch

from ...ranks.devices import device_of
from ...ranks.place import Place
from ...spec import BatchNorm, Committee, walk
from ...words import plural
from ..run import Run
from ..source import bounds


def ready(run: Run, place: Place) -> torch.device:
    """This rank's device, with its threads set; ValueError where a run cannot be shared so."""
    check_shared(run, place)
    if run.where.threads:
        torch.set_num_threads(run.where.threads)
    return device_of(run.where.device, place)


def check_shared(run: Run, place: Place) -> None:
    """ValueError where ranks cannot share a run, or would have nothing to do."""
    recipe, net, size = run.recipe, run.found.net, place.size
    if isinstance(net, Committee):
        raise ValueError(
            f"{net.name} is a committee, whose networks learn one after another from what those "
            "before them filter: train it in one process, without torchrun"
        )
    if run.where.processes > 1:
        raise ValueError(
            f"--processes {run.where.processes} shares each batch within one process of torchrun's "
            f"{size}, which share it already: --processes 0"
        )
    if recipe.at_once < size:
        what = "micro_batch" if recipe.micro_batch else "--batch-size"
        raise ValueError(
            f"{size} processes share {plural(recipe.at_once, 'picture')} ({what}): some would "
            f"never have one. Start at most {recipe.at_once}, or give more pictures"
        )
    if run.where.compile and recipe.sync_norm and norms_of(run) and not recipe.freeze_norm:
        raise ValueError(
            "--compile computes batch normalisation by torch's own layers, which see one "
            "process's pictures: leave --compile out, or --set sync_norm=false"
        )
    if not recipe.sync_norm and norms_of(run):
        least = min(high - low for low, high in (bounds(recipe.at_once, r, size) for r in (0, 1)))
        if least < 2:
            raise ValueError(
                f"with sync_norm=false each of {size} processes normalises its own "
                f"{plural(least, 'picture')} of {recipe.at_once}, and one has no variance: "
                f"--batch-size {2 * size} or more, or --set sync_norm=true"
            )


def norms_of(run: Run) -> bool:
    """Whether a run's network has batch normalisation."""
    rows = walk(run.found.net.member)
    return any(isinstance(r.layer, BatchNorm) or getattr(r.layer, "norm", None) for r in rows)


def shared_by(run: Run, place: Place, device: torch.device) -> str:
    """What is said of a run that ranks share."""
    recipe = run.recipe
    low, high = recipe.batch_size // place.size, -(-recipe.batch_size // place.size)
    each = f"{low:,}" if low == high else f"{low:,} or {high:,}"
    where = plural(place.machines, "machine")
    by = "nccl" if device.type == "cuda" else "gloo"
    text = (
        f"{place.size} processes on {where} share each batch of {recipe.batch_size:,} by {by}: "
        f"{each} pictures each"
    )
    if run.where.workers > 0:
        text += f", read by {plural(run.where.workers, 'loader process', 'loader processes')} each"
    if not norms_of(run) or recipe.freeze_norm:
        return text
    if recipe.sync_norm:
        return f"{text}; batch normalisation sees the whole batch"
    return f"{text}; batch normalisation sees each process's own pictures, and keeps the first's"

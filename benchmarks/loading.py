"""Batches of photographs for training: ours beside torchvision's ImageFolder and DataLoader.

    python benchmarks/loading.py --data DIR [--workers 0 1 2] [--rounds 5] [--batch-size 32]

DIR has class folders, or train/ with these; of a folder without parts the nine tenths for training
are taken, the same files by both. A turn is an epoch: a random resized crop of 224 pixels (8 to
100 % of the area, an aspect of 3/4 to 4/3), mirrored in half of the cases, normalised, in batches,
with nobody to use them. Ours reads photographs stored at 256 pixels, as `papernets train` does:
from the disk each time (`room=0`), or kept in memory. torchvision's crops are cut out of whole
photographs. Sides take turns; a ratio is of the clock, the median of the rounds, and without loader
processes of processor time too: ours reads with a thread a core. The last line has the clock's
ratios from disk and from memory, the least over the numbers of processes, with their goals; below
either the exit code is 1.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from peer_vision import HIGH, LOW, reference_loader
from timing import machine, print_machine, spread, take_all, verdict

from papernets import data
from papernets.data import Dataset, Preprocessing
from papernets.train.loader import Loaders
from papernets.train.recipe import TrainRecipe
from papernets.train.source import Source

SIDE, ENLARGE, SEED = 224, 256 / 224, 0
GOALS = {"disk": 1.5, "memory": 6.0}


def epoch_of(batches: Iterable[Any], expected: int) -> None:
    """Take an epoch, which must have so many pictures of the right form."""
    count = 0
    for batch in batches:
        images = batch[0]
        assert images.shape[1:] == (3, SIDE, SIDE) and images.dtype == torch.float32
        count += len(images)
    assert count == expected, f"{count} pictures of {expected}"


def ours(seen: Dataset, workers: int, batch: int, near: ExitStack) -> Callable[[], None]:
    """An epoch of papernets' own source, or of its loader processes, which `near` ends."""
    stored = tuple(seen.train.images.shape[2:])
    eyes = Preprocessing(3, SIDE, SIDE, stored, "photo", low=LOW, high=HIGH, crop=True)
    augment = {"flip": 0.5, "area": 0.08}
    recipe = TrainRecipe(
        "resnet18", epochs=1, batch_size=batch, seed=SEED, enlarge=ENLARGE, augment=augment
    )
    source = Source(seen.train, eyes, recipe, torch.device("cpu"))
    loaders = near.enter_context(Loaders(source, workers)) if workers else None
    # the last epoch each time: of any other, processes would begin the next while others are timed
    return lambda: epoch_of((loaders or source).epoch(1), len(seen.train))


def theirs(folder: Path, seen: Dataset, workers: int, batch: int) -> Callable[[], None]:
    """An epoch of torchvision's ImageFolder and torch's DataLoader, whose processes stay."""
    loader = reference_loader(folder, seen.train.files, SIDE, batch, workers)
    return lambda: epoch_of(loader, len(seen.train))


def opened(folder: Path, memory: bool) -> Dataset:
    """All pictures of the folder, on demand or in memory."""
    try:
        return data.open(
            str(folder),
            channels=3,
            size=(SIDE, SIDE),
            enlarge=ENLARGE,
            room=None if memory else 0,
            val_share=0,
            strict=True,
        )
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")


def main() -> None:
    """Let them take turns, a line each, and print the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=32)
    given = parser.parse_args()
    torch.set_num_threads(1)
    folder = given.data / "train" if (given.data / "train").is_dir() else given.data
    kept = {"disk": opened(folder, False), "memory": opened(folder, True)}
    print_machine(machine(1))
    least = dict.fromkeys(GOALS, float("inf"))
    for workers in given.workers:
        count, batch = len(kept["disk"].train), given.batch_size
        calls = [theirs(folder, kept["disk"], workers, batch)]
        with ExitStack() as near:
            calls += [ours(kept[name], workers, batch, near) for name in GOALS]
            peer, *own = take_all(calls, given.rounds, 0.0)
        for name, laps in zip(GOALS, own, strict=True):
            clock, cpu = (
                [long / short for short, long in zip(a, b, strict=True)]
                for a, b in zip(laps, peer, strict=True)
            )
            least[name] = min(least[name], statistics.median(clock))
            print(
                f"{workers} loader processes, {count} pictures, from {name}: {spread(clock)} times "
                f"as fast, {count / statistics.median(laps[0]):,.0f} a second for "
                f"{count / statistics.median(peer[0]):,.0f}"
                + (f"; in processor time {spread(cpu)}" if not workers else ""),
                flush=True,
            )
    verdict(least, GOALS)


if __name__ == "__main__":
    main()

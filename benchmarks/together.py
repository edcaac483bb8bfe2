"""Training steps of one process, or of the ranks that torchrun starts, on one batch of pictures.

    python benchmarks/together.py
    torchrun --standalone --nproc-per-node 2 benchmarks/together.py

Prints pictures a second by the clock, and the processor time of one picture over all ranks: what
ranks cost beside the work itself. Pictures are noise of CIFAR-10's size, in memory.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from papernets import net
from papernets.data import Part, Preprocessing
from papernets.ranks.group import Group, joined
from papernets.ranks.place import place
from papernets.run.network import build
from papernets.train.ranks.stepper import Shared
from papernets.train.recipe import TrainRecipe
from papernets.train.source import Source
from papernets.train.state import start
from papernets.train.stepper import Alone, Stepper


@contextmanager
def group_here() -> Iterator[Group | None]:
    """The ranks that torchrun started, or none."""
    here = place()
    if not here.several:
        yield None
        return
    with joined(here) as group:
        yield group


def measured(name: str, batch: int, steps: int, group: Group | None) -> tuple[float, float]:
    """Seconds by the clock and of the processor, all ranks together, of so many steps."""
    network = net(name)
    channels, height, width = network.input
    draws = torch.Generator().manual_seed(0)
    shape = (batch * (steps + 2), channels, height, width)
    images = torch.randint(0, 256, shape, generator=draws, dtype=torch.uint8)
    part = Part(images, torch.arange(len(images)) % network.classes)
    recipe = TrainRecipe(name, batch_size=batch, optimizer="sgd", learning_rate=0.01)
    eyes = Preprocessing(channels, height, width, (height, width), kind="photo")
    worker = (0, 1) if group is None else (group.rank, group.size)
    source = Source(part, eyes, recipe, torch.device("cpu"), worker)
    state = start(build(network, draws).train(), recipe)
    stepper: Stepper = Alone(state.model, source)
    if group is not None:
        stepper = Shared(state.model, source, group)
    for at, one in enumerate(stepper.epoch(1)):
        if at == 2:
            clock, work = time.perf_counter(), time.process_time()
        stepper.step(state, one, 0.01)
    spent = torch.tensor([time.process_time() - work])
    clock = time.perf_counter() - clock
    if group is not None:
        group.sum(spent)
    return clock, float(spent)


def main() -> None:
    """Measure, and let the first rank say what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", default="resnet20")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--steps", type=int, default=20)
    given = parser.parse_args()
    torch.set_num_threads(1)
    with group_here() as group:
        clock, work = measured(given.network, given.batch, given.steps, group)
    if group is None or group.first:
        pictures, size = given.batch * given.steps, 1 if group is None else group.size
        print(
            f"{given.network}, batch {given.batch}, {size} processes: {pictures / clock:.0f} "
            f"pictures/s by the clock, {1000 * work / pictures:.3f} ms of processor time a picture"
        )


if __name__ == "__main__":
    main()

"""One epoch of training on MNIST: ours beside the plain PyTorch loop, with switches, and Keras.

    python benchmarks/training_mnist.py --data DIR [--threads 4] [--rounds 5] [--pictures 60000]

Everybody trains the same network from the same weights on the same pictures: float32, batches of
128, Adam at 0.001. They take turns in one run; the first epoch of each warms up, and its loss shows
that the mathematics is the same. Ours is the training loop of `papernets train`, which prepares the
stored pictures as it goes; the others have theirs in memory, ready. Keras runs in processes of its
own, one a backend, where it is installed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from keras_peer import BACKENDS, KerasPeer
from timing import (
    Contestant,
    Lap,
    as_json,
    machine,
    print_machine,
    print_table,
    ratios,
    take_turns,
    verdict,
)
from torch import Tensor, nn

from papernets import data
from papernets.data import Dataset, Part, Preprocessing
from papernets.nets.registry import net
from papernets.run.network import Network, build
from papernets.spec import Net
from papernets.train.events import Epoch
from papernets.train.fit import fit
from papernets.train.recipe import TrainRecipe
from papernets.train.session import stepper_of
from papernets.train.source import Source, generator
from papernets.train.state import start
from papernets.train.where import Where

BATCH, RATE, SEED = 128, 1e-3, 0
GOALS = {"plain PyTorch loop": 1.5, "Keras": 2.5}
"""How many times as fast ours shall be on 4 cores, by the project's own promise."""


class Ours:
    """papernets' training loop; a turn is the training pass of one epoch."""

    def __init__(
        self,
        network: Net,
        seen: Dataset,
        eyes: Preprocessing,
        scale: float,
        tiles: bool,
        workers: int = 0,
    ):
        recipe = TrainRecipe(
            network.name,
            epochs=10**6,
            batch_size=BATCH,
            learning_rate=RATE,
            seed=SEED,
            distance_scale=scale,
        )
        model = build(network, generator=torch.Generator().manual_seed(SEED))
        source = Source(seen.train, eyes, recipe, torch.device("cpu"))
        where = Where(tiles=tiles, processes=workers)
        self.epochs = epochs_of(model, source, where, seen.validation)

    def __call__(self) -> Lap:
        epoch = next(self.epochs)
        return Lap(epoch.seconds, epoch.train_loss)


def epochs_of(model: Network, source: Source, where: Where, held_out: Part) -> Iterator[Epoch]:
    """The epochs of papernets' own loop."""
    state = start(model, source.recipe)
    with stepper_of(model, source, where) as stepper:
        for event in fit(state, stepper, held_out, source.preprocessing, source.recipe):
            if isinstance(event, Epoch):
                yield event


class PlainLoop:
    """The loop that a good user writes: data in memory, a permutation; `switches` are tricks."""

    def __init__(
        self, model: nn.Module, x: Tensor, y: Tensor, scale: float, switches: bool = False
    ):
        self.model, self.x, self.y, self.scale = model, x, y, scale
        if switches:
            self.model = model.to(memory_format=torch.channels_last)
            self.x = x.contiguous(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(model.parameters(), RATE, fused=switches)
        self.epoch = 0

    def __call__(self) -> Lap:
        self.epoch += 1
        began = time.perf_counter()
        order = torch.randperm(len(self.x), generator=generator(SEED, self.epoch))  # as ours
        total = torch.zeros(())
        for index in order.split(BATCH):
            x, y = self.x[index], self.y[index]
            self.optimizer.zero_grad()
            logits = self.model(x)
            loss = F.cross_entropy(logits if self.scale == 1.0 else logits * self.scale, y)
            loss.backward()
            self.optimizer.step()
            total += loss.detach()
        loss = float(total) / math.ceil(len(order) / BATCH)
        return Lap(time.perf_counter() - began, loss)


def keras_28(weights: dict[str, Tensor]) -> nn.Sequential:
    """The notes' network in torch's own modules, with these weights in their order."""
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(256, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip
    with torch.no_grad():
        for own, value in zip(model.parameters(), weights.values(), strict=True):
            own.copy_(value)
    return model


def weights_of(network: Net) -> dict[str, Tensor]:
    """The weights that everybody begins with."""
    return build(network, generator=torch.Generator().manual_seed(SEED)).state_dict()


def pictures(dataset: Dataset, count: int) -> Dataset:
    """The first pictures of both training parts together; a few to look at after an epoch."""
    images = torch.cat([dataset.train.images, dataset.validation.images])[:count]
    labels = torch.cat([dataset.train.labels, dataset.validation.labels])[:count]
    few = Part(dataset.validation.images[:200], dataset.validation.labels[:200])
    return replace(dataset, train=Part(images, labels), validation=few)


def notes_network(seen: Dataset, threads: int, near: contextlib.ExitStack) -> list[Contestant]:
    """lenet5_keras_28: ours, without tiles, the plain loop, its switches, Keras."""
    network = net("lenet5_keras_28")
    eyes = Preprocessing.for_network(network.input, seen, low=(0.0,), high=(1.0,))
    x, y = eyes(seen.train.images), seen.train.labels
    weights = weights_of(network)
    found = [
        Contestant("plain PyTorch loop", PlainLoop(keras_28(weights), x, y, 1.0)),
        Contestant(
            "  with channels_last, fused Adam", PlainLoop(keras_28(weights), x, y, 1.0, True)
        ),
        Contestant("papernets", Ours(network, seen, eyes, 1.0, True)),
        Contestant("  with tiles=false", Ours(network, seen, eyes, 1.0, False)),
        *with_workers(network, seen, eyes, 1.0, threads),
    ]
    folder = Path(near.enter_context(tempfile.TemporaryDirectory()))
    np.savez(folder / "data.npz", x=x.numpy(), y=y.numpy())
    np.savez(folder / "weights.npz", **{k: v.numpy() for k, v in weights.items()})
    for backend in BACKENDS:
        peer = KerasPeer(backend, folder, threads, BATCH, RATE)
        if peer.missing:
            print(f"Keras with {backend} is left out: {peer.missing}")
            continue
        near.callback(peer.close)
        found.append(Contestant(f"Keras, {backend}", peer))
    return found


def with_workers(
    network: Net, seen: Dataset, eyes: Preprocessing, scale: float, threads: int
) -> list[Contestant]:
    """Ours with as many worker processes as there are threads, where there are several."""
    if threads < 2:
        return []
    ours = Ours(network, seen, eyes, scale, True, threads)
    return [Contestant(f"  with processes={threads}", ours)]


def lenet5_1998(seen: Dataset, threads: int) -> list[Contestant]:
    """lenet5: ours, and a plain loop over its plain form."""
    network = net("lenet5")
    eyes = Preprocessing.for_network(network.input, seen)
    plain = build(network)
    plain.load_state_dict(weights_of(network))
    x, y = eyes(seen.train.images), seen.train.labels
    return [
        Contestant("plain loop, plain form", PlainLoop(plain, x, y, 0.1)),
        Contestant("papernets", Ours(network, seen, eyes, 0.1, True)),
        Contestant("  with tiles=false", Ours(network, seen, eyes, 0.1, False)),
        *with_workers(network, seen, eyes, 0.1, threads),
    ]


def agree(contestants: list[Contestant]) -> Iterator[str]:
    """What is wrong with the losses of the first epoch; Keras shuffles in its own way."""
    base = contestants[0].first
    assert base is not None
    for c in contestants:
        most = 0.1 if c.name.startswith("Keras") else 0.01
        assert c.first is not None
        if not abs(c.first.loss - base.loss) <= most * base.loss:
            yield (
                f"{c.name.strip()}: loss {c.first.loss:.4f}, the plain loop's is {base.loss:.4f}: "
                "not the same mathematics"
            )


def promise(contestants: list[Contestant]) -> dict[str, float]:
    """Ours beside the goals; how many times as fast it is as each that there was."""
    found = {}
    ours = next(c for c in contestants if c.name == "papernets")
    for name, goal in GOALS.items():
        others = [c for c in contestants if c.name.startswith(name)]
        if others:
            best = min(others, key=lambda c: c.median)
            times = sorted(ratios(ours, best))[len(ours.laps) // 2]
            print(f"papernets / {best.name}: {times:.2f} (goal on 4 cores: {goal})")
            found[name] = times
    return found


def main() -> None:
    """Let them take turns and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default=None, help="else PAPERNETS_DATA")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=60_000)
    parser.add_argument("--network", choices=("lenet5_keras_28", "lenet5"), action="append")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    try:
        seen = pictures(data.open("mnist", data_dir=given.data), given.pictures)
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")
    about = machine(given.threads)
    if not given.json:
        print_machine(about)
    results: dict[str, Any] = {"machine": about, "pictures": len(seen.train), "batch": BATCH}
    wrong: list[str] = []
    reached: dict[str, float] = {}
    for name in given.network or ("lenet5_keras_28", "lenet5"):
        with (
            contextlib.ExitStack() as near,
            contextlib.redirect_stdout(sys.stderr if given.json else sys.stdout),
        ):
            print(
                f"\n{name}: {len(seen.train):,} pictures, batches of {BATCH}, {given.rounds} rounds"
            )
            first = name == "lenet5_keras_28"
            found = (
                notes_network(seen, given.threads, near)
                if first
                else lenet5_1998(seen, given.threads)
            )
            take_turns(found, given.rounds)
            print_table(found, found[0], len(seen.train))
            if first:
                reached = promise(found)
            wrong += agree(found)
        results[name] = as_json(found, found[0])
    if given.json:
        print(json.dumps(results))
    if wrong:
        sys.exit("\n".join(wrong))
    if reached:
        verdict(reached, GOALS)


if __name__ == "__main__":
    main()

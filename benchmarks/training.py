"""From JPEG files to updated weights: ours beside torchvision's reference loop.

    python benchmarks/training.py --data DIR [--networks resnet18 mobilenet] [--workers 0 1 2]
        [--rounds 3] [--pictures 64] [--batch-size 32] [--threads 2] [--precision float32]

DIR has class folders, or train/ with these. Both sides train ResNet-18 at 224 pixels, and MobileNet
(1.0) at 128, from the same files: random resized crops, mirrored, normalised, cross entropy, SGD
with momentum and weight decay. Theirs is the loop of torchvision's references at its best: its own
loader with each number of processes, of which the quickest counts, channels_last, a fused
optimiser, the same precision as ours. torchvision has no MobileNet of 2017: its layers are written
out here in torch's modules. Ours is the loop of `papernets train` with the processes that it
chooses. A turn is an epoch over so many pictures; a ratio is of the clock and, without processes
on either side, of processor time too. The last line has the clock's ratios with their goals; below
one the exit code is 1. `--by processor` counts processor time instead, for a busy machine, and no
loader processes.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from pathlib import Path

import torch
import torch.nn.functional as F
from peer_vision import HIGH, LOW, reference_loader, torchvision
from timing import machine, print_machine, spread, take_all, verdict
from torch import nn

from papernets import data
from papernets.data import Dataset, Preprocessing
from papernets.nets.registry import net
from papernets.run.network import build
from papernets.train.choosing import loaders_for
from papernets.train.forms import laid_out
from papernets.train.recipe import TrainRecipe
from papernets.train.run import Run
from papernets.train.session import stepper_of
from papernets.train.source import Source
from papernets.train.state import start
from papernets.train.where import Where

NETWORKS = {"resnet18": ("resnet18", 224), "mobilenet": ("mobilenet_v1_1.0_128", 128)}
GOAL, SEED, RATE, MOMENTUM, DECAY = 1.25, 0, 0.01, 0.9, 1e-4
LARGER = 256 / 224
CPU = torch.device("cpu")


def ours(
    name: str, side: int, seen: Dataset, given: argparse.Namespace, near: ExitStack
) -> Callable[[], None]:
    """An epoch of papernets' own loop, with the loader processes that it chooses."""
    stored = tuple(seen.train.images.shape[2:])
    eyes = Preprocessing(3, side, side, stored, "photo", low=LOW, high=HIGH, crop=True)
    recipe = TrainRecipe(
        name, epochs=1, batch_size=given.batch_size, seed=SEED, enlarge=LARGER, optimizer="sgd",
        momentum=MOMENTUM, weight_decay=DECAY, augment={"flip": 0.5, "area": 0.08},
        precision=given.precision,
    )  # fmt: skip
    model = build(net(name, classes=len(seen.classes))).train()
    model = laid_out(model, CPU, recipe)
    state = start(model, recipe)
    source = Source(seen.train, eyes, recipe, CPU)
    workers = loaders_for(seen.train, seen.kind, Run(recipe), CPU, given.threads)
    where = Where(workers=0 if given.by == "processor" else workers)
    stepper = near.enter_context(stepper_of(model, source, where))

    def epoch() -> None:
        for batch in stepper.epoch(1):
            stepper.step(state, batch, RATE)

    return epoch


def theirs(
    name: str, side: int, folder: Path, seen: Dataset, workers: int, given: argparse.Namespace
) -> Callable[[], None]:
    """An epoch of the reference loop; its loader's processes stay."""
    loader = reference_loader(folder, seen.train.files, side, given.batch_size, workers)
    classes = len(seen.classes)
    model = torchvision().models.resnet18(num_classes=classes) if name == "resnet18" else None
    model = (model or mobilenet(classes)).train().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), RATE, MOMENTUM, weight_decay=DECAY, fused=True)
    half = given.precision == "bf16"

    def epoch() -> None:
        for images, labels in loader:
            x = images.contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16) if half else nullcontext():
                loss = F.cross_entropy(model(x), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return epoch


def mobilenet(classes: int) -> nn.Sequential:
    """MobileNet 1.0 (Howard et al. 2017, table 1) in torch's modules."""
    widths = [(32, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2), (256, 256, 1)]
    widths += [(256, 512, 2), *[(512, 512, 1)] * 5, (512, 1024, 2), (1024, 1024, 1)]

    def normed(*given: int, groups: int = 1) -> list[nn.Module]:
        into, out, kernel, stride = given
        pads = kernel // 2
        conv = nn.Conv2d(into, out, kernel, stride, pads, groups=groups, bias=False)
        return [conv, nn.BatchNorm2d(out), nn.ReLU(inplace=True)]

    layers = normed(3, 32, 3, 2)
    for into, out, stride in widths:
        layers += normed(into, into, 3, stride, groups=into) + normed(into, out, 1, 1)
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, classes))


def opened(folder: Path, side: int, pictures: int) -> Dataset:
    """The photographs, read on demand: the first of each class by turns."""
    try:
        found = data.open(
            str(folder), channels=3, size=(side, side), enlarge=LARGER, room=0, val_share=0,
            strict=True,
        )  # fmt: skip
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")
    labels = found.train.labels
    places = torch.cat([(labels == c).nonzero()[:, 0] for c in labels.unique()])
    some = places[torch.linspace(0, len(places) - 1, min(pictures, len(places))).long()]
    return Dataset(**{**vars(found), "train": found.train.select(some)})


def main() -> None:
    """Let them take turns, a line for each network, and print the ratios."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pictures", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--precision", choices=("float32", "bf16"), default="float32")
    parser.add_argument("--by", choices=("clock", "processor"), default="clock")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    folder = given.data / "train" if (given.data / "train").is_dir() else given.data
    print_machine(machine(given.threads))
    numbers = [0] if given.by == "processor" else given.workers
    found = {}
    for short in given.networks:
        name, side = NETWORKS[short]
        seen = opened(folder, side, given.pictures)
        with ExitStack() as near:
            calls = [ours(name, side, seen, given, near)]
            calls += [theirs(short, side, folder, seen, n, given) for n in numbers]
            own, *others = take_all(calls, given.rounds, 0.0)
        which = 1 if given.by == "processor" else 0
        best = min(others, key=lambda laps: statistics.median(laps[which]))
        times = [b / a for a, b in zip(own[which], best[which], strict=True)]
        found[short] = statistics.median(times)
        rates = [len(seen.train) / statistics.median(laps[which]) for laps in (own, best)]
        print(
            f"{short} at {side}, {given.precision}, by {given.by}: {spread(times)} times as fast, "
            f"{rates[0]:.1f} pictures a second for {rates[1]:.1f} with "
            f"{numbers[others.index(best)]} loader processes",
            flush=True,
        )
    verdict(found, GOAL)


if __name__ == "__main__":
    main()

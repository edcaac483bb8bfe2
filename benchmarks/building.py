"""How long building takes: beside writing tensors of the same sizes once with torch's own normal_.

    python benchmarks/building.py [NAME ...] [--rounds N]

Each name is built with its paper's first weights on one thread, and on the meta device, turn about
with `torch.empty(shape).normal_()` for each of its parameters. The ratio is building to writing;
networks of many small layers spend their time on making modules, not on drawing.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch

from papernets import net
from papernets.run.network import build

NAMES = (
    "alexnet",
    "vgg19",
    "resnet152",
    "resnet200_v2",
    "resnet1202",
    "inception_resnet_v2",
    "googlenet",
    "inception_v3",
    "mobilenet_v1",
)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measured(name: str, rounds: int) -> tuple[float, float, float]:
    """Medians in seconds: building, building on meta, writing the same tensors."""
    network = net(name)
    with torch.device("meta"):
        shapes = [p.shape for p in build(network).parameters()]

    def on_meta() -> None:
        with torch.device("meta"):
            build(network)

    def written() -> None:
        kept = [torch.empty(shape).normal_() for shape in shapes]
        del kept

    times = [(seconds(lambda: build(network)), seconds(on_meta), seconds(written))]
    times += [
        (seconds(lambda: build(network)), seconds(on_meta), seconds(written)) for _ in range(rounds)
    ]
    built, meta, plain = zip(*times[1:], strict=True)
    return statistics.median(built), statistics.median(meta), statistics.median(plain)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=list(NAMES))
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'network':22} {'built':>8} {'on meta':>8} {'written':>8} {'ratio':>6}")
    for name in given.names:
        built, meta, plain = measured(name, given.rounds)
        print(f"{name:22} {built:7.2f}s {meta:7.2f}s {plain:7.2f}s {built / plain:6.2f}")


if __name__ == "__main__":
    main()

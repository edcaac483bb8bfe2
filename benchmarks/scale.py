"""Where a run on many GPUs meets its limits: a calculation from counts and listed assumptions.

    python benchmarks/scale.py

Nothing is measured here. Multiply-adds and parameters are those of `papernets explain`; what a
machine does is assumed, each number under its name below. ImageNet-1k, a whole batch of 8,192
pictures (Goyal et al. 2017 train ResNet-50 with it without loss), gradients in float32 by a ring
within nccl. docs/scale.md has the table that this prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from papernets import net, totals, walk
from papernets.spec import BatchNorm, Net

PICTURES, BYTES = 1_281_167, 110_000
"""ImageNet-1k's training pictures, and the bytes of one in JPEG, on average."""
BATCH = 8192
PEAK, USED = 989e12, {"vgg16": 0.20, "resnet50": 0.07}
"""Of one GPU: bf16 operations a second (H100 SXM, dense), and the share of them that a training
step gets: ResNet-50 waits for memory more than VGG-16, whose layers are wide."""
GPUS_A_MACHINE = 8
WITHIN, BETWEEN = 300e9, 40e9
"""Bytes a second that each GPU sends and receives: by NVLink, and by its 400 Gb/s network card."""
WAITS, GLOO = (20e-6, 5e-6), (100e-6, 50e-6)
"""Seconds of the smallest all-reduce on one machine, and more for each doubling of the machines: by
nccl, and by gloo, which asks all once a step whether to save or stop."""
HIDDEN = 2 / 3
"""The share of a step, its backward pass, under which the all-reduce is hidden."""
CORES, CORE = 16, 450
"""Cores for each GPU, and pictures a second that one reads, crops and prepares (2.2 ms each)."""
DISK = 5e9
"""Bytes a second that a machine reads of the pictures."""
COUNTS = (8, 64, 256, 1024)


@dataclass(frozen=True)
class Step:
    """The seconds of one step's parts on one of `gpus` GPUs, which has `pictures` of the batch."""

    gpus: int
    pictures: int
    compute: float
    reduce: float
    norms: float
    agree: float
    loader: float

    @property
    def network(self) -> float:
        """The seconds that the GPU is busy, or waits for other GPUs."""
        shown = max(0.0, self.reduce - HIDDEN * self.compute)
        return self.compute + shown + self.norms + self.agree

    @property
    def seconds(self) -> float:
        """A step: pictures are prepared while the GPU computes."""
        return max(self.network, self.loader)

    @property
    def efficiency(self) -> float:
        """The share of a step in which the GPU computes."""
        return self.compute / self.seconds

    @property
    def limit(self) -> str:
        """What takes the time that a GPU's own work does not."""
        if self.loader > self.network:
            return "loader"
        waits = {
            "all-reduce": self.reduce - HIDDEN * self.compute,
            "synchronised norm": self.norms,
            "agreement": self.agree,
        }
        worst = max(waits, key=waits.__getitem__)
        return worst if waits[worst] > 0.1 * self.compute else "GPU"


def step_of(network: Net, gpus: int, batch: int = BATCH) -> Step:
    """A step on so many GPUs that share a batch."""
    counts, pictures = totals(walk(network)), max(1, batch // gpus)
    machines = max(1, gpus // GPUS_A_MACHINE)
    speed = WITHIN if machines == 1 else BETWEEN
    doublings = log2(machines)
    wait, agree = (first + doublings * more for first, more in (WAITS, GLOO))
    each = pictures * GPUS_A_MACHINE
    reading = max(each / (CORES * GPUS_A_MACHINE * CORE), each * BYTES / DISK)
    return Step(
        gpus,
        pictures,
        compute=pictures * 3 * 2 * counts.macs / (PEAK * USED[network.name]),
        reduce=2 * (gpus - 1) / gpus * 4 * counts.params / speed + wait,
        norms=2 * norms_in(network) * wait,
        agree=agree,
        loader=reading,
    )


def norms_in(network: Net) -> int:
    """How many layers normalise over the batch."""
    rows = walk(network)
    return sum(isinstance(r.layer, BatchNorm) or bool(getattr(r.layer, "norm", None)) for r in rows)


def memory_of(network: Net) -> float:
    """Bytes of weights, gradients and both running means of Adam, in float32."""
    return 16.0 * totals(walk(network)).params


def table(name: str) -> list[str]:
    """The rows of docs/scale.md for a network, as Markdown."""
    rows = []
    for gpus in COUNTS:
        one = step_of(net(name), gpus)
        waits = (one.compute, one.reduce, one.norms, one.agree, one.loader, one.seconds)
        times = " | ".join(f"{1000 * value:.2f}" for value in waits)
        epoch = PICTURES / BATCH * one.seconds
        rows.append(
            f"| {name} | {gpus:,} | {one.pictures:,} | {times} | {epoch:.1f} s | "
            f"{100 * one.efficiency:.0f} % | {one.limit} |"
        )
    return rows


HEAD = (
    "| network | GPUs | pictures each | compute, ms | all-reduce | norm | agreement | loader "
    "| step | epoch | GPU busy | limit |"
)


def main() -> None:
    """Print the table."""
    print(HEAD)
    print("|---" * 12 + "|")
    for name in ("vgg16", "resnet50"):
        print("\n".join(table(name)))
    for name in ("vgg16", "resnet50"):
        print(f"{name}: {memory_of(net(name)) / 1e9:.2f} GB of weights, gradients and Adam's means")


if __name__ == "__main__":
    main()

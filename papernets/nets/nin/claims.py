"""What was said of Network in Network: by its paper, and by its authors' release in Caffe."""

from __future__ import annotations

from functools import cache

from ...said import Claim, Code, Departure, Record, errors
from ...spec import Committee, Net, totals, walk
from . import PAPER, nin_imagenet

MODEL = Code("the authors' Caffe model")
ZOO = Code("Caffe's model zoo, Network in Network")

CIFAR10 = (
    Claim("params", 970_000, MODEL.at(": 0.97 million"), about=True),
    *errors("10.41", "CIFAR-10, dropout", PAPER.at("table 1")),
    *errors("8.81", "CIFAR-10, dropout, shifts and mirrors", PAPER.at("table 1")),
    *errors("35.68", "CIFAR-100, dropout", PAPER.at("table 2")),
    *errors("2.35", "SVHN, dropout", PAPER.at("table 3")),
    *errors("0.47", "MNIST, dropout", PAPER.at("table 4")),
)
CIFAR10_DEPARTURES = (
    Departure(
        "the paper prints no widths, kernels or paddings: they are those of the authors' "
        "definition",
        "section 4.1",
    ),
    Departure("pictures are not contrast-normalised and whitened beforehand", "section 4.1"),
)
RELEASED = Departure("the network is not in the paper, but in the authors' release", str(ZOO))


def imagenet() -> tuple[Claim, ...]:
    """What Caffe's zoo says of its network for ImageNet."""
    size = "float32 parameters in MB of 2^20"
    megabytes = 4 * totals(walk(nin_imagenet())).params / 2**20
    return (
        Claim("params", 7_600_000, ZOO.at(": 7.6 million"), about=True),
        Claim(size, 29, ZOO.at(": 29 MB"), about=True, ours=megabytes),
        *errors("40.64", "ILSVRC-2012 validation, one network, one crop", ZOO.at()),
    )


@cache
def records() -> dict[str, Record]:
    """The records of both networks, by name."""
    title = "Network in Network for"
    return {
        "nin_cifar10": Record(
            f"{title} CIFAR-10", PAPER, CIFAR10, CIFAR10_DEPARTURES, "nin_cifar10"
        ),
        "nin_imagenet": Record(f"{title} ImageNet", PAPER, imagenet(), (RELEASED,), "nin_imagenet"),
    }


def record(net: Net | Committee) -> Record:
    """What was said of a Network in Network."""
    return records()[net.name]

"""What was said of Network in Network: by its paper, and by its authors' release in Caffe."""

from __future__ import annotations

from ...said import Claim, Code, Departure, Record, errors
from ...spec import Committee, Net
from ..printed import params
from . import IMAGENET, PAPER, layers

MODEL = Code("the authors' Caffe model")
ZOO = Code("Caffe's model zoo, Network in Network")

CIFAR10_CLAIMS = (
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
IMAGENET_CLAIMS = (
    Claim("params", 7_600_000, ZOO.at(": 7.6 million"), about=True),
    Claim(
        "float32 parameters in MB of 2^20",
        29,
        ZOO.at(": 29 MB"),
        about=True,
        ours=4 * params(layers(IMAGENET, 1000), (3, 224, 224)) / 2**20,
    ),
    *errors("40.64", "ILSVRC-2012 validation, one network, one crop", ZOO.at()),
)
IMAGENET_DEPARTURES = (
    Departure("the network is not in the paper, but in the authors' release", str(ZOO)),
)
SAID = {
    "nin_cifar10": ("CIFAR-10", CIFAR10_CLAIMS, CIFAR10_DEPARTURES),
    "nin_imagenet": ("ImageNet", IMAGENET_CLAIMS, IMAGENET_DEPARTURES),
}


def record(net: Net | Committee) -> Record:
    """What was said of a Network in Network."""
    data, claims, departures = SAID[net.name]
    return Record(f"Network in Network for {data}", PAPER, claims, departures, net.name)

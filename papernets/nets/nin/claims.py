"""What was said of Network in Network: by its paper, and by its authors' release in Caffe."""

from __future__ import annotations

from ...said import Claim, Code, Departure, Record, departures, errors
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
CIFAR10_DEPARTURES = departures("""
where        what is done otherwise
section 4.1  the paper prints no widths, kernels or paddings: they are those of the authors'
             definition
section 4.1  pictures are not contrast-normalised and whitened beforehand
""")
RELEASED = Departure("the network is not in the paper, but in the authors' release", str(ZOO))


def imagenet() -> tuple[Claim, ...]:
    """What Caffe's zoo says of its network for ImageNet."""
    megabytes = 4 * totals(walk(nin_imagenet())).params / 2**20
    return (
        *ZOO.claims(f"""
quantity                         printed          where          ours
params                           about 7,600,000  : 7.6 million
float32 parameters in MB of 2^20  about 29        : 29 MB        {megabytes}
"""),
        *errors("40.64", "ILSVRC-2012 validation, one network, one crop", ZOO.at()),
    )


def record(net: Net | Committee) -> Record:
    """What was said of a Network in Network."""
    title = "Network in Network for"
    if net.name == "nin_cifar10":
        return Record(f"{title} CIFAR-10", PAPER, CIFAR10, CIFAR10_DEPARTURES, net.name)
    return Record(f"{title} ImageNet", PAPER, imagenet(), (RELEASED,), net.name)

"""Where the peers' weights lie: addresses, sizes and checksums, as their owners publish them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..nets.registry import find
from ..words import brief, did_you_mean, either, plain

FILE = Path(__file__).with_name("addresses.tsv")
HUB = "https://huggingface.co/"
RESIZED = {"IMAGENET1K_V2": 232}
"""The shorter side of a picture, by weights that were measured on another one than is usual.

torchvision/models/resnet.py: `resize_size=232`, where others have 256.
"""


@dataclass(frozen=True)
class Address:
    """A file of weights: whose, of which network, where it lies, and what is published of it.

    `name` is the peer's for the network, `weights` for these weights; `ours` is our network, with
    its options. `size` is as it is published, `checksum` in hex digits: 64 of SHA-256 or its first
    8, or 32 of MD5; either is empty where it is not published.
    """

    peer: str
    name: str
    weights: str
    ours: str
    size: str
    checksum: str
    address: str

    @property
    def file(self) -> str:
        """A name for the file; at the hub they are all called the same."""
        last = self.address.rpartition("/")[2]
        return f"{self.name}.{self.weights}{Path(last).suffix}" if self.page else last

    @property
    def page(self) -> str:
        """The page that shows a file's size and SHA-256, at Hugging Face's hub; else empty."""
        return self.address.replace("/resolve/", "/blob/") if self.address.startswith(HUB) else ""

    @property
    def algorithm(self) -> str:
        """The algorithm of the checksum."""
        return "md5" if len(self.checksum) == 32 else "sha256"

    @property
    def resize(self) -> int | None:
        """The shorter side in pixels of which the centre is seen, where it is not the usual one."""
        return RESIZED.get(self.weights)

    @property
    def others(self) -> bool:
        """Whether the peer takes other weights for this network where no more is asked for."""
        same = (one for one in addresses() if (one.peer, one.name) == (self.peer, self.name))
        return next(same, self) != self

    @property
    def label(self) -> str:
        """The peer's name for the network, and for the weights where it would take others."""
        return f"{self.name}.{self.weights}" if self.others else self.name

    @property
    def folder(self) -> str:
        """A name for the bundle: ours, and the peer's and the weights' where ours does not tell."""
        parts = [self.ours.replace(" ", "_").replace("=", "_")]
        parts += [] if self.peer in self.ours else [self.peer]
        return "_".join([*parts, *([self.weights] if self.others else [])])

    def to_dict(self) -> dict[str, object]:
        """As JSON has it; null where nothing is published."""
        checksum = {"algorithm": self.algorithm, "digits": self.checksum} if self.checksum else None
        return {
            "peer": self.peer,
            "name": self.name,
            "weights": self.weights,
            "network": self.ours,
            "address": self.address,
            "size": self.size or None,
            "checksum": checksum,
            "page": self.page or None,
        }


@cache
def addresses() -> tuple[Address, ...]:
    """All of them; a network's first are those that its peer takes by default."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return tuple(Address(*("" if cell == "-" else cell for cell in row)) for row in rows)


def address_of(name: str, peer: str = "") -> Address:
    """The weights of a network by the peer's name or ours, or of `resnet50.IMAGENET1K_V1`.

    `peer` says whose, where several have it. ValueError with the nearest name, or what to choose.
    """
    every, given = addresses(), plain(name)
    peers = tuple(dict.fromkeys(one.peer for one in every))
    whose = plain(peer)
    if whose and whose not in peers:
        hint = did_you_mean(peer, peers, loosely=True)
        raise ValueError(f"unknown peer {brief(peer)}.{hint} Peers: {', '.join(peers)}")
    every = tuple(one for one in every if not whose or one.peer == whose)
    meant = _meant(given, every)
    if not meant:
        known = {label: None for one in every for label in (one.name, one.ours.partition(" ")[0])}
        hint = did_you_mean(name, known, loosely=True)
        raise ValueError(
            f"no published weights are known of {brief(name)}"
            f"{' at ' + whose if whose else ''}.{hint} All: papernets weights"
        )
    several = tuple(dict.fromkeys(one.peer for one in meant))
    if len(several) > 1:
        ways = either([f"--from {one}" for one in several])
        raise ValueError(f"{len(several)} peers have a {brief(name)}: say whose with {ways}")
    return meant[0]


def _meant(given: str, every: tuple[Address, ...]) -> tuple[Address, ...]:
    """The weights that a plain name may mean: what says most of them is looked at first."""
    ways = (
        lambda one: plain(f"{one.name}.{one.weights}") == given,
        lambda one: plain(f"{one.name}_{one.peer}") == given,
        lambda one: plain(one.name) == given,
        lambda one: plain(one.ours) == _ours(given),
    )
    return next((found for way in ways if (found := tuple(filter(way, every)))), ())


def _ours(given: str) -> str:
    """The plain name of our network of a name or an alias; the name itself where there is none."""
    try:
        return plain(find(given).name)
    except ValueError:
        return given

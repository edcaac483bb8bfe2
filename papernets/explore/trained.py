"""Trained networks of the page: each bundle with its network, and what the engine runs for it.

A committee's members are programs of their own; the page asks them by the committee's rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..bundle.find import find_bundle, shipped
from ..bundle.info import BundleInfo, read_info
from ..bundle.network import Asked, kept_network
from ..nets import Found
from ..words import by
from .engine import PagePart, page_part

DIGITS = ("lenet1", "lenet4", "lenet5", "boosted_lenet4")
"""The trained networks of digits that come with the package."""
SCANNER = "lenet5_scan"
"""The one that comes with the package and was taught what is no digit: it reads strips."""
SHIPPED = (*DIGITS, SCANNER, "resnet20")
"""All trained networks that come with the package."""
PAD = (*DIGITS, SCANNER)
"""Those of them that the pad always has."""
MOST_PADDING = 1.25
"""Times: to an input at most so much larger a digit is padded, not scaled (papernets.data)."""
FAR = {"lenet5": {"distance": 240, "share": "995 of 1,000"}}
"""Squared distance of the nearest bitmap, and how many of MNIST's 10,000 test digits, of those that
are read rightly, have it nearer: 240.02 is their 99.5th percentile, 173.8 their median."""
STORED = [28, 28]
"""Height and width of the digits that the page's pad makes."""
Values = dict[str, Any]


@dataclass(frozen=True)
class PageNetwork:
    """A bundle as the page has it: under the name `own`, its network beside the others."""

    own: str
    folder: Path
    info: BundleInfo
    found: Found

    @property
    def drawn(self) -> bool:
        """Whether it reads digits that are drawn on the pad."""
        made = self.info.preprocessing
        return made.get("kind") == "digit" and made.get("picture") == STORED

    @property
    def scans(self) -> bool:
        """Whether it was trained with neighbours in view, as recipe `scan` does."""
        return float(self.info.run.get("neighbours", 0)) > 0

    @property
    def strip(self) -> Values:
        """What reading strips takes: j of equation 9 (None for a network that has none), and why
        it cannot read any, as `papernets predict --scan` says it."""
        constant = float(self.info.run.get("constant", math.inf)) if self.scans else math.inf
        return {
            "constant": constant if math.isfinite(constant) else None,
            "scans": self.scans,
            "why": self._no_strip(),
        }

    def _no_strip(self) -> str:
        if self.info.members:
            return f"{self.own} is a committee; strips are read by a single network. Try {SCANNER}"
        made = self.info.preprocessing
        h, w = STORED  # as all that is drawn is
        size = [side for side in (made.get("height"), made.get("width")) if isinstance(side, int)]
        alike = all(
            own <= side <= own * MOST_PADDING for own, side in zip(STORED, size, strict=False)
        )  # what has no size is refused by the engine, in its words
        if alike and made.get("shrink", 1.0) == 1:
            return ""
        return (
            f"strips need a network that sees a stored digit in its own size: this one scales "
            f"{h}x{w} to {by(size)}. Try {SCANNER}"
        )

    @property
    def programs(self) -> list[tuple[str, Path]]:
        """What each of its networks is called, and the bundle of it."""
        if not self.info.members:
            return [(self.own, self.folder)]
        return [(f"{self.own}/{name}", self.folder / name) for name in self.info.members]

    def data(self, first: int) -> Values:
        """What the page is told; its networks stand from this place on among the engine's."""
        rule = self.info.rule if self.info.members else {}
        return {
            "own": self.own,
            "drawn": self.drawn,
            "scale": self.info.score_scale,
            "far": FAR.get(self.own),
            "strip": self.strip if self.drawn else None,
            "rule": {
                "weights": rule.get("weights"),
                "alone": rule.get("alone", 1.0),
                "margin": rule.get("margin"),
            },
            "members": list(range(first, first + len(self.programs))),
        }


def coming(name: str) -> PageNetwork:
    """The trained network of this name that comes with the package, wherever one stands."""
    folder = shipped(name)
    assert folder is not None
    return trained(str(folder), name)


def trained(name: str, own: str) -> PageNetwork:
    """The bundle of a name, a run or a folder.

    ValueError or FileNotFoundError, as every verb's, where it cannot be read; ValueError where a
    committee's networks do not see pictures alike.
    """
    folder = find_bundle(name)
    info = read_info(folder)
    for member in info.members:
        if read_info(folder / member).preprocessing != info.preprocessing:
            raise ValueError(
                f"{folder}: its network {member} prepares pictures otherwise than the committee; "
                f"the page shows all the same picture. Give one member: {folder / member}"
            )
    return PageNetwork(own, folder, info, kept_network(folder, info, Asked()))


def at_work(several: Iterable[PageNetwork], limit: int) -> tuple[PagePart | None, list[Values]]:
    """The engine with all that it runs, None for nothing; and what the page is told of each.

    ValueError where one cannot be run in a page, or all would add more than `limit` bytes.
    """
    programs: list[tuple[str, Path]] = []
    told: list[Values] = []
    for one in several:
        told.append(one.data(len(programs)))
        programs += one.programs
    return (_part(programs, limit) if programs else None), told


def _part(programs: Sequence[tuple[str, Path]], limit: int) -> PagePart:
    called, folders = zip(*programs, strict=True)
    return page_part(*folders, limit=limit, called=called)

"""Whether an exported file answers as the network does: compared on pictures, after it is written.

A file that answers otherwise is no file: `Differs` is raised before it takes its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..bundle.load import Bundle
from ..data import Preprocessing
from ..data.colour import channelled
from ..data.stored import Images
from ..evaluate.infer import batch_of, logits_of
from ..evaluate.known import Pictures
from ..evaluate.metrics import probabilities
from ..evaluate.read import preprocessing_of
from ..words import plural

MOST = 1e-5
"""Of the largest value: how far a file's outputs may lie from the network's."""
DRAWN, SEED = 16, 0
OWN = 256
"""How many pictures of its own data a network is checked on, where nobody names the data."""
Runs = Callable[[NDArray[Any]], NDArray[Any]]
"""What a file makes of a batch of what it takes."""


class Differs(ValueError):
    """An exported file that does not answer as its network."""


@dataclass(frozen=True)
class Check:
    """What a file was checked on, and what that showed.

    `difference` is the largest between outputs, as a share of the largest output. `ties` are
    pictures whose best two classes lie nearer together than that: their label may be either.
    `errors` are the shares of wrong labels of network and file, where the pictures have labels.
    """

    on: str
    pictures: int
    same_labels: int
    ties: int
    difference: float
    errors: tuple[float, float] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        values: dict[str, Any] = {
            "on": self.on,
            "pictures": self.pictures,
            "same_labels": self.same_labels,
            "ties": self.ties,
            "difference": self.difference,
        }
        if self.errors is not None:
            values |= {"error_of_network": self.errors[0], "error_of_file": self.errors[1]}
        return values

    def within(self, most: float = MOST) -> bool:
        """Whether it answers otherwise by no more than that, and with no other label."""
        return self.difference <= most and self.same_labels + self.ties == self.pictures

    def words(self) -> str:
        """What it showed, in a sentence."""
        alike = "all labels equal"
        if self.same_labels < self.pictures:
            alike = f"{self.same_labels:,} labels equal, {plural(self.ties, 'tie')}"
        near = f"largest difference {self.difference:.1e} of the largest output"
        return (
            f"checked on {plural(self.pictures, 'stored picture')} ({self.on}): {alike}, "
            f"{near if self.difference else 'outputs equal to the bit'}"
        )


def drawn(bundle: Bundle, count: int = DRAWN) -> Pictures:
    """Pictures of coloured clouds with a little noise, the same each time, without labels."""
    eyes = preprocessing_of(bundle)
    generator = torch.Generator().manual_seed(SEED)
    clouds = torch.rand((count, eyes.channels, 5, 5), generator=generator)
    smooth = torch.nn.functional.interpolate(clouds, eyes.picture, mode="bilinear")
    noise = torch.rand(smooth.shape, generator=generator)
    stored = (255 * (0.85 * smooth + 0.15 * noise)).to(torch.uint8)
    unknown = torch.zeros(count, dtype=torch.int64)
    return Pictures("drawn pictures", "all", stored, unknown)


def some_of(pictures: Pictures, most: int = OWN) -> Pictures:
    """At most so many of the pictures, from the whole of them at even steps."""
    count = len(pictures)
    if count <= most:
        return pictures
    chosen = np.zeros(count, dtype=bool)
    chosen[np.linspace(0, count - 1, most).round().astype(int)] = True
    return pictures.select(chosen, pictures.part)


def stored_for(images: Tensor, eyes: Preprocessing) -> Tensor:
    """Stored pictures with as many channels as the network's input, uint8."""
    if images.shape[1] == eyes.channels:
        return images
    one = channelled(images, eyes.channels).round().to(torch.uint8)
    return one.expand(-1, eyes.channels, -1, -1).contiguous()


def check(bundle: Bundle, pictures: Pictures, run: Runs, prepares: bool, labelled: bool) -> Check:
    """The answers of a file beside those of its network, on stored pictures.

    `prepares` where the file takes stored pictures and gives probabilities, else logits.
    `labelled`: the pictures' labels are known.
    """
    ours, theirs = [], []
    eyes = preprocessing_of(bundle)
    for some in _batches(pictures.images, batch_of(bundle.model)):
        stored = stored_for(some, eyes)
        logits = logits_of(bundle.model, stored, eyes)
        if prepares:
            ours.append(probabilities(logits * bundle.info.score_scale))
            theirs.append(run(stored.numpy()))
        else:
            ours.append(logits.numpy())
            theirs.append(run(eyes(stored).numpy()))
    here, there = np.concatenate(ours), np.concatenate(theirs)
    if here.shape != there.shape:
        raise Differs(f"the file gives outputs {there.shape}, and the network {here.shape}")
    return compared(here, there, _name(pictures), pictures.labels.numpy() if labelled else None)


def compared(
    here: NDArray[Any], there: NDArray[Any], on: str, labels: NDArray[Any] | None = None
) -> Check:
    """Outputs (N, classes) of a network and of a file beside one another."""
    largest = float(np.abs(here).max()) or 1.0
    difference = float(np.abs(here - there).max()) / largest
    if not np.isfinite(there).all():
        difference = float("inf")
    best, other = here.argmax(1), there.argmax(1)
    rows = np.arange(len(here))
    near = here[rows, best] - here[rows, other] <= 2 * MOST * largest
    same = best == other
    errors = None
    if labels is not None:
        errors = (float((best != labels).mean()), float((other != labels).mean()))
    ties = int((near & ~same).sum())
    return Check(on, len(here), int(same.sum()), ties, difference, errors)


def _name(pictures: Pictures) -> str:
    known = pictures.part in ("test", "validation", "train")
    return f"{pictures.name}, {pictures.part} set" if known else pictures.name


def _batches(images: Images, most: int) -> Iterator[Tensor]:
    """The pictures in batches, the first of one alone: a file takes any number."""
    yield images[0:1]
    for at in range(1, len(images), most):
        yield images[at : at + most]


def demand(found: Check, name: str, most: float = MOST) -> None:
    """`Differs` where a file does not answer as its network."""
    if not found.within(most):
        raise Differs(
            f"{name} was not written: {found.words()}. The network answers otherwise; this is a "
            "fault of the export, please report it. --plain may work"
        )

"""Whether an exported file answers as the network does: compared on pictures, after it is written.

A file that answers otherwise is no file: `Differs` is raised before it takes its name.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
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
ROUNDINGS = 4
"""Or so many times as far as the network's own, in float32, lie from those in float64: where large
sums leave small outputs, no two programs agree to 1e-5."""
EXACT = 8  # pictures, those of the largest differences, that float64 is asked about
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
    `rounding` is how far the network's own outputs lie from those in float64, 0 where it was not
    asked for: the difference was small.
    `errors` are the shares of wrong labels of network and file, where the pictures have labels.
    """

    on: str
    pictures: int
    same_labels: int
    ties: int
    difference: float
    errors: tuple[float, float] | None = None
    rounding: float = 0.0

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
        """Whether it differs by no more than that, or than rounding does, and in no label."""
        allowed = max(most, ROUNDINGS * self.rounding)
        return self.difference <= allowed and self.same_labels + self.ties == self.pictures

    def words(self) -> str:
        """What it showed, in a sentence."""
        alike = "all labels equal"
        if self.same_labels < self.pictures:
            alike = f"{self.same_labels:,} labels equal, {plural(self.ties, 'tie')}"
        near = f"largest difference {self.difference:.1e} of the largest output"
        if self.rounding:
            near += f" (float32 itself is off by {self.rounding:.1e} from float64)"
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


def check(
    bundle: Bundle,
    pictures: Pictures,
    run: Runs,
    prepares: bool,
    labelled: bool,
    most: float = MOST,
) -> Check:
    """The answers of a file beside those of its network, on stored pictures.

    `prepares` where the file takes stored pictures and gives probabilities, else logits.
    `labelled`: the pictures' labels are known. `most`: a larger difference is held against what
    float32 itself is off by.
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
    labels = pictures.labels.numpy() if labelled else None
    found = compared(here, there, _name(pictures), labels)
    if most < found.difference < np.inf:
        found = replace(found, rounding=_rounding(bundle, pictures, here, there, prepares))
    return found


def _rounding(
    bundle: Bundle,
    pictures: Pictures,
    here: NDArray[Any],
    there: NDArray[Any],
    prepares: bool,
) -> float:
    """How far the network's outputs in float32 lie from those in float64, of the largest output."""
    worst = np.zeros(len(here), dtype=bool)
    worst[np.argsort(np.abs(here - there).max(1))[-EXACT:]] = True
    eyes = preprocessing_of(bundle)
    stored = stored_for(pictures.select(worst, pictures.part).images[:EXACT], eyes)
    double = copy.deepcopy(bundle.model).double()
    outputs = logits_of(double, stored, eyes, as_it_is=True)
    exact = probabilities(outputs * bundle.info.score_scale) if prepares else outputs.numpy()
    return float(np.abs(here[worst] - exact).max()) / (float(np.abs(here).max()) or 1.0)


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
            f"{name} was not written: {found.words()}. That is more than {most:.0e}, and than "
            "rounding makes: a fault of the export, please report it. --plain may work"
        )

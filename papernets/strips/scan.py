"""Reading a strip of digits: the network at every place at once, then the most likely sequence.

The network runs as a space displacement network (LeCun et al. 1998, section VII): its dense layers
are convolutions, so that one pass over a strip gives its outputs at every fourth column (LeNet-5's
two subsamplings). Passes over the strip moved by one, two and three columns give those between.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ..bundle.create import create_model
from ..bundle.find import find_bundle
from ..bundle.info import BundleInfo, read_info
from ..data import Preprocessing, read_strip
from ..data.picture import pillow_rules
from ..evaluate.form import answering
from ..evaluate.predict import Source
from ..evaluate.read import reason
from ..spec import Net
from ..spec.walk import walk
from .make import surrounded, window_width
from .no_digit import with_no_digit

BATCH = 100
UNSURE = 0.5
"""A network that was not taught what is no digit sees one where its best class has more."""


class Digit(NamedTuple):
    """A digit that was read: its class, how sure the network is (0 to 1), its column."""

    label: str
    score: float
    x: float


@dataclass(frozen=True)
class Reading:
    """What a strip says, from left to right."""

    text: str
    digits: tuple[Digit, ...]

    @property
    def score(self) -> float:
        """The product of the digits' scores; 1 where nothing was read."""
        return math.prod(digit.score for digit in self.digits)


@dataclass(frozen=True)
class Scores:
    """Log-probabilities (N, places, classes + 1) along strips; the last class is none of them.

    Place k is centred on column `first + k * step` of the strip.
    """

    values: Tensor
    first: float
    step: float


@dataclass(frozen=True)
class Decoder:
    """Places become digits: each holds `shortest` to `longest` columns and costs `cost` nats."""

    shortest: float = 4.0
    longest: float = 9.0
    cost: float = 2.0

    def segments(self, scores: Scores) -> list[list[tuple[int, int, int]]]:
        """The (class, first place, place after the last) of each strip's digits, left to right.

        A strip is a sequence of places on no digit and of digits that hold several neighbouring
        places, with one on none between two digits. Its likelihood is the product over places; the
        most likely sequence is found by dynamic programming (Viterbi's algorithm, for segments).
        """
        values = scores.values.double().cpu()
        count, places, kinds = values.shape
        least = max(1, round(self.shortest / scores.step))
        most = max(least, round(self.longest / scores.step))
        total = torch.cat([values.new_zeros(count, 1, kinds), values.cumsum(1)], 1)
        # the best sequences of the first `at` places, that end on none and that end with a digit
        none = values.new_zeros(count, places + 1)
        digit = torch.full_like(none, -math.inf)
        length = torch.zeros(count, places + 1, dtype=torch.int64)
        label = torch.zeros_like(length)
        for at in range(1, places + 1):
            before = none[:, at - 1].maximum(digit[:, at - 1])
            none[:, at] = before + values[:, at - 1, -1]
            if at >= least:
                lengths = torch.arange(least, min(most, at) + 1)
                inside = total[:, at, None, :-1] - total[:, at - lengths, :-1]
                held, classes = inside.max(2)
                digit[:, at], which = (none[:, at - lengths] + held - self.cost).max(1)
                length[:, at] = lengths[which]
                label[:, at] = classes.gather(1, which[:, None])[:, 0]
        ends = (digit > none).tolist()
        return [_back(*strip) for strip in zip(ends, length.tolist(), label.tolist(), strict=True)]

    def read(self, scores: Scores, classes: Sequence[str]) -> list[Reading]:
        """The reading of each strip, with the names of the classes."""
        found = []
        for values, segments in zip(scores.values, self.segments(scores), strict=True):
            digits = tuple(
                Digit(
                    classes[label],
                    float(values[start:stop, label].max().exp()),
                    scores.first + scores.step * (start + stop - 1) / 2,
                )
                for label, start, stop in segments
            )
            found.append(Reading("".join(digit.label for digit in digits), digits))
        return found


def _back(ends: list[bool], length: list[int], label: list[int]) -> list[tuple[int, int, int]]:
    """One strip's digits, from which sequence is best at each place: does it end with a digit."""
    found, at = [], len(ends) - 1
    while at > 0:
        if ends[at]:
            found.append((label[at], at - length[at], at))
            at -= length[at]
        at -= 1  # the place before a digit, or another one on none
    return found[::-1]


@dataclass(frozen=True)
class Scanner:
    """A network in its dense form with what it needs to read strips.

    scale multiplies its logits; constant is j of equation 9, the penalty of no digit, infinite
    where the network was not trained for strips. step: columns between two places, 1 to `stride`.
    """

    model: nn.Module
    preprocessing: Preprocessing
    classes: tuple[str, ...]
    scale: float
    constant: float
    step: int = 1
    decoder: Decoder = Decoder()

    @property
    def stride(self) -> int:
        """Columns of the network's input between two outputs of one pass."""
        assert isinstance(self.model.net, Net)
        stride = walk(self.model.net)[-1].field_stride
        assert stride is not None  # a dense form has no layer that sees everything
        return int(stride[1])

    @torch.inference_mode()
    def scores(self, strips: Tensor, batch: int = BATCH) -> Scores:
        """The network at every `step`-th column of strips uint8 (N, C, h, W), in batches."""
        window_width(self.preprocessing)
        parts = [self._scores(strips[at : at + batch]) for at in range(0, len(strips), batch)]
        own, shrink = self.preprocessing, self.preprocessing.shrink
        wide = surrounded(own, strips[:1])
        middle = (wide.shape[-1] + own.width - own.picture[1]) / 2  # of the network's input
        border = (wide.shape[-1] - strips.shape[-1]) / 2
        first = (own.width / 2 - middle) / shrink + wide.shape[-1] / 2 - border
        return Scores(torch.cat(parts), first, self.step / shrink)

    def _scores(self, strips: Tensor) -> Tensor:
        device = next(self.model.parameters()).device
        wide = self.preprocessing.strip(surrounded(self.preprocessing, strips.to(device)))
        places = wide.shape[-1] - self.preprocessing.width + 1
        stride = self.stride
        logits = wide.new_zeros(len(wide), len(self.classes), places)
        for shift in range(0, min(stride, places), self.step):
            logits[:, :, shift::stride] = self.model(wide[..., shift:])[:, :, 0]
        logits = logits[:, :, :: self.step]
        if math.isfinite(self.constant):
            values = with_no_digit(logits, self.scale, self.constant).log_softmax(1)
        else:
            known = (logits * self.scale).log_softmax(1)
            none = torch.full_like(known[:, :1], math.log(UNSURE))
            values = torch.cat([known, none], 1).log_softmax(1)
        return values.movedim(1, 2).cpu()

    def read(self, strips: Tensor) -> list[Reading]:
        """The reading of each strip uint8 (N, C, h, W)."""
        return self.decoder.read(self.scores(strips), self.classes)


def can_scan(info: BundleInfo) -> bool:
    """True for a bundle that was trained with neighbours in view, as recipe `scan` does."""
    return float(info.run.get("neighbours", 0)) > 0


def load_scanner(
    given: str | os.PathLike[str], device: torch.device | str = "cpu", plain: bool = False
) -> tuple[Scanner, BundleInfo]:
    """The scanner of a bundle (its folder, its run's, or its name), and the bundle's description.

    A bundle that was not trained for strips reads them all the same, badly: see `can_scan`. A
    committee, or a network that does not see digits in their own size, is a ValueError.
    """
    folder = find_bundle(given)
    info = read_info(folder)
    if info.kind != "network":
        raise ValueError(
            f"{folder} is a {info.kind}; strips are read by a single network. Try lenet5_scan"
        )
    preprocessing = Preprocessing.from_dict(info.preprocessing, info.arrays)
    window_width(preprocessing)
    model = answering(create_model(folder, dense=True).to(device).eval(), plain)
    constant = float(info.run.get("constant", math.inf)) if can_scan(info) else math.inf
    return Scanner(model, preprocessing, info.classes, info.score_scale, constant), info


@dataclass(frozen=True)
class Scanned:
    """What was read in one file, or why there is nothing: then `error` says it."""

    file: str
    reading: Reading | None = None
    error: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values: file, text, score and digits, or file and error."""
        if self.reading is None:
            return {"file": self.file, "error": self.error}
        return {
            "file": self.file,
            "text": self.reading.text,
            "score": self.reading.score,
            "digits": [digit._asdict() for digit in self.reading.digits],
        }


def scan(scanner: Scanner, given: Iterable[Source]) -> Iterator[Scanned]:
    """What is written in each file, in their order; one file is in memory at a time."""
    for source in given:
        if source.error:
            yield Scanned(source.name, error=source.error)
            continue
        try:
            with pillow_rules():
                strip = read_strip(source.path, scanner.preprocessing)
        except (ValueError, OSError) as error:
            yield Scanned(source.name, error=reason(source.path, error))
            continue
        yield Scanned(source.name, scanner.read(strip[None])[0])

"""1x1 convolutions: they thin the maps, so that large kernels cost less."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets.googlenet import PAPER as GOOGLENET
from ..nets.nin import PAPER as NIN
from ..said import NOTES
from ..spec import Conv
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Bars, Slabs, Stack

CHAPTER = "Cost"


def mult(*numbers: int) -> str:
    """Numbers with the sign between them."""
    return "*".join(map(str, numbers))


@dataclass(frozen=True)
class OneByOne(Example):
    """A 1x1 convolution changes the number of maps alone."""

    input: tuple[int, int] = size("the maps that come in", 64, 1, 1024, stops=(28, 56, 64))
    channels: int = whole("maps that come in", 100, 1, 8192, stops=(100, 192, 256, 480))
    filters: int = whole("1x1 kernels", 20, 1, 8192, stops=(16, 20, 24, 32))

    def ask(self) -> str:
        h, w = self.input
        return (
            f"{self.filters} kernels of 1x1 (stride 1, no padding) move over {h}x{w}x"
            f"{self.channels}. What size comes out, as height x width x maps?"
        )

    def work(self) -> Worked:
        (h, w), d, n = self.input, self.channels, self.filters
        layer, shape = Conv(n, 1, bias=False), (d, h, w)
        maps, high, wide = layer.shape(shape)
        before, after = h * w * d, maps * high * wide
        steps = (
            Step("Places on which a 1x1 kernel can stand, down and across", "", (high, wide)),
            Step("Its weights: one for each map that comes in", f"1*1*{d}",
                 layer.params(shape) // n, "weights"),
            Step("Each kernel makes one map, so the size is", "", (high, wide, maps)),
            Step("Values that remain, as a part of those that came in",
                 f"{mult(h, w, n)}/({mult(h, w, d)})", after / before),
            Step("That costs", mult(h, w, d, n), layer.macs(shape), "multiply-adds"),
        )  # fmt: skip
        slips = [
            Slip(
                (h, w, d),
                "You kept the number of maps.",
                "A kernel reads all maps at once and makes one: as many come out as kernels.",
            ),
            Slip(
                (h, w, d * n),
                "You gave each map its own set of kernels.",
                "Each kernel adds over all maps; it does not make one map for each of them.",
            ),
        ]
        if d > n and d // n != n:
            slips.append(
                Slip(
                    (h, w, d // n),
                    "You divided the maps among the kernels.",
                    "Every kernel reads every map.",
                )
            )
        if min(h, w) > 1:
            slips.append(
                Slip(
                    (h - 1, w - 1, n),
                    "You made the map smaller by one.",
                    "Only a kernel wider than a pixel loses places at the edge: 64 - 1 + 1 is 64."
                    if h == 64
                    else "Only a kernel wider than a pixel loses places at the edge.",
                )
            )
        picture = Slabs([(h, w, d), (high, wide, maps)], [f"1x1x{d}\n{n} kernels"])
        return Worked(steps, Answer((high, wide, maps)), tuple(slips), picture)


@dataclass(frozen=True)
class Bottleneck(Example):
    """A 1x1 convolution before the large kernel."""

    input: tuple[int, int] = size("the input", 28, 1, 1024, stops=(14, 28))
    channels: int = whole("maps that come in", 192, 2, 8192, stops=(192, 256, 480))
    reduced: int = whole("maps of the 1x1", 16, 1, 4096, stops=(16, 24, 32))
    kernel: int = whole("the large kernel's side", 5, 2, 31, stops=(3, 5), unit="pixels")
    filters: int = whole("maps that come out", 32, 1, 4096, stops=(32, 64, 96))

    def ask(self) -> str:
        (h, w), k = self.input, self.kernel
        return (
            f"Before {self.filters} padded kernels of {k}x{k}, {self.reduced} kernels of 1x1 thin "
            f"the input of {h}x{w}x{self.channels}. How many multiply-adds do both layers take?"
        )

    def work(self) -> Worked:
        (h, w), d, r, k, n = self.input, self.channels, self.reduced, self.kernel, self.filters
        thin, large = Conv(r, 1), Conv(n, k, padding="same")
        straight = large.macs((d, h, w))
        first, second = thin.macs((d, h, w)), large.macs((r, h, w))
        both = first + second
        steps = (
            Step(f"Without the 1x1: the {k}x{k} reads all {d} maps", mult(h, w, n, k, k, d),
                 straight, "multiply-adds"),
            Step(f"The 1x1 makes {r} maps of them", mult(h, w, r, 1, 1, d), first,
                 "multiply-adds"),
            Step(f"The {k}x{k} reads {r} maps only", mult(h, w, n, k, k, r), second,
                 "multiply-adds"),
            Step("Both layers", f"{first} + {second}", both, "multiply-adds"),
            Step("Without the 1x1 it is so many times as much", f"{straight}/{both}",
                 straight / both, "times"),
        )  # fmt: skip
        slips = (
            Slip(
                second,
                "You took the 1x1 to be free.",
                f"It reads all maps at each place: here that is {first / both:.0%} of both.",
            ),
            Slip(
                straight,
                f"That is the {k}x{k} on all {d} maps.",
                f"Behind the 1x1 it reads {r} maps only.",
            ),
            Slip(
                first + straight,
                f"You added the 1x1, but left the {k}x{k} as it was.",
                f"It now reads {r} maps, not {d}.",
            ),
        )
        sizes = [(h, w, d), (h, w, r), (h, w, n)]
        picture = Stack(
            [
                Slabs(sizes, [f"1x1\n{r} kernels", f"{k}x{k}\n{n} kernels"]),
                Bars([(f"{k}x{k} alone", straight), (f"1x1, {k}x{k}", both)], "multiply-adds"),
            ]
        )
        return Worked(steps, Answer(both, "multiply-adds"), slips, picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "one-by-one",
        CHAPTER,
        "What a 1x1 kernel changes",
        "What can a kernel of a single pixel be good for?",
        OneByOne,
        (
            NOTES[0].at("lines 1105 to 1115"),
            NOTES[4].at("1x1 Convolutions, lines 53 to 68"),
            NIN.at("Lin et al. 2013, section 3.1"),
        ),
    ),
    Lesson(
        "bottleneck",
        CHAPTER,
        "A 1x1 before the 5x5",
        "How does one more layer make a network ten times cheaper?",
        Bottleneck,
        (
            NOTES[1].at("lines 1146 to 1164"),
            GOOGLENET.at("Szegedy et al. 2014, section 4"),
        ),
    ),
)

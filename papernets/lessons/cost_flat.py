"""A square kernel split into a row and a column."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets.inception import PAPER as INCEPTION
from ..said import NOTES
from ..spec import Conv
from .answers import Answer
from .cost_kernels import SMALL, numbered
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Bars, Beside

CHAPTER = "Cost"


@dataclass(frozen=True)
class FlatKernels(Example):
    """A column, then a row, for a square kernel."""

    kernel: int = whole("the square kernel's side", 3, 3, 31, stops=(3, 5, 7, 9), unit="pixels")
    input: tuple[int, int] = size("the map", 17, 1, 512, stops=(8, 17))
    channels: int = whole("maps that come in, between and out", 128, 1, 4096, stops=(128, 192))

    def ask(self) -> str:
        k, c = self.kernel, self.channels
        h, w = self.input
        return (
            f"On {h}x{w}x{c}, a {k}x{k} convolution to {c} maps is split into a 1x{k} and a {k}x1, "
            f"with {c} maps between them too. How many per cent of the multiply-adds are saved?"
        )

    def work(self) -> Worked:
        k, c = self.kernel, self.channels
        h, w = self.input
        shape = (c, h, w)
        square = Conv(c, k, padding="same").macs(shape)
        row, column = (Conv(c, flat, padding="same").macs(shape) for flat in ((1, k), (k, 1)))
        saved = 100 * (square - row - column) / square
        steps = (
            Step(f"The {k}x{k}", f"{h}*{w}*{k}*{k}*{c}*{c}", square, "multiply-adds"),
            Step(f"The 1x{k}, and then the {k}x1", f"2*({h}*{w}*{k}*{c}*{c})", row + column,
                 "multiply-adds"),
            Step(f"Saved: of {k * k} parts {2 * k} remain", f"100*({k}*{k} - 2*{k})/({k}*{k})",
                 saved, "%"),
        )  # fmt: skip
        tiny = 2 if k == SMALL else SMALL
        stack = tiny**2 * (k - 1) // (tiny - 1)
        slips = [
            Slip(
                100 * (square - row - column) / (row + column),
                "You divided by the two flat kernels.",
                "That is how much more the square costs; savings are parts of the square.",
            ),
            Slip(
                100 * (1 - (2 * k - 1) / k**2),
                "You laid both on each other as a cross and counted the middle once.",
                "They are two layers one after the other: each pays for its middle.",
            ),
            Slip(
                100 * (1 - stack / k**2),
                f"You stacked {tiny}x{tiny} kernels.",
                "That sees as much too, but saves less than a row and a column.",
            ),
        ]
        if k > SMALL:
            slips.insert(
                1,
                Slip(
                    100 * (row + column) / square,
                    "That is what is left.",
                    "The saving is the other part of 100 %.",
                ),
            )
        bars = Bars([(f"{k}x{k}", square), (f"1x{k} and {k}x1", row + column)], "multiply-adds")
        flat = Beside([numbered([(k, k)]), "or", numbered([(1, k), (k, 1)])])
        picture = flat if k <= 7 else bars
        return Worked(steps, Answer(saved, "%"), tuple(slips), picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "flat-kernels",
        CHAPTER,
        "A row and a column for a square",
        "Why split a 3x3 kernel into 1x3 and 3x1?",
        FlatKernels,
        (
            NOTES[0].at("lines 1391 to 1396"),
            NOTES[1].at("lines 1188 and 1202"),
            INCEPTION.at("Szegedy et al. 2015, section 3.2"),
        ),
    ),
)

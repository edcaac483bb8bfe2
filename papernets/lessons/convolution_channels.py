"""A colour picture: a kernel has a slice for each channel, and one bias for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Self

from .answers import Answer
from .arrays import patch, products, size, sum_text, total
from .convolution_windows import CHAPTER
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, grid, whole
from .pictures import Beside, Cells, Picture, Stack
from .printed import printed, source
from .values import Matrix

COLOURS = {
    "red": ("Input channel 1 (red)", "Kernel channel 1"),
    "green": ("Input channel 2 (green)", "Kernel channel 2"),
    "blue": ("Input channel 3 (blue)", "Kernel channel 3"),
}
"""What notes 003 call the channels and the slices of the kernel."""


def corner(colour: str) -> Matrix:
    """The first 3x3 window of a channel: the zeros of its padding above and to the left."""
    return patch(printed(COLOURS[colour][0]), 0, 0, (3, 3))


def kernel(colour: str) -> Matrix:
    """A channel's slice of the kernel."""
    return printed(COLOURS[colour][1])


@dataclass(frozen=True)
class ChannelSum(Example):
    """One channel of a padded picture under its slice: 308, -498 or 164."""

    channel: str = choice("the channel of the slides", "red", tuple(COLOURS))
    shift: int = whole("added to every pixel of the picture", 0, 0, 100, stops=(0, 1, 5, 20))

    def window(self) -> Matrix:
        """The channel's first window; its padding stays 0."""
        part = corner(self.channel)
        return tuple(tuple(cell + self.shift if cell else 0 for cell in row) for row in part)

    def ask(self) -> str:
        return (
            f"The {self.channel} channel has a row and a column of zeros round it. Which number "
            "does its slice of the kernel give in the upper left corner?"
        )

    def given(self) -> Picture:
        part = Cells(self.window(), f"{self.channel} channel")
        return Beside([part, "*", Cells(kernel(self.channel), "kernel's slice")])

    def work(self) -> Worked:
        part, own = self.window(), kernel(self.channel)
        found = products(part, own)
        inside = patch(printed(COLOURS[self.channel][0]), 1, 1, (3, 3))
        steps = (
            Step("Multiply place by place; the padding gives 0", "", found),
            Step("Add the products", sum_text(part, own), total(found)),
        )
        slips = (
            Slip(
                sum(abs(cell) for row in found for cell in row),
                "You lost the minus signs of the kernel.",
                "A pixel under a -1 is subtracted.",
            ),
            Slip(
                sum(weight for rows in zip(part, own, strict=True)
                    for pixel, weight in zip(*rows, strict=True) if pixel),
                "You added the weights and forgot the pixels.",
                "Each weight is multiplied by the pixel below it.",
            ),
            Slip(
                total(products(tuple(tuple(n + self.shift for n in row) for row in inside), own)),
                "You began at the first pixel.",
                "The first window begins in the zeros of the padding.",
            ),
        )  # fmt: skip
        picture = Beside(
            [Cells(part, f"{self.channel} channel"), "*", Cells(own, "kernel's slice"), "=",
             Cells(found, "products")]
        )  # fmt: skip
        return Worked(steps, Answer(total(found)), slips, picture)


@dataclass(frozen=True)
class ThreeChannels(Example):
    """Three sums and one bias become one number."""

    red: Matrix = grid("the red window", lambda: corner("red"), 0, 20)
    green: Matrix = grid("the green window", lambda: corner("green"), 0, 20)
    blue: Matrix = grid("the blue window", lambda: corner("blue"), 0, 20)
    bias: int = whole("the bias of the filter", 1, -1000, 1000, stops=(-3, 1, 2, 4, 7))

    def check(self) -> None:
        for name, part in zip(COLOURS, self.parts, strict=True):
            if size(part) != size(kernel(name)):
                high, wide = size(part)
                raise ValueError(f"--{name} has {high}x{wide} numbers: the kernel's slices are 3x3")

    @property
    def parts(self) -> tuple[Matrix, Matrix, Matrix]:
        """The windows of the three channels."""
        return self.red, self.green, self.blue

    def ask(self) -> str:
        return (
            "A filter has one 3x3 slice for each channel of a colour picture, and the bias "
            f"{self.bias}. Which one number does it give in this place?"
        )

    def given(self) -> Picture:
        return Stack(
            [
                Beside([Cells(part, name), "*", Cells(kernel(name), f"slice for {name}")])
                for name, part in zip(COLOURS, self.parts, strict=True)
            ]
        )

    def work(self) -> Worked:
        sums = [total(products(p, kernel(n))) for n, p in zip(COLOURS, self.parts, strict=True)]
        found = sum(sums) + self.bias
        added = " + ".join(f"({one})" if one < 0 else str(one) for one in sums)
        bias = f"({self.bias})" if self.bias < 0 else str(self.bias)
        steps = [
            Step(f"The {name} channel under its slice", sum_text(part, kernel(name)), one)
            for name, part, one in zip(COLOURS, self.parts, sums, strict=True)
        ]
        steps.append(Step("Add the three sums and the bias", f"{added} + {bias}", found))
        slips = (
            Slip(
                sum(sums),
                "You forgot the bias.",
                "Each filter adds one bias at the end.",
            ),
            Slip(
                sum(sums) + 3 * self.bias,
                "You added the bias once for each channel.",
                "A filter has one bias, however many channels it sees.",
            ),
            Slip(
                max(sums) + self.bias,
                "You took the largest of the three sums.",
                "All channels are added.",
            ),
        )
        picture = Stack(
            [
                Beside(
                    [Cells(part, name), "*", Cells(kernel(name), f"slice for {name}"), "=",
                     Cells(((one,),), "sum")]
                )
                for name, part, one in zip(COLOURS, self.parts, sums, strict=True)
            ]
        )  # fmt: skip
        return Worked(tuple(steps), Answer(found), slips, picture)

    @classmethod
    def draw(cls, random: Random) -> Self:
        red, green, blue = (
            tuple(tuple(random.randint(0, 9) for _ in range(3)) for _ in range(3)) for _ in COLOURS
        )
        return cls(red, green, blue, random.choice((-3, 2, 4, 7)))


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "one-channel",
        CHAPTER,
        "One channel, one slice",
        "A filter meets a colour picture: what does it do with the red channel alone?",
        ChannelSum,
        (source("Input channel 1 (red)", "Kernel channel 3"),),
    ),
    Lesson(
        "three-channels",
        CHAPTER,
        "Three channels, one number",
        "Red, green and blue go in: why does only one number come out?",
        ThreeChannels,
        (source("Input channel 1 (red)", "Output of three channels"),),
    ),
)

"""Pooling: fewer numbers without weights."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Self

from ..said import NOTES
from ..spec import Pool
from .answers import Answer
from .arrays import (
    patch,
    pooled,
    size,
)
from .convolution_windows import CHAPTER
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import grid, whole
from .pictures import Beside, Cells, Picture, window
from .printed import printed, source
from .values import Matrix


def check_fits(image: Matrix, kernel: int) -> None:
    """ValueError where a window is larger than the matrix."""
    if kernel > min(size(image)):
        raise ValueError(
            f"a {kernel}x{kernel} window does not fit on {size(image)[0]}x{size(image)[1]} numbers:"
            f" --kernel is at most {min(size(image))} here"
        )


def parts(image: Matrix, kernel: int, stride: int) -> Matrix:
    """The windows as a list, a row of numbers each."""
    out = pooled(image, kernel, stride, "max")
    return tuple(
        tuple(n for row in patch(image, y * stride, x * stride, (kernel, kernel)) for n in row)
        for y in range(len(out))
        for x in range(len(out[0]))
    )


def shown_pool(image: Matrix, kernel: int, found: Matrix, how: str) -> Picture:
    """A map with its first window marked, and what pooling makes of it."""
    after = Cells(found, f"{how} of each {kernel}x{kernel} window", window(0, 0, 1, 1))
    return Beside([Cells(image, "map", window(0, 0, kernel, kernel)), "=", after])


def listing(numbers: tuple[int | float, ...]) -> str:
    """Numbers as a formula's terms."""
    return ", ".join(map(str, numbers))


@dataclass(frozen=True)
class MaxPooling(Example):
    """The largest number of each window."""

    matrix: Matrix = grid("the map", lambda: printed("What is pooled"), 0, 9)
    kernel: int = whole("the window's side", 3, 1, 16, unit="pixels")
    stride: int = whole("the window's step", 1, 1, 16, unit="pixels")
    how = "max"

    def check(self) -> None:
        check_fits(self.matrix, self.kernel)

    def ask(self) -> str:
        step = "one pixel" if self.stride == 1 else f"{self.stride} pixels"
        return (
            f"A {self.kernel}x{self.kernel} window moves over the map by {step}, and max pooling "
            "keeps the largest number of each window. Which map comes out?"
        )

    def given(self) -> Picture:
        return Cells(self.matrix, "map")

    def work(self) -> Worked:
        x, k, s = self.matrix, self.kernel, self.stride
        found = pooled(x, k, s, "max")
        first = parts(x, k, s)[0]
        steps = (
            Step("The first window: its largest number", f"max({listing(first)})",
                 found[0][0]),
            Step("And so for each window", "", found),
        )  # fmt: skip
        average = pooled(x, k, s, "average")
        slips = (
            Slip(
                tuple(tuple(cell * k * k for cell in row) for row in average),
                "You added the numbers of each window.",
                "Max pooling keeps one of them and forgets the others.",
            ),
            Slip(
                tuple(tuple(round(cell, 2) for cell in row) for row in average),
                "You took the averages.",
                "That is average pooling.",
            ),
            Slip(
                slid_min(x, k, s),
                "You took the smallest number of each window.",
                "Max pooling keeps the strongest answer of a filter.",
            ),
        )
        return Worked(steps, Answer(found), slips, shown_pool(x, k, found, "largest"))

    @classmethod
    def draw(cls, random: Random) -> Self:
        image = tuple(tuple(random.randint(0, 9) for _ in range(4)) for _ in range(4))
        return cls(image, random.choice((2, 3)), 1)


def slid_min(image: Matrix, kernel: int, stride: int) -> Matrix:
    """The smallest number of each window."""
    minus = tuple(tuple(-cell for cell in row) for row in image)
    return tuple(tuple(-cell for cell in row) for row in pooled(minus, kernel, stride, "max"))


@dataclass(frozen=True)
class AveragePooling(Example):
    """The average of each window."""

    matrix: Matrix = grid("the map", lambda: printed("What is pooled"), 0, 9)
    kernel: int = whole("the window's side", 3, 1, 16, unit="pixels")
    stride: int = whole("the window's step", 1, 1, 16, unit="pixels")

    def check(self) -> None:
        check_fits(self.matrix, self.kernel)

    def ask(self) -> str:
        step = "one pixel" if self.stride == 1 else f"{self.stride} pixels"
        return (
            f"A {self.kernel}x{self.kernel} window moves over the map by {step}, and average "
            "pooling keeps the mean of each window. Which map comes out? Two digits behind the "
            "point are enough."
        )

    def given(self) -> Picture:
        return Cells(self.matrix, "map")

    def work(self) -> Worked:
        x, k, s = self.matrix, self.kernel, self.stride
        exact = pooled(x, k, s, "average")
        found = tuple(tuple(tidy(cell) for cell in row) for row in exact)
        first = parts(x, k, s)[0]
        steps = (
            Step(
                f"The first window: its sum over {k}*{k} numbers",
                f"({' + '.join(f'({n})' if n < 0 else str(n) for n in first)})/{k * k}",
                exact[0][0],
            ),
            Step("And so for each window, to three digits", "", found),
        )
        slips = (
            Slip(
                pooled(x, k, s, "max"),
                "You took the largest numbers.",
                "That is max pooling.",
            ),
            Slip(
                tuple(tuple(tidy(cell * k) for cell in row) for row in exact),
                "You divided by the window's side.",
                f"A window has {k}*{k} numbers.",
            ),
            Slip(
                tuple(tuple(tidy(cell * k * k) for cell in row) for row in exact),
                "You forgot to divide.",
                "An average is the sum over the count.",
            ),
        )
        picture = shown_pool(x, k, found, "mean")
        return Worked(steps, Answer(found, within=0.006), slips, picture)

    @classmethod
    def draw(cls, random: Random) -> Self:
        image = tuple(tuple(random.randint(0, 9) for _ in range(4)) for _ in range(4))
        return cls(image, random.choice((2, 3)), 1)


def tidy(value: float) -> int | float:
    """A number to three digits behind the point; a whole one as an int."""
    short = round(value, 3)
    return int(short) if short == int(short) else short


@dataclass(frozen=True)
class Halving(Example):
    """2x2 windows that do not overlap: a quarter of the numbers is left."""

    matrix: Matrix = grid("the map", lambda: printed("Map of filter 1"), -9, 9)
    kernel: int = whole("the window's side, and its step", 2, 1, 16, unit="pixels")

    def check(self) -> None:
        check_fits(self.matrix, self.kernel)

    def ask(self) -> str:
        k = self.kernel
        return (
            f"Max pooling with {k}x{k} windows and stride {k}: no two windows overlap. What is "
            "left of the map?"
        )

    def given(self) -> Picture:
        return Cells(self.matrix, "map")

    def work(self) -> Worked:
        x, k = self.matrix, self.kernel
        found = pooled(x, k, k, "max")
        out = Pool("max", k).shape((1, *size(x)))
        first = parts(x, k, k)[0]
        steps = (
            Step("The first window: its largest number", f"max({listing(first)})",
                 found[0][0]),
            Step("And so for each window", "", found),
            Step("Numbers that are left", f"{out[1]}*{out[2]}", out[1] * out[2], "numbers"),
        )  # fmt: skip
        strongest = tuple(
            tuple(
                max((n for row in patch(x, a * k, b * k, (k, k)) for n in row), key=abs)
                for b in range(out[2])
            )
            for a in range(out[1])
        )
        slips = (
            Slip(
                pooled(x, k, 1, "max"),
                "You moved the window by one pixel.",
                "With a stride as large as the window, no two windows overlap.",
            ),
            Slip(
                strongest,
                "You took the number farthest from 0.",
                "The largest number is meant: -1 is larger than -3.",
            ),
            Slip(
                slid_min(x, k, k),
                "You took the smallest number of each window.",
                "Max pooling keeps the largest.",
            ),
        )
        return Worked(steps, Answer(found), slips, shown_pool(x, k, found, "largest"))


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "max-pooling",
        CHAPTER,
        "Max pooling",
        "What remains if only the strongest answer of each window is kept?",
        MaxPooling,
        (source("Max pooling 3x3", "What is pooled"),),
    ),
    Lesson(
        "average-pooling",
        CHAPTER,
        "Average pooling",
        "What remains if each window is replaced by its mean?",
        AveragePooling,
        (source("What is pooled"), NOTES[3].at("Average Pooling Vs Max Pooling, line 377")),
    ),
    Lesson(
        "pooling-halves",
        CHAPTER,
        "Pooling halves the map",
        "How does 4x4 become 2x2 without a single weight?",
        Halving,
        (source("Map of filter 1"),),
    ),
)

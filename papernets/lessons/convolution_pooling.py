"""Pooling and flattening: fewer numbers without weights, and all of them in one column."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Self

from ..said import NOTES
from ..spec import Flatten, Pool
from .answers import Answer
from .arrays import patch, pooled, size
from .convolution_filters import CHAPTER
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import grid, whole
from .params import size as size_field
from .pictures import Beside, Cells, Flow, Picture, window
from .printed import printed, source
from .values import Matrix, number_text


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


@dataclass(frozen=True)
class Flattening(Example):
    """All maps in one column, before the first dense layer."""

    input: tuple[int, int] = size_field("each map", 5, 1, 512, stops=(4, 5, 6, 7, 14))
    maps: int = whole("maps", 16, 1, 65_536, stops=(12, 16, 50, 256, 512), unit="maps")

    def ask(self) -> str:
        h, w = self.input
        return f"{self.maps} maps of {h}x{w} are flattened. How many numbers does the vector have?"

    def work(self) -> Worked:
        (h, w), d = self.input, self.maps
        found = Flatten().shape((d, h, w))[0]
        steps = (
            Step("Numbers of one map", f"{h}*{w}", h * w, "numbers"),
            Step("All maps, one behind the other", f"{h}*{w}*{d}", found, "numbers"),
        )
        slips = (
            Slip(h * w, "You flattened one map.", "Every map goes into the vector."),
            Slip(
                h + w + d,
                "You added the sides.",
                "The numbers stand in a block: multiply its sides.",
            ),
            Slip(
                d,
                "You kept one number for each map.",
                "That is global average pooling; flattening keeps every number.",
            ),
        )
        picture = Flow(f"{h}x{w}x{d}", [("flatten: map by map, row by row", f"{found:,} numbers")])
        return Worked(steps, Answer(found, "numbers"), slips, picture)


@dataclass(frozen=True)
class FlattenOrder(Example):
    """Where a number of a map stands in the flat vector."""

    input: tuple[int, int] = size_field("each map", 5, 1, 512, stops=(4, 5, 6, 7))
    maps: int = whole("maps", 16, 1, 65_536, stops=(8, 16, 50), unit="maps")
    map: int = whole("the number's map, counted from 0", 3, 0, 65_535, stops=(2, 3, 5, 7))
    row: int = whole("its row, counted from 0", 2, 0, 511, stops=(0, 1, 2, 3))
    column: int = whole("its column, counted from 0", 4, 0, 511, stops=(1, 2, 3))

    def check(self) -> None:
        for name, at, end in (
            ("map", self.map, self.maps),
            ("row", self.row, self.input[0]),
            ("column", self.column, self.input[1]),
        ):
            if at >= end:
                raise ValueError(f"--{name} {at}: counted from 0, the last one is {end - 1}")

    def ask(self) -> str:
        h, w = self.input
        return (
            f"{self.maps} maps of {h}x{w} are flattened map by map, row by row, as torch does. At "
            f"which place stands row {self.row}, column {self.column} of map {self.map}? Count "
            "everything from 0."
        )

    def work(self) -> Worked:
        (h, w), d = self.input, self.maps
        m, y, x = self.map, self.row, self.column
        found = Flatten().shape((m, h, w))[0] + y * w + x if m else y * w + x
        steps = (
            Step(f"The {m} maps before it", f"{m}*{h}*{w}", m * h * w, "numbers"),
            Step(f"The {y} rows before it in its own map", f"{y}*{w}", y * w, "numbers"),
            Step("And the numbers before it in its row", f"{m}*{h}*{w} + {y}*{w} + {x}", found),
        )
        slips = (
            Slip(
                found + 1,
                "You counted the first place as 1.",
                "Here the first place is 0.",
            ),
            Slip(
                (y * w + x) * d + m,
                "You put the maps of each pixel side by side.",
                "That is Keras's order, channels last; torch writes map after map.",
            ),
            Slip(
                m * h * w + x * h + y,
                "You went through the map column by column.",
                "It is read row by row.",
            ),
        )
        picture = Flow(
            f"{h}x{w}x{d}",
            [(f"map {m}, row {y}, column {x}", f"place {number_text(found)} of {h * w * d:,}")],
        )
        return Worked(steps, Answer(found), slips, picture)


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
    Lesson(
        "flatten",
        CHAPTER,
        "Flattening",
        "How do maps enter a layer that takes a column of numbers?",
        Flattening,
        (NOTES[3].at("Flattening, line 344"), NOTES[3].at("lines 759 and 760")),
    ),
    Lesson(
        "flatten-order",
        CHAPTER,
        "The order of a flat vector",
        "Where does a pixel of a map go when the map is flattened?",
        FlattenOrder,
        (NOTES[3].at("Flattening, line 344"),),
    ),
)

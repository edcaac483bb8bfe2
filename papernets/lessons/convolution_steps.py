"""How a filter moves and reaches: steps, zeros round the picture, holes."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Self

from ..said import NOTES
from .answers import Answer
from .arrays import (
    convolved,
    padded,
    size,
    spread,
    sum_text,
)
from .convolution_windows import CHAPTER, covers, given, shown_map, swept
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import grid, whole
from .pictures import Beside, Cells, Picture, border, window
from .printed import printed, source
from .values import Matrix


@dataclass(frozen=True)
class Stride(Example):
    """A filter that moves by more than one pixel: fewer windows, a smaller map."""

    matrix: Matrix = grid("the picture", lambda: printed("Picture, stride 2"), 0, 1)
    filter: Matrix = grid("the filter", lambda: printed("Filter 1, stride 2"), values=(1, -1))
    stride: int = whole("the step of the filter", 2, 1, 16, unit="pixels")

    def check(self) -> None:
        covers(self.matrix, self.filter)

    def ask(self) -> str:
        return f"The filter moves by {self.stride} pixels, right and down. Which map comes out?"

    def given(self) -> Picture:
        return given(self.matrix, self.filter)

    def work(self) -> Worked:
        x, k, step = self.matrix, self.filter, self.stride
        found, dense = convolved(x, k, step), convolved(x, k)
        slips = [
            Slip(
                dense,
                "You moved the filter by one pixel.",
                "With a stride it skips places, and the map is smaller.",
            ),
            Slip(
                tuple(row[: len(found[0])] for row in dense[: len(found)]),
                "You made the map with stride 1 and cut off its corner.",
                "A stride keeps every other number, not the first ones.",
            ),
        ]
        if step > 1 and len(dense[0]) > len(found[0]):
            slips.append(
                Slip(
                    tuple(row[::step] for row in dense),
                    "You moved it by the stride to the right, but by one pixel down.",
                    "The stride holds in both directions.",
                )
            )
        picture = shown_map(x, k, found, step)
        return Worked(tuple(swept(x, k, step)), Answer(found), tuple(slips), picture)

    @classmethod
    def draw(cls, random: Random) -> Self:
        image = tuple(tuple(random.randint(0, 1) for _ in range(6)) for _ in range(6))
        kernel = tuple(tuple(random.choice((-1, 1)) for _ in range(3)) for _ in range(3))
        return cls(image, kernel)


@dataclass(frozen=True)
class Padding(Example):
    """Zeros round the picture: the filter reaches the corners, and the map keeps its size."""

    matrix: Matrix = grid("the picture", lambda: printed("Image and kernel"), 0, 1)
    filter: Matrix = grid("the filter", lambda: printed("Kernel"), 0, 1)
    padding: int = whole("zeros on every side", 1, 0, 4, unit="pixels")

    def check(self) -> None:
        covers(self.matrix, self.filter, self.padding)

    def ask(self) -> str:
        zeros = "one zero" if self.padding == 1 else f"{self.padding} zeros"
        return f"The picture gets {zeros} on every side. Which map does the filter make then?"

    def given(self) -> Picture:
        return given(self.matrix, self.filter)

    def work(self) -> Worked:
        x, k, p = self.matrix, self.filter, self.padding
        around = padded(x, p)
        found = convolved(around, k)
        steps = (Step("Lay the zeros round the picture", "", around), *swept(around, k))
        slips = [
            Slip(
                convolved(repeated(x, p), k),
                "You repeated the pixels at the edge.",
                "The padding is made of zeros.",
            ),
            Slip(
                convolved(around[p:], k) if p and len(around) - p >= len(k) else (),
                "You laid the zeros on three sides only.",
                "They also stand above the picture.",
            ),
        ]
        if len(x) >= len(k) and len(x[0]) >= len(k[0]) and p:
            slips.append(
                Slip(
                    convolved(x, k),
                    "You left the padding out.",
                    "Without it the map is smaller than the picture.",
                )
            )
        zeros = border(*size(around), p)
        picture = Beside(
            [
                Cells(around, "picture with zeros", window(0, 0, *size(k)), zeros),
                "*",
                Cells(k, "filter"),
                "=",
                Cells(found, "map", window(0, 0, 1, 1)),
            ]
        )
        known = tuple(slip for slip in slips if slip.value != ())
        return Worked(steps, Answer(found), known, picture)

    @classmethod
    def draw(cls, random: Random) -> Self:
        image = tuple(tuple(random.randint(0, 3) for _ in range(3)) for _ in range(3))
        kernel = tuple(tuple(random.randint(-1, 1) for _ in range(3)) for _ in range(3))
        return cls(image, kernel)


def repeated(image: Matrix, padding: int) -> Matrix:
    """A picture whose outer pixels are repeated on every side."""
    rows = [(row[0],) * padding + row + (row[-1],) * padding for row in image]
    return (*[rows[0]] * padding, *rows, *[rows[-1]] * padding)


@dataclass(frozen=True)
class Dilated(Example):
    """A filter with holes: as many weights, a larger window."""

    matrix: Matrix = grid("the picture", lambda: printed("6x6 image"), 0, 9)
    filter: Matrix = grid("the filter", lambda: printed("3x3 filter"), values=(1, 0, -1))
    dilation: int = whole("pixels from one weight to the next", 2, 1, 8, unit="pixels")

    def check(self) -> None:
        covers(self.matrix, spread(self.filter, self.dilation))

    def ask(self) -> str:
        return (
            f"The filter is dilated: from one weight to the next it is {self.dilation} pixels. "
            "Which map comes out?"
        )

    def given(self) -> Picture:
        return given(self.matrix, self.filter)

    def work(self) -> Worked:
        x, k, d = self.matrix, self.filter, self.dilation
        wide = spread(k, d)
        found, dense = convolved(x, wide), convolved(x, k)
        first, second = (
            tuple(row[left::d][: len(k[0])] for row in x[::d][: len(k)]) for left in (0, 1)
        )
        steps = [
            Step("Spread the filter: zeros between its weights", "", wide),
            Step("The first window: only what lies under weights", sum_text(first, k), found[0][0]),
            Step("Go on, one pixel at a time", "", found),
        ]
        if len(found[0]) > 1:
            text = "One pixel to the right"
            steps.insert(2, Step(text, sum_text(second, k), found[0][1]))
        part = tuple(row[: len(found[0])] for row in dense[: len(found)])
        slips = (
            Slip(
                dense,
                "You used the filter without holes.",
                "Dilated, it reaches further: the map is smaller.",
            ),
            Slip(
                part,
                "You used the filter without holes on the first windows.",
                "Its weights lie apart, on every other pixel.",
            ),
            Slip(
                convolved(x, k, d),
                "You moved the filter by the dilation.",
                "That is a stride. A dilation spreads the filter and still moves by one.",
            ),
        )
        marks = frozenset(
            (y * d, n * d) for y, row in enumerate(k) for n, _ in enumerate(row)
        )  # fmt: skip
        picture = Beside(
            [
                Cells(x, "picture, first window", marks),
                "*",
                Cells(k, "filter"),
                "=",
                Cells(found, "map", window(0, 0, 1, 1)),
            ]
        )
        return Worked(tuple(steps), Answer(found), slips, picture)

    @classmethod
    def draw(cls, random: Random) -> Self:
        return cls(tuple(tuple(random.randint(0, 9) for _ in range(6)) for _ in range(6)))


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "stride",
        CHAPTER,
        "A step of two",
        "What is left of the map if the filter skips every other place?",
        Stride,
        (source("Picture, stride 2", "Filter 1, stride 2"),),
    ),
    Lesson(
        "zero-padding",
        CHAPTER,
        "Zeros round the picture",
        "How can a map be as large as its picture?",
        Padding,
        (source("Image and kernel", "Kernel"), NOTES[3].at("How does it work?, lines 131 to 135")),
    ),
    Lesson(
        "dilation",
        CHAPTER,
        "A filter with holes",
        "How does a 3x3 filter see 5x5 pixels with nine weights?",
        Dilated,
        (source("6x6 image again", "3x3 filter"), "Yu, Koltun 2016, arXiv 1511.07122"),
    ),
)

"""A filter on a picture: by hand, window by window, and whether it is turned."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Self

from ..said import NOTES
from .answers import Answer
from .arrays import (
    convolved,
    patch,
    products,
    size,
    sum_text,
    total,
    turned,
)
from .convolution_windows import CHAPTER, covers, shown_map, swept, transposed
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import grid
from .pictures import Beside, Cells, Picture
from .printed import printed, source
from .values import Matrix


@dataclass(frozen=True)
class ByHand(Example):
    """A picture as large as its filter: one window, one number."""

    matrix: Matrix = grid("the picture X", lambda: printed("Image X"), 0, 9)
    filter: Matrix = grid("the filter Y", lambda: printed("Filter Y"), -3, 5)

    def check(self) -> None:
        if size(self.matrix) != size(self.filter):
            (a, b), (c, d) = size(self.matrix), size(self.filter)
            raise ValueError(
                f"the matrix has {a}x{b} numbers and the filter {c}x{d}: here both are of one "
                "size; papernets lesson sliding-window moves a filter over a larger picture"
            )

    def ask(self) -> str:
        return "Lay the filter Y on the picture X. Which number does the convolution X * Y give?"

    def given(self) -> Picture:
        return Beside([Cells(self.matrix, "X"), "*", Cells(self.filter, "Y")])

    def work(self) -> Worked:
        x, y = self.matrix, self.filter
        found = products(x, y)
        steps = (
            Step("Multiply each number of X by the number of Y in the same place", "", found),
            Step("Add all the products", sum_text(x, y), total(found)),
        )
        slips = [
            Slip(
                total(x) * total(y),
                "You added the numbers of each matrix and multiplied the two sums.",
                "Each number meets only the one in its own place.",
            ),
            Slip(
                total(x) + total(y),
                "You added where you had to multiply.",
                "Multiply in each place first, and add the products.",
            ),
            Slip(
                max(map(max, found)),
                "You took the largest product.",
                "Taking the largest is what max pooling does; a convolution adds all of them.",
            ),
        ]
        if len(x) == len(x[0]):
            slips.append(
                Slip(
                    sum(x[0][i] * y[i][0] for i in range(len(x))),
                    "You multiplied a row by a column, as in a product of matrices.",
                    "A convolution multiplies place by place.",
                )
            )
        answer = Cells(((total(found),),), "their sum")
        picture = Beside(
            [Cells(x, "X"), "*", Cells(y, "Y"), "→", Cells(found, "products"), "→", answer]
        )
        return Worked(steps, Answer(total(found)), tuple(slips), picture)


@dataclass(frozen=True)
class Sliding(Example):
    """A filter smaller than its picture: a number for each place where it fits."""

    matrix: Matrix = grid("the picture", lambda: printed("Image and kernel"), 0, 1)
    filter: Matrix = grid("the filter", lambda: printed("Kernel"), 0, 1)

    def check(self) -> None:
        covers(self.matrix, self.filter)

    def ask(self) -> str:
        return "Move the filter over the picture, one pixel at a time. Which map comes out?"

    def given(self) -> Picture:
        return Beside([Cells(self.matrix, "picture"), "*", Cells(self.filter, "filter")])

    def work(self) -> Worked:
        x, k = self.matrix, self.filter
        found = convolved(x, k)
        tiles = convolved(x, k, len(k)) if len(k) > 1 else None
        slips = [
            Slip(
                transposed(found),
                "You went down first and wrote row by row.",
                "To the right is along a row of the map, down is along a column.",
            ),
            Slip(
                tuple(
                    tuple(total(patch(x, y, left, size(k))) for left in range(len(found[0])))
                    for y in range(len(found))
                ),
                "You added all pixels under the filter.",
                "Each pixel is first multiplied by the number that lies on it.",
            ),
        ]
        if tiles is not None and tiles != found:
            slips.append(
                Slip(
                    tiles,
                    "You moved the filter by its own size.",
                    "Here it moves one pixel at a time, and its windows overlap.",
                )
            )
        return Worked(tuple(swept(x, k)), Answer(found), tuple(slips), shown_map(x, k, found))

    @classmethod
    def draw(cls, random: Random) -> Self:
        image = tuple(tuple(random.choice((0, 0, 1)) for _ in range(4)) for _ in range(4))
        kernel = tuple(tuple(random.randint(0, 1) for _ in range(3)) for _ in range(3))
        return cls(image, kernel)


@dataclass(frozen=True)
class TurnedFilter(Example):
    """What mathematicians call convolution turns the filter; networks do not."""

    matrix: Matrix = grid("the picture X", lambda: printed("Image X"), 0, 9)
    filter: Matrix = grid("the filter Y", lambda: printed("Filter Y"), 0, 5)

    def check(self) -> None:
        if size(self.matrix) != size(self.filter):
            raise ValueError("--matrix and --filter must be of one size here")

    def ask(self) -> str:
        return (
            "A mathematician's convolution turns the filter Y by half a circle before it is laid "
            "on X. Which number does it give?"
        )

    def given(self) -> Picture:
        return Beside([Cells(self.matrix, "X"), "*", Cells(self.filter, "Y")])

    def work(self) -> Worked:
        x, y = self.matrix, self.filter
        round_ = turned(y)
        steps = (
            Step("As networks do it, without turning", sum_text(x, y), total(products(x, y))),
            Step("Turn Y: read its numbers from the last to the first", "", round_),
            Step(
                "Multiply place by place, and add", sum_text(x, round_), total(products(x, round_))
            ),
        )
        across = tuple(tuple(reversed(row)) for row in y)
        slips = (
            Slip(
                total(products(x, y)),
                "You did not turn the filter.",
                "That is what a network computes, and calls a convolution; it is a correlation.",
            ),
            Slip(
                total(products(x, across)),
                "You only mirrored the filter from left to right.",
                "Half a circle also turns it upside down.",
            ),
            Slip(
                total(products(x, tuple(reversed(y)))),
                "You only turned the filter upside down.",
                "Half a circle also mirrors it from left to right.",
            ),
        )
        picture = Beside([Cells(x, "X"), "*", Cells(y, "Y"), "turned:", Cells(round_, "Y turned")])
        remarks = (
            "A network learns its filters, so it may learn a turned one: the two differ in name "
            "only. torch and Keras do not turn them either.",
        )
        return Worked(steps, Answer(total(products(x, round_))), slips, picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "convolution-by-hand",
        CHAPTER,
        "A convolution by hand",
        "How do nine pixels and nine weights become one number?",
        ByHand,
        (source("Image X", "X and Y, number by number"),),
    ),
    Lesson(
        "sliding-window",
        CHAPTER,
        "One number for each place",
        "The picture is larger than the filter: what happens to the other pixels?",
        Sliding,
        (source("Image and kernel", "Kernel"),),
    ),
    Lesson(
        "turned-filter",
        CHAPTER,
        "Convolution or correlation",
        "Do networks compute what mathematicians call a convolution?",
        TurnedFilter,
        (source("Image X", "Filter Y"), NOTES[3].at("What is Convolution?, line 57")),
    ),
)

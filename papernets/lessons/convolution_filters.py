"""Convolution of small matrices: by hand, edges, patterns, three channels."""

from __future__ import annotations

from dataclasses import dataclass

from .answers import Answer
from .arrays import products, size, sum_text, total
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import grid
from .pictures import Beside, Cells, Picture
from .printed import printed, source
from .values import Matrix

CHAPTER = "Convolution"


def same_size(image: Matrix, kernel: Matrix) -> None:
    """ValueError where a filter does not cover its picture exactly."""
    if size(image) != size(kernel):
        (a, b), (c, d) = size(image), size(kernel)
        raise ValueError(
            f"the matrix has {a}x{b} numbers and the filter {c}x{d}: here both are of one size; "
            "lesson edge-filter moves a small filter over a larger picture"
        )


@dataclass(frozen=True)
class ByHand(Example):
    """A picture as large as its filter: one window, one number."""

    matrix: Matrix = grid("the picture X", lambda: printed("Image X"), 0, 9)
    filter: Matrix = grid("the filter Y", lambda: printed("Filter Y"), -3, 5)

    def check(self) -> None:
        same_size(self.matrix, self.filter)

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
                sum(a + b for rows in zip(x, y, strict=True) for a, b in zip(*rows, strict=True)),
                "You added where you had to multiply.",
                "Multiply in each place first, and add the products.",
            ),
            Slip(
                max(map(max, found)),
                "You took the largest product.",
                "That is what max pooling does; a convolution adds all of them.",
            ),
        ]
        if len(x) == len(x[0]):
            slips.append(
                Slip(
                    sum(x[0][i] * y[i][0] for i in range(len(x))),
                    "You multiplied a row by a column, as for a product of matrices.",
                    "A convolution multiplies place by place, not row by column.",
                )
            )
        picture = Beside([Cells(x, "X"), "*", Cells(y, "Y"), "=", Cells(found, "products")])
        return Worked(steps, Answer(total(found)), tuple(slips), picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "convolution-by-hand",
        CHAPTER,
        "A convolution by hand",
        "How do nine pixels and nine weights become one number?",
        ByHand,
        (source("Image X", "X and Y, number by number"),),
    ),
)

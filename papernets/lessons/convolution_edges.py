"""Edge filters: left minus right, and where the answer is not 0."""

from __future__ import annotations

from collections.abc import Sequence
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
    total,
    turned,
)
from .convolution_windows import CHAPTER, TURNED, covers, shown_map, swept, transposed
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import grid, whole
from .pictures import Beside, Cells, Picture, window
from .printed import printed, source
from .values import Matrix


def cells(one: Matrix, other: Matrix) -> Sequence[tuple[float, float]]:
    """The numbers of two matrices that lie on one another."""
    return [pair for rows in zip(one, other, strict=True) for pair in zip(*rows, strict=True)]


def plus(part: Matrix, kernel: Matrix, sign: int) -> str:
    """The sum of what lies under weights of this sign, as a formula."""
    terms = [
        f"{a}" if abs(b) == 1 else f"{a}*{abs(b)}" for a, b in cells(part, kernel) if b * sign > 0
    ]
    return " + ".join(terms) or "0"


@dataclass(frozen=True)
class VerticalEdge(Example):
    """The filter 1 0 -1 on its first window: what is left of a pixel minus what is right of it."""

    matrix: Matrix = grid("the picture", lambda: printed("6x6 image"), 0, 9)
    filter: Matrix = grid("the filter", lambda: printed("3x3 filter"), values=(1, 0, -1))

    def check(self) -> None:
        covers(self.matrix, self.filter)

    def ask(self) -> str:
        return "Lay the filter on the upper left corner of the picture. Which number comes out?"

    def given(self) -> Picture:
        return Beside([Cells(self.matrix, "picture"), "*", Cells(self.filter, "filter")])

    def work(self) -> Worked:
        x, k = self.matrix, self.filter
        part = patch(x, 0, 0, size(k))
        found = total(products(part, k))
        more = sum(a * b for a, b in cells(part, k) if b > 0)
        less = sum(-a * b for a, b in cells(part, k) if b < 0)
        steps = (
            Step("What lies under the 1s counts for the number", plus(part, k, 1), more),
            Step("What lies under the -1s counts against it", plus(part, k, -1), less),
            Step("What lies under a 0 does not count: subtract the one from the other",
                 f"{more} - {less}", found),
        )  # fmt: skip
        slips = (
            Slip(
                less - more,
                "You subtracted the other way round.",
                "The 1s count for the number, the -1s against it.",
            ),
            Slip(
                more + less,
                "You lost the signs of the filter.",
                "A pixel under a -1 is subtracted.",
            ),
            Slip(
                total(products(part, transposed(k))) if len(k) == len(k[0]) else total(part),
                "You laid the filter on with its rows as columns.",
                "That filter looks for edges of the other direction.",
            ),
        )
        picture = Beside([Cells(x, "picture", window(0, 0, *size(k))), "*", Cells(k, "filter")])
        return Worked(steps, Answer(found), slips, picture)

    @classmethod
    def draw(cls, random: Random) -> Self:
        image = tuple(tuple(random.randint(0, 9) for _ in range(4)) for _ in range(4))
        return cls(matrix=image)


@dataclass(frozen=True)
class EdgeMap(Example):
    """The whole map of an edge filter."""

    matrix: Matrix = grid("the picture", lambda: printed("6x6 image"), 0, 9)
    filter: Matrix = grid("the filter", lambda: printed("3x3 filter"), values=(1, 0, -1))

    def check(self) -> None:
        covers(self.matrix, self.filter)

    def ask(self) -> str:
        return "Which map does the filter make of the whole picture, with stride 1 and no padding?"

    def given(self) -> Picture:
        return Beside([Cells(self.matrix, "picture"), "*", Cells(self.filter, "filter")])

    def work(self) -> Worked:
        x, k = self.matrix, self.filter
        found = convolved(x, k)
        slips = [
            Slip(convolved(x, turned(k)), *TURNED),
            Slip(
                tuple(tuple(abs(cell) for cell in row) for row in found),
                "You left the minus signs out.",
                "The sign says on which side it is brighter: below 0, on the side of the -1s.",
            ),
        ]
        if len(k) == len(k[0]):
            slips.append(
                Slip(
                    convolved(x, transposed(k)),
                    "You laid the filter on with its rows as columns.",
                    "1 0 -1 in a row finds edges from top to bottom, in a column those across.",
                )
            )
        return Worked(tuple(swept(x, k)), Answer(found), tuple(slips), shown_map(x, k, found))

    @classmethod
    def draw(cls, random: Random) -> Self:
        return cls(tuple(tuple(random.randint(0, 9) for _ in range(4)) for _ in range(4)))


@dataclass(frozen=True)
class Halves(Example):
    """A picture of two halves: an edge filter answers only where they meet."""

    left: int = whole("brightness of the left half", 10, 0, 255, stops=(0, 5, 10, 20))
    right: int = whole("brightness of the right half", 0, 0, 255, stops=(0, 1, 9))
    width: int = whole("columns of the picture", 6, 4, 12, stops=(6, 8), unit="pixels")
    edge: int = whole("columns of the left half", 3, 1, 11, stops=(2, 3, 4), unit="pixels")

    def check(self) -> None:
        if self.edge >= self.width:
            raise ValueError(
                f"the left half has {self.edge} columns of {self.width}: give a smaller --edge"
            )

    @property
    def image(self) -> Matrix:
        """The picture, as high as the notes' picture."""
        row = (self.left,) * self.edge + (self.right,) * (self.width - self.edge)
        return (row,) * len(printed("6x6 image of two halves"))

    def ask(self) -> str:
        return (
            f"The left {self.edge} columns of a picture are {self.left}, the others {self.right}. "
            "Which row of numbers does the filter make, again and again?"
        )

    def given(self) -> Picture:
        kernel = printed("3x3 filter again")
        return Beside([Cells(self.image, "picture"), "*", Cells(kernel, "filter")])

    def work(self) -> Worked:
        image, kernel = self.image, printed("3x3 filter again")
        found = convolved(image, kernel)
        row, rows = found[0], len(kernel)
        meet = sum(cell != 0 for cell in row)
        seen = (
            "One window of a row sees a part" if meet == 1 else f"{meet} windows of a row see parts"
        )
        steps = [
            Step(
                "Where all is alike, the 1s and the -1s cancel each other",
                " - ".join([" + ".join(["1"] * rows), *["1"] * rows]),
                total(kernel),
            ),
            Step(
                f"Where the halves meet, {rows} rows give left minus right",
                f"{rows}*({self.left} - {self.right})",
                rows * (self.left - self.right),
            ),
            Step(f"{seen} of both halves; the other numbers are 0", "", (row,)),
        ]
        slips = (
            Slip(
                (tuple(cell // rows for cell in row),),
                "You took one row of the filter only.",
                f"The filter has {rows} rows, and all of them see the edge.",
            ),
            Slip(
                (tuple(-cell for cell in row),),
                "You subtracted left from right.",
                "The 1s lie on the left side.",
            ),
            Slip(
                (tuple(rows * cell for cell in image[0][: len(row)]),),
                "You added the pixels and forgot the -1s.",
                "On an even ground this filter gives 0.",
            ),
        )
        return Worked(tuple(steps), Answer((row,)), slips, self._picture(found))

    def _picture(self, found: Matrix) -> Picture:
        """The picture, the first window that sees the edge, and where the map is not 0."""
        places = [(0, x) for x, cell in enumerate(found[0]) if cell]
        kernel = printed("3x3 filter again")
        seen = window(*places[0], *size(kernel)) if places else window(0, 0, 0, 0)
        after = Cells(found, "map", frozenset(places))
        return Beside(
            [Cells(self.image, "picture", seen), "*", Cells(kernel, "filter"), "=", after]
        )

    @classmethod
    def draw(cls, random: Random) -> Self:
        one = super().draw(random)
        if one.left == one.right:
            raise ValueError("there is no edge")
        return one


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "edge-filter",
        CHAPTER,
        "The filter 1 0 -1",
        "How can three columns of 1, 0 and -1 tell left from right?",
        VerticalEdge,
        (source("6x6 image again", "First window and filter"),),
    ),
    Lesson(
        "edge-map",
        CHAPTER,
        "From 6x6 to 4x4",
        "What does a filter make of a whole picture?",
        EdgeMap,
        (source("6x6 image again", "4x4 output"),),
    ),
    Lesson(
        "two-halves",
        CHAPTER,
        "Where the filter answers",
        "A picture with one edge: where are the numbers of the map not 0?",
        Halves,
        (source("6x6 image of two halves", "Output of two halves"), NOTES[3].at("line 453")),
    ),
)

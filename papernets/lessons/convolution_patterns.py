"""Filters as patterns: where they match, and one map for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Self

from .answers import Answer
from .arrays import (
    convolved,
    patch,
    size,
    sum_text,
    turned,
)
from .convolution_windows import CHAPTER, covers, given, shown_map, swept
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import grid
from .pictures import Beside, Cells, Picture, window
from .printed import printed, source
from .values import Matrix


@dataclass(frozen=True)
class Match(Example):
    """The filter as a template: its map is largest where the picture looks like it."""

    matrix: Matrix = grid("the picture", lambda: printed("Picture"), 0, 1)
    filter: Matrix = grid("the filter", lambda: printed("Filter 1"), values=(1, -1))

    def check(self) -> None:
        covers(self.matrix, self.filter)

    def ask(self) -> str:
        return "Which is the largest number in the map that the filter makes of the picture?"

    def given(self) -> Picture:
        return given(self.matrix, self.filter)

    def work(self) -> Worked:
        x, k = self.matrix, self.filter
        found = convolved(x, k)
        most = max(map(max, found))
        places = [(y, n) for y, row in enumerate(found) for n, c in enumerate(row) if c == most]
        first = places[0]
        ones = sum(cell for row in k for cell in row if cell > 0)
        steps = (
            Step("Make the whole map", "", found),
            Step(
                f"The largest number stands in row {first[0] + 1}, column {first[1] + 1}: the "
                "products there",
                sum_text(patch(x, *first, size(k)), k),
                most,
            ),
            Step(
                "More is not possible with pixels of 0 and 1: the weights above 0 together",
                " + ".join(str(cell) for row in k for cell in row if cell > 0) or "0",
                ones,
            ),
        )
        slips = (
            Slip(
                sum(abs(cell) for row in k for cell in row),
                "You counted all weights of the filter.",
                "A bright pixel under a -1 lowers the number: the pattern must match.",
            ),
            Slip(
                min(map(min, found)),
                "You took the smallest number.",
                "It is smallest where the picture is bright exactly under the -1s.",
            ),
            Slip(
                max(sum(map(sum, patch(x, y, n, size(k)))) for y in range(len(found))
                    for n in range(len(found[0]))),
                "You counted the bright pixels under the filter.",
                "Those under a -1 are subtracted.",
            ),
        )  # fmt: skip
        marks = frozenset(cell for place in places for cell in window(*place, *size(k)))
        picture = Beside(
            [
                Cells(x, "picture", marks if len(places) < 3 else window(*first, *size(k))),
                "*",
                Cells(k, "filter"),
                "=",
                Cells(found, "map", frozenset(places)),
            ]
        )
        return Worked(steps, Answer(most), slips, picture)

    @classmethod
    def draw(cls, random: Random) -> Self:
        image = tuple(tuple(int(random.random() < 0.4) for _ in range(5)) for _ in range(5))
        kernel = tuple(tuple(random.choice((-1, -1, 1)) for _ in range(3)) for _ in range(3))
        return cls(image, kernel)


@dataclass(frozen=True)
class MapOfFilter(Example):
    """Filter 2 of the slides: each filter makes a map of its own."""

    matrix: Matrix = grid("the picture", lambda: printed("Picture"), 0, 1)
    filter: Matrix = grid("the filter", lambda: printed("Filter 2"), values=(1, -1))

    def check(self) -> None:
        covers(self.matrix, self.filter)

    def ask(self) -> str:
        return "A layer has a second filter, this one. Which map does it make of the same picture?"

    def given(self) -> Picture:
        return given(self.matrix, self.filter)

    def work(self) -> Worked:
        x, k = self.matrix, self.filter
        found, other = convolved(x, k), convolved(x, printed("Filter 1"))
        ones = tuple(tuple(max(cell, 0) for cell in row) for row in k)
        slips = [
            Slip(
                convolved(x, ones),
                "You left out the -1s.",
                "A bright pixel under a -1 is subtracted.",
            ),
            Slip(
                convolved(x, tuple(zip(*k, strict=True)) if len(k) == len(k[0]) else turned(k)),
                "You laid the filter on with its rows as columns.",
                "This filter looks for a line from top to bottom, not for one across.",
            ),
        ]
        if size(other) == size(found):
            both = (zip(*rows, strict=True) for rows in zip(found, other, strict=True))
            slips.append(
                Slip(
                    tuple(tuple(a + b for a, b in row) for row in both),
                    "You added the map of filter 1.",
                    "Each filter has a map of its own; the maps become channels of the output.",
                )
            )
        return Worked(tuple(swept(x, k)), Answer(found), tuple(slips), shown_map(x, k, found))

    @classmethod
    def draw(cls, random: Random) -> Self:
        image = tuple(tuple(random.randint(0, 1) for _ in range(5)) for _ in range(5))
        return cls(matrix=image)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "filter-as-pattern",
        CHAPTER,
        "A filter looks for itself",
        "Where in the picture is a filter's answer the largest?",
        Match,
        (source("Picture", "Filter 2"), source("Picture again", "Picture under filter 1")),
    ),
    Lesson(
        "map-of-a-filter",
        CHAPTER,
        "One map for each filter",
        "A layer has two filters: what does the second one see?",
        MapOfFilter,
        (source("Picture, filter 2", "Filter 2 again"), source("Map of filter 2")),
    ),
)

"""What lessons on filters share: windows, maps, and the words of the steps."""

from __future__ import annotations

from .arrays import (
    convolved,
    patch,
    size,
    sum_text,
)
from .lesson import Step
from .pictures import Beside, Cells, Picture, window
from .values import Matrix

CHAPTER = "Convolution"


TURNED = (
    "You turned the filter by half a circle first.",
    "Mathematicians do; the networks of these papers lay it on as it is.",
)


def covers(image: Matrix, kernel: Matrix, padding: int = 0) -> None:
    """ValueError where a filter is larger than its padded picture."""
    (height, width), (high, wide) = size(image), size(kernel)
    if high > height + 2 * padding or wide > width + 2 * padding:
        around = f" with padding {padding}" if padding else ""
        raise ValueError(
            f"a filter of {high}x{wide} does not fit on a matrix of {height}x{width}{around}: give "
            "a smaller --filter or a larger --matrix"
        )


def transposed(matrix: Matrix) -> Matrix:
    """Rows as columns."""
    return tuple(zip(*matrix, strict=True))


def given(image: Matrix, kernel: Matrix) -> Picture:
    """A picture and a filter, as a task gives them."""
    return Beside([Cells(image, "picture"), "*", Cells(kernel, "filter")])


def shown_map(image: Matrix, kernel: Matrix, found: Matrix, step: int = 1) -> Picture:
    """A picture with its first window marked, the filter, and the map with its first number."""
    marks = window(0, 0, *size(kernel))
    return Beside(
        [
            Cells(image, "picture", marks),
            "*",
            Cells(kernel, "filter"),
            "=",
            Cells(found, "map" if step == 1 else f"map, stride {step}", window(0, 0, 1, 1)),
        ]
    )


def swept(image: Matrix, kernel: Matrix, step: int = 1) -> list[Step]:
    """The steps of a map: its first number, the next one, and all of them."""
    found = convolved(image, kernel, step)
    steps = [
        Step(
            "The first window: multiply place by place, and add",
            sum_text(patch(image, 0, 0, size(kernel)), kernel),
            found[0][0],
        )
    ]
    if len(found[0]) > 1:
        by = "one pixel" if step == 1 else f"{step} pixels"
        steps.append(
            Step(
                f"Move the filter {by} to the right, and do it again",
                sum_text(patch(image, 0, step, size(kernel)), kernel),
                found[0][1],
            )
        )
    return [*steps, Step("Go on to the end of the row, then down, row by row", "", found)]

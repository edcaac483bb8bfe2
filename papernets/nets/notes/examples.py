"""Worked examples of the notes in plain arithmetic: convolution and pooling of printed pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Matrix = Sequence[Sequence[float]]


def patches(image: Matrix, side: int, step: int = 1) -> Iterator[list[list[list[float]]]]:
    """The windows of a picture, a list for each row of windows."""
    for top in range(0, len(image) - side + 1, step):
        yield [
            [list(row[left : left + side]) for row in image[top : top + side]]
            for left in range(0, len(image[0]) - side + 1, step)
        ]


def products(one: Matrix, other: Matrix) -> list[list[float]]:
    """Two windows multiplied number by number."""
    return [[a * b for a, b in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)]


def total(matrix: Matrix) -> float:
    """The sum of all numbers."""
    return sum(map(sum, matrix))


def convolved(image: Matrix, kernel: Matrix, step: int = 1) -> list[list[float]]:
    """A picture under a kernel, as networks mean it: the kernel is not turned round."""
    rows = patches(image, len(kernel), step)
    return [[total(products(window, kernel)) for window in row] for row in rows]


def pooled(image: Matrix, side: int, step: int = 1) -> list[list[float]]:
    """The largest number of each window."""
    return [[max(map(max, window)) for window in row] for row in patches(image, side, step)]

"""Convolution and pooling of small matrices; sizes come from the window of `spec`."""

from __future__ import annotations

from collections.abc import Callable

from ..spec import Window
from .values import Matrix, Number


def size(matrix: Matrix) -> tuple[int, int]:
    """Rows and columns."""
    return len(matrix), len(matrix[0])


def padded(image: Matrix, padding: int) -> Matrix:
    """The matrix with so many rows and columns of zeros on every side."""
    wide = len(image[0]) + 2 * padding
    rows = [(0,) * padding + row + (0,) * padding for row in image]
    blank = [(0,) * wide] * padding
    return (*blank, *rows, *blank)


def spread(kernel: Matrix, dilation: int) -> Matrix:
    """A kernel with dilation - 1 zeros between its numbers: what a dilated convolution lays on."""
    height, width = ((n - 1) * dilation + 1 for n in size(kernel))
    return tuple(
        tuple(
            kernel[y // dilation][x // dilation] if y % dilation == x % dilation == 0 else 0
            for x in range(width)
        )
        for y in range(height)
    )


def turned(kernel: Matrix) -> Matrix:
    """A kernel turned by half a circle, as mathematicians' convolution has it."""
    return tuple(tuple(reversed(row)) for row in reversed(kernel))


def patch(image: Matrix, top: int, left: int, kernel: tuple[int, int]) -> Matrix:
    """The part of a matrix under a window."""
    return tuple(row[left : left + kernel[1]] for row in image[top : top + kernel[0]])


def products(one: Matrix, other: Matrix) -> Matrix:
    """Two matrices of one size multiplied number by number."""
    return tuple(
        tuple(a * b for a, b in zip(*rows, strict=True)) for rows in zip(one, other, strict=True)
    )


def total(matrix: Matrix) -> Number:
    """The sum of all numbers."""
    return sum(sum(row) for row in matrix)


def convolved(image: Matrix, kernel: Matrix, stride: int = 1, padding: int = 0) -> Matrix:
    """A matrix under a kernel, as networks mean it: the kernel is not turned."""
    return slid(
        padded(image, padding), size(kernel), stride, lambda part: total(products(part, kernel))
    )


def pooled(image: Matrix, kernel: int, stride: int, how: str) -> Matrix:
    """Each window's `max` or `average`."""

    def average(part: Matrix) -> Number:
        found = total(part) / (len(part) * len(part[0]))
        return int(found) if found == int(found) else found

    def largest(part: Matrix) -> Number:
        return max(max(row) for row in part)

    return slid(image, (kernel, kernel), stride, largest if how == "max" else average)


def slid(
    image: Matrix, kernel: tuple[int, int], stride: int, make: Callable[[Matrix], Number]
) -> Matrix:
    """What is made of each window; ValueError where no window fits."""
    height, width = Window(kernel, (stride, stride)).out(size(image))
    if min(height, width) < 1:
        has = f"{size(image)[0]}x{size(image)[1]}"
        raise ValueError(f"a {kernel[0]}x{kernel[1]} window does not fit on {has} numbers")
    return tuple(
        tuple(make(patch(image, y * stride, x * stride, kernel)) for x in range(width))
        for y in range(height)
    )


def sum_text(one: Matrix, other: Matrix) -> str:
    """The sum of products as it is worked out by hand: `1*3 + 2*2 + 7*(-1)`."""

    def factor(number: Number) -> str:
        text = f"{number:.10g}" if isinstance(number, float) else str(number)
        return f"({text})" if number < 0 else text

    pairs = zip((n for row in one for n in row), (n for row in other for n in row), strict=True)
    return " + ".join(f"{factor(a)}*{factor(b)}" for a, b in pairs)

"""Convolution and pooling of matrices, held against torch."""

from __future__ import annotations

import random

import pytest
import torch
from torch.nn import functional

from papernets.lessons import arrays, lesson


def matrix(rows: int, columns: int, seed: int) -> arrays.Matrix:
    """Whole numbers, drawn."""
    drawn = random.Random(seed)
    return tuple(tuple(drawn.randint(-9, 9) for _ in range(columns)) for _ in range(rows))


def tensor(of: arrays.Matrix) -> torch.Tensor:
    return torch.tensor(of, dtype=torch.float64)[None, None]


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("dilation", [1, 2])
def test_convolution(stride: int, padding: int, dilation: int):
    image, kernel = matrix(8, 9, 1), matrix(3, 2, 2)
    ours = arrays.convolved(image, arrays.spread(kernel, dilation), stride, padding)
    theirs = functional.conv2d(
        tensor(image), tensor(kernel), stride=stride, padding=padding, dilation=dilation
    )
    assert [list(row) for row in ours] == theirs[0, 0].tolist()


@pytest.mark.parametrize("kernel", [1, 2, 3])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_pooling(kernel: int, stride: int):
    image = matrix(7, 8, 3)
    for how, theirs in (("max", functional.max_pool2d), ("average", functional.avg_pool2d)):
        found = theirs(tensor(image), kernel, stride)[0, 0]
        assert torch.allclose(tensor(arrays.pooled(image, kernel, stride, how))[0, 0], found)


def test_a_turned_filter():
    """What torch calls a convolution with the turned filter is the mathematicians'."""
    image, kernel = matrix(3, 3, 4), matrix(3, 3, 5)
    full = functional.conv2d(tensor(image), tensor(kernel).flip(2, 3))
    example = lesson("turned-filter").example(matrix=image, filter=kernel)
    assert example.work().answer.value == full.item()


def test_dilated_lesson():
    image, kernel = matrix(9, 9, 6), matrix(3, 3, 7)
    ours = lesson("dilation").example(matrix=image, filter=kernel, dilation=3).work()
    theirs = functional.conv2d(tensor(image), tensor(kernel), dilation=3)[0, 0]
    assert [list(row) for row in ours.answer.value] == theirs.tolist()


def test_flattening_is_torchs():
    """The place that the lesson names holds the number that torch puts there."""
    maps = torch.arange(4 * 5 * 6).reshape(1, 4, 5, 6)
    numbers = {"input": (5, 6), "maps": 4, "map": 3, "row": 2, "column": 1}
    place = lesson("flatten-order").example(**numbers).work().answer.value
    assert torch.flatten(maps)[place] == maps[0, 3, 2, 1]


def test_a_window_that_does_not_fit():
    with pytest.raises(ValueError, match="3x3 window does not fit on 2x2"):
        arrays.convolved(((1, 2), (3, 4)), ((1,) * 3,) * 3)

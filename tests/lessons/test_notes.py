"""What the notes work out comes out to the digit, or the lesson says where they are wrong."""

from __future__ import annotations

from typing import Any

import pytest

from papernets.lessons import lesson
from papernets.lessons.printed import printed
from papernets.lessons.values import Value
from papernets.nets.notes.n003_examples import EXAMPLES


def answer(name: str, **numbers: Any) -> Value:
    """The answer of a lesson's example."""
    return lesson(name).example(**numbers).work().answer.value


def values(name: str, **numbers: Any) -> list[Value]:
    """The values of its steps."""
    return [step.value for step in lesson(name).example(**numbers).work().steps]


def test_a_convolution_by_hand():
    """Notes 003, lines 62 to 77: the products, and 3+4+0+6+0+0+0+45+2 = 60."""
    assert values("convolution-by-hand") == [((3, 4, 0), (6, 0, 0), (0, 45, 2)), 60]


def test_the_convolved_feature():
    """Line 153: 4 is the first number."""
    assert answer("sliding-window")[0][0] == printed("Convolved feature")[0][0] == 4


def test_the_edge_filter():
    """Line 431: 3*1 + 0 + 1*-1 + 1*1 + 5*0 + 8*-1 + 2*1 + 7*0 + 2*-1 = -5."""
    assert answer("edge-filter") == -5


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("edge-map", "4x4 output"),
        ("map-of-a-filter", "Map of filter 2"),
        ("max-pooling", "Max pooling 3x3"),
    ],
)
def test_the_printed_maps(name: str, heading: str):
    assert answer(name) == printed(heading)


def test_the_map_of_two_halves():
    """Lines 471 to 474: 0 30 30 0 in each row."""
    assert answer("two-halves") == ((0, 30, 30, 0),)
    assert set(printed("Output of two halves")) == set(answer("two-halves"))


def test_the_map_of_filter_1():
    """Lines 610 to 613; with stride 2 every other number of it."""
    assert values("filter-as-pattern")[0] == printed("Map of filter 1")
    assert answer("filter-as-pattern") == 3
    assert answer("stride") == tuple(row[::2] for row in printed("Map of filter 1")[::2])


def test_two_by_two_pooling_of_the_map_of_filter_1():
    """Its four quarters: 3 -1 / -3 1, -3 -1 / 0 -3, -3 -3 / 3 -2, 0 1 / -2 -1."""
    assert answer("pooling-halves") == ((3, 0), (3, 1))


def test_three_channels():
    """Lines 204 to 241: 308, -498 and 164, and with the bias 1 it is -25."""
    sums = {"red": 308, "green": -498, "blue": 164}
    assert {name: answer("one-channel", channel=name) for name in sums} == sums
    assert values("three-channels") == [308, -498, 164, -25]


def test_sizes():
    assert answer("output-size") == (28, 28)  # 32x32 under 5x5, lines 755 and 756
    assert answer("output-size", input=28, kernel=5, padding=2) == (28, 28)
    assert answer("same-padding") == 2
    assert answer("alexnet-first-layer") == 54  # ERRATA 9: 224 without padding
    assert answer("alexnet-first-layer", input=227) == 55
    (remark,) = lesson("alexnet-first-layer").example().work().remarks
    assert "55x55" in remark and "227" in remark


def test_half_a_zero():
    """Notes 002 print a padding of 0.5: 112 to 56 needs one zero in all."""
    assert answer("half-padding") == 1
    assert 0.5 in values("half-padding")
    (remark,) = lesson("half-padding").example().work().remarks
    assert "0.5" in remark and remark.count("56") == 2


def test_numbers_of_the_lecture():
    """Lines 755 to 760: 3072 inputs, 6272 activations, 400 flattened; 608 parameters."""
    assert answer("input-values") == 3072
    assert answer("neurons", channels=3, filters=8) == 6272
    assert answer("flatten") == 400
    assert answer("colour-weights", filters=8) == 608


def test_lenet_c1():
    """LeCun et al. 1998, section II-B: 156 parameters, 122,304 connections; 28x28x6 neurons."""
    assert answer("grey-weights") == 156
    assert answer("connections") == 122_304
    assert answer("neurons") == 4704


def test_dense_against_shared():
    """Line 259: nearly 14 million; line 260 has 156, which is 456 (ERRATA 26)."""
    assert answer("dense-instead") == 32 * 32 * 3 * 28 * 28 * 6 == 14_450_688
    assert answer("colour-weights") == 456
    (remark,) = lesson("colour-weights").example().work().remarks
    assert "156" in remark and "456" in remark and "608" in remark
    assert lesson("colour-weights").example(channels=2).work().remarks == ()


def test_every_printed_matrix_is_read():
    """As the page of the notes reads them: no heading is lost, no number misread."""
    from papernets.nets.notes.read import values as read

    for part in EXAMPLES.split("# ")[1:]:
        heading, _, text = part.partition("\n")
        assert printed(heading) == tuple(tuple(row) for row in read(text) if row), heading

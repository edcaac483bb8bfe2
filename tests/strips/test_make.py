"""Strips and windows are composed as they say: order, distances, offsets, labels, by the seed."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from papernets.data import Part, Preprocessing
from papernets.strips.make import (
    FAR,
    NEAR,
    NO_DIGIT,
    ink_columns,
    make_strips,
    make_windows,
    seen,
    window_width,
)

LENET5 = Preprocessing(1, 32, 32)


def bars(*widths: int) -> torch.Tensor:
    """A picture for each width: a bar of so many columns, of value 60, 61, ... on the ground."""
    images = torch.zeros(len(widths), 1, 28, 28, dtype=torch.uint8)
    for number, width in enumerate(widths):
        left = 14 - width // 2
        images[number, :, 4:24, left : left + width] = 60 + number
    return images


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def runs(row: torch.Tensor) -> list[tuple[int, int, int]]:
    """(value, first column, column after the last) of each bar in a row of pixels."""
    found: list[tuple[int, int, int]] = []
    for column, value in enumerate(row.tolist()):
        if found and found[-1][0] == value and found[-1][2] == column:
            found[-1] = (value, found[-1][1], column + 1)
        elif value:
            found.append((value, column, column + 1))
    return found


def test_ink_columns() -> None:
    images = torch.zeros(3, 1, 28, 28, dtype=torch.uint8)
    images[0, 0, 5, 3] = images[0, 0, 9, 10] = 200
    images[1, 0, 5, 20] = 255
    left, right, centre = ink_columns(images)
    assert left[:2].tolist() == [3, 20] and right[:2].tolist() == [11, 21]
    assert centre[:2].tolist() == [6.5, 20]
    assert left[2] == right[2]  # no ink, no columns


@pytest.mark.parametrize("gaps", [(0, 4), (3, 3), (5, 24)])
def test_strips_are_digits_at_random_distances(gaps: tuple[int, int]) -> None:
    part = Part(bars(7, 12, 3, 9), torch.tensor([7, 2, 1, 9]))
    strips, labels = make_strips(part, 5, 200, seeded(), gaps)
    assert strips.dtype == torch.uint8 and strips.shape[:3] == (200, 1, 28)
    assert labels.shape == (200, 5) and labels.dtype == torch.int64
    widths, label_of = {60: 7, 61: 12, 62: 3, 63: 9}, {60: 7, 61: 2, 62: 1, 63: 9}
    between = []
    for strip, wanted in zip(strips, labels.tolist(), strict=True):
        # bars of one value that touch are one run: pull them apart by their width
        found: list[tuple[int, int, int]] = []
        for value, start, stop in runs(strip[0, 10]):
            for first in range(start, stop, widths[value]):
                found.append((value, first, first + widths[value]))
        assert [label_of[value] for value, _, _ in found] == wanted
        assert found[0][1] == 4 and found[-1][2] <= strips.shape[-1] - 4
        between += [b[1] - a[2] for a, b in pairwise(found)]
    assert min(between) == gaps[0] and max(between) == gaps[1]
    assert max(runs(s[0, 10])[-1][2] for s in strips) == strips.shape[-1] - 4


def test_the_lighter_of_two_digits_that_overlap_is_shown() -> None:
    part = Part(bars(10, 10), torch.tensor([0, 1]))
    strips, labels = make_strips(part, 2, 50, seeded(), (-1, -1))
    for strip, (one, other) in zip(strips, labels.tolist(), strict=True):
        row = strip[0, 10, 4:23].tolist()
        assert row == [60 + one] * 9 + [60 + max(one, other)] + [60 + other] * 9


def test_strips_of_whole_pictures() -> None:
    part = Part(bars(7, 12, 3), torch.tensor([0, 1, 2]))
    strips, labels = make_strips(part, 4, 3, seeded(), None)
    assert strips.shape == (3, 1, 28, 4 * 28 + 8)
    wanted = torch.cat([part.images[label] for label in labels[1]], -1)
    assert torch.equal(strips[1][..., 4:-4], wanted)


def test_strips_follow_the_seed() -> None:
    part = Part(bars(7, 12, 3), torch.tensor([0, 1, 2]))
    one, other = (make_strips(part, 5, 20, seeded(3)) for _ in range(2))
    assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])
    assert not torch.equal(one[1], make_strips(part, 5, 20, seeded(4))[1])


def test_no_strips_of_nothing() -> None:
    part = Part(bars(7), torch.tensor([0]))
    with pytest.raises(ValueError, match="3 strips of 0 digits out of 1: give 1 or more"):
        make_strips(part, 0, 3, seeded())


def test_windows_are_centred_as_their_labels_say() -> None:
    images, labels = bars(*[7] * 150), torch.arange(150)
    windows, found = make_windows(images, labels, 32, 1.0, seeded())
    assert windows.shape == (150, 1, 28, 32) and windows.dtype == torch.uint8
    on_digit = found != NO_DIGIT
    assert torch.equal(found[on_digit], labels[on_digit])
    assert 0.2 < float((~on_digit).float().mean()) < 0.46  # one in three, within 3.4 deviations
    offsets, seen_neighbour = [], 0
    for number, window in enumerate(windows):
        whole = [(v, a, b) for v, a, b in runs(window[0, 10]) if b - a == 7]
        middles = {value: (first + last - 1) / 2 - 16 for value, first, last in whole}
        seen_neighbour += len(middles) > 1
        if found[number] == NO_DIGIT:
            # two bars of 7 are 6 columns or more apart, so nothing's place is 2.7 or more from each
            assert all(abs(offset) >= 0.45 * 6 - 0.5 for offset in middles.values())
        else:
            # a neighbour may hide a column on either side
            own = [(a, b) for v, a, b in runs(window[0, 10]) if v == 60 + number and b - a >= 5]
            offsets.append(min(((a + b - 1) / 2 - 16 for a, b in own), key=abs))
    assert max(map(abs, offsets)) <= NEAR + 1
    assert min(offsets) < -1 and max(offsets) > 1
    assert seen_neighbour > 50


def test_a_lonely_window_on_nothing_is_far_from_its_digit() -> None:
    """Where the neighbours are wide apart, nothing begins 3 columns from a digit's centre."""
    images, labels = bars(*[20] * 150), torch.arange(150)
    windows, found = make_windows(images, labels, 32, 1.0, seeded(1))
    for window in windows[found == NO_DIGIT]:
        whole = [(a, b) for _, a, b in runs(window[0, 10]) if b - a == 20]
        assert all(abs((a + b - 1) / 2 - 16) >= FAR - 1 for a, b in whole)


def test_without_a_share_windows_are_the_stored_pictures() -> None:
    images, labels = bars(7, 12, 3), torch.arange(3)
    windows, found = make_windows(images, labels, 32, 0.0, seeded())
    assert torch.equal(found, labels)
    assert torch.equal(windows[..., 2:-2], images) and not windows[..., [0, 1, -2, -1]].any()
    assert torch.equal(seen(LENET5, windows), LENET5(images))


def test_windows_follow_the_seed() -> None:
    images, labels = bars(7, 12, 3, 5), torch.arange(4)
    one, other = (make_windows(images, labels, 32, 0.9, seeded(5)) for _ in range(2))
    assert torch.equal(one[0], other[0]) and torch.equal(one[1], other[1])


def test_a_window_is_what_the_network_sees() -> None:
    """All of a window's 32 columns reach LeNet-5, and its 28 rows are padded as a digit's are."""
    assert window_width(LENET5) == 32
    window = torch.full((1, 1, 28, 32), 255, dtype=torch.uint8)
    given = seen(LENET5, window)
    assert given.shape == (1, 1, 32, 32)
    assert torch.allclose(given[0, 0, 2:-2], torch.tensor(1.175))
    assert torch.allclose(given[0, 0, [0, 1, -2, -1]], torch.tensor(-0.1))


def test_digits_made_smaller_need_a_wider_window() -> None:
    small = Preprocessing(1, 28, 28, shrink=0.8)
    assert window_width(small) == 36
    window = torch.full((1, 1, 28, 36), 255, dtype=torch.uint8)
    given = seen(small, window)
    assert given.shape == (1, 1, 28, 28) and float(given[0, 0, 14].min()) > 1


def test_what_cannot_be_moved_along_a_strip_says_so() -> None:
    with pytest.raises(ValueError, match="these pictures are photos: use mnist or digits"):
        window_width(Preprocessing(1, 32, 32, kind="photo"))
    with pytest.raises(ValueError, match=r"this one scales 28x28 to 64x64\. Use lenet5"):
        window_width(Preprocessing(1, 64, 64))

"""Parts of a data set, and what is held out of it."""

import numpy as np
import pytest
import torch

from papernets.data import Dataset, Part
from papernets.data.content import content_of_images
from papernets.data.dataset import apart, hold_out


def part(count: int) -> Part:
    images = torch.arange(count, dtype=torch.uint8).view(-1, 1, 1, 1)
    return Part(images, torch.arange(count) % 3, tuple(f"{i}.png" for i in range(count)))


def test_a_part_selects_by_places_by_truth_and_by_slice() -> None:
    whole = part(6)
    assert whole.select([4, 1]).files == ("4.png", "1.png")
    assert whole.select(torch.tensor([4, 1])).images.flatten().tolist() == [4, 1]
    assert whole.select(whole.labels == 2).files == ("2.png", "5.png")
    assert whole.select(slice(2, 4)).labels.tolist() == [2, 0]
    assert len(whole.select([])) == 0 and len(whole) == 6


def test_a_part_and_a_data_set_are_told_in_a_line() -> None:
    """And not by all their pixels, or by the names of a million files."""
    assert repr(part(6)) == "Part(6 pictures 1x1x1)" and repr(part(1)) == "Part(1 picture 1x1x1)"
    whole = Dataset("mine", ("a", "b", "c"), part(6), part(1), part(2), "photo", "as drawn")
    assert repr(whole) == (
        "Dataset('mine', 3 classes, train=Part(6 pictures 1x1x1), "
        "validation=Part(1 picture 1x1x1), test=Part(2 pictures 1x1x1))"
    )


def test_what_is_held_out_has_the_same_share_of_each_class() -> None:
    labels = torch.tensor([0] * 100 + [1] * 50 + [2] * 10)
    rest, held = hold_out(labels, 0.1, seed=0)
    assert torch.bincount(labels[held]).tolist() == [10, 5, 1]
    assert sorted([*rest.tolist(), *held.tolist()]) == list(range(160))
    assert rest.tolist() == sorted(rest.tolist())


def test_the_seed_decides_what_is_held_out_the_same_with_every_numpy() -> None:
    labels = torch.tensor([0, 1] * 10)
    assert hold_out(labels, 0.2, 0)[1].tolist() == hold_out(labels, 0.2, 0)[1].tolist()
    assert hold_out(labels, 0.2, 0)[1].tolist() != hold_out(labels, 0.2, 1)[1].tolist()


@pytest.mark.parametrize("counts", [[2, 2], [1, 9], [3, 3, 3], [1, 1, 1]])
def test_a_class_keeps_one_picture_and_gives_one_if_it_can(counts: list[int]) -> None:
    labels = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    rest, held = hold_out(labels, 0.1, seed=0)
    left = torch.bincount(labels[rest], minlength=len(counts)).tolist()
    given = torch.bincount(labels[held], minlength=len(counts)).tolist()
    assert min(left) >= 1
    assert given == [min(1, count - 1) for count in counts]


def test_mnist_gives_exactly_five_thousand() -> None:
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # MNIST's training set
    labels = torch.repeat_interleave(torch.arange(10), torch.tensor(counts))
    rest, held = hold_out(labels, 5000 / 60000, seed=3)
    assert (len(rest), len(held)) == (55_000, 5_000)


def test_many_pictures_are_taken_apart_in_their_place(monkeypatch) -> None:
    """As by `select`, and no second copy is made."""
    numbers = np.random.RandomState(3)
    images = torch.from_numpy(numbers.randint(0, 256, (50, 1, 3, 4)).astype(np.uint8))
    order = torch.from_numpy(numbers.permutation(50))
    places = [order[:30].sort()[0], order[30:41].sort()[0], order[41:].sort()[0]]
    files = tuple(map(str, range(50)))
    part = Part(images.clone(), torch.arange(50), files, content_of_images(images))
    wanted = [part.select(some) for some in places]
    monkeypatch.setattr("papernets.data.dataset.MUCH", 0)
    found = apart(part, places)
    for one, other in zip(found, wanted, strict=True):
        assert torch.equal(one.images, other.images) and torch.equal(one.labels, other.labels)
        assert one.files == other.files
        assert np.array_equal(one.content.held, other.content.held)
    whole = part.images.untyped_storage().data_ptr()
    assert all(one.images.untyped_storage().data_ptr() == whole for one in found)

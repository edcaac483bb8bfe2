"""The parts that are drawn: by content, so that what is added or moved leaves the others alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from noise import noise
from PIL import Image

from papernets import data
from papernets.data.content import Content, content_of_images, shares, together
from papernets.data.draw import drawn

SHARES = (0.1, 0.1)


def content(count: int, seed: int = 0) -> Content:
    """Of so many pictures, no two the same."""
    keys = np.random.RandomState(seed).randint(0, 2**63, count).astype(np.uint64)
    return Content(keys, keys + np.uint64(1))


def part_of(places: list[torch.Tensor]) -> dict[int, int]:
    return {int(place): part for part, some in enumerate(places) for place in some}


def test_every_picture_is_in_one_part_of_about_its_share() -> None:
    labels = torch.arange(30_000) % 3
    parts = drawn(content(30_000), labels, SHARES, 0)
    assert sorted(torch.cat(parts).tolist()) == list(range(30_000))
    for places in parts[1:]:
        assert torch.bincount(labels[places]).tolist() == pytest.approx([1000] * 3, rel=0.12)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_added_moves_nothing(seed: int) -> None:
    """Of classes with enough pictures, whatever their order."""
    every, labels = content(400, seed), torch.arange(400) % 2
    some = np.random.RandomState(seed).permutation(400)[:240]
    few = part_of(drawn(every.select(some), labels[some], SHARES, 7))
    many = part_of(drawn(every, labels, SHARES, 7))
    assert all(many[int(place)] == few[at] for at, place in enumerate(some))


def test_the_seed_decides() -> None:
    first, again, other = (
        part_of(drawn(content(500), torch.zeros(500), SHARES, s)) for s in (0, 0, 1)
    )
    assert first == again
    same = sum(first[at] == other[at] for at in range(500))
    assert same == pytest.approx(500 * (0.8**2 + 0.1**2 + 0.1**2), rel=0.15)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10, 14, 15, 40])
def test_small_classes_have_one_in_each_part_if_they_can(count: int) -> None:
    labels = torch.arange(3 * count) % 3
    for seed in range(10):
        parts = drawn(content(3 * count, seed), labels, SHARES, seed)
        counts = [torch.bincount(labels[places], minlength=3).tolist() for places in parts]
        for rest, test, held in zip(*counts, strict=True):
            assert rest + test + held == count and rest >= 1
            assert test >= (count >= 2) and held >= (count >= 3)
            if count < 15:
                assert test <= 1 and held <= 1


def test_the_same_picture_goes_to_one_part() -> None:
    own = content(200)
    held, pixels = own.held.copy(), own.pixels.copy()
    held[100:150] = held[:50]  # copies
    pixels[150:] = pixels[50:100]  # the same pixels in another file
    for seed in range(5):
        part = part_of(drawn(Content(held, pixels), torch.arange(200) % 4, SHARES, seed))
        assert all(part[at] == part[at + 100] for at in range(100))


def test_a_class_of_copies_alone_is_drawn_one_by_one() -> None:
    keys = np.full(20, 5, np.uint64)
    parts = drawn(Content(keys, keys), torch.zeros(20), SHARES, 0)
    assert [len(places) for places in parts] == [16, 2, 2]


def test_numbers_are_the_same_for_ever() -> None:
    """splitmix64 from state 0 gives this first number (Vigna's splitmix64.c)."""
    from papernets.data.content import _mixed

    assert int(_mixed(np.zeros(1, np.uint64))[0]) == 0xE220A8397B1DCDAF
    found = shares(np.arange(100_000, dtype=np.uint64), 3)
    assert found.min() >= 0 and found.max() < 1
    assert np.histogram(found, 10, (0, 1))[0] == pytest.approx([10_000] * 10, rel=0.05)


def test_kinds_of_pictures_that_hang_together() -> None:
    held, pixels = np.array([1, 2, 2, 3, 4]), np.array([9, 9, 8, 7, 8])
    found = together(Content(held.astype(np.uint64), pixels.astype(np.uint64)))
    assert found.tolist() == [0, 0, 0, 3, 0]


def test_a_picture_in_memory_is_known_as_the_file_that_it_is_saved_in(tmp_path: Path) -> None:
    digits = data.open("digits").test
    Image.fromarray(digits.images[0, 0].numpy()).save(tmp_path / "a.png")
    from papernets.data.reading import content_of_files

    (key,) = content_of_files([str(tmp_path / "a.png")], (28, 28)).pixels
    assert key == digits.content.held[0] == content_of_images(digits.images[:1]).pixels[0]


def test_a_folder_that_grows_is_renamed_and_is_copied(tmp_path: Path) -> None:
    def parts(root: Path) -> dict[str, str]:
        found = data.open(str(root))
        return {
            "/".join(Path(str(file)).parts[-2:]): name
            for name in ("train", "validation", "test")
            for file in getattr(found, name).files
        }

    before = parts(noise(tmp_path / "one", 60))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    assert parts(tmp_path / "two") == before
    after = parts(noise(tmp_path / "one", 30, first=60))
    assert len(after) == 180 and before.items() <= after.items()


def test_the_older_draw_is_still_there(tmp_path: Path) -> None:
    """As folders were drawn until November 2026: the counts to the picture, by order."""
    noise(tmp_path, 20)
    old = data.open(str(tmp_path), split="order")
    assert [len(p) for p in (old.train, old.validation, old.test)] == [32, 4, 4]
    assert old.split == (
        "32 pictures to train, 4 to choose the epoch and 4 to test (80, 10 and 10 %), drawn by "
        "class with seed 0"
    )
    whole = sorted(file for part in (old.train, old.validation, old.test) for file in part.files)
    from papernets.data.dataset import hold_out
    from papernets.data.tree import natural

    files = sorted(whole, key=natural)
    labels = torch.tensor([int(Path(file).parent.name == "b") for file in files])
    tested = hold_out(labels, 0.1, 0)[1]
    assert [files[at] for at in tested] == list(old.test.files)


def drawn_counts(classes: list[list[int]], seed: int) -> list[list[int]]:
    """How many of each class's pictures, which are numbers, come to the rest, test and held out."""
    every = content(1 + max(map(max, classes)), 5)
    places = [picture for some in classes for picture in some]
    labels = torch.tensor([label for label, some in enumerate(classes) for _ in some])
    parts = drawn(every.select(places), labels, SHARES, seed)
    counts = [torch.bincount(labels[part], minlength=len(classes)).tolist() for part in parts]
    return [list(of_class) for of_class in zip(*counts, strict=True)]


@pytest.mark.parametrize("length", [3, 4, 5])
def test_neighbours_that_share_a_picture_have_one_in_each_part(length: int) -> None:
    chain = [[2 * at, 2 * at + 1, 2 * at + 2] for at in range(length)]
    two = [[2, 3, 4], [4, 5, 6], [18, 19, 20], [20, 21, 22], [22, 23, 24]]
    for seed in range(20):
        for classes in (chain, chain[::-1], two):
            assert drawn_counts(classes, seed) == [[1, 1, 1]] * len(classes)


def test_every_class_has_a_picture_to_train_on_whatever_it_shares() -> None:
    """Two pictures a class, round in a circle of three: one class can have no test picture."""
    for seed in range(20):
        found = drawn_counts([[0, 1], [1, 2], [2, 0]], seed)
        assert all(rest for rest, *_ in found)
        assert sum(not test for _, test, _ in found) == 1
    random = np.random.RandomState(0)
    for seed in range(40):
        sets = [random.choice(9, random.randint(1, 5), replace=False) for _ in range(6)]
        assert all(rest for rest, *_ in drawn_counts([list(map(int, s)) for s in sets], seed))


def test_a_large_class_gives_way_to_a_small_one() -> None:
    small, large = [0, 1, 2], list(range(40))
    for seed in range(20):
        found = drawn_counts([small, large], seed)
        assert found[0] == [1, 1, 1] and all(found[1])

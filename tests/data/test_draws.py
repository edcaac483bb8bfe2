"""Random numbers of pictures: SplitMix64 as published, no order, and distributed as they should."""

import numpy as np
import pytest
import torch

from papernets.data.draws import CROP, ELASTIC, GAMMA, Draws, _mixed


def draws(count: int = 50_000, seed: int = 3, epoch: int = 1) -> Draws:
    return Draws(seed, epoch, torch.arange(count))


def test_the_mixing_is_splitmix64() -> None:
    """The first numbers from seed 1234567 of Vigna's splitmix64.c."""
    counter = np.arange(1, 6, dtype=np.uint64) * np.uint64(GAMMA) + np.uint64(1234567)
    assert _mixed(counter).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_a_pictures_numbers_are_its_own_whatever_stands_beside_it() -> None:
    whole, places = draws(), torch.tensor([40_000, 3, 17])
    some = Draws(3, 1, places)
    for count in (1, 4, 7):
        assert torch.equal(some.uniform(CROP, count), whole.uniform(CROP, count)[places])
        assert torch.equal(some.normal(CROP, count), whole.normal(CROP, count)[places])
    assert torch.equal(whole[5:9].normal(CROP, 2), whole.normal(CROP, 2)[5:9])
    assert len(whole[5:9]) == 4


def test_seeds_epochs_and_purposes_are_others() -> None:
    here = draws().uniform(CROP, 2)
    others = [draws(seed=4).uniform(CROP, 2), draws(epoch=2).uniform(CROP, 2)]
    others += [draws().uniform(ELASTIC, 2), draws(seed=2**60 - 1, epoch=10**6).uniform(CROP, 2)]
    for other in others:
        assert abs(np.corrcoef(here.flatten(), other.flatten())[0, 1]) < 0.015  # 4.7 deviations


def test_uniform_numbers_are_uniform_and_independent() -> None:
    drawn = draws().uniform(CROP, 6)
    assert drawn.dtype == torch.float32 and drawn.shape == (50_000, 6)
    assert drawn.min() >= 0 and drawn.max() < 1
    counts = torch.histc(drawn, 100, 0, 1)
    expected = drawn.numel() / 100
    assert ((counts - expected) ** 2 / expected).sum() < 160  # chi square of 99: 1 in 10,000
    between = np.corrcoef(drawn.numpy().T) - np.eye(6)
    assert np.abs(between).max() < 0.02
    neighbours = np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]
    assert abs(neighbours) < 0.02


def test_normal_numbers_are_normal() -> None:
    drawn = draws().normal(ELASTIC, 5)
    assert drawn.shape == (50_000, 5) and bool(drawn.isfinite().all())
    assert drawn.mean().item() == pytest.approx(0, abs=0.01)
    for power, moment in ((2, 1), (4, 3), (6, 15)):
        assert (drawn**power).mean().item() == pytest.approx(moment, rel=0.05)
    assert np.abs(np.corrcoef(drawn.numpy().T) - np.eye(5)).max() < 0.02
    assert 4 < drawn.abs().max() < 4.4
    assert (drawn.abs() > 1.959964).float().mean().item() == pytest.approx(0.05, abs=0.003)

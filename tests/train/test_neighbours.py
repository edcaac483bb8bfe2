"""Training for strips: equation 9 with no digit, by hand; and nothing changes where it is off."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from small_runs import a_run, batches

from papernets import data
from papernets.bundle.info import read_info
from papernets.data import Distortion, Part, Preprocessing
from papernets.data.draws import Draws
from papernets.strips.no_digit import NO_DIGIT, with_no_digit
from papernets.strips.scan import can_scan
from papernets.train.events import Epoch
from papernets.train.losses import map_loss
from papernets.train.runner import train
from papernets.train.settings import resolve
from papernets.train.source import generator

LENET5 = Preprocessing(1, 32, 32)


def test_no_digit_in_equation_9_by_hand() -> None:
    """Distances 2 and 4, scaled by a half to y = 1, 2, and j = 3."""
    logits = torch.tensor([[-2.0, -4.0]])
    total = math.exp(-3) + math.exp(-1) + math.exp(-2)
    for target, y in ((0, 1.0), (1, 2.0), (-1, 3.0)):
        loss = map_loss(logits, torch.tensor([target]), 0.5, 3.0)
        assert float(loss) == pytest.approx(-math.log(math.exp(-y) / total), rel=1e-6)


def test_the_loss_is_the_mean_over_digits_and_no_digit() -> None:
    logits = torch.tensor([[-1.0, -9.0], [-30.0, -20.0]])
    both = map_loss(logits, torch.tensor([0, -1]), 1.0, 5.0)
    each = [map_loss(logits[i : i + 1], torch.tensor([t]), 1.0, 5.0) for i, t in ((0, 0), (1, -1))]
    assert float(both) == pytest.approx(float(sum(each)) / 2)


def test_no_digit_pushes_all_distances_up_and_a_digit_pulls_its_own_down() -> None:
    for target, signs in ((-1, [-1, -1]), (0, [1, -1])):
        logits = torch.tensor([[-2.0, -4.0]], requires_grad=True)
        map_loss(logits, torch.tensor([target]), 1.0, 3.0).backward()
        assert logits.grad is not None
        assert (-logits.grad.sign())[0].tolist() == signs  # the way a step goes: -distance rises


def test_far_distances_are_not_pushed_further() -> None:
    """What j is for (section II-C): the penalties of classes that are far stay as they are."""
    logits = torch.tensor([[-1.0, -80.0]], requires_grad=True)
    map_loss(logits, torch.tensor([0]), 1.0, 3.0).backward()
    assert logits.grad is not None and abs(float(logits.grad[0, 1])) < 1e-30


def test_scores_with_no_digit_on_a_map() -> None:
    scores = with_no_digit(torch.full((2, 10, 3, 4), -6.0), 0.5, 7.0)
    assert scores.shape == (2, 11, 3, 4)
    assert (scores[:, :10] == -3).all() and (scores[:, 10] == -7).all()


def digits(count: int) -> Part:
    return data.open("digits").train.select(slice(count))


@pytest.mark.parametrize("distortion", [Distortion(), Distortion(shift=1.0, rotate=5.0)])
def test_plain_batches_are_what_they_were(distortion: Distortion) -> None:
    """With neighbours at 0 the order, the draws and the pictures are those of the plain recipe."""
    part = digits(70)
    draws = generator(3, 1)
    order = torch.randperm(len(part), generator=draws)
    images = part.images[order]
    images = LENET5(distortion(images, Draws(3, 1, order)))
    augment = {k: v for k, v in vars(distortion).items() if v}
    found = batches(part, LENET5, 32, seed=3, augment=augment)
    assert torch.equal(torch.cat([x for x, _ in found]), images)
    assert torch.equal(torch.cat([y for _, y in found]), part.labels[order])


def test_batches_with_neighbours_follow_the_epochs_seed() -> None:
    part = digits(100)

    def drawn(epoch: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
        strips = {"neighbours": 0.9, "loss": "map", "constant": 5.0}
        return batches(part, LENET5, 32, epoch=epoch, **strips)

    one, again, other = drawn(1), drawn(1), drawn(2)
    assert [tuple(x.shape) for x, _ in one] == [(32, 1, 32, 32)] * 3 + [(4, 1, 32, 32)]
    for (x, y), (z, w) in zip(one, again, strict=True):
        assert torch.equal(x, z) and torch.equal(y, w)
    assert not torch.equal(one[0][1], other[0][1])
    labels = torch.cat([y for _, y in one])
    assert NO_DIGIT in labels and labels.max() == 9


def test_the_recipe_is_lenet5s() -> None:
    recipe = resolve("lenet5", {"recipe": "scan"}).recipe
    assert recipe.neighbours > 0 and math.isfinite(recipe.constant) and recipe.loss == "map"
    assert resolve("lenet5").recipe.neighbours == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"neighbours": 1.5}, "neighbours must be from 0 to 1, not 1.5"),
        ({"neighbours": 0.5, "loss": "map"}, "neighbours needs loss 'map' with a finite"),
        ({"neighbours": 0.5, "constant": 5.0}, "neighbours needs loss 'map'.*--recipe scan"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        a_run("lenet5", **settings)  # type: ignore[arg-type]


def test_pictures_that_make_no_strips(tmp_path: Path) -> None:
    given = {"neighbours": 0.5, "loss": "map", "constant": 5.0, "input": (64,)}
    run = resolve("lenet5_modern", given)
    with pytest.raises(ValueError, match="strips need a network that sees a stored digit"):
        list(train(run, tmp_path))


def test_a_run_with_neighbours(tmp_path: Path) -> None:
    """Its held-out error is one of windows, on nothing too; its bundle says that it can scan."""
    run = resolve("lenet5", {"recipe": "scan", "epochs": 2, "batch_size": 64, "threads": 1})
    one, two = (event for event in train(run, tmp_path) if isinstance(event, Epoch))
    assert 0 < two.val_error < 1 and one.images == len(data.open("digits").train)
    assert two.train_loss < one.train_loss and two.val_loss < one.val_loss
    assert can_scan(read_info(tmp_path / "best"))

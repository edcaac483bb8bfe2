"""The paper's losses against their formulas written out."""

import math

import pytest
import torch
from small_nets import BRANCHES
from small_runs import TINY
from torch.nn import functional as F

from papernets.nets.registry import net
from papernets.run.network import Logits
from papernets.strips.no_digit import with_no_digit
from papernets.train.losses import make_loss, map_loss, mean_distance, squared_error
from papernets.train.recipe import TrainRecipe

DISTANCES = [[1.0, 3.0, 2.0], [5.0, 0.5, 4.0]]  # y_i of two pictures and three classes
RIGHT = [0, 2]


def equation_9(distances, right, j):
    """The mean of y_D + log(exp(-j) + sum_i exp(-y_i)), in Python's own arithmetic."""
    terms = [
        y[d] + math.log(math.exp(-j) + sum(math.exp(-one) for one in y))
        for y, d in zip(distances, right, strict=True)
    ]
    return sum(terms) / len(terms)


@pytest.mark.parametrize("j", [0.0, 1.0, 10.0])
def test_equation_9(j):
    logits, target = -torch.tensor(DISTANCES), torch.tensor(RIGHT)
    assert float(map_loss(logits, target, constant=j)) == pytest.approx(
        equation_9(DISTANCES, RIGHT, j)
    )


def test_equation_9_on_scaled_distances():
    logits, target = -torch.tensor(DISTANCES), torch.tensor(RIGHT)
    tenth = [[0.1 * y for y in row] for row in DISTANCES]
    wanted = equation_9(tenth, RIGHT, 2.0)
    assert float(map_loss(logits, target, 0.1, 2.0)) == pytest.approx(wanted)


def test_without_its_constant_it_is_the_cross_entropy():
    logits, target = -torch.tensor(DISTANCES), torch.tensor(RIGHT)
    assert torch.equal(map_loss(logits, target), F.cross_entropy(logits, target))
    assert float(map_loss(logits, target, constant=math.inf)) == pytest.approx(
        equation_9(DISTANCES, RIGHT, 700.0)
    )


def test_no_digit_is_a_class_whose_distance_is_j():
    logits = -torch.tensor(DISTANCES)
    wanted = 3.0 + math.log(math.exp(-3.0) + sum(math.exp(-y) for y in DISTANCES[0]))
    assert float(map_loss(logits[:1], torch.tensor([-1]), constant=3.0)) == pytest.approx(wanted)
    assert with_no_digit(logits, 2.0, 3.0).tolist() == [[-2, -6, -4, -3], [-10, -1, -8, -3]]


def test_mean_distance_is_equation_8():
    assert float(mean_distance(-torch.tensor(DISTANCES), torch.tensor(RIGHT))) == (1.0 + 4.0) / 2


def test_squared_error_wants_plus_and_minus_one():
    outputs = torch.tensor([[0.5, -1.0, 0.0], [1.0, 1.0, 1.0]])
    first = 0.5 * ((0.5 - 1) ** 2 + 0 + 1)
    second = 0.5 * (4 + 4 + 0)
    target = torch.tensor([0, 2])
    assert float(squared_error(outputs, target)) == pytest.approx((first + second) / 2)


def test_mse_means_distances_where_the_outputs_are_distances():
    logits, target = -torch.rand(4, 10), torch.arange(4)
    recipe = TrainRecipe("lenet5", loss="mse")
    assert make_loss(recipe, net("lenet5"))(logits, target) == mean_distance(logits, target)
    assert make_loss(recipe, TINY)(logits, target) == squared_error(logits, target)


def test_cross_entropy_takes_its_scale_and_smoothing():
    logits, target = torch.randn(4, 3), torch.tensor([0, 1, 2, 0])
    loss = make_loss(TrainRecipe("x", distance_scale=3.0, label_smoothing=0.1), TINY)
    assert torch.equal(
        loss(logits, target), F.cross_entropy(logits * 3, target, label_smoothing=0.1)
    )


def test_heads_count_with_their_weights():
    (weight,) = BRANCHES.aux_weights
    assert 0 < weight < 1
    main, head, target = torch.randn(4, 7), torch.randn(4, 7), torch.arange(4)
    loss = make_loss(TrainRecipe("x"), BRANCHES)
    both = loss(Logits(main, (head,)), target)
    assert float(both) == pytest.approx(
        float(F.cross_entropy(main, target) + weight * F.cross_entropy(head, target)), rel=1e-6
    )
    assert torch.equal(loss(main, target), F.cross_entropy(main, target))


@pytest.mark.parametrize("constant", [math.inf, 5.0])
@pytest.mark.parametrize("far", [1.0, 1e4])
def test_gradients_are_finite(constant, far):
    logits = (-far * torch.rand(6, 10)).requires_grad_()
    map_loss(logits, torch.arange(6), 1.0, constant).backward()
    assert logits.grad is not None and bool(logits.grad.isfinite().all())

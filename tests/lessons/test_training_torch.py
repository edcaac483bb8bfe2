"""The chapter Training beside torch: where it has the operation, the lesson's number is its own."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import siblings
import torch
import torch.nn.functional as F

from papernets.lessons import lesson
from papernets.lessons.training_others import EIGENVECTORS

SEEDS = (0, 1, 2, 3, 5, 8)


def example(name: str, seed: int):
    """The numbers and the answer of an exercise."""
    exercise = lesson(name).drawn(seed)
    return exercise.example, exercise.worked().answer.value


def tensor(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def batch_norm(of) -> float:
    layer = torch.nn.BatchNorm1d(1, eps=of.epsilon, dtype=torch.float64)
    torch.nn.init.constant_(layer.weight, of.gamma)
    torch.nn.init.constant_(layer.bias, of.beta)
    return layer(tensor(*of.column)[:, None])[-1].item()


def running_mean(of) -> float:
    momentum = of.momentum if of.tool == "torch" else 1 - of.momentum
    layer = torch.nn.BatchNorm1d(1, momentum=momentum, dtype=torch.float64)
    for _ in range(of.batches):
        layer(tensor(of.mean - 1, of.mean + 1)[:, None])
    return layer.running_mean.item()


def lrn(of) -> float:
    """torch divides alpha by the size: it is given alpha times n."""
    layer = torch.nn.LocalResponseNorm(of.n, of.alpha * of.n, of.beta, of.k)
    return layer(tensor(*of.row)[None, :, None])[0, of.map - 1, 0].item()


def softmax(of) -> float:
    return tensor(*of.scores).softmax(0)[of.right - 1].item()


def cross_entropy(of) -> float:
    return F.cross_entropy(tensor(*of.scores)[None], torch.tensor([of.right - 1])).item()


def one_output(of) -> float:
    loss = F.binary_cross_entropy_with_logits(tensor(of.score), tensor(of.label))
    return loss.item()


def label_smoothing(of) -> float:
    shares = torch.full((of.classes,), (1 - of.share) / (of.classes - 1), dtype=torch.float64)
    shares[0] = of.share
    right = torch.tensor([0])
    return F.cross_entropy(shares.log()[None], right, label_smoothing=of.epsilon).item()


def steps(make: Callable[[torch.nn.Parameter], torch.optim.Optimizer], gradients) -> list[float]:
    """The length of each step of an optimiser."""
    weight = torch.nn.Parameter(tensor(0.0))
    optimiser = make(weight)
    found = []
    for gradient in gradients:
        before = weight.item()
        weight.grad = tensor(gradient)
        optimiser.step()
        found.append(before - weight.item())
    return found


def momentum(of) -> float:
    return steps(
        lambda weight: torch.optim.SGD([weight], of.rate, of.momentum), [of.gradient] * of.steps
    )[-1]


def momentum_and_rate(of) -> float:
    """torch's own; AlexNet's by its formula, step by step."""
    if of.convention == "alexnet":
        velocity = 0.0
        for _ in range(2000):
            velocity = of.momentum * velocity + of.rate
        return of.momentum * velocity + of.rate / of.cut
    weight = torch.nn.Parameter(tensor(0.0))
    optimiser = torch.optim.SGD([weight], of.rate, of.momentum)
    for _ in range(1000):
        weight.grad = tensor(1.0)
        optimiser.step()
    before = weight.item()
    optimiser.param_groups[0]["lr"] /= of.cut
    optimiser.step()
    return before - weight.item()


def rmsprop(of) -> float:
    """torch's own; TensorFlow 1's by its documented rule, with its mean square begun at 1."""
    if of.tool == "torch":
        return steps(
            lambda w: torch.optim.RMSprop([w], of.rate, of.decay, of.epsilon), [of.gradient]
        )[0]
    square, gradient = tensor(1.0), tensor(of.gradient)
    square.mul_(of.decay).addcmul_(gradient, gradient, value=1 - of.decay)
    return (of.rate * gradient * (square + of.epsilon).rsqrt()).item()


def weight_decay(of) -> float:
    """Ten of torch's steps with no gradient, and so on."""
    weight = torch.nn.Parameter(tensor(1.0))
    optimiser = torch.optim.SGD([weight], of.rate, weight_decay=of.decay)
    for _ in range(10):
        weight.grad = tensor(0.0)
        optimiser.step()
    return weight.item() ** (of.steps / 10)


def rate_steps(of) -> float:
    weight = torch.nn.Parameter(tensor(0.0))
    optimiser = torch.optim.SGD([weight], of.start)
    thousands = [int(one) // 1000 for one in of.at]
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimiser, thousands, 1 / of.by)
    for _ in range(of.iteration // 1000):
        optimiser.step()
        schedule.step()
    return optimiser.param_groups[0]["lr"]


def rate_plateau(of) -> float:
    """torch waits for one epoch more than its patience."""
    optimiser = torch.optim.SGD([torch.nn.Parameter(tensor(0.0))], 1.0)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimiser, patience=of.patience - 1, threshold=0
    )
    for epoch, error in enumerate(of.errors, 1):
        schedule.step(error)
        if optimiser.param_groups[0]["lr"] < 1:
            return epoch
    raise AssertionError("the rate did not fall")


def rate_stairs(of) -> float:
    optimiser = torch.optim.SGD([torch.nn.Parameter(tensor(0.0))], of.start)
    schedule = torch.optim.lr_scheduler.StepLR(optimiser, of.every, of.keeps)
    for _ in range(of.epoch):
        optimiser.step()
        schedule.step()
    return optimiser.param_groups[0]["lr"]


def rate_to_zero(of) -> float:
    optimiser = torch.optim.SGD([torch.nn.Parameter(tensor(0.0))], of.start)
    count = of.steps // 1000
    schedule = {
        "cosine": lambda: torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, count),
        "linear": lambda: torch.optim.lr_scheduler.PolynomialLR(optimiser, count, 1),
        "root": lambda: torch.optim.lr_scheduler.PolynomialLR(optimiser, count, 0.5),
    }[of.shape]()
    for _ in range(of.step // 1000):
        optimiser.step()
        schedule.step()
    return optimiser.param_groups[0]["lr"]


def saturation(of) -> float:
    z = tensor(of.sum).requires_grad_()
    {"tanh": torch.tanh, "sigmoid": torch.sigmoid}[of.activation](z).backward()
    return z.grad.item()


def through_depth(of) -> float:
    """A chain of units, each with a bias that makes its sum the one that is asked for."""
    z = tensor(of.sum).requires_grad_()
    squash = {"tanh": torch.tanh, "sigmoid": torch.sigmoid}[of.activation]
    value = z
    for _ in range(of.layers):
        value = squash(value + (of.sum - value.detach()))
    value.backward()
    return z.grad.item()


def shortcut(of) -> float:
    z = tensor(1.0).requires_grad_()
    value = z
    for _ in range(of.blocks):
        value = of.slope * value + value
    value.backward()
    return z.grad.item()


def pca_colour(of) -> float:
    found = torch.tensor(EIGENVECTORS, dtype=torch.float64) @ (
        tensor(*of.draws) * tensor(*of.values)
    )
    return found[of.channel - 1].item()


def ten_crops(of) -> float:
    return tensor(*of.shares).mean().item()


@siblings.together("seed", SEEDS)
@siblings.together(
    "name, judge",
    [
        ("batch-norm", batch_norm),
        ("running-mean", running_mean),
        ("lrn", lrn),
        ("softmax", softmax),
        ("cross-entropy", cross_entropy),
        ("one-output", one_output),
        ("label-smoothing", label_smoothing),
        ("momentum", momentum),
        ("momentum-and-rate", momentum_and_rate),
        ("rmsprop", rmsprop),
        ("weight-decay", weight_decay),
        ("rate-steps", rate_steps),
        ("rate-plateau", rate_plateau),
        ("rate-stairs", rate_stairs),
        ("rate-to-zero", rate_to_zero),
        ("saturation", saturation),
        ("gradient-through-depth", through_depth),
        ("residual-gradient", shortcut),
        ("pca-colour", pca_colour),
        ("ten-crops", ten_crops),
    ],
)
def test_torch_gives_the_answer(name: str, judge: Callable[..., float], seed: int):
    of, answer = example(name, seed)
    assert judge(of) == pytest.approx(answer, rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_torch_clips_alike(seed: int):
    of, answer = example("gradient-clipping", seed)
    weight = torch.nn.Parameter(torch.zeros(len(of.gradient), dtype=torch.float64))
    weight.grad = tensor(*of.gradient)
    if of.by == "norm":
        torch.nn.utils.clip_grad_norm_([weight], of.limit)
    else:
        torch.nn.utils.clip_grad_value_([weight], of.limit)
    assert weight.grad.tolist() == pytest.approx(answer[0], rel=1e-5)


def test_inverted_dropout_is_torchs():
    """What passes in training is torch's with this mask; on average it is what passes in a test."""
    torch.manual_seed(4)
    outputs, rate = tensor(2, 4, 6, 8), 0.25
    passed = F.dropout(outputs, rate)
    mask = tuple(int(value > 0) for value in passed)
    assert 0 < sum(mask) < 4
    numbers = {"outputs": tuple(outputs.tolist()), "mask": mask, "rate": rate}
    training = lesson("dropout").example(convention="inverted", when="training", **numbers)
    assert training.work().answer.value == pytest.approx(passed.sum().item())
    test = lesson("dropout").example(convention="inverted", when="test", **numbers)
    assert test.work().answer.value == pytest.approx(F.dropout(outputs, rate, False).sum().item())


@pytest.mark.parametrize("convention", ["alexnet", "inverted"])
def test_training_and_test_are_alike_on_average(convention: str):
    """Over all masks, each as likely as its kept and dropped units make it."""
    rate, outputs = 0.4, (2, 4, 6, 8)
    mean = 0.0
    for number in range(1, 2**4):
        mask = tuple(number >> at & 1 for at in range(4))
        one = lesson("dropout").example(
            outputs=outputs, mask=mask, rate=rate, convention=convention, when="training"
        )
        likely = math.prod(1 - rate if kept else rate for kept in mask)
        mean += likely * one.work().answer.value
    test = lesson("dropout").example(outputs=outputs, rate=rate, convention=convention, when="test")
    assert mean == pytest.approx(test.work().answer.value)


@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_first_weights_shrink_values_as_the_lesson_says(activation: str):
    """Measured: wide random layers, of which each sum has 3,456 inputs."""
    torch.manual_seed(0)
    of = lesson("first-weights").example(activation=activation, layers=2)
    fan = of.maps * of.kernel**2
    values = torch.randn(64, fan)
    start = values.square().mean()
    for _ in range(of.layers):
        values = values @ (torch.randn(fan, fan) * of.deviation)
        values = values.relu() if activation == "relu" else values
    share = (values.square().mean() / start).item()
    assert share == pytest.approx(of.work().answer.value, rel=0.05)


def test_scaled_residuals_grow_as_the_lesson_says():
    """Measured: a branch that draws values of its input's variance anew."""
    torch.manual_seed(0)
    of = lesson("residual-scaling").example(scale=0.3, blocks=20)
    values = torch.randn(200_000)
    start = values.var()
    for _ in range(of.blocks):
        values = values + of.scale * torch.randn(200_000) * values.std()
    share = (values.var() / start).item()
    assert share == pytest.approx(of.work().answer.value, rel=0.03)

"""Claims of He et al. 2016 on CIFAR-10."""

from __future__ import annotations

from ...nets.resnet import PAPER
from ..claim import Arm, Experiment
from ..rules import TEST, TRAIN, All, Lower, Near

# Section 4.2: batch 128, 0.1 divided by 10 at 32,000 and 48,000 of 64,000 steps, that is 182 passes
# over 45,000 pictures; decay 1e-4, momentum 0.9, pad 4 and crop, mirror
CIFAR = {
    "data": "cifar10",
    "recipe": "cifar",
    "batch_size": 128,
    "optimizer": "sgd",
    "learning_rate": 0.1,
    "momentum": 0.9,
    "weight_decay": 1e-4,
    "schedule": "step",
    "milestones": (0.5, 0.75),
    "gamma": 0.1,
    "label_smoothing": 0.0,
    "standardise": True,
    "augment": {"flip": 0.5, "padding": 4},
    "keep": "last",
}
PASSES = 182
OTHERWISE = (
    "the paper's recipe; the mean and deviation of each channel in the place of the per-pixel "
    "mean; the weights of the last epoch"
)


def degradation(deep: int, smallest: float) -> Experiment:
    """Figure 6 with networks of 20 and of so many layers."""
    plain, residual = f"plain{deep}", f"resnet{deep}"
    arms = ("plain20", plain, "resnet20", residual)
    rules = [
        rule
        for what in (TRAIN, TEST)
        for rule in (Lower("plain20", plain, what), Lower(residual, "resnet20", what))
    ]
    return Experiment(
        f"degradation{deep}",
        "deeper plain networks have higher training and test error, deeper residual ones lower",
        PAPER.at("section 4.2, figure 6"),
        "plain: 56 layers above 20 in training and test error; ResNet: 8.75 % with 20 layers, "
        "7.17 % with 44, 6.97 % with 56",
        tuple(Arm(name, name) for name in arms),
        All(tuple(rules)),
        CIFAR,
        PASSES,
        smallest,
        OTHERWISE,
    )


EXPERIMENTS = (
    Experiment(
        "resnet20",
        "ResNet-20 has 8.75 % error on CIFAR-10",
        PAPER.at("table 6"),
        "8.75 %",
        (Arm("resnet20", "resnet20"),),
        Near("resnet20", 0.0875, 0.0035),
        CIFAR,
        PASSES,
        0.5,
        OTHERWISE,
    ),
    degradation(56, 1 / 8),
    degradation(44, 1 / 16),
)

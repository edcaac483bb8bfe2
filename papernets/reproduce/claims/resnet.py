"""Claims of He et al. 2016 on CIFAR-10."""

from __future__ import annotations

from ...nets.resnet import PAPER
from ..claim import Arm, Experiment
from ..rules import TEST, TRAIN, All, Lower, Near

# Section 4.2, as `papernets recipe resnet20 paper` has it: 64,000 steps of 128 pictures are 182
# passes over 45,000
CIFAR = {"data": "cifar10", "recipe": "paper"}
PASSES = 182
OTHERWISE = (
    "the paper's recipe; the weights of the last epoch; one training unless --seeds is given"
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
        "deeper plain networks err more, deeper residual ones less",
        PAPER.at("section 4.2, figure 6"),
        "plain: 56 layers err more than 20 in training and test; ResNet: 8.75 % with 20 layers, "
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

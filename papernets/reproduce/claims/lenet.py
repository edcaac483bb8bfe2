"""Claims of LeCun et al. 1998 on MNIST."""

from __future__ import annotations

from ...nets.lenet import PAPER
from ..claim import Arm, Experiment
from ..rules import All, Asked, Near, Ordered

MNIST = {"data": "mnist", "recipe": "best"}
OURS = "our recipe `best`: the paper's loss, distortions of ours, AdamW (docs/results.md)"
PASSES = {"lenet1": 100, "lenet4": 50, "lenet5": 60, "boosted_lenet4": 50}
PRINTED = {"lenet1": 0.017, "lenet4": 0.011, "lenet5": 0.0095, "boosted_lenet4": 0.007}

EXPERIMENTS = (
    Experiment(
        "mnist",
        "the LeNets on MNIST: larger ones err less",
        PAPER.at("section III-C, figure 9"),
        "LeNet-1 1.7 %, LeNet-4 1.1 %, LeNet-5 0.95 % (0.8 % with distortions), boosted LeNet-4 "
        "0.7 %",
        tuple(Arm(name, name, {"epochs": PASSES[name]}) for name in PRINTED),
        All(
            (
                *(Near(name, printed, 0.0) for name, printed in PRINTED.items()),
                Ordered(("lenet5", "lenet4", "lenet1")),
            )
        ),
        MNIST,
        60,
        0.25,
        OURS,
    ),
    Experiment(
        "boosting",
        "a boosted LeNet-4 answers most pictures by its first network",
        PAPER.at("section III-C"),
        "1.75 times the cost of one network",
        (Arm("boosted_lenet4", "boosted_lenet4"),),
        Asked("boosted_lenet4", 3, 1.75),
        MNIST,
        50,
        0.2,
        OURS,
    ),
)

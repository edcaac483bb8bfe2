"""Claims of Krizhevsky et al. 2012, on networks of a size that runs here."""

from __future__ import annotations

from typing import Any

from ...nets.alexnet import PAPER
from ..claim import Arm, Experiment, own
from ..rules import Faster, Lower

NET = own("small_alexnet")
SMALL: dict[str, Any] = {
    "data": "cifar10",
    "batch_size": 128,
    "optimizer": "sgd",
    "learning_rate": 0.02,
    "momentum": 0.9,
    "weight_decay": 5e-4,  # section 5
    "schedule": "step",
    "milestones": (0.5, 0.75),
    "gamma": 0.1,
    "standardise": True,
    "augment": {"flip": 0.5, "padding": 4},
    "keep": "last",
}
PASSES = 40
HERE = (
    "CIFAR-10 and a small network with AlexNet's parts (three convolutions, two dense layers) in "
    "the place of ImageNet and AlexNet; 40 passes, the rate falls twice"
)
# Crops of 28 out of 32: a ten-crop test needs pictures larger than the input, as the paper's 256
# are for 224
CROPPED = {"input": (28,), "enlarge": 32 / 28, "augment": {"flip": 0.5}}


def better(
    name: str, claim: str, place: str, printed: str, gain: float | None, *arms: Arm
) -> Experiment:
    """The first of two arms has a lower test error than the second."""
    return Experiment(
        name,
        claim,
        PAPER.at(place),
        printed,
        arms,
        Lower(arms[0].name, arms[1].name, printed=gain),
        SMALL,
        PASSES,
        0.5,
        HERE,
        seeds=3,
    )


EXPERIMENTS = (
    Experiment(
        "relu",
        "ReLUs reach 25 % training error six times faster than tanh",
        PAPER.at("section 3.1, figure 1"),
        "six times faster",
        (
            Arm("relu", own("four_layers"), {"learning_rate": 0.005}),
            Arm("tanh", own("four_layers"), {"options": {"activation": "tanh"}}),
        ),
        Faster("relu", "tanh", printed=6, least=3, reach=0.25),
        {
            "data": "cifar10",
            "batch_size": 128,
            "optimizer": "sgd",
            "learning_rate": 0.02,
            "momentum": 0.9,
            "schedule": "constant",
            "standardise": True,
            "keep": "last",
        },
        40,
        0.5,
        "the four layers, not printed, are three convolutions and a dense layer; as in the paper, "
        "no regularisation, and a rate chosen for each (ReLU 0.005 of 0.0025, 0.005 and 0.02, "
        "where half of it dies; tanh 0.02); first weights by fan-in, variance 2/n for ReLU and "
        "1/n for tanh: how the paper's began is not printed",
    ),
    better(
        "overlapping",
        "pooling 3x3 at step 2 errs less than 2x2 at step 2",
        "section 3.4",
        "top-1 error 0.4 % lower, top-5 0.3 %",
        0.004,
        Arm("overlapping", NET),
        Arm("plain", NET, {"options": {"pooling": "plain"}}),
    ),
    better(
        "dropout",
        "dropout in the dense layers reduces overfitting",
        "section 4.2",
        "without it, substantial overfitting; no figure",
        None,
        Arm("dropout", NET),
        Arm("without", NET, {"options": {"dropout": 0}}),
    ),
    better(
        "pca-colour",
        "shifting colours along their components reduces the error",
        "section 4.1",
        "top-1 error over 1 % lower",
        0.01,
        Arm("colour", NET, {"augment": {"flip": 0.5, "padding": 4, "pca": 0.1}}),
        Arm("without", NET),
    ),
    better(
        "ten-crops",
        "the mean over ten crops errs less than one crop",
        "section 6.1 and table 1",
        "top-1 error 37.5 % with ten crops, 39.0 % with one",
        0.015,
        Arm("ten", of="one", protocol="ten-crop"),
        Arm("one", NET, CROPPED),
    ),
)

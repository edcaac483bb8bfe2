"""Claims of the Inception papers, on networks of a size that runs here."""

from __future__ import annotations

from ...nets.bn_inception import PAPER as BN
from ...nets.googlenet import PAPER as GOOGLENET
from ...nets.inception import PAPER as V3
from ...nets.inception_v4 import PAPER as V4
from ..claim import Arm, Experiment, own
from ..rules import Faster, Lower
from .alexnet import NET, PASSES, SMALL

WIDE = own("wide_residual")

EXPERIMENTS = (
    Experiment(
        "label-smoothing",
        "label smoothing of 0.1 reduces the error",
        V3.at("section 7"),
        "about 0.2 % lower, top-1 and top-5",
        (Arm("smoothed", NET, {"label_smoothing": 0.1}), Arm("without", NET)),
        Lower("smoothed", "without", printed=0.002),
        SMALL,
        PASSES,
        0.5,
        "CIFAR-10 and a small network with AlexNet's parts",
        seeds=5,
    ),
    Experiment(
        "heads",
        "auxiliary heads reduce the error a little",
        GOOGLENET.at("section 5"),
        "about 0.5 %",
        (
            Arm("heads", own("small_googlenet")),
            Arm("without", own("small_googlenet"), {"options": {"aux": False}}),
        ),
        Lower("heads", "without", printed=0.005),
        SMALL,
        PASSES,
        0.5,
        "CIFAR-10 and three small modules with one head, weight 0.3",
        seeds=3,
    ),
    Experiment(
        "batch-norm",
        "batch normalisation at five times the rate learns much faster",
        BN.at("section 4.2, figure 3"),
        "14 times fewer steps (BN-x5: 2.1 million, Inception: 31 million)",
        (
            Arm("x5", NET, {"learning_rate": 0.05, "options": {"norm": "batch", "dropout": 0}}),
            Arm("without", NET, {"learning_rate": 0.01, "options": {"lrn": False}}),
        ),
        Faster("x5", "without", printed=14, least=2, what="held-out error"),
        {**SMALL, "schedule": "constant"},
        30,
        0.5,
        "CIFAR-10 and a small network; without dropout beside the normalisation, as in the paper",
        seeds=3,
    ),
    Experiment(
        "residual-scale",
        "scaled residuals keep a network of over 1,000 maps from dying",
        V4.at("section 3.3"),
        "unscaled ones die early: no figure",
        (
            Arm("scaled", WIDE, {"options": {"residual_scale": 0.1}}),
            Arm("unscaled", WIDE),
        ),
        Lower("scaled", "unscaled"),
        {
            "data": "mnist",
            "batch_size": 128,
            "optimizer": "sgd",
            "learning_rate": 0.02,
            "momentum": 0.9,
            "schedule": "constant",
            "keep": "last",
        },
        4,
        0.25,
        "MNIST and eight residual blocks of 1,152 maps without batch normalisation",
        seeds=3,
    ),
)

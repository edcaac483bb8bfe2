"""A claim of Simonyan and Zisserman 2015."""

from __future__ import annotations

from ...nets.vgg import PAPER
from ..claim import Arm, Experiment, own
from ..rules import NoLower
from .alexnet import SMALL

EXPERIMENTS = (
    Experiment(
        "lrn",
        "LRN does not improve on VGG's network A",
        PAPER.at("section 4.1, table 3"),
        "top-1 error 29.6 % without (A), 29.7 % with it (A-LRN)",
        (
            Arm("without", own("small_vgg")),
            Arm("lrn", own("small_vgg"), {"options": {"norm": "lrn"}}),
        ),
        NoLower("lrn", "without", 0.005),
        SMALL,
        40,
        0.5,
        "CIFAR-10 and network A with a quarter of its maps and one dense layer; normalisation "
        "behind every convolution, in the paper behind the first",
        seeds=3,
    ),
)

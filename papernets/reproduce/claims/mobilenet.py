"""Claims of Howard et al. 2017 at CIFAR-10's size."""

from __future__ import annotations

from ...nets.mobilenet import PAPER
from ..claim import Arm, Experiment
from ..rules import Costs, Ordered
from .alexnet import SMALL

HERE = "CIFAR-10 at 32x32 in the place of ImageNet at 224x224; 30 passes of a plain recipe"
CIFAR = {**SMALL, "learning_rate": 0.05, "weight_decay": 1e-4, "input": (32,)}
WIDTHS = (1.0, 0.75, 0.5, 0.25)

EXPERIMENTS = (
    Experiment(
        "depthwise",
        "depthwise separable convolutions cost 1 % of accuracy",
        PAPER.at("table 4"),
        "accuracy 70.6 % against 71.7 %, with an eighth of the multiply-adds",
        (Arm("depthwise", "mobilenet_v1"), Arm("full", "mobilenet_v1_conv")),
        Costs("depthwise", "full", printed=0.011, most=0.03),
        CIFAR,
        30,
        0.5,
        HERE,
        seeds=3,
    ),
    Experiment(
        "width",
        "accuracy falls smoothly with the width of the layers",
        PAPER.at("table 6"),
        "accuracy 70.6 %, 68.4 %, 63.7 %, 50.6 % at widths 1, 0.75, 0.5, 0.25",
        tuple(Arm(f"width {w:g}", "mobilenet_v1", {"options": {"width": w}}) for w in WIDTHS),
        Ordered(tuple(f"width {w:g}" for w in WIDTHS)),
        CIFAR,
        30,
        0.5,
        HERE,
        seeds=3,
    ),
)

"""How the BN-Inceptions' weights are drawn, and how we train them."""

from __future__ import annotations

from ...said import Recipe
from ...spec import HE, Committee, Initialisation, Net
from ..photographs import recipes as photographs
from . import SLIM

# trunc_normal of these deviations where the code says so; else inception_utils.py's default.
DEVIATIONS = {"conv1_?w": 1.0, "conv2_reduce": 0.1, "*.reduce": 0.09, "*.project": 0.1}
TRUNCATED = Initialisation(
    "he",
    2 * 1.3,
    "TF-slim, inception_utils: variance scaling by fan-in, truncated",
    cut=2,
    but=tuple(
        (rows, Initialisation("gaussian", deviation, f"{SLIM}: trunc_normal({deviation})", cut=2))
        for rows, deviation in DEVIATIONS.items()
    ),
)


def initialisation(net: Net) -> Initialisation:
    """How the weights of a BN-Inception are drawn: the paper does not say; TF-Slim's as there."""
    return TRUNCATED if net.name == "bn_inception_slim" else HE


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """How a BN-Inception is trained: on photographs, with TF-Slim's weight decay."""
    return photographs(net, weight_decay=4e-5)  # the paper prints none

"""How the weights of Inception v2 and v3 are drawn, and how we train them."""

from __future__ import annotations

from dataclasses import replace

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..photographs import recipes as photographs
from .claims import RELEASE, TIMM, TORCHVISION

# Factor 2, and 1.3 for what the cut takes away from the variance: slim.variance_scaling_initializer
SLIM = Initialisation(
    "he",
    2 * 1.3,
    "TF-slim, inception_utils: variance scaling by fan-in, truncated; the paper prints none",
    cut=2,
)
KERAS = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")


def _in_the_head(row: str, deviation: float, where: str, cut: float) -> tuple[str, Initialisation]:
    return f"aux.{row}", Initialisation("gaussian", deviation, where, cut=cut)


RELEASED = replace(
    SLIM,
    but=(
        _in_the_head("conv5x5", 0.01, f"{RELEASE}: trunc_normal(0.01)", 2),
        _in_the_head("fc", 0.001, f"{RELEASE}: trunc_normal(0.001)", 2),
    ),
)
BETWEEN = "trunc_normal_ between -2 and 2"  # 20 deviations of 0.1, 200 of 0.01, 2000 of 0.001
RULES = {
    "inception_v2": SLIM,
    "inception_v2_5b": SLIM,
    "inception_v3": RELEASED,
    "inception_v3_aux": RELEASED,
    "inception_v3_torchvision": Initialisation(
        "gaussian",
        0.1,
        f"{TORCHVISION}: {BETWEEN}",
        cut=20,
        but=(
            _in_the_head("conv5x5", 0.01, f"{TORCHVISION}: conv1.stddev", 200),
            _in_the_head("fc", 0.001, f"{TORCHVISION}: fc.stddev", 2000),
        ),
    ),
    "inception_v3_timm": Initialisation("gaussian", 0.1, f"{TIMM}: {BETWEEN}", cut=20),
    "inception_v3_keras": KERAS,
}


def initialisation(net: Net) -> Initialisation:
    """How the weights of an Inception v2 or v3 are drawn: as released, a peer's as it does."""
    return RULES[net.name]


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Recipes of ours, with the weight decay of TensorFlow's slim; smoothing as in section 7."""
    return photographs(net, weight_decay=4e-5, label_smoothing=0.1)

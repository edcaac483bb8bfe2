"""How the weights of Inception v2 and v3 are drawn, and how we train them."""

from __future__ import annotations

from dataclasses import replace

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..photographs import recipes as photographs
from . import RELEASE, TIMM, TORCHVISION

# Factor 2, and 1.3 for what the cut takes away from the variance: slim.variance_scaling_initializer
SLIM = Initialisation(
    "he",
    2 * 1.3,
    "TF-slim, inception_utils: variance scaling by fan-in, truncated; the paper prints none",
    cut=2,
)
KERAS = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")


def gaussian(
    deviation: float, source: str, cut: float, *but: tuple[str, Initialisation]
) -> Initialisation:
    """Drawn from a Gaussian that is cut off; `but` are the rows that are drawn otherwise."""
    return Initialisation("gaussian", deviation, source, cut=cut, but=but)


RELEASED = replace(
    SLIM,
    but=(
        ("aux.conv5x5", gaussian(0.01, f"{RELEASE}: trunc_normal(0.01)", 2)),
        ("aux.fc", gaussian(0.001, f"{RELEASE}: trunc_normal(0.001)", 2)),
    ),
)
RULES = {
    "inception_v2": SLIM,
    "inception_v2_5b": SLIM,
    "inception_v3": RELEASED,
    "inception_v3_aux": RELEASED,
    "inception_v3_torchvision": gaussian(
        0.1,
        f"{TORCHVISION}: trunc_normal_ between -2 and 2",
        20,
        ("aux.conv5x5", gaussian(0.01, f"{TORCHVISION}: conv1.stddev", 200)),
        ("aux.fc", gaussian(0.001, f"{TORCHVISION}: fc.stddev", 2000)),
    ),
    "inception_v3_timm": gaussian(0.1, f"{TIMM}: trunc_normal_ between -2 and 2", 20),
    "inception_v3_keras": KERAS,
}


def initialisation(net: Net) -> Initialisation:
    """How the weights of an Inception v2 or v3 are drawn: as released, a peer's as it does."""
    return RULES[net.name]


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Recipes of ours, with the weight decay of TensorFlow's slim; smoothing as in section 7."""
    return photographs(net, weight_decay=4e-5, label_smoothing=0.1)

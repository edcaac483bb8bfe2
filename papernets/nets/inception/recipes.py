"""How the weights of Inception v2 and v3 are drawn, and how we train them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ...spec import Initialisation
from ..first_weights import KERAS, by_name
from ..photographs import recipes as photographs
from . import RELEASE, TIMM, TORCHVISION

Rules = tuple[tuple[str, Initialisation], ...]


def gaussian(deviation: float, source: str, cut: float, but: Rules = ()) -> Initialisation:
    """Drawn from a Gaussian that is cut off; `but` are the rows that are drawn otherwise."""
    return Initialisation("gaussian", deviation, source, cut=cut, but=but)


# Factor 2, and 1.3 for what the cut takes away from the variance: slim.variance_scaling_initializer
SLIM = Initialisation(
    "he",
    2 * 1.3,
    "TF-slim, inception_utils: variance scaling by fan-in, truncated; the paper prints none",
    cut=2,
)
RELEASED_HEAD = (
    ("aux.conv5x5", gaussian(0.01, f"{RELEASE}: trunc_normal(0.01)", 2)),
    ("aux.fc", gaussian(0.001, f"{RELEASE}: trunc_normal(0.001)", 2)),
)
TORCHVISIONS_HEAD = (
    ("aux.conv5x5", gaussian(0.01, f"{TORCHVISION}: conv1.stddev", 200)),
    ("aux.fc", gaussian(0.001, f"{TORCHVISION}: fc.stddev", 2000)),
)
CUT = "trunc_normal_ between -2 and 2"
initialisation = by_name(
    {
        "inception_v2*": SLIM,
        "inception_v3_torchvision": gaussian(0.1, f"{TORCHVISION}: {CUT}", 20, TORCHVISIONS_HEAD),
        "inception_v3_timm": gaussian(0.1, f"{TIMM}: {CUT}", 20),
        "inception_v3_keras": KERAS,
        "inception_v3*": replace(SLIM, but=RELEASED_HEAD),
    }
)
# TF-slim's decay; smoothing as in section 7
recipes = partial(photographs, weight_decay=4e-5, label_smoothing=0.1)

"""How the BN-Inceptions' weights are drawn, and how we train them."""

from __future__ import annotations

from functools import partial

from ...spec import Initialisation
from ..first_weights import by_name
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
initialisation = by_name({"bn_inception_slim": TRUNCATED})  # the paper does not say: He's
recipes = partial(photographs, weight_decay=4e-5)  # TF-slim's: the paper prints none

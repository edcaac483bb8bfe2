"""How a MobileNet's weights are drawn, as released with it and in peers; recipes of ours."""

from __future__ import annotations

from functools import partial

from ...spec import Initialisation
from ..first_weights import KERAS, by_name
from ..photographs import recipes as photographs
from . import SLIM_CODE

SLIM = Initialisation("gaussian", 0.09, f"{SLIM_CODE}: truncated normal, stddev 0.09", cut=2)
GOOG = Initialisation("he_out", 2.0, "timm/models/_efficientnet_builder.py, _init_weight_goog")
initialisation = by_name({"mobilenet_v1_keras*": KERAS, "mobilenet_v1_timm": GOOG, "*": SLIM})
recipes = partial(photographs, weight_decay=4e-5)  # TF-slim's: the paper prints none

"""How a MobileNet's weights are drawn, as released with it and in peers; recipes of ours."""

from __future__ import annotations

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..photographs import recipes as photographs
from . import SLIM_CODE

SLIM = Initialisation("gaussian", 0.09, f"{SLIM_CODE}: truncated normal, stddev 0.09", cut=2)
GLOROT = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")
GOOG = Initialisation("he_out", 2.0, "timm/models/_efficientnet_builder.py, _init_weight_goog")


def initialisation(net: Net) -> Initialisation:
    """How the weights are drawn: as TF-slim does; the peers' networks as their code does."""
    if net.name.startswith("mobilenet_v1_keras"):
        return GLOROT
    return GOOG if net.name == "mobilenet_v1_timm" else SLIM


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Plain recipes for photographs; the paper prints no weight decay, TensorFlow's slim does."""
    return photographs(net, weight_decay=4e-5)

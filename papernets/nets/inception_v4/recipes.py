"""How the weights of Inception v4 and Inception-ResNet are drawn, and how we train them."""

from __future__ import annotations

from dataclasses import replace

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..inception.recipes import KERAS, SLIM
from ..photographs import recipes as photographs

DENSE = Initialisation("glorot", 1.0, "TF-slim's default for dense layers, inception_v4.py")
V4 = replace(SLIM, but=(("fc", DENSE),))  # in the convolutions as in Inception v3
RESNET = Initialisation(
    "glorot", 1.0, "TF-slim's default, which inception_resnet_v2.py keeps; the paper prints none"
)
RULES = {
    "inception_v4": V4,
    "inception_v4_timm": V4,
    "inception_resnet_v2_keras": KERAS,
}


def initialisation(net: Net) -> Initialisation:
    """How the weights of an Inception v4 or Inception-ResNet are drawn: as in the release."""
    return RULES.get(net.name, RESNET)


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """Recipes of ours, with the weight decay of TensorFlow's slim and Inception v3's smoothing."""
    return photographs(net, weight_decay=4e-5, label_smoothing=0.1)

"""How the weights of Inception v4 and Inception-ResNet are drawn, and how we train them."""

from __future__ import annotations

from dataclasses import replace

from ...spec import Initialisation
from ..first_weights import KERAS, by_name
from ..inception.recipes import SLIM, recipes

__all__ = ["initialisation", "recipes"]  # Inception v3's decay and smoothing

DENSE = Initialisation("glorot", 1.0, "TF-slim's default for dense layers, inception_v4.py")
V4 = replace(SLIM, but=(("fc", DENSE),))  # in the convolutions as in Inception v3
RESNET = Initialisation(
    "glorot", 1.0, "TF-slim's default, which inception_resnet_v2.py keeps; the paper prints none"
)
initialisation = by_name(
    {"inception_v4*": V4, "inception_resnet_v2_keras": KERAS, "inception_resnet_*": RESNET}
)

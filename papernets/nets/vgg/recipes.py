"""How the VGG networks are trained, by recipes of ours, and how their weights are drawn."""

from __future__ import annotations

from functools import partial

from ...spec import Initialisation
from ..first_weights import KERAS, by_name
from ..photographs import recipes as photographs

PAPERS = Initialisation(
    "glorot", 1.0, "section 3.1: the random initialisation of Glorot and Bengio 2010 does as well"
)
CODE = "torchvision/models/vgg.py"
DENSE = Initialisation("gaussian", 0.01, f"{CODE}: normal_, 0.01")
TORCHVISION = Initialisation(
    "he_out", 2.0, f"{CODE}: kaiming_normal_, fan_out", but=(("fc?", DENSE),)
)
initialisation = by_name(
    {"*_bn": TORCHVISION, "*_torchvision": TORCHVISION, "*_keras*": KERAS, "*": PAPERS}
)
recipes = partial(photographs, weight_decay=5e-4)  # section 3.1

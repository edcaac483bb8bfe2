"""How ResNets are trained, by recipes of ours, and how their weights are drawn."""

from __future__ import annotations

from functools import partial

from ...spec import Initialisation
from ..first_weights import KERAS, by_name
from ..photographs import recipes as photographs

PAPERS = Initialisation(
    "he", 2.0, "section 3.4: as in He et al. 2015, Delving Deep into Rectifiers"
)
DENSE = Initialisation("root_fan_in", 1.0, "torch's default for its layers")
FAN_OUT = Initialisation(
    "he_out", 2.0, "torchvision/models/resnet.py: kaiming_normal_, fan_out", but=(("fc", DENSE),)
)
initialisation = by_name({"*_keras": KERAS, "*_v1.5": FAN_OUT, "*": PAPERS})
recipes = partial(photographs, weight_decay=1e-4)  # section 3.4

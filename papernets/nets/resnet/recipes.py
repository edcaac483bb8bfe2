"""How ResNets are trained: plain recipes of ours; how their weights are drawn."""

from __future__ import annotations

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..photographs import recipes as photographs

PAPERS = Initialisation(
    "he", 2.0, "section 3.4: as in He et al. 2015, Delving Deep into Rectifiers"
)
FAN_OUT = Initialisation(
    "he_out",
    2.0,
    "torchvision/models/resnet.py: kaiming_normal_, fan_out",
    but=(("fc", Initialisation("root_fan_in", 1.0, "torch's default for its layers")),),
)
GLOROT = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")


def initialisation(net: Net) -> Initialisation:
    """How the weights of a ResNet are drawn: as the paper says, a peer's as the peer does."""
    if net.name.endswith("_keras"):
        return GLOROT
    return FAN_OUT if net.name.endswith("_v1.5") else PAPERS


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """How a ResNet is trained, with the weight decay of section 3.4."""
    return photographs(net, weight_decay=1e-4)

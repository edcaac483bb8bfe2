"""How the VGG networks are trained, by recipes of ours, and how their weights are drawn."""

from __future__ import annotations

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..photographs import recipes as photographs

PAPERS = Initialisation(
    "glorot", 1.0, "section 3.1: the random initialisation of Glorot and Bengio 2010 does as well"
)
CODE = "torchvision/models/vgg.py"
TORCHVISION = Initialisation(
    "he_out",
    2.0,
    f"{CODE}: kaiming_normal_, fan_out",
    but=(("fc?", Initialisation("gaussian", 0.01, f"{CODE}: normal_, 0.01")),),
)
KERAS = Initialisation("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")
PEERS = {"bn": TORCHVISION, "torchvision": TORCHVISION, "keras": KERAS, "keras_2class": KERAS}


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """How a VGG is trained: with the weight decay of section 3.1, all of them."""
    return photographs(net, weight_decay=5e-4)


def initialisation(net: Net) -> Initialisation:
    """How the weights of a VGG are drawn: as its paper or its peer's code says."""
    peer = net.name.partition("_")[2]
    return PEERS.get(peer, PAPERS)

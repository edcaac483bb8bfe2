"""How the GoogLeNets' weights are drawn, and how we train them."""

from __future__ import annotations

from ...said import Recipe
from ...spec import HE, Committee, Initialisation, Net
from ..photographs import recipes as photographs
from . import CAFFE, TORCHVISION

# Caffe's xavier: uniform, of variance 1 / fan-in; the classifiers' biases are 0.
XAVIER = Initialisation(
    "xavier",
    1.0,
    f"{CAFFE}, weight_filler and bias_filler",
    bias=0.2,
    but=tuple((row, Initialisation("xavier", 1.0, str(CAFFE))) for row in ("fc", "aux?.fc2")),
)
INITIALISATIONS = {
    "googlenet": XAVIER,
    "googlenet_aux": XAVIER,
    "googlenet_caffe": XAVIER,
    "googlenet_torchvision": Initialisation(
        "gaussian", 0.01, f"{TORCHVISION}: cut off at +-2", cut=200
    ),
}


def initialisation(net: Net) -> Initialisation:
    """How the weights of a GoogLeNet are drawn: as released; of a module alone, by He et al."""
    return INITIALISATIONS.get(net.name, HE)


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """How a GoogLeNet is trained: on photographs, with the weight decay of Caffe's release."""
    return photographs(net, weight_decay=2e-4)  # the paper prints none

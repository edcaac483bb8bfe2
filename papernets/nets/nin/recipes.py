"""How Network in Network is trained, by recipes of ours, and how its weights are drawn."""

from __future__ import annotations

from ...said import Recipe
from ...spec import Committee, Initialisation, Net
from ..photographs import recipes as photographs
from . import CIFAR10, IMAGENET

DEFINITIONS = {"nin_cifar10": CIFAR10, "nin_imagenet": IMAGENET}
FILLER = "the authors' Caffe definition: weight_filler gaussian"


def recipes(net: Net | Committee) -> tuple[Recipe, ...]:
    """How it is trained: the paper prints no weight decay, and AlexNet's section 5 this one."""
    return photographs(net, weight_decay=5e-4)


def initialisation(net: Net) -> Initialisation:
    """Each layer's weights with the definition's deviation, mostly 0.05, biases 0."""
    deviations = {row["layer"]: row["std"] for row in DEFINITIONS[net.name] if row["std"] != "."}
    others = tuple(
        (layer, Initialisation("gaussian", float(deviation), FILLER))
        for layer, deviation in deviations.items()
        if deviation != "0.05"
    )
    return Initialisation("gaussian", 0.05, FILLER, but=others)

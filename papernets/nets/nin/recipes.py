"""How Network in Network is trained, by recipes of ours, and how its weights are drawn."""

from __future__ import annotations

from functools import partial

from ...said import Table
from ...spec import Initialisation
from ..first_weights import by_name
from ..photographs import recipes as photographs
from . import CIFAR10, IMAGENET

FILLER = "the authors' Caffe definition: weight_filler gaussian"


def filled(definition: Table) -> Initialisation:
    """Each layer's weights with the definition's deviation, mostly 0.05, biases 0."""
    others = tuple(
        (row["layer"], Initialisation("gaussian", float(row["std"]), FILLER))
        for row in definition
        if row["std"] not in (".", "0.05")
    )
    return Initialisation("gaussian", 0.05, FILLER, but=others)


initialisation = by_name({"nin_cifar10": filled(CIFAR10), "nin_imagenet": filled(IMAGENET)})
recipes = partial(photographs, weight_decay=5e-4)  # AlexNet's, section 5: the paper prints none

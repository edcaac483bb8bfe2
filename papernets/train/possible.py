"""Whether a network can learn as a recipe asks, told before anything is loaded. No torch."""

from __future__ import annotations

import math

from ..spec import (
    RBF,
    Activation,
    Committee,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalPool,
    Identity,
    Layer,
    Net,
    Pad,
    Pool,
    Row,
    Subsample,
    TableConv,
    walk,
)
from ..words import by
from .recipe import TrainRecipe

CURVED = (
    RBF, Activation, Conv, Dense, Dropout, Flatten, GlobalPool, Identity, Pad, Pool, Subsample,
    TableConv,
)  # fmt: skip
"""Layers through which second derivatives are propagated (`optimizers.curvature`)."""
NEVER_BELOW = ("relu", "relu6", "sigmoid")


def check_learns(given: Net | Committee, recipe: TrainRecipe) -> None:
    """ValueError where a network has no second derivatives, or no output for a binary loss."""
    net = given.member
    rows = walk(net)
    if recipe.optimizer == "levenberg_marquardt":
        for row in rows:
            why = _not_curved(row)
            if why:
                raise ValueError(
                    f"levenberg_marquardt is for layers in a line, as LeCun et al. 1998 have them: "
                    f"{row.name} of {net.name} {why}. Take --set optimizer=sgd"
                )
    if recipe.val_share == 0 and isinstance(given, Committee):
        raise ValueError(
            f"val_share=0 trains on all pictures, and how the networks of {given.name} are weighed "
            "is chosen by held-out ones: leave val_share out"
        )
    if recipe.loss == "binary" and isinstance(given, Committee):
        raise ValueError(f"loss 'binary' is for one network: {given.name} adds several")
    if recipe.loss == "binary":
        weights = [row for row in rows if row.macs and not row.aux]
        end = weights[-1].layer if weights else None
        if isinstance(end, RBF) or getattr(end, "activation", None) in NEVER_BELOW:
            raise ValueError(
                f"loss 'binary' needs an output that may have either sign, and that of {net.name} "
                "is never above, or never below, 0. Take --set loss=cross_entropy"
            )


def check_norms(made: Net, batch_size: int) -> None:
    """ValueError where batch normalisation would see one value a channel: it has no deviation."""
    for row in walk(made):
        norm = getattr(row.layer, "norm", None)
        if norm is not None and batch_size == 1 and math.prod(row.out[1:]) == 1:
            raise ValueError(
                f"{made.name} with input {by(made.input)} normalises {row.name} over a "
                "batch, of which one picture has one value a channel: it cannot be trained on "
                "single pictures. Take more at a time, --batch-size 2 at least, or a larger input"
            )


def _not_curved(row: Row) -> str:
    """Why no second derivatives go through a row; empty where they do."""
    layer = row.layer
    if not isinstance(layer, Layer) or row.aux:
        return "is a branch, a sum or a head"
    if not isinstance(layer, CURVED):
        return f"is a {layer.kind} layer"
    if getattr(layer, "norm", None) is not None:
        return "has batch normalisation"
    if isinstance(layer, Pool) and layer.how != "max":
        window = layer.window()
        if window.fixed != (0, 0) or layer.ceil:
            return "averages over its padding"
    return ""

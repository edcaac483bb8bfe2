"""The optimisers that papers name: torch's where torch has them exactly, else ours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from ...rewrite import classifier_tensors
from ...run.network import Network
from ...spec import Conv, tensors, walk
from ..learning import KINDS
from ..recipe import TrainRecipe
from .levenberg_marquardt import MU, LevenbergMarquardt
from .rmsprop import RMSpropTensorFlow

EPSILON = {
    "adam": 1e-8,
    "adamw": 1e-8,
    "rmsprop": 1e-8,
    "rmsprop_tensorflow": 1e-10,
    "levenberg_marquardt": MU,
}
"""What `epsilon` 0 is: torch's numbers, TensorFlow 1's, and mu of LeCun et al. 1998."""


def make_optimizer(
    model: Network, recipe: TrainRecipe, waits: Mapping[str, float] | None = None
) -> torch.optim.Optimizer:
    """The optimiser of a recipe for the parameters that are trained.

    Weight decay of adam, sgd and both rmsprop is added to the gradient, so that it stands inside
    the momentum, as the papers print it; adamw shrinks the weights beside the step (Loshchilov and
    Hutter 2017). Both rmsprop differ: torch adds epsilon to the root of a mean square that starts
    at 0, TensorFlow under the root of one that starts at 1.
    """
    rate, kind = recipe.learning_rate, recipe.optimizer
    groups = parameter_groups(model, recipe, waits or {})
    # torch 2.13's fused SGD begins its momentum with any numbers where a first step is skipped
    fused = recipe.precision != "fp16" and next(model.parameters()).device.type in ("cpu", "cuda")
    epsilon = recipe.epsilon or EPSILON.get(kind, 0.0)
    if kind == "sgd":
        return torch.optim.SGD(groups, rate, recipe.momentum, nesterov=recipe.nesterov, fused=fused)
    if kind == "rmsprop":
        return torch.optim.RMSprop(groups, rate, recipe.alpha, epsilon, momentum=recipe.momentum)
    if kind == "rmsprop_tensorflow":
        return RMSpropTensorFlow(groups, rate, recipe.alpha, epsilon, recipe.momentum)
    if kind == "levenberg_marquardt":
        return LevenbergMarquardt(groups, rate, epsilon)
    adam = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
    return adam(
        groups, rate, (float(recipe.betas[0]), float(recipe.betas[1])), epsilon, fused=fused
    )


def parameter_groups(
    model: Network, recipe: TrainRecipe, waits: Mapping[str, float]
) -> list[dict[str, Any]]:
    """The parameters that are trained, in groups of one weight decay, one speed and one wait.

    They are in the order of the model. `set_rate` multiplies the rate of a group by its speed;
    `waits` are the epochs for which a parameter keeps its value, by its name (`train.freezing`).
    """
    kinds, places = {}, {}
    if recipe.decays or recipe.speeds:
        kinds = kinds_of(model)
        if {"head", "body"} & {*recipe.decays, *recipe.speeds}:
            head = set(classifier_tensors(model.net))
            places = {name: "head" if name in head else "body" for name in kinds}
    found: dict[tuple[float, float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            own = (kinds.get(name, ""), places.get(name, ""))
            decay = recipe.weight_decay * _factor(recipe.decays, own)
            group = (decay, _factor(recipe.speeds, own), waits.get(name, 0))
            found.setdefault(group, []).append(parameter)
    return [
        {"params": own, "weight_decay": decay, "speed": speed, "wait": wait}
        for (decay, speed, wait), own in found.items()
    ]


def _factor(table: Mapping[str, float], own: tuple[str, ...]) -> float:
    """The product of what a table has for a parameter's kind and its place."""
    return math.prod(float(table.get(key, 1.0)) for key in own)


def kinds_of(model: Network) -> dict[str, str]:
    """Of which of `KINDS` each tensor of a network is, by its name."""
    rows = {row.name: row for row in walk(model.net)}
    found = {}
    for name, tensor in tensors(model.net).items():
        layer, maps = rows[tensor.row].layer, rows[tensor.row].input[0]
        if tensor.operation == "norm":
            kind = "norm"
        elif name.endswith("bias"):
            kind = "bias"
        elif isinstance(layer, Conv) and 1 < layer.groups == maps:
            kind = "depthwise"
        else:
            kind = "dense" if tensor.operation == "linear" else "conv"
        assert kind in KINDS
        found[name] = kind
    return found


__all__ = ["LevenbergMarquardt", "RMSpropTensorFlow", "kinds_of", "make_optimizer"]

"""The optimisers that papers name: torch's where torch has them exactly, else ours."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

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


def make_optimizer(model: Network, recipe: TrainRecipe) -> torch.optim.Optimizer:
    """The optimiser of a recipe for the parameters that are trained.

    Weight decay of adam, sgd and both rmsprop is added to the gradient, so that it stands inside
    the momentum, as the papers print it; adamw shrinks the weights beside the step (Loshchilov and
    Hutter 2017). Both rmsprop differ: torch adds epsilon to the root of a mean square that starts
    at 0, TensorFlow under the root of one that starts at 1.
    """
    rate, kind = recipe.learning_rate, recipe.optimizer
    groups = parameter_groups(model, recipe)
    fused = next(model.parameters()).device.type in ("cpu", "cuda")
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


def parameter_groups(model: Network, recipe: TrainRecipe) -> list[dict[str, Any]]:
    """The parameters that are trained, in groups of one weight decay and one speed, in the order of
    the model. `set_rate` multiplies the rate of a group by its speed."""
    kinds = kinds_of(model) if recipe.decays or recipe.speeds else {}
    found: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            kind = kinds.get(name, "")
            decay = recipe.weight_decay * float(recipe.decays.get(kind, 1.0))
            found.setdefault((decay, float(recipe.speeds.get(kind, 1.0))), []).append(parameter)
    return [
        {"params": own, "weight_decay": decay, "speed": speed}
        for (decay, speed), own in found.items()
    ]


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

"""The papers' losses, one function for networks with and without auxiliary heads."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from ..run.network import Logits
from ..spec import RBF, Net
from ..spec.walk import walk
from ..strips.no_digit import with_no_digit
from .recipe import TrainRecipe

Loss = Callable[[Tensor | Logits, Tensor], Tensor]
"""The loss of what a network gives, with the labels (N,), or shares of classes (N, K)."""


def map_loss(
    logits: Tensor, target: Tensor, scale: float = 1.0, constant: float = math.inf
) -> Tensor:
    """The discriminative MAP criterion (LeCun et al. 1998, equation 9), averaged over (N, classes)
    logits.

    With y = -logits * scale, the distances: y_target + log(exp(-j) + sum_i exp(-y_i)). j infinite
    leaves its term out, which makes it the cross entropy of softmax(-y). A scale other than 1 is a
    departure. A target of NO_DIGIT is none of the classes; its y is j, which must be finite.
    """
    if math.isinf(constant):
        return F.cross_entropy(logits * scale, target)
    scores = with_no_digit(logits, scale, constant)
    right = scores.gather(1, target.where(target >= 0, logits.shape[1])[:, None])[:, 0]
    return (torch.logsumexp(scores, 1) - right).mean()


def mean_distance(logits: Tensor, target: Tensor) -> Tensor:
    """The mean squared distance to the right class's code (LeCun et al. 1998, equation 8), from
    -distances (N, classes)."""
    return -logits.gather(1, target[:, None]).mean()


def squared_error(outputs: Tensor, target: Tensor) -> Tensor:
    """Half the squared difference to +1 for the right class and -1 for the others, summed over
    classes (N, classes)."""
    wanted = torch.full_like(outputs, -1.0).scatter_(1, target[:, None], 1.0)
    return 0.5 * (outputs - wanted).square().sum(1).mean()


def binary_loss(
    logits: Tensor, target: Tensor, scale: float = 1.0, smoothing: float = 0.0
) -> Tensor:
    """The cross entropy of one output's sigmoid (N, 1), the chance of the second of two classes.

    It may come with the 0 beside it that `evaluate.infer.logits_of` gives.
    """
    logits = logits[:, -1:]
    wanted = target.to(logits.dtype)[:, None] * (1 - smoothing) + smoothing / 2
    return F.binary_cross_entropy_with_logits(logits * scale, wanted)


def measures(net: Net) -> bool:
    """Whether a network's outputs are minus distances to the classes' codes."""
    return isinstance(walk(net)[-1].layer, RBF)


def class_weights(labels: Tensor) -> Tensor:
    """A weight for each class (K,): as many pictures of each would have had the mean of the others.

    The mean of the weights over these labels (N,) is 1; a class without pictures has 1.
    """
    counts = labels.bincount()
    present = int((counts > 0).sum())
    return (len(labels) / (present * counts.double())).where(counts > 0, 1.0).float()


def weighted_loss(
    logits: Tensor, target: Tensor, weights: Tensor, smoothing: float = 0.0
) -> Tensor:
    """The cross entropy of logits (N, K), each picture times its class's weight, as a mean over N.

    Not over the sum of the weights, as torch's: so the mean of parts is that of the whole batch.
    target: (N,), or shares of classes (N, K), each of which counts by its class.
    """
    own = F.pad(weights, (0, logits.shape[1] - len(weights)), value=1.0).to(logits)
    total = F.cross_entropy(logits, target, own, label_smoothing=smoothing, reduction="sum")
    return total / len(logits)


def make_loss(recipe: TrainRecipe, net: Net, balance: Tensor | None = None) -> Loss:
    """The loss of a recipe: of logits, or of `Logits`, whose heads count with the weights that the
    network declares. `balance`: a weight for each class, in training alone."""
    distances, weights = measures(net), net.aux_weights

    def one(logits: Tensor, target: Tensor) -> Tensor:
        if target.dim() == 2:
            target = _wide(target, logits)
        if recipe.loss == "map":
            return map_loss(logits, target, recipe.distance_scale, recipe.constant)
        if recipe.loss == "mse":
            return mean_distance(logits, target) if distances else squared_error(logits, target)
        if recipe.loss == "binary":
            return binary_loss(logits, target, recipe.distance_scale, recipe.label_smoothing)
        if balance is not None:
            scaled = logits * recipe.distance_scale
            return weighted_loss(scaled, target, balance, recipe.label_smoothing)
        return F.cross_entropy(
            logits * recipe.distance_scale, target, label_smoothing=recipe.label_smoothing
        )

    def both(logits: Tensor | Logits, target: Tensor) -> Tensor:
        if isinstance(logits, Logits):
            total = one(logits.main, target)
            for head, weight in zip(logits.aux, weights, strict=True):
                total = total + weight * one(head, target)
            return total
        return one(logits, target)

    return both


def _wide(shares: Tensor, logits: Tensor) -> Tensor:
    """Shares of classes (N, J) for logits (N, K): those without training pictures have 0."""
    return F.pad(shares, (0, logits.shape[1] - shares.shape[1])).to(logits)


def wrong(recipe: TrainRecipe, out: Tensor | Logits, target: Tensor) -> Tensor:
    """How many of a batch (N,) are answered wrongly, not yet read.

    A window on no digit is right where it is read as none (`train.fit.validate`). Of mixed pictures
    target has shares of classes (N, K), and an answer is wrong by what it leaves out.
    """
    logits = (out.main if isinstance(out, Logits) else out).detach()
    if target.dim() == 2:
        right = _wide(target, logits).gather(1, logits.argmax(1)[:, None])
        return (1 - right).sum()
    if recipe.neighbours:
        logits = with_no_digit(logits, recipe.distance_scale, recipe.constant)
        target = target.where(target >= 0, logits.shape[1] - 1)
    answers = logits[:, 0] > 0 if logits.shape[1] == 1 else logits.argmax(1)
    return (answers != target).sum()


def distance_pull(recipe: TrainRecipe) -> Callable[[Tensor, Tensor], Tensor]:
    """The sum of the slopes of each picture's loss by its distances, of logits (N, K): 0 or more.

    Equation 8 is the distance to the right code: 1. Equation 9 pulls to that code, and away from
    each by its share p: what is left is the share of the constant j, none without it.
    """
    scale = recipe.distance_scale

    def found(logits: Tensor, target: Tensor) -> Tensor:
        if recipe.loss == "mse":
            return logits.new_ones(len(logits))
        if recipe.loss == "map" and math.isfinite(recipe.constant):
            away = with_no_digit(logits, scale, recipe.constant).softmax(1)
            away = away[:, : logits.shape[1]].sum(1)
            return scale * ((target >= 0).to(away.dtype) - away).clamp_min(0)
        return logits.new_zeros(len(logits))

    return found


def output_curvature(
    recipe: TrainRecipe, distances: bool = False
) -> Callable[[Tensor, Tensor], Tensor]:
    """Second derivatives of each picture's loss by the logits (N, K): the diagonal, 0 or more.

    Those of a softmax are p (1 - p). Of `mse`, `distances` to the right code (equation 8) are the
    loss itself, and have none by themselves: see `distance_pull`.
    """
    scale = recipe.distance_scale

    def found(logits: Tensor, target: Tensor) -> Tensor:
        if recipe.loss == "mse":
            return torch.zeros_like(logits) if distances else torch.ones_like(logits)
        if recipe.loss == "binary":
            p = torch.sigmoid(logits * scale)
        elif recipe.loss == "map" and math.isfinite(recipe.constant):
            p = with_no_digit(logits, scale, recipe.constant).softmax(1)[:, : logits.shape[1]]
        else:
            p = (logits * scale).softmax(1)
        return scale**2 * p * (1 - p)

    return found

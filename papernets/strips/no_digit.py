"""Scores of the classes, and of none of them: what equation 9's constant j stands for."""

from __future__ import annotations

from torch import Tensor, cat


def with_rubbish(logits: Tensor, scale: float, constant: float) -> Tensor:
    """Scores (N, classes + 1, ...) of logits (N, classes, ...): the last, -constant, is for none
    of the classes.

    Their softmax is equation 9's: exp(-y_i) and exp(-j) over exp(-j) + sum_i exp(-y_i).
    """
    rubbish = logits.new_full((len(logits), 1, *logits.shape[2:]), -constant)
    return cat([logits * scale, rubbish], 1)

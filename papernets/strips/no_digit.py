"""Windows on no digit: their label, and their score beside those of the classes."""

from __future__ import annotations

from torch import Tensor, cat

NO_DIGIT = -1
"""The label of a window that is centred on none."""


def with_no_digit(logits: Tensor, scale: float, constant: float) -> Tensor:
    """Scores (N, classes + 1, ...) of logits (N, classes, ...); the last, -constant, is no digit's.

    Their softmax is that of LeCun et al. 1998, equation 9, with constant as its j: exp(-y_i) and
    exp(-j) over exp(-j) + sum_i exp(-y_i).
    """
    none = logits.new_full((len(logits), 1, *logits.shape[2:]), -constant)
    return cat([logits * scale, none], 1)

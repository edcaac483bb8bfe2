"""Whether scores mean what they say: the loss, reliability, and the Brier score.

C. Guo, G. Pleiss, Y. Sun, K. Weinberger, On calibration of modern neural networks, ICML 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

BINS = 15  # Guo et al. 2017, section 3


@dataclass(frozen=True)
class Bin:
    """The pictures whose best score lies above `low`, and is at most `high`; the first takes 0.

    `confidence` is the mean of their best scores, `accuracy` the share that was right; both None
    where there is no picture.
    """

    low: float
    high: float
    images: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True)
class Calibration:
    """`loss` is the mean negative log likelihood of the true class, in nats; `brier` the mean
    squared distance of the scores from the truth, 0 to 2 (Brier 1950); `expected_error` the mean
    distance between confidence and accuracy over the bins, by their pictures.
    """

    loss: float
    expected_error: float
    brier: float
    bins: tuple[Bin, ...]


def calibration(outputs: ArrayLike, labels: ArrayLike, bins: int = BINS) -> Calibration:
    """The calibration of outputs (N, K), whose softmax is the scores, against labels (N,).

    Bins are of equal width in the best score. ValueError for no picture.
    """
    values, truth = np.asarray(outputs, dtype=np.float64), np.asarray(labels)
    count = len(values)
    if values.ndim != 2 or not count or truth.shape != (count,):
        raise ValueError(
            f"outputs of shape {values.shape} with labels of shape {truth.shape}: give (pictures, "
            "classes) and (pictures,), at least one picture"
        )
    logs = values - np.logaddexp.reduce(values, axis=1, keepdims=True)
    scores = np.exp(logs)
    rows = np.arange(count)
    right = values.argmax(axis=1) == truth
    best = scores.max(axis=1)
    squares = (scores**2).sum(axis=1) - 2 * scores[rows, truth] + 1
    place = np.clip(np.ceil(best * bins).astype(int) - 1, 0, bins - 1)
    found, apart = [], 0.0
    for at in range(bins):
        own = place == at
        images = int(own.sum())
        sure = float(best[own].mean()) if images else None
        share = float(right[own].mean()) if images else None
        if sure is not None and share is not None:
            apart += images * abs(sure - share)
        found.append(Bin(at / bins, (at + 1) / bins, images, sure, share))
    loss = float(-logs[rows, truth].mean())
    return Calibration(loss, apart / count, float(squares.mean()), tuple(found))

"""Error rates with their interval, top-k, figures for each class, and the worst mistakes.

Arrays in, frozen values out; an error is a fraction. Only `per_class` imports scikit-learn,
inside the function: the error rate of a training run does not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..words import listed, percent, plural

FEW = 30  # an error on fewer pictures is told with its interval, everywhere
MOST_NAMED = 10
TOP_K = (1, 5)  # the two that ImageNet's papers report


@dataclass(frozen=True)
class Score:
    """How often a network was wrong; all rates are fractions.

    `interval` is the 95 % one. `top_k` holds k -> error for each k that was computed: a k that
    takes in every class would be 0 whatever the network says, and is left out.
    """

    error: float
    errors: int
    images: int
    interval: tuple[float, float]
    top_k: dict[int, float]

    def __str__(self) -> str:
        """One line for a screen, in per cent, that says which k are reported."""
        low, high = self.interval
        line = (
            f"{percent(self.error)} error ({self.errors:,} of {plural(self.images, 'picture')}; "
            f"95 % interval {100 * low:.2f} to {percent(high)})"
        )
        others = (f"top-{k} error {percent(e)}" for k, e in self.top_k.items() if k > 1)
        return ", ".join([line, *others])


@dataclass(frozen=True)
class ClassScore:
    """Figures for one class, fractions; None where they are 0/0.

    `recall` and `error` are None for a class without pictures, `precision` for one that was
    never predicted, `f1` where both hold; `most_confused_with` is None without a mistake.
    """

    name: str
    images: int
    precision: float | None
    recall: float | None
    f1: float | None
    error: float | None
    most_confused_with: str | None


@dataclass(frozen=True)
class Balance:
    """What an error stands beside; rates are fractions.

    `balanced` is the mean of the errors of the classes that have pictures; `constant` that of who
    always answers `frequent`, the class with most pictures; `untested` are classes without one.
    """

    balanced: float
    constant: float
    frequent: str
    untested: tuple[str, ...]

    def __str__(self) -> str:
        """One line for a screen, in per cent."""
        line = (
            f"Always {self.frequent!r} is {percent(self.constant)} error; balanced error, the mean "
            f"of the classes': {percent(self.balanced)}"
        )
        if not self.untested:
            return line
        return f"{line}. No test picture of {listed(self.untested, MOST_NAMED)}"


def balance(labels: ArrayLike, predicted: ArrayLike, classes: Sequence[str]) -> Balance:
    """What stands beside the error of answers (N,) to labels (N,), at least one."""
    counts = confusion(labels, predicted, len(classes))
    of_class = counts.sum(axis=1)
    there = of_class > 0
    right = counts.diagonal()[there] / of_class[there]
    most = int(of_class.argmax())
    return Balance(
        balanced=float(1 - right.mean()),
        constant=float(1 - of_class[most] / of_class.sum()),
        frequent=classes[most],
        untested=tuple(name for name, here in zip(classes, there, strict=True) if not here),
    )


def few(errors: int, images: int) -> str:
    """` (0 to 43 %)`, the 95 % interval of an error on few pictures; empty on others."""
    if images >= FEW or not images:
        return ""
    low, high = interval(errors, images)
    return f" ({100 * low:.0f} to {100 * high:.0f} %)"


def interval(errors: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval (low, high) of the error rate `errors / n`, as fractions.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22 (1927) 209-212.
    """
    if n < 1:
        raise ValueError(f"an interval needs at least one picture, not {n}")
    if not 0 <= errors <= n:
        raise ValueError(f"{errors} errors in {plural(n, 'picture')}: give 0 to {n} errors")
    if not 0 < level < 1:
        raise ValueError(f"level {level} is not between 0 and 1: 0.95 is usual")
    z = NormalDist().inv_cdf((1 + level) / 2)
    rate = errors / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # The ends are exactly 0 and 1 there; the formula leaves a rounding error.
    low = 0.0 if errors == 0 else centre - reach
    high = 1.0 if errors == n else centre + reach
    return low, high


def score(logits: ArrayLike, labels: ArrayLike, top: Sequence[int] = TOP_K) -> Score:
    """The error of `logits` (N, K), larger is better, against `labels` (N,), and each k's of `top`.

    A k of K or more is left out: it would take in every class.

    Of equal logits the first class counts as the answer, as with argmax. NaN, another shape or a
    label outside 0..K-1 raise ValueError.
    """
    values, truth = _checked(logits, labels)
    images, classes = values.shape
    of_truth = values[np.arange(images), truth][:, None]
    earlier = np.arange(classes) < truth[:, None]
    rank = ((values > of_truth) | ((values == of_truth) & earlier)).sum(axis=1)
    errors = int((rank > 0).sum())
    top_k = {
        k: int((rank >= k).sum()) / images for k in sorted({1, *top}) if k == 1 or 1 < k < classes
    }
    return Score(errors / images, errors, images, interval(errors, images), top_k)


def probabilities(logits: ArrayLike) -> NDArray[np.float64]:
    """Softmax of `logits` (N, K) along K, in float64."""
    values = np.asarray(logits, dtype=np.float64)
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def worst(logits: ArrayLike, labels: ArrayLike, n: int = 25) -> NDArray[np.int64]:
    """Indices of at most `n` mistakes, the most confident first.

    Confidence is the predicted class's probability, compared by its logarithmic odds, which do not
    round to the same number where it is nearly 1; of equals the first picture comes first.
    """
    values, truth = _checked(logits, labels)
    if n < 0:
        raise ValueError(f"cannot show {n} mistakes: give 0 or more")
    mistakes = np.flatnonzero(values.argmax(axis=1) != truth)
    values = values[mistakes]
    best = values.max(axis=1)
    others = values.copy()
    others[np.arange(len(mistakes)), values.argmax(axis=1)] = -np.inf
    odds = best - np.logaddexp.reduce(others, axis=1)
    return mistakes[np.argsort(-odds, kind="stable")][:n]


def confusion(labels: ArrayLike, predicted: ArrayLike, n: int) -> NDArray[np.int64]:
    """Counts (n, n): row the true class, column the predicted one."""
    truth, answer = _pair(labels, predicted, n)
    return np.bincount(truth * n + answer, minlength=n * n).reshape(n, n)


def per_class(labels: ArrayLike, predicted: ArrayLike, classes: Sequence[str]) -> list[ClassScore]:
    """One ClassScore a class, in label order, also for classes without a picture.

    No picture at all is a ValueError.
    """
    from sklearn.metrics import (  # type: ignore[import-untyped,unused-ignore]
        precision_recall_fscore_support,
    )

    n = len(classes)
    truth, answer = _pair(labels, predicted, n)
    if not len(truth):
        raise ValueError("no pictures: figures for each class need at least one")
    precision, recall, f1, images = precision_recall_fscore_support(
        truth, answer, labels=np.arange(n), zero_division=np.nan
    )
    mistakes = confusion(truth, answer, n)
    np.fill_diagonal(mistakes, 0)
    return [
        ClassScore(
            name=classes[i],
            images=int(images[i]),
            precision=_defined(precision[i]),
            recall=_defined(recall[i]),
            f1=_defined(f1[i]),
            error=int(mistakes[i].sum()) / int(images[i]) if images[i] else None,
            most_confused_with=classes[mistakes[i].argmax()] if mistakes[i].any() else None,
        )
        for i in range(n)
    ]


def _defined(value: Any) -> float | None:
    """The number, or None for scikit-learn's NaN of 0/0."""
    return None if np.isnan(value) else float(value)


def _checked(logits: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """`logits` as float64 (N, K) and `labels` as int64 (N,), or ValueError."""
    values = np.asarray(logits, dtype=np.float64)
    if values.ndim != 2 or 0 in values.shape:
        raise ValueError(
            f"logits have shape {values.shape}: give (pictures, classes), at least one of each"
        )
    unusable = np.flatnonzero(np.isnan(values).any(axis=1) | ~np.isfinite(values.max(axis=1)))
    if len(unusable):
        raise ValueError(
            f"the network's outputs are NaN or infinite for {len(unusable):,} of "
            f"{plural(len(values), 'picture')} (first: number {unusable[0]}, counted from 0)"
        )
    truth = _labels(labels, values.shape[1], "label")
    if len(truth) != len(values):
        raise ValueError(
            f"{plural(len(values), 'row')} of logits but {plural(len(truth), 'label')}"
        )
    return values, truth


def _pair(
    labels: ArrayLike, predicted: ArrayLike, n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both as int64 (N,) in 0..n-1, or ValueError."""
    truth, answer = _labels(labels, n, "label"), _labels(predicted, n, "prediction")
    if len(truth) != len(answer):
        raise ValueError(f"{plural(len(truth), 'label')} but {plural(len(answer), 'prediction')}")
    return truth, answer


def _labels(labels: ArrayLike, n: int, what: str) -> NDArray[np.int64]:
    """`labels` as int64 (N,) in 0..n-1, or ValueError that names the first wrong one."""
    numbers = np.asarray(labels)
    if numbers.ndim != 1:
        raise ValueError(f"{what}s have shape {numbers.shape}: give one number a picture")
    if numbers.size and not np.issubdtype(numbers.dtype, np.integer):
        raise ValueError(f"{what}s are {numbers.dtype}: give whole numbers from 0 to {n - 1}")
    outside = np.flatnonzero((numbers < 0) | (numbers >= n))
    if len(outside):
        raise ValueError(
            f"{what} {numbers[outside[0]]} of picture {outside[0]} is outside 0 to {n - 1}: "
            f"there are {plural(n, 'class', 'classes')}"
        )
    return numbers.astype(np.int64)

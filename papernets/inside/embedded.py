"""Pictures in the plane, by the last features that a network makes of them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ..bundle.modes import evaluating
from ..evaluate.pictures import Pictures
from ..rewrite import classifier
from ..words import either, plural
from .layers import given_to, net_of
from .subject import Given, Model, subject_of

METHODS = ("tsne", "pca")
LEAST = 3  # pictures in a plane


@dataclass(frozen=True, eq=False)
class Embedding:
    """`points` (N, 2) of pictures, and the `features` (N, F) that they stand for.

    `layer` is the classifier, which is given the features; `answers` (N,) are the classes that it
    makes of them, and `labels` (N,) the true ones, where the pictures are a data set's, else None.
    `kept` is the share of the variance in the plane, for PCA.
    """

    points: NDArray[np.float64]
    features: NDArray[np.float32]
    layer: str
    method: str
    answers: NDArray[np.int64]
    labels: NDArray[np.int64] | None
    kept: float | None = None


def embedding(
    model: Model,
    pictures: Given,
    *,
    method: str = "tsne",
    seed: int = 0,
    batch_size: int | None = None,
) -> Embedding:
    """The last features of pictures in the plane, by scikit-learn's t-SNE or PCA.

    The features are what the classifier is given. ValueError for fewer than three pictures, and
    where all have the same features.
    """
    if method not in METHODS:
        raise ValueError(f"method {method!r}: give {either(METHODS)}")
    subject = subject_of(model)
    layer = classifier(net_of(subject.model, "embedding"))
    rows, answers = [], []
    with evaluating(subject.model), torch.no_grad(), given_to(subject.model, layer) as found:
        for x in subject.batches(pictures, batch_size):
            answers.append(subject.scores(subject.model(x)).argmax(1).cpu().numpy())
            value = found.pop()
            value = value.mean((2, 3)) if value.dim() == 4 else value
            rows.append(value.float().cpu().numpy())
    values = np.concatenate(rows)
    if len(values) < LEAST:
        raise ValueError(
            f"{plural(len(values), 'picture')} cannot be laid out in the plane: give {LEAST} or "
            "more, a data set, say"
        )
    if np.ptp(values, axis=0).max() == 0:
        raise ValueError(f"all pictures have the same features before {layer}: nothing to tell")
    points, kept = _plane(values, method, seed)
    labels = pictures.labels.numpy() if isinstance(pictures, Pictures) else None
    return Embedding(points, values, layer, method, np.concatenate(answers), labels, kept)


def _plane(
    values: NDArray[np.float32], method: str, seed: int
) -> tuple[NDArray[np.float64], float | None]:
    """Points (N, 2), and for PCA the share of the variance that they keep."""
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    most = min(values.shape)
    if method == "pca":
        two = PCA(2, random_state=seed) if most > 1 else None
        if two is None:
            return np.pad(values - values.mean(), ((0, 0), (0, 1))).astype(np.float64), 1.0
        points = two.fit_transform(values.astype(np.float64))
        return points, float(two.explained_variance_ratio_.sum())
    near = min(30.0, (len(values) - 1) / 3)
    first = PCA(50, random_state=seed).fit_transform(values) if most > 50 else values
    start = "pca" if first.shape[1] > 1 else "random"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        points = TSNE(2, perplexity=near, init=start, random_state=seed).fit_transform(first)
    return points.astype(np.float64), None

"""Calibration, against figures worked out by hand and scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss

from papernets.evaluate.calibration import BINS, calibration

SCORES = np.array([[0.92, 0.08], [0.62, 0.38], [0.28, 0.72], [0.18, 0.82]])
LABELS = np.array([0, 1, 1, 0])


def test_the_figures_by_hand() -> None:
    """In ten bins: 0.92 right, 0.62 wrong, 0.72 right and 0.82 wrong, each alone in its bin."""
    found = calibration(np.log(SCORES), LABELS, bins=10)
    assert found.expected_error == pytest.approx((0.08 + 0.62 + 0.28 + 0.82) / 4)
    assert found.brier == pytest.approx(2 * (0.08**2 + 0.62**2 + 0.28**2 + 0.82**2) / 4)
    assert found.loss == pytest.approx(-np.log([0.92, 0.38, 0.72, 0.18]).mean())
    assert [one.images for one in found.bins] == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert (found.bins[9].confidence, found.bins[9].accuracy) == (pytest.approx(0.92), 1.0)
    assert found.bins[0].confidence is None and found.bins[0].accuracy is None


def test_the_figures_are_scikit_learns() -> None:
    random = np.random.RandomState(0)
    outputs, labels = random.randn(200, 5) * 3, random.randint(0, 5, 200)
    scores = np.exp(outputs) / np.exp(outputs).sum(1, keepdims=True)
    found = calibration(outputs, labels)
    assert found.loss == pytest.approx(log_loss(labels, scores, labels=range(5)))
    one_hot = np.eye(5)[labels]
    each = [brier_score_loss(one_hot[:, k], scores[:, k]) for k in range(5)]
    assert found.brier == pytest.approx(sum(each))
    assert sum(one.images for one in found.bins) == 200 and len(found.bins) == BINS
    assert calibration(outputs + 1000, labels).loss == pytest.approx(found.loss)


def test_certainty_and_its_absence() -> None:
    sure = calibration([[1000.0, 0.0]] * 3, [0, 0, 0])
    assert (sure.loss, sure.brier, sure.expected_error) == (0.0, 0.0, 0.0)
    assert sure.bins[-1].images == 3
    assert calibration([[1000.0, 0.0]], [1]).loss == 1000  # not infinite
    with pytest.raises(ValueError, match="at least one picture"):
        calibration(np.zeros((0, 2)), [])

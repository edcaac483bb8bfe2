"""Metrics against published values, scikit-learn as a judge, and invariants."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, top_k_accuracy_score

from papernets.evaluate.metrics import confusion, interval, per_class, probabilities, score, worst


@pytest.mark.parametrize(
    ("errors", "n", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # z = 1.959964 by hand: 0/10 is (0, z^2 / (10 + z^2)).
        (0, 10, 0.0, 0.2775),
        (1, 10, 0.0179, 0.4042),
    ],
)
def test_interval_is_the_published_one(errors: int, n: int, low: float, high: float) -> None:
    assert interval(errors, n) == pytest.approx((low, high), abs=5e-5)


def test_interval_solves_wilsons_equation_and_is_symmetric() -> None:
    z = 1.959963984540054
    for errors, n in ((95, 10_000), (3, 7), (999, 1000)):
        for end in interval(errors, n):
            assert abs(errors / n - end) == pytest.approx(z * (end * (1 - end) / n) ** 0.5)
        low, high = interval(errors, n)
        assert interval(n - errors, n) == pytest.approx((1 - high, 1 - low))
    assert interval(0, 5)[0] == 0.0
    assert interval(5, 5)[1] == 1.0
    narrow, wide = interval(3, 50, 0.5), interval(3, 50, 0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 0), "an interval needs at least one picture, not 0"),
        ((5, 4), "5 errors in 4 pictures: give 0 to 4 errors"),
        ((1, 4, 95), "level 95 is not between 0 and 1: 0.95 is usual"),
    ],
)
def test_interval_errors(arguments: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        interval(*arguments)


def random_case(n: int = 400, classes: int = 7) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.standard_normal((n, classes)), random.integers(0, classes, n)


def test_score_agrees_with_scikit_learn() -> None:
    logits, labels = random_case()
    found = score(logits, labels)
    assert found.error == pytest.approx(1 - accuracy_score(labels, logits.argmax(axis=1)))
    assert found.errors == round(found.error * 400) and found.images == 400
    assert found.interval == interval(found.errors, 400)
    assert found.top_k[5] == pytest.approx(1 - top_k_accuracy_score(labels, logits, k=5))
    assert found.top_k[1] == found.error


@pytest.mark.parametrize(("classes", "reported"), [(2, [1]), (4, [1]), (5, [1]), (6, [1, 5])])
def test_top_k_that_says_nothing_is_left_out(classes: int, reported: list[int]) -> None:
    found = score(np.eye(classes), np.arange(classes))
    assert list(found.top_k) == reported
    assert ("top-5" in str(found)) == (5 in reported)


def test_equal_logits_count_as_argmax_does() -> None:
    logits = np.zeros((6, 6))
    found = score(logits, np.arange(6))
    assert found.errors == int((logits.argmax(axis=1) != np.arange(6)).sum()) == 5
    assert found.top_k[5] == pytest.approx(1 / 6)


def test_score_in_words() -> None:
    logits = np.zeros((10_000, 10))
    logits[:, 0] = 1
    labels = np.zeros(10_000, dtype=np.int64)
    labels[:95] = 9
    assert str(score(logits, labels)) == (
        "0.95 % error (95 of 10,000 pictures; 95 % interval 0.78 to 1.16 %), top-5 error 0.95 %"
    )


def test_half_precision_and_minus_infinity_are_welcome() -> None:
    logits = np.array([[6e4, -6e4], [-np.inf, 1]], dtype=np.float16)
    assert score(logits, [0, 1]).errors == 0


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        ([[1, 0], [np.nan, 0]], [0, 0], r"NaN or infinite for 1 of 2 pictures \(first: number 1"),
        ([[np.inf, 0]], [0], "NaN or infinite for 1 of 1"),
        ([[-np.inf, -np.inf]], [0], "NaN or infinite for 1 of 1"),
        ([1.0, 2.0], [0], r"logits have shape \(2,\): give \(pictures, classes\)"),
        (np.zeros((0, 3)), [], r"logits have shape \(0, 3\)"),
        ([[1, 2]], [0, 1], "1 row of logits but 2 labels"),
        ([[1, 2]], [2], "label 2 of picture 0 is outside 0 to 1: there are 2 classes"),
        ([[1, 2]], [-1], "label -1 of picture 0 is outside 0 to 1"),
        ([[1, 2]], [0.0], "labels are float64: give whole numbers from 0 to 1"),
        ([[1, 2]], [[0]], r"labels have shape \(1, 1\): give one number a picture"),
    ],
)
def test_score_errors(logits: object, labels: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        score(logits, labels)  # type: ignore[arg-type]


def test_probabilities_are_a_softmax() -> None:
    found = probabilities([[0.0, np.log(3.0)], [1e4, 0.0]])
    assert found == pytest.approx(np.array([[0.25, 0.75], [1.0, 0.0]]))


def test_worst_are_the_most_confident_mistakes() -> None:
    logits = np.array(
        [
            [3.0, 0.0, 0.0],  # right
            [1.0, 0.0, 0.0],  # a small mistake
            [0.0, 9.0, 0.0],  # a large one
            [0.0, 0.0, 900.0],  # its probability rounds to 1,
            [0.0, 0.0, 999.0],  # and this one's too, by a larger margin
            [0.0, 5.0, 5.0],  # sure that it is not class 0, but not of class 1: 0.5
        ]
    )
    labels = np.array([0, 1, 0, 0, 1, 0])
    assert worst(logits, labels).tolist() == [4, 3, 2, 1, 5]
    assert worst(logits, labels, n=2).tolist() == [4, 3]
    assert worst(logits, labels, n=0).tolist() == []
    assert worst(np.eye(3), np.arange(3)).tolist() == []
    with pytest.raises(ValueError, match="cannot show -1 mistakes"):
        worst(logits, labels, n=-1)


def test_confusion_agrees_with_scikit_learn() -> None:
    logits, labels = random_case()
    answer = logits.argmax(axis=1)
    found = confusion(labels, answer, 9)  # two classes have no picture
    assert (found == confusion_matrix(labels, answer, labels=range(9))).all()
    assert confusion([], [], 2).tolist() == [[0, 0], [0, 0]]
    with pytest.raises(ValueError, match="2 labels but 1 prediction"):
        confusion([0, 1], [0], 2)
    with pytest.raises(ValueError, match="prediction 7 of picture 1 is outside 0 to 1"):
        confusion([0, 1], [0, 7], 2)


def test_per_class_by_hand() -> None:
    cat, dog, fox, owl = per_class([0, 0, 0, 1, 1], [0, 0, 1, 1, 2], ["cat", "dog", "fox", "owl"])
    assert (cat.name, cat.images, cat.precision, cat.recall) == (
        "cat",
        3,
        1.0,
        pytest.approx(2 / 3),
    )
    assert cat.f1 == pytest.approx(0.8)
    assert (cat.error, cat.most_confused_with) == (pytest.approx(1 / 3), "dog")
    assert (dog.precision, dog.recall, dog.f1, dog.error) == (0.5, 0.5, 0.5, 0.5)
    assert dog.most_confused_with == "fox"
    # Fox was predicted, but no picture shows one; owl was never even predicted.
    assert (fox.images, fox.precision, fox.recall, fox.error) == (0, 0.0, None, None)
    assert (owl.precision, owl.recall, owl.f1, owl.error) == (None, None, None, None)
    assert owl.most_confused_with is None


def test_per_class_without_any_picture() -> None:
    with pytest.raises(ValueError, match="no pictures: figures for each class need at least one"):
        per_class([], [], ["a", "b"])


def test_per_class_recall_is_one_minus_error() -> None:
    logits, labels = random_case()
    for found in per_class(labels, logits.argmax(axis=1), list("abcdefg")):
        assert found.recall is not None and found.error is not None
        assert found.recall + found.error == pytest.approx(1)


def test_the_error_rate_needs_no_heavy_import() -> None:
    code = (
        "import sys, papernets.evaluate.metrics as m; print(m.score([[0, 1]], [1]), "
        "m.confusion([0], [0], 1))\n"
        "assert not {'sklearn', 'torch', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

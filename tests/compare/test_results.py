"""Two results compared: the exact tests against tables and brute force, and what is not known."""

from itertools import product
from math import comb

import pytest

from papernets.compare.results import (
    Pictures,
    Result,
    fisher,
    mcnemar,
    result_of,
    results,
)


def result(wrong: int, images: int = 100, data: str = "digits") -> Result:
    return Result(data, wrong / images, images, (0.0, 0.1))


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [(0, 0, 1), (3, 3, 1), (0, 1, 1), (0, 5, 2 / 32), (1, 7, 2 * 9 / 256), (6, 0, 2 / 64)],
)
def test_mcnemars_test_is_a_fair_coins(one: int, other: int, p: float) -> None:
    assert mcnemar(one, other) == mcnemar(other, one) == pytest.approx(p)


def test_mcnemars_test_of_thousands_goes_on_where_whole_numbers_end() -> None:
    whole = 2 * sum(comb(1001, k) for k in range(471)) / 2**1001
    assert mcnemar(470, 531) == pytest.approx(whole, rel=1e-9)
    assert 0 < mcnemar(20_000, 21_000) < 1e-5


def test_fishers_test_is_that_of_the_lady_who_tasted_tea() -> None:
    """Fisher 1935: of 8 cups 3 of 4 right is 34/70, both sides; Agresti gives 0.486."""
    assert fisher(1, 4, 3, 4) == pytest.approx(34 / 70)
    assert fisher(0, 4, 4, 4) == pytest.approx(2 / 70)
    assert fisher(5, 100, 5, 100) == pytest.approx(1)


def test_fishers_test_adds_all_tables_that_are_no_more_probable() -> None:
    for a, b in product(range(7), range(5)):
        wrong, every = a + b, comb(10, a + b)
        of = {
            k: comb(6, k) * comb(4, wrong - k) / every
            for k in range(max(0, wrong - 4), min(6, wrong) + 1)
        }
        expected = sum(p for p in of.values() if p <= of[a] * (1 + 1e-9))
        assert fisher(a, 6, b, 4) == pytest.approx(expected)


def test_on_the_same_pictures_the_pairs_decide() -> None:
    alike = results(result(20), result(10), Pictures(True, (10, 0)))
    assert alike.chance == pytest.approx((2 / 2**10,) * 2) and alike.verdict == "more than chance"
    unlike = results(result(20), result(10), Pictures(True, (20, 10)))
    assert unlike.chance == pytest.approx((mcnemar(20, 10),) * 2)
    assert unlike.verdict == "may be chance"


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [((30, 10), "more than chance"), ((12, 10), "may be chance"), ((20, 10), "not known")],
)
def test_without_the_pairs_all_that_may_be_is_looked_at(
    wrong: tuple[int, int], verdict: str
) -> None:
    found = results(result(wrong[0]), result(wrong[1]), Pictures(True))
    least, most = found.chance or (-1, -1)
    every = [
        mcnemar(wrong[0] - both, wrong[1] - both)
        for both in range(max(0, sum(wrong) - 100), min(wrong) + 1)
    ]
    assert (least, most) == pytest.approx((min(every), max(every)))
    assert found.verdict == verdict


def test_more_wrong_than_there_are_pictures_must_overlap() -> None:
    found = results(result(90), result(80), Pictures(True))
    assert found.chance == pytest.approx((mcnemar(10, 0), mcnemar(20, 10)))


def test_on_other_pictures_two_samples_are_compared() -> None:
    found = results(result(20), result(10, 200), Pictures(False))
    assert found.chance == pytest.approx((fisher(20, 100, 10, 200),) * 2)
    assert found.verdict == "more than chance"


def test_what_is_not_known_has_no_probability() -> None:
    assert results(result(20), result(10), Pictures()).chance is None
    untested = Result("digits", held_out_error=0.1)
    found = results(untested, result(10), Pictures(True))
    assert (found.chance, found.verdict) == (None, "not known")
    assert found.to_dict()["a"]["test_error"] is None


def test_settings_that_differ_but_not_where_it_was_done() -> None:
    run = {"net": "x", "data": "digits", "epochs": 3, "device": "cpu", "augment": {"rotate": 7.0}}
    other = {**run, "net": "y", "epochs": 4, "device": "cuda", "augment": {}}
    a, b = (result_of(one, {}) for one in (run, other))
    assert a is not None and b is not None
    assert results(a, b, Pictures()).settings == (("epochs", 3, 4), ("augment.rotate", 7.0, None))


@pytest.mark.parametrize(
    "metrics",
    [
        {},
        {"test_error": 2, "test_images": 5},
        {"test_error": 0.1, "test_images": 0},
        {"test_error": True, "test_images": 9},
        {"test_error": "0", "test_images": 9, "interval": "x"},
        {"test_error": float("nan"), "test_images": 9},
    ],
)
def test_a_changed_bundle_has_no_result(metrics: dict[str, object]) -> None:
    found = result_of({"data": "digits"}, metrics)
    assert found is not None and found.error is None and found.interval == (0.0, 1.0)


def test_what_no_run_has_written_is_no_result() -> None:
    assert result_of({}, {"test_error": 0.1, "test_images": 10}) is None
    assert result_of({"converted": {}}, {}) is None

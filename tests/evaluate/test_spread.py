"""Intervals of means and differences, with scipy as the judge."""

import pytest
from scipy import stats

from papernets.evaluate.spread import of_difference, of_mean, student


def test_students_t():
    for freedom in (1, 2, 5, 20):
        assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=5e-4)
    for freedom in (21, 40, 200):  # beyond the table: never narrower
        assert student(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=3e-3)
        assert student(freedom) > stats.t.ppf(0.975, freedom) - 1e-3


def test_the_interval_of_a_mean():
    values = [0.1, 0.12, 0.13, 0.11]
    exact = stats.t.interval(0.95, 3, loc=0.115, scale=stats.sem(values))
    assert of_mean(values) == pytest.approx(exact, abs=1e-5)
    assert of_mean([0.1]) is None
    for errors in (0, 10, 100):  # of none it is not nothing
        wilson = stats.binomtest(errors, 100).proportion_ci(0.95, "wilson")
        assert of_mean([errors / 100], 100) == pytest.approx((wilson.low, wilson.high))


def test_the_interval_of_a_difference_is_welchs_and_no_narrower():
    one, other = [0.1, 0.12, 0.13, 0.11], [0.15, 0.2, 0.17]
    exact = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    ours = of_difference(one, other)
    assert ours[0] <= exact.low and ours[1] >= exact.high
    assert ours[0] + ours[1] == pytest.approx(exact.low + exact.high)
    assert ours[1] - ours[0] < 1.6 * (exact.high - exact.low)


def test_one_training_of_each_counts_by_its_pictures():
    assert of_difference([0.1], [0.2]) is None
    # Newcombe 1998, table II: 56 of 70 less 48 of 80, and 0 of 10 less 0 of 20, by method 10
    assert of_difference([56 / 70], [48 / 80], (70, 80)) == pytest.approx(
        (0.0524, 0.3339), abs=5e-5
    )
    assert of_difference([0.0], [0.0], (10, 20)) == pytest.approx((-0.1611, 0.2775), abs=5e-5)
    assert of_difference([0.1, 0.1], [0.1, 0.1]) == (0.0, 0.0)
    # several that are all the same say no more than their pictures do
    assert of_mean([0.1, 0.1], 100) == of_mean([0.1], 100)
    assert of_difference([0.1, 0.1], [0.2, 0.2], (100, 100)) == of_difference(
        [0.1], [0.2], (100, 100)
    )

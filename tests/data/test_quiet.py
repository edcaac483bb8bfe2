"""Warnings are not shown for a while, and the filters of others stay as they are."""

import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from papernets import load
from papernets.data.picture import pillow_rules
from papernets.data.quiet import Quiet


def told(category=UserWarning):
    """The warnings that are shown of one that is given now."""
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        with Quiet(("ignore", None, category, None, 0)):
            warnings.warn("here", UserWarning, stacklevel=1)
    return [str(one.message) for one in shown]


def test_only_what_is_named_is_not_shown():
    assert told() == [] and told(DeprecationWarning) == ["here"]


def test_it_may_be_entered_in_it_and_left_by_an_error():
    before, quiet = list(warnings.filters), Quiet(("ignore", None, UserWarning, None, 0))
    with pytest.raises(KeyError), quiet:
        with quiet:
            pass
        assert len(warnings.filters) == len(before) + 1
        raise KeyError
    assert list(warnings.filters) == before


def test_threads_that_overlap_leave_the_filters_as_they_were():
    """The first that enters leaves before the second: with catch_warnings a filter would stay."""
    before, entered, leave = list(warnings.filters), threading.Event(), threading.Event()

    def second():
        with pillow_rules():
            entered.set()
            assert leave.wait(30)

    with ThreadPoolExecutor(1) as pool:
        with pillow_rules():
            running = pool.submit(second)
            assert entered.wait(30)
        leave.set()
        running.result()
    assert list(warnings.filters) == before


@pytest.mark.parametrize("others_first", [True, False])
def test_what_others_change_meanwhile_stays(others_first):
    """Somebody else is within `catch_warnings` in another order than ours."""
    before, rules = list(warnings.filters), pillow_rules()
    others = warnings.catch_warnings()
    one, other = (others, rules) if others_first else (rules, others)
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    other.__exit__(None, None, None)
    assert list(warnings.filters) == before


def test_a_users_filters_keep_their_order():
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "one of theirs")
        warnings.filterwarnings("ignore", module="PIL")  # just as one of ours is
        warnings.filterwarnings("error", "another of theirs")
        before = list(warnings.filters)
        with pillow_rules():
            pass
        assert list(warnings.filters) == before


def test_a_predictor_in_several_threads_leaves_the_filters():
    predictor, before = load("lenet1"), list(warnings.filters)
    values = np.zeros((28, 28), np.uint8)
    values[4:24, 13:16] = 255
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: predictor.predict(Image.fromarray(values)), range(24)))
    assert {answer.label for answer in answers} == {answers[0].label} and answers[0].label
    assert list(warnings.filters) == before

"""Verdicts on made-up measurements: each rule agrees, disagrees and cannot tell."""

import pytest

from papernets.reproduce.claim import Measured
from papernets.reproduce.rules import (
    TRAIN,
    All,
    Asked,
    Costs,
    Faster,
    Lower,
    Near,
    NoLower,
    Ordered,
)


def ran(arm, *errors, images=10_000, **more):
    return tuple(Measured(arm, at, error, images, **more) for at, error in enumerate(errors, 1))


def found(**arms):
    return {name: ran(name, *errors) for name, errors in arms.items()}


LOW, HIGH = (0.10, 0.101, 0.099), (0.12, 0.121, 0.119)
WILD = (0.05, 0.11, 0.17)


@pytest.mark.parametrize(
    ("rule", "measured", "word"),
    [
        (Near("a", 0.10, 0.005), {"a": (0.09,)}, "agrees"),
        (Near("a", 0.10, 0.005), {"a": (0.105,)}, "agrees"),
        (Near("a", 0.10, 0.005), {"a": (0.107,)}, "cannot tell"),  # one run: within its interval
        (Near("a", 0.10, 0.005), {"a": (0.13,)}, "disagrees"),
        (Lower("a", "b"), {"a": LOW, "b": HIGH}, "agrees"),
        (Lower("a", "b"), {"a": HIGH, "b": LOW}, "disagrees"),
        (Lower("a", "b"), {"a": WILD, "b": HIGH}, "cannot tell"),
        (Lower("a", "b"), {"a": (0.1,), "b": (0.12,)}, "agrees"),  # by the pictures of one run
        (Lower("a", "b"), {"a": (0.1,), "b": (0.103,)}, "cannot tell"),
        (NoLower("a", "b", 0.01), {"a": LOW, "b": LOW}, "agrees"),
        (NoLower("a", "b", 0.01), {"a": LOW, "b": HIGH}, "disagrees"),
        (NoLower("a", "b", 0.01), {"a": WILD, "b": HIGH}, "cannot tell"),
        (Costs("a", "b", 0.011, 0.03), {"a": HIGH, "b": LOW}, "agrees"),
        (Costs("a", "b", 0.011, 0.01), {"a": HIGH, "b": LOW}, "disagrees"),
        (Costs("a", "b", 0.011, 0.03), {"a": WILD, "b": LOW}, "cannot tell"),
        (Ordered(("a", "b")), {"a": LOW, "b": HIGH}, "agrees"),
        (Ordered(("a", "b")), {"a": HIGH, "b": LOW}, "disagrees"),
        (Ordered(("a", "b", "c")), {"a": LOW, "b": HIGH, "c": HIGH}, "cannot tell"),
        (All((Lower("a", "b"), Near("a", 0.1, 0.1))), {"a": LOW, "b": HIGH}, "agrees"),
        (All((Lower("b", "a"), Near("a", 0.1, 0.1))), {"a": LOW, "b": HIGH}, "disagrees"),
    ],
)
def test_a_rule_has_a_word_for_what_was_measured(rule, measured, word):
    verdict = rule.judge(found(**measured))
    assert verdict.word == word and verdict.numbers and verdict.why


def curve(arm, *errors, seed=1, val=()):
    return Measured(arm, seed, errors[-1] if errors else 0.9, 100, tuple(errors), tuple(val), 100)


@pytest.mark.parametrize(
    ("fast", "slow", "word", "why"),
    [
        ((0.5, 0.2), (0.9, 0.8, 0.7, 0.6, 0.5, 0.3, 0.25, 0.2), "agrees", "3.5 times as fast"),
        ((0.5, 0.2), (0.9, 0.6, 0.24), "disagrees", "1.5 times as fast"),
        # not reached: a bound, which is enough, or tells nothing
        ((0.2, 0.1), (0.9, 0.8, 0.7, 0.6), "agrees", "at least 4.0 times as fast"),
        ((0.5, 0.2), (0.9, 0.8, 0.7), "cannot tell", "at least 1.5 times as fast"),
        ((0.9, 0.8), (0.9, 0.9), "cannot tell", "does not reach 25 %"),
    ],
)
def test_how_much_faster_an_error_is_reached(fast, slow, word, why):
    rule = Faster("a", "b", printed=6, least=3, reach=0.25)
    verdict = rule.judge({"a": (curve("a", *fast),), "b": (curve("b", *slow),)})
    assert verdict.word == word and why in verdict.why.replace("25.00", "25")


def test_the_goal_may_be_what_the_slow_one_ends_with():
    rule = Faster("a", "b", printed=14, least=2, what="held-out error")
    a, b = (
        Measured(n, 1, 0.2, 100, val_errors=v) for n, v in (("a", (0.3, 0.1)), ("b", (0.5,) * 6))
    )
    assert rule.judge({"a": (a,), "b": (b,)}).headline.value == 1.0  # both in the first epoch


def test_a_training_that_died_counts_with_its_error_of_chance():
    dead = ran("b", 0.9, 0.9, 0.9, died="the loss is nan")
    verdict = Lower("a", "b", TRAIN).judge(
        {"a": tuple(curve("a", 0.2 + at / 1000, seed=at) for at in (1, 2, 3)), "b": dead}
    )
    assert verdict.word == "agrees"


def test_a_log_without_training_errors_is_said():
    with pytest.raises(ValueError, match="a: its log has no training error"):
        Lower("a", "b", TRAIN).judge(found(a=LOW, b=HIGH))


def test_a_committees_cost_is_counted_in_networks():
    for asked, word in ((0.1, "agrees"), (0.5, "disagrees")):
        verdict = Asked("c", 3, 1.75).judge({"c": ran("c", 0.01, others_asked=asked)})
        assert verdict.word == word and verdict.headline.value == pytest.approx(1 + 2 * asked)
    with pytest.raises(ValueError, match="does not say how often"):
        Asked("c", 3, 1.75).judge({"c": ran("c", 0.01)})

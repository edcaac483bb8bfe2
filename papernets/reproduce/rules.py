"""The rules by which claims are judged: each one sentence, numbers, and one of four words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from ..evaluate.spread import Interval, of_difference, of_mean
from ..words import percent
from .claim import AGREES, APART, DISAGREES, OPEN, Found, Measured, Number, Verdict, points

TEST, TRAIN = "test error", "training error"


def errors(several: Sequence[Measured], what: str) -> tuple[list[float], int]:
    """The errors of trainings at their end, and on how many pictures. ValueError without any."""
    if what == TEST:
        return [one.test_error for one in several], several[0].test_images
    if any(not one.train_errors and not one.died for one in several):
        raise ValueError(
            f"{several[0].arm}: its log has no training error: it was trained by an earlier version"
        )
    ends = [one.train_errors[-1] if one.train_errors else one.test_error for one in several]
    return ends, several[0].train_images


def average(found: Found, arm: str, what: str = TEST) -> Number:
    """The mean error of an arm."""
    values, images = errors(found[arm], what)
    reach = of_mean(values, images)
    inside = None if reach is None else (max(reach[0], 0.0), min(reach[1], 1.0))
    return Number(f"{what} of {arm}", mean(values), inside)


def difference(found: Found, one: str, other: str, what: str = TEST) -> Number:
    """How much higher the error of one arm is than that of another."""
    (a, n), (b, m) = errors(found[one], what), errors(found[other], what)
    apart, reach = mean(a) - mean(b), of_difference(a, b, (n, m))
    return Number(f"{what} of {one} less that of {other}", apart, reach, APART)


def compared(found: Found, one: str, other: str, what: str = TEST) -> tuple[Number, ...]:
    """The mean errors of two arms, and at last their difference."""
    return (
        *(average(found, arm, what) for arm in (one, other)),
        difference(found, one, other, what),
    )


def at_most(reach: Interval | None, most: float) -> str:
    """Whether a number with this interval is at most so much: with 95 % confidence or not."""
    if reach is None:
        return OPEN
    low, high = reach
    return AGREES if high <= most else DISAGREES if low > most else OPEN


@dataclass(frozen=True)
class Near:
    """An arm's mean test error is the printed one, or less, or at most `within` more."""

    arm: str
    printed: float
    within: float

    @property
    def words(self) -> str:
        most = percent(self.printed + self.within)
        return f"agrees if the mean test error of {self.arm} is at most {most}"

    def judge(self, found: Found) -> Verdict:
        number, most = average(found, self.arm), self.printed + self.within
        word = AGREES if number.value <= most else DISAGREES
        if word == DISAGREES and number.interval and number.interval[0] <= most:
            word = OPEN
        reach = f" (95 %: {number.reach})" if number.reach else ""
        why = f"{number.what}: {number.text}{reach}, printed {percent(self.printed)}"
        return Verdict(word, (number,), why)


@dataclass(frozen=True)
class Lower:
    """The error of one arm is lower than that of another, by more than chance."""

    one: str
    other: str
    what: str = TEST
    printed: float | None = None

    @property
    def words(self) -> str:
        return (
            f"agrees if the {self.what} of {self.one} is below that of {self.other} by more than "
            "chance, disagrees if it is above by more than chance"
        )

    def judge(self, found: Found) -> Verdict:
        *arms, apart = compared(found, self.one, self.other, self.what)
        word = OPEN
        if apart.interval is not None and not apart.interval[0] <= 0 <= apart.interval[1]:
            word = AGREES if apart.value < 0 else DISAGREES
        more = "" if self.printed is None else f", printed {points(-self.printed)}"
        return Verdict(word, (*arms, apart), f"{_by(apart)}{more}")


@dataclass(frozen=True)
class NoLower:
    """The error of one arm is not lower than that of another by more than `least`."""

    one: str
    other: str
    least: float

    @property
    def words(self) -> str:
        return (
            f"agrees if the test error of {self.one} is at most {points(self.least, '')} below "
            f"that of {self.other}, with 95 % confidence; disagrees if it is further below so"
        )

    def judge(self, found: Found) -> Verdict:
        *arms, apart = compared(found, self.one, self.other)
        reach = None if apart.interval is None else (-apart.interval[1], -apart.interval[0])
        word = at_most(reach, self.least)
        return Verdict(word, (*arms, apart), _by(apart))


@dataclass(frozen=True)
class Costs:
    """One arm's test error is higher than another's by at most `most`; so much is printed."""

    one: str
    other: str
    printed: float
    most: float

    @property
    def words(self) -> str:
        return (
            f"agrees if the test error of {self.one} is at most {points(self.most, '')} above "
            f"that of {self.other}, with 95 % confidence; disagrees if it is further above so"
        )

    def judge(self, found: Found) -> Verdict:
        *arms, apart = compared(found, self.one, self.other)
        word = at_most(apart.interval, self.most)
        return Verdict(word, (*arms, apart), f"{_by(apart)}, printed {points(self.printed)}")


@dataclass(frozen=True)
class Ordered:
    """The arms' mean test errors rise in this order, neighbours by more than chance."""

    arms: tuple[str, ...]

    @property
    def words(self) -> str:
        return (
            f"agrees if the test errors rise from {' to '.join(self.arms)}, each by more than "
            "chance; disagrees if one falls by more than chance"
        )

    def judge(self, found: Found) -> Verdict:
        pairs = zip(self.arms, self.arms[1:], strict=False)
        return All(tuple(Lower(one, other) for one, other in pairs)).judge(found)


@dataclass(frozen=True)
class Faster:
    """One arm reaches an error in fewer epochs than another: `printed` times as fast.

    `reach` is the error, of `what`; 0: the other arm's at its end. It agrees from `least` times on.
    An arm that does not reach it needs more than all its epochs.
    """

    one: str
    other: str
    printed: float
    least: float
    reach: float = 0.0
    what: str = TRAIN

    @property
    def words(self) -> str:
        goal = f"{self.what} {percent(self.reach)}" if self.reach else f"its last {self.what}"
        return (
            f"agrees if {self.one} reaches {goal} at least {self.least:g} times as fast as "
            f"{self.other}, by the epochs that each needs"
        )

    def judge(self, found: Found) -> Verdict:
        numbers: list[Number] = []
        ratios: list[float] = []
        bounds: list[bool] = []
        for fast, slow in zip(found[self.one], found[self.other], strict=True):
            one, other = self._curve(fast), self._curve(slow)
            goal = self.reach or (other[-1] if other else 1.0)
            needed, at_least = _until(one, goal), _until(other, goal)
            if needed is None:
                why = f"{self.one} does not reach {percent(goal)}"
                ends = ((self.one, one), (self.other, other))
                numbers += [
                    Number(f"last {self.what} of {arm}, seed {fast.seed}", curve[-1])
                    for arm, curve in ends
                    if curve
                ]
                return Verdict(OPEN, tuple(numbers), why)
            ratios.append((len(other) if at_least is None else at_least) / needed)
            bounds.append(at_least is None)
            numbers += [
                Number(f"epochs of {self.one}, seed {fast.seed}", needed, unit="epochs"),
                Number(
                    f"epochs of {self.other}, seed {slow.seed}",
                    len(other) if at_least is None else at_least,
                    unit="epochs" if at_least is not None else "epochs, and not reached",
                ),
            ]
        ratio = mean(ratios)
        more = "at least " if any(bounds) else ""
        numbers.append(Number(f"{more}times as fast", ratio, of_mean(ratios), unit="times"))
        word = AGREES if ratio >= self.least else OPEN if any(bounds) else DISAGREES
        return Verdict(
            word, tuple(numbers), f"{more}{ratio:.1f} times as fast, printed {self.printed:g}"
        )

    def _curve(self, one: Measured) -> tuple[float, ...]:
        curve = one.train_errors if self.what == TRAIN else one.val_errors
        if not curve and not one.died:
            errors((one,), TRAIN)  # which says what is missing
        return curve


@dataclass(frozen=True)
class Asked:
    """A committee's cost in networks run for each picture is at most `printed`."""

    arm: str
    networks: int
    printed: float

    @property
    def words(self) -> str:
        return (
            f"agrees if {self.arm} runs at most {self.printed:g} of its {self.networks} networks "
            "for a picture, as a mean over the test set"
        )

    def judge(self, found: Found) -> Verdict:
        costs = [1 + (self.networks - 1) * (one.others_asked or 0.0) for one in found[self.arm]]
        if any(one.others_asked is None for one in found[self.arm]):
            raise ValueError(f"{self.arm}: its result does not say how often the others were asked")
        cost = Number("networks run for a picture", mean(costs), of_mean(costs), "networks")
        word = AGREES if cost.value <= self.printed else DISAGREES
        why = f"{cost.value:.2f} networks for a picture, printed {self.printed:g}"
        return Verdict(word, (average(found, self.arm), cost), why)


@dataclass(frozen=True)
class All:
    """Several rules: all must agree; one that disagrees decides."""

    rules: tuple[Near | Lower | NoLower | Costs | Ordered | Faster | Asked, ...]

    @property
    def words(self) -> str:
        return "; and ".join(rule.words for rule in self.rules)

    def judge(self, found: Found) -> Verdict:
        each = [rule.judge(found) for rule in self.rules]
        words = {one.word for one in each}
        word = next((w for w in (DISAGREES, OPEN) if w in words), AGREES)
        numbers = {number.what: number for one in each for number in one.numbers}
        return Verdict(word, tuple(numbers.values()), "; ".join(one.why for one in each))


def _until(curve: Sequence[float], goal: float) -> int | None:
    """The first epoch whose error is at most this; None where none is."""
    return next((at for at, value in enumerate(curve, 1) if value <= goal), None)


def _by(apart: Number) -> str:
    """A difference in words: test error of a less that of b: -0.40 points (95 %: ...)."""
    reach = f" (95 %: {apart.reach})" if apart.reach else ""
    return f"{apart.what}: {apart.text}{reach}"

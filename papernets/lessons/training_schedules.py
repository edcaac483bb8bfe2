"""Learning rates that fall in steps: at milestones, at plateaus, on stairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from ..said import NOTES
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import real, several, whole
from .pictures import Curve, Plot
from .terms import listed, near, term
from .training_sources import (
    TORCH,
    alexnets,
    googlenets,
    inceptions,
    resnets,
    vggs,
)
from .values import Number, number_text

CHAPTER = "Training"
RATE = "the learning rate at the start"


@dataclass(frozen=True)
class Milestones(Example):
    """A rate that is divided at iterations that are fixed before."""

    start: float = real(RATE, 0.1, 1e-6, 10, stops=(0.05, 0.1, 0.2))
    at: tuple[Number, ...] = several(
        "the iterations at which it is divided", (32_000, 48_000), 1, 6, 1, 1e8
    )
    by: float = real("what it is divided by", 10, 1.1, 1000, stops=(2, 5, 10))
    iteration: int = whole("the iteration that is asked for", 50_000, 0, 10**8,
                           stops=(20_000, 32_000, 40_000, 48_000, 60_000))  # fmt: skip

    def ask(self) -> str:
        return (
            f"Training begins with a rate of {number_text(self.start)}, which is divided by "
            f"{number_text(self.by)} at iteration {listed(self.at)}. What is it at iteration "
            f"{self.iteration:,}?"
        )

    def rate(self, iteration: float) -> float:
        """The rate at an iteration."""
        return self.start / self.by ** sum(iteration >= one for one in self.at)

    def work(self) -> Worked:
        start, by, at = self.start, self.by, self.iteration
        times = sum(at >= one for one in self.at)
        passed = " + ".join(str(int(at >= one)) for one in self.at)
        steps = (
            Step("How often it has been divided by then", passed, times, "times"),
            Step("So the rate is", f"{term(start)}/{term(by)}^{times}", self.rate(at)),
        )
        slips = [
            Slip(
                start / by ** (times + 1),
                "You divided once too often.",
                "Count the milestones that are passed, this one too if it is one.",
            ),
            Slip(
                start / (by * times) if times > 1 else start / by ** (times + 2),
                "You divided by the factor times the number." if times > 1 else
                "You divided for every milestone and once more.",
                "It is divided each time again: the factors multiply." if times > 1 else
                "Milestones that are still to come do not count.",
            ),
        ]  # fmt: skip
        if times:
            slips.append(
                Slip(
                    start / by ** (times - 1),
                    "You divided once too seldom.",
                    "At a milestone the new rate already holds.",
                )
            )
        end = max(64_000.0 if max(self.at) < 64_000 else 0, 1.3 * max(self.at), float(at))
        marks = sorted({0.0, *map(float, self.at), end})
        curve = Curve("rate", [(mark, self.rate(mark)) for mark in marks], steps=True)
        picture = Plot([curve], "iteration", "rate", log=True, mark=(at, self.rate(at)))
        return Worked(steps, near(self.rate(at)), tuple(slips), picture)


def _errors(random: Random) -> Sequence[Number]:
    """Errors that fall, with a bump, and then stay."""
    error = random.randint(48, 60)
    found = [error]
    for _ in range(2):
        error -= random.randint(3, 7)
        found.append(error)
    found.append(error + random.randint(1, 2))
    error -= random.randint(1, 3)
    found.append(error)
    rest = [error + random.randint(0, 2) for _ in range(4)]
    rest[1] = rest[0] + 2
    rest[2] = rest[1] - 1
    return [*found, *rest]


@dataclass(frozen=True)
class Plateau(Example):
    """The epoch behind which the rate falls, because the error no longer does."""

    errors: tuple[Number, ...] = several(
        "the validation error after each epoch, in %",
        (52, 45, 41, 42, 39, 40, 42, 41, 40), 3, 40, 0, 100, drawn=_errors,
    )  # fmt: skip
    patience: int = whole("epochs in a row without a new lowest error", 3, 1, 20, stops=(2, 3))

    def check(self) -> None:
        if not self.falls(self.errors, self.patience):
            raise ValueError(
                f"the error never stays up for {self.patience} epochs: the rate does not fall"
            )

    @staticmethod
    def falls(errors: Sequence[Number], patience: int) -> int:
        """The epoch, from 1, after which the rate falls; 0 for none."""
        best, bad = math.inf, 0
        for epoch, error in enumerate(errors, 1):
            best, bad = (error, 0) if error < best else (best, bad + 1)
            if bad == patience:
                return epoch
        return 0

    def ask(self) -> str:
        return (
            f"The validation error after each epoch is {listed(self.errors)} %. The rate is "
            f"divided once {self.patience} epoch{'s' * (self.patience > 1)} in a row "
            f"bring{'s' * (self.patience == 1)} no new lowest error. After which epoch is that?"
        )

    def work(self) -> Worked:
        errors, patience = self.errors, self.patience
        found = self.falls(errors, patience)
        lowest = min(errors[:found])
        best = errors.index(lowest) + 1
        seen = ", ".join(term(error) for error in errors[:found])
        steps = (
            Step("The lowest error until then", f"min({seen})", lowest, "%"),
            Step(f"It came in epoch {best}; then {patience} without a lower one",
                 f"{best} + {patience}", found),
        )  # fmt: skip
        bad = rises = 0
        since = 0
        for epoch, (last, error) in enumerate(pairwise(errors), 2):
            bad = bad + 1 if error >= last else 0
            if bad == patience and not rises:
                rises = epoch
        count = 0
        for epoch, error in enumerate(errors, 1):
            if epoch > 1 and error >= min(errors[: epoch - 1]):
                count += 1
            if count == patience and not since:
                since = epoch
        others = [
            (rises, "You compared each epoch with the one before.",
             "It is the lowest error of all that counts: a small rise and fall is no progress."),
            (since, "You went on counting after a new lowest error.",
             "A new lowest error begins the count anew."),
            (best, "You gave the epoch of the lowest error.",
             "When it is reached, nobody knows yet that it will not fall further."),
            (found + 1, "You waited one epoch longer.",
             f"torch does: with patience {patience} it waits for {patience + 1} such epochs."),
        ]  # fmt: skip
        slips: list[Slip] = []
        for value, did, why in others:
            if value and value not in (found, *(slip.value for slip in slips)):
                slips.append(Slip(value, did, why))
        points = [(epoch, float(error)) for epoch, error in enumerate(errors, 1)]
        lows = [(epoch, float(min(errors[:epoch]))) for epoch in range(1, len(errors) + 1)]
        picture = Plot(
            [Curve("error", points), Curve("lowest until then", lows, steps=True)],
            "epoch",
            "validation error, %",
            mark=(found, errors[found - 1]),
        )
        return Worked(steps, Answer(found), tuple(slips), picture)


@dataclass(frozen=True)
class Stairs(Example):
    """A rate that falls by a few per cent every few epochs."""

    start: float = real(RATE, 0.045, 1e-6, 10, stops=(0.01, 0.045))
    keeps: float = real("what each stair leaves of it", 0.94, 0.1, 0.999,
                        stops=(0.9, 0.94, 0.96))  # fmt: skip
    every: int = whole("epochs on a stair", 2, 2, 100, stops=(2, 4, 8))
    epoch: int = whole("whole epochs behind us", 21, 1, 1000, stops=(9, 15, 21, 35, 50))

    def check(self) -> None:
        if self.epoch // self.every > 60:
            raise ValueError("so many stairs are not climbed here: at most 60")

    def ask(self) -> str:
        return (
            f"The rate begins at {term(self.start)} and is multiplied by "
            f"{number_text(self.keeps)} after every {self.every} epochs. {self.epoch} epochs are "
            "over. What is it?"
        )

    def work(self) -> Worked:
        start, keeps, every, epoch = self.start, self.keeps, self.every, self.epoch
        stairs = epoch // every
        found = start * keeps**stairs
        steps = (
            Step("Stairs that are over, whole ones only", f"floor({epoch}/{every})", stairs),
            Step("The rate", f"{term(start)}*{term(keeps)}^{stairs}", found),
        )
        slips = [
            Slip(
                start * keeps**epoch,
                "You lowered it after every epoch.",
                f"It falls once in {every} epochs.",
            )
        ]
        if epoch % every:
            slips.append(
                Slip(
                    start * keeps ** (epoch / every),
                    "You let it fall smoothly.",
                    "On a stair the rate stays as it is.",
                )
            )
        if stairs:
            slips.append(
                Slip(
                    start * keeps ** (stairs + 1),
                    "You took the next stair already.",
                    f"It comes after {every * (stairs + 1)} epochs.",
                )
            )
            if stairs > 1 and stairs * (1 - keeps) < 1:
                slips.append(
                    Slip(
                        start * (1 - stairs * (1 - keeps)),
                        "You took the same amount away each time.",
                        "Each stair takes its part of what is left.",
                    )
                )
        recipes = {(0.96, 8): "GoogLeNet: 0.96 every 8", (0.94, 2): "Inception v3: 0.94 every 2"}
        recipes.setdefault((keeps, every), f"here: {number_text(keeps)} every {every}")
        end = max(100, epoch)
        curves = [
            Curve(name, [(at, start * share ** (at // each)) for at in range(0, end + 1, 1)], True)
            for (share, each), name in recipes.items()
        ]
        picture = Plot(curves, "epochs", "rate", log=True, mark=(epoch, found))
        tenths = [each * math.log(0.1) / math.log(share) for share, each in ((0.96, 8), (0.94, 2))]
        remarks = (
            f"A tenth is reached after about {tenths[1]:.0f} epochs with 0.94 every 2, as "
            f"Inception v3 has it, and after {tenths[0]:.0f} with GoogLeNet's 4 % every 8.",
        )
        return Worked(steps, near(found), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "rate-steps",
        CHAPTER,
        "A rate in steps",
        "Which learning rate does ResNet have at iteration 50,000?",
        Milestones,
        (resnets("section 4.2"),),
    ),
    Lesson(
        "rate-plateau",
        CHAPTER,
        "A rate that waits",
        "How do you see that an error has stopped falling?",
        Plateau,
        (
            NOTES[0].at("lines 557 to 560"),
            alexnets("section 5"),
            vggs("section 3.1"),
            TORCH.at("ReduceLROnPlateau"),
        ),
    ),
    Lesson(
        "rate-stairs",
        CHAPTER,
        "A rate on stairs",
        "How fast does 4 % every 8 epochs lower a rate?",
        Stairs,
        (NOTES[1].at("line 1232"), googlenets("section 6"), inceptions("section 8")),
    ),
)

"""Values put on one scale: BatchNorm over a batch, and its running mean."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Self

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, several, whole
from .pictures import Beside, Cells, Curve, Plot
from .terms import average, listed, near, term, terms
from .training_sources import KERAS, TORCH, bn_inceptions
from .values import Matrix, Number, number_text

CHAPTER = "Training"


def _columns(random: Random) -> Sequence[Number]:
    """Four whole numbers whose mean is whole."""
    first = [random.randint(0, 12) for _ in range(3)]
    return [*first, -sum(first) % 4 + 4 * random.randint(0, 3)]


def variance(values: Sequence[Number]) -> float:
    """The mean squared distance from the mean."""
    mean = average(values)
    return average([(value - mean) ** 2 for value in values])


@dataclass(frozen=True)
class BatchNorm(Example):
    """One channel's values in a batch, normalised."""

    column: tuple[Number, ...] = several(
        "one channel's values, one for each picture", (2, 4, 4, 10), 2, 12, -1e3, 1e3,
        drawn=_columns,
    )  # fmt: skip
    gamma: float = real("the trained scale", 2, 0.1, 10, stops=(0.5, 1, 2, 3))
    beta: float = real("the trained shift", 1, -10, 10, stops=(-1, 0, 1, 5))
    epsilon: float = real("what keeps the root above zero", 1e-5, 0, 1)

    def check(self) -> None:
        if variance(self.column) + self.epsilon < 1e-9:
            raise ValueError("all values are alike: give two that differ, or an epsilon above 0")

    def ask(self) -> str:
        return (
            f"A channel has the values {listed(self.column)} in a batch. BatchNorm has gamma "
            f"{number_text(self.gamma)}, beta {number_text(self.beta)} and epsilon "
            f"{term(self.epsilon)}. What becomes of the last value?"
        )

    def work(self) -> Worked:
        values, gamma, beta, eps = self.column, self.gamma, self.beta, self.epsilon
        mean, var = average(values), variance(values)
        last, count = values[-1], len(values)
        made = [(value - mean) / math.sqrt(var + eps) for value in values]
        found = gamma * made[-1] + beta
        squares = " + ".join(f"({term(value)} - {term(mean)})^2" for value in values)
        unit = f"({term(last)} - {term(mean)})/sqrt({term(var)} + {term(eps)})"
        steps = (
            Step("The mean of the batch", f"({terms(values)})/{count}", mean),
            Step("Its variance: the mean squared distance", f"({squares})/{count}", var),
            Step("The last value: less the mean, over the deviation", unit, made[-1]),
            Step("Times gamma, and beta added", f"{term(gamma)}*{unit} + {term(beta)}", found),
        )
        sample = math.sqrt(var * count / (count - 1) + eps)
        slips = [
            Slip(
                gamma * (last - mean) / (var + eps) + beta,
                "You divided by the variance.",
                "Divide by its square root, the deviation: then the new variance is 1.",
            ),
            Slip(
                gamma * (last - mean) / sample + beta,
                f"You divided the squares by {count - 1}.",
                f"In training BatchNorm divides by the whole batch, {count}.",
            ),
        ]
        if (gamma, beta) != (1, 0):
            slips.append(
                Slip(
                    made[-1],
                    "You left out gamma and beta.",
                    "They are trained, and let a channel keep another scale where that helps.",
                )
            )
        rows = [[number_text(round(gamma * one + beta, 3))] for one in made]
        column: Matrix = tuple((value,) for value in values)
        after: Matrix = tuple((gamma * one + beta,) for one in made)
        mark = frozenset({(count - 1, 0)})
        picture = Beside(
            [Cells(column, "before", mark), "→", Cells(after, "after", mark, texts=rows)]
        )
        return Worked(steps, near(found), tuple(slips), picture)


@dataclass(frozen=True)
class RunningMean(Example):
    """How fast the mean that is used for prediction follows the batches."""

    tool: str = choice("whose momentum it is", "torch", ("torch", "keras"))
    momentum: float = real("the momentum", 0.1, 0.01, 0.99, stops=(0.01, 0.1, 0.9, 0.99))
    mean: float = real("the mean of every batch", 5, -100, 100, stops=(2, 5, 8))
    batches: int = whole("batches seen", 3, 2, 60, stops=(2, 3, 4, 5))

    @classmethod
    def draw(cls, random: Random) -> Self:
        tool = random.choice(("torch", "keras"))
        momentum = random.choice((0.1, 0.2) if tool == "torch" else (0.8, 0.9, 0.99))
        return cls(tool, momentum, random.choice((2, 4, 5, 8)), random.randint(2, 4))

    def ask(self) -> str:
        name = "torch" if self.tool == "torch" else "Keras"
        return (
            f"A BatchNorm in {name} with momentum {number_text(self.momentum)} begins with a "
            f"running mean of 0. {self.batches} batches pass, each of mean "
            f"{number_text(self.mean)}. What is the running mean now?"
        )

    def work(self) -> Worked:
        m, mean, count = self.momentum, self.mean, self.batches
        kept = 1 - m if self.tool == "torch" else m
        written = f"(1 - {term(m)})" if self.tool == "torch" else term(m)
        new = term(m) if self.tool == "torch" else f"(1 - {term(m)})"

        def after(keep: float) -> float:
            return mean * (1 - keep**count)

        steps = (
            Step(
                "The share of the old mean that a batch leaves",
                f"1 - {term(m)}" if self.tool == "torch" else f"1*{term(m)}",
                kept,
            ),
            Step("After the first batch", f"{written}*0 + {new}*{term(mean)}", (1 - kept) * mean),
            Step(
                f"After {count} batches: what is still missing shrinks by that share each time",
                f"{term(mean)} - {term(mean)}*{written}^{count}",
                after(kept),
            ),
        )
        slips = [
            Slip(
                mean,
                "You said that it is there at once.",
                "It is a moving mean: each batch pulls it a part of the way.",
            ),
            Slip(
                (1 - kept) * mean,
                "You counted one batch.",
                "Each further batch closes a part of the gap that is left.",
            ),
        ]
        if not math.isclose(kept, 0.5):
            other = "Keras" if self.tool == "torch" else "torch"
            slips.append(
                Slip(
                    after(1 - kept),
                    f"You read the momentum as {other} does.",
                    "In torch it is the share of the new batch, in Keras that of the old mean.",
                )
            )
        shares = dict.fromkeys((kept, 1 - kept))
        curves = [
            Curve(f"keeps {number_text(round(share, 6))} of the old mean",
                  [(at, mean * (1 - share**at)) for at in range(max(20, count) + 1)])
            for share in shares
        ]  # fmt: skip
        picture = Plot(curves, "batches seen", "running mean", mark=(count, after(kept)))
        remarks = (
            "torch's 0.1 and Keras's 0.99 are not the same: torch's 0.1 is 0.9 in Keras, and "
            "Keras's 0.99 is 0.01 in torch.",
        )
        return Worked(steps, near(after(kept)), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "batch-norm",
        CHAPTER,
        "BatchNorm on a column",
        "What does BatchNorm do to the values of one channel?",
        BatchNorm,
        (
            NOTES[1].at("lines 847 and 860"),
            NOTES[3].at("line 977"),
            bn_inceptions("algorithm 1"),
        ),
    ),
    Lesson(
        "running-mean",
        CHAPTER,
        "BatchNorm's running mean",
        "Which mean does BatchNorm take when there is no batch?",
        RunningMean,
        (
            bn_inceptions("section 3.1"),
            TORCH.at("BatchNorm2d, momentum"),
            KERAS.at("BatchNormalization, momentum"),
        ),
    ),
)

"""How a gradient becomes a step: RMSProp in two tools, clipping."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ..said import NOTES
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, several
from .pictures import Beside, Cells, Curve, Plot
from .terms import listed, near, term
from .training_sources import TENSORFLOW, TORCH, inceptions
from .values import Matrix, Number, number_text

CHAPTER = "Training"


TOOLS = ("torch", "tensorflow")


@dataclass(frozen=True)
class RmsProp(Example):
    """The first step of RMSProp, as torch and as TensorFlow write it."""

    tool: str = choice("whose RMSProp", "tensorflow", TOOLS)
    gradient: float = real("the first gradient", 2, 0.001, 1000, stops=(0.1, 0.5, 2, 4))
    rate: float = real("the learning rate", 0.045, 1e-6, 10, stops=(0.01, 0.045))
    decay: float = real("the share of the mean square that is kept", 0.9, 0.1, 0.999)
    epsilon: float = real("epsilon", 1, 0, 10, stops=(0.001, 0.1, 1))

    def ask(self) -> str:
        name = "torch" if self.tool == "torch" else "TensorFlow 1, with which Inception trained"
        return (
            f"The first gradient of a weight is {number_text(self.gradient)}. RMSProp of {name}, "
            f"with rate {term(self.rate)}, decay {number_text(self.decay)} and epsilon "
            f"{term(self.epsilon)}: how long is the first step?"
        )

    def lengths(self, tool: str, count: int) -> list[float]:
        """The lengths of the first steps, of one gradient throughout."""
        square = 0.0 if tool == "torch" else 1.0
        found = []
        for _ in range(count):
            square = self.decay * square + (1 - self.decay) * self.gradient**2
            below = (
                math.sqrt(square) + self.epsilon
                if tool == "torch"
                else math.sqrt(square + self.epsilon)
            )
            found.append(self.rate * self.gradient / below)
        return found

    def work(self) -> Worked:
        g, rate, decay, eps = self.gradient, self.rate, self.decay, self.epsilon
        torch = self.tool == "torch"
        start = 0.0 if torch else 1.0
        mean = f"{term(decay)}*{term(int(start))} + (1 - {term(decay)})*{term(g)}^2"
        square = decay * start + (1 - decay) * g * g
        root = f"sqrt({mean}) + {term(eps)}" if torch else f"sqrt({mean} + {term(eps)})"
        below = math.sqrt(square) + eps if torch else math.sqrt(square + eps)
        found = rate * g / below
        steps = (
            Step(f"The mean square begins at {start:g}, and takes in the first", mean, square),
            Step(
                "Its root, and epsilon behind it" if torch else "Epsilon goes under the root",
                root,
                below,
            ),
            Step("The rate times the gradient, over that", f"{term(rate)}*{term(g)}/({root})",
                 found),
        )  # fmt: skip
        slips = [
            Slip(
                self.lengths("tensorflow" if torch else "torch", 1)[0],
                f"You worked as {'TensorFlow 1' if torch else 'torch'} does.",
                "TensorFlow 1 begins at 1 and has epsilon under the root; torch begins at 0 and "
                "adds it behind the root.",
            ),
            Slip(
                rate * g,
                "You made a plain step.",
                "RMSProp divides by the root of the mean square.",
            ),
            Slip(
                rate * g / (square + eps),
                "You left out the root.",
                "The mean square is of squared gradients: its root has the gradient's own size.",
            ),
        ]
        if not math.isclose(decay, 0.5):
            swapped = (1 - decay) * start + decay * g * g
            other = math.sqrt(swapped) + eps if torch else math.sqrt(swapped + eps)
            slips.append(
                Slip(
                    rate * g / other,
                    "You swapped the shares.",
                    f"{number_text(decay)} of the old mean square is kept, and the rest is new.",
                )
            )
        span = 40
        curves = [
            Curve(name, list(enumerate(self.lengths(tool, span), 1)))
            for tool, name in zip(TOOLS, ("torch", "TensorFlow 1"), strict=True)
        ]
        picture = Plot(
            curves, "step, the gradient stays the same", "length of the step", mark=(1, found)
        )
        return Worked(steps, near(found), tuple(slips), picture)


def _gradients(random: Random) -> Sequence[Number]:
    first = random.choice(((3, 4), (6, 8), (5, 12), (1, 2, 2), (2, 3, 6), (2, -4, 4)))
    return [random.choice((1, -1)) * one for one in first]


@dataclass(frozen=True)
class Clipping(Example):
    """A gradient cut to a norm, or to a range."""

    gradient: tuple[Number, ...] = several(
        "the gradient", (3, -4), 1, 12, -1e6, 1e6, drawn=_gradients
    )
    limit: float = real("the limit", 2, 0.001, 1e6, stops=(0.5, 1, 2))
    by: str = choice("what is limited", "norm", ("norm", "value"))

    def check(self) -> None:
        if not any(self.gradient):
            raise ValueError("--gradient: all numbers are 0, there is nothing to clip")

    def ask(self) -> str:
        what = "clipped to a norm of" if self.by == "norm" else "clipped by value, each number to"
        return (
            f"The gradient is {listed(self.gradient)}. It is {what} {number_text(self.limit)}. "
            "What is left of it?"
        )

    def by_norm(self) -> tuple[float, ...]:
        """The gradient made shorter where its length is over the limit."""
        norm = math.hypot(*self.gradient)
        return tuple(one * min(1.0, self.limit / norm) for one in self.gradient)

    def by_value(self) -> tuple[float, ...]:
        """Each number cut off at the limit."""
        return tuple(max(-self.limit, min(self.limit, one)) for one in self.gradient)

    def work(self) -> Worked:
        given, limit = self.gradient, self.limit
        norm = math.hypot(*given)
        squares = " + ".join(f"{term(one)}^2" for one in given)
        largest = max(map(abs, given))
        found: Matrix
        steps: tuple[Step, ...]
        if self.by == "norm":
            found = (self.by_norm(),)
            steps = (
                Step("The norm: the root of the sum of squares", f"sqrt({squares})", norm),
                Step(
                    "The factor that brings it to the limit, at most 1",
                    f"min(1, {term(limit)}/sqrt({squares}))",
                    min(1.0, limit / norm),
                ),
                Step("Every number times the factor", "", found),
            )
        else:
            found = (self.by_value(),)
            steps = (
                Step(
                    "The largest number without sign",
                    "max(" + ", ".join(f"abs({term(one)})" for one in given) + ")",
                    largest,
                ),
                Step(f"Every number cut off at {number_text(limit)}, its sign kept", "", found),
            )
        others: list[Slip] = [
            Slip(
                (self.by_value() if self.by == "norm" else self.by_norm(),),
                "You cut each number off." if self.by == "norm" else "You scaled all numbers.",
                "Clipping by norm keeps the direction: one factor for all numbers."
                if self.by == "norm"
                else "By value, each number is looked at alone; the direction may change.",
            ),
            Slip(
                (tuple(one * min(1.0, limit / largest) for one in given),),
                "You scaled by the largest number.",
                "That limits the largest number; the norm is the length of all together."
                if self.by == "norm"
                else "Only numbers over the limit change.",
            ),
            Slip(
                (tuple(one * min(1.0, limit / sum(map(abs, given))) for one in given),),
                "You scaled by the sum of the numbers.",
                "The norm is the root of the sum of squares."
                if self.by == "norm"
                else "Clipping by value does not scale.",
            ),
            Slip(
                (given,),
                "You left it as it is.",
                "It is over the limit: something has to go.",
            ),
        ]
        near_by = Answer(found, within=5e-4 * limit)
        slips: list[Slip] = []
        for slip in others:
            if all(_apart(slip.value, other, near_by.within) for other in
                   (found, *(one.value for one in slips))):  # fmt: skip
                slips.append(slip)
        rows: Matrix = (given,)
        texts = [[number_text(round(one, 3), comma=False) for one in found[0]]]
        picture = Beside([Cells(rows, "gradient"), "→", Cells(found, "clipped", texts=texts)])
        remarks = (
            "Inception v3's paper gives its limit, 2.0, and cites Pascanu, Mikolov and Bengio, who "
            "clip the norm.",
        )
        return Worked(steps, near_by, tuple(slips), picture, remarks)


def _apart(one: object, other: object, within: float) -> bool:
    assert isinstance(one, tuple) and isinstance(other, tuple)
    return any(abs(a - b) > 2 * within for a, b in zip(one[0], other[0], strict=True))


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "rmsprop",
        CHAPTER,
        "RMSProp, twice",
        "Why does one recipe train differently in two tools?",
        RmsProp,
        (
            NOTES[0].at("line 1450"),
            NOTES[1].at("line 1257"),
            inceptions("section 8"),
            TENSORFLOW.at("tf.compat.v1.train.RMSPropOptimizer"),
            TORCH.at("RMSprop"),
        ),
    ),
    Lesson(
        "gradient-clipping",
        CHAPTER,
        "Gradient clipping",
        "What is cut off a gradient that is too long?",
        Clipping,
        (inceptions("section 8: threshold 2.0"), TORCH.at("clip_grad_norm_")),
    ),
)

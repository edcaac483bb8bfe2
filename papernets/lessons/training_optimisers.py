"""How a gradient becomes a step: momentum, RMSProp, clipping, weight decay."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ..said import NOTES
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, several, whole
from .pictures import Beside, Cells, Curve, Plot
from .terms import listed, near, term
from .training_sources import CAFFE, TENSORFLOW, TORCH, alexnets, bn_inceptions, inceptions
from .values import Matrix, Number, number_text

CHAPTER = "Training"


@dataclass(frozen=True)
class Momentum(Example):
    """The size of a step after several steps of the same gradient."""

    momentum: float = real("the share of the last step that is kept", 0.9, 0, 0.99,
                           stops=(0.5, 0.8, 0.9, 0.95))  # fmt: skip
    rate: float = real("the learning rate", 0.01, 1e-6, 10, stops=(0.001, 0.01, 0.1))
    gradient: float = real("the gradient of every step", 1, 0.01, 100, stops=(1, 2, 5))
    steps: int = whole("steps made", 3, 2, 60, stops=(2, 3, 5, 10))

    def ask(self) -> str:
        return (
            f"A weight has the same gradient {number_text(self.gradient)} in each step. With "
            f"momentum {number_text(self.momentum)} and a learning rate of "
            f"{number_text(self.rate)}, from standstill: how long is step {self.steps}?"
        )

    def work(self) -> Worked:
        m, rate, g, count = self.momentum, self.rate, self.gradient, self.steps
        plain = rate * g
        found = plain * sum(m**at for at in range(count))
        one = f"{term(rate)}*{term(g)}"
        steps = [Step("The first step is the rate times the gradient", one, plain)]
        if count > 2:
            steps.append(
                Step("The second keeps a share of the first", f"{one} + {term(m)}*{one}",
                     plain * (1 + m))
            )  # fmt: skip
        if m < 1:
            steps += [
                Step(f"Step {count}, with shares of all {count - 1} before it",
                     f"{one}*(1 - {term(m)}^{count})/(1 - {term(m)})", found),
                Step("With time it grows to", f"{one}/(1 - {term(m)})", plain / (1 - m)),
            ]  # fmt: skip
        slips = [
            Slip(
                plain,
                "You left out the momentum.",
                "Each step keeps a share of the one before, and adds its own gradient.",
            ),
            Slip(
                plain * count,
                "You added whole steps.",
                "Of each earlier step only a share is left.",
            ),
        ]
        if m:
            slips += [
                Slip(
                    plain / (1 - m),
                    "You gave the length that it reaches with time.",
                    "From standstill the steps grow towards it, one after another.",
                ),
                Slip(
                    plain * (1 - m**count),
                    "You weighted the new gradient with the rest of the momentum.",
                    "That is a moving average, as Adam has it. Momentum adds the gradient whole.",
                ),
            ]
        span = range(1, max(30, count) + 1)
        curves = [
            Curve(f"momentum {share:g}",
                  [(at, plain * sum(share**k for k in range(at))) for at in span])
            for share in sorted({0.0, m}, reverse=True)
        ]  # fmt: skip
        picture = Plot(curves, "step", "length of the step", mark=(count, found))
        return Worked(tuple(steps), near(found), tuple(slips), picture)


@dataclass(frozen=True)
class WhereTheRateStands(Example):
    """The first step after the learning rate is lowered, in both ways to write momentum."""

    convention: str = choice("how momentum is written", "alexnet", ("alexnet", "torch"))
    momentum: float = real("the momentum", 0.9, 0.1, 0.99, stops=(0.8, 0.9, 0.95))
    rate: float = real("the learning rate before", 0.01, 1e-6, 10, stops=(0.01, 0.05, 0.1))
    cut: float = real("what it is divided by", 10, 1.5, 1000, stops=(2, 5, 10))

    def ask(self) -> str:
        how = (
            "v = m*v + rate*gradient, w = w - v, as AlexNet's paper does"
            if self.convention == "alexnet"
            else "v = m*v + gradient, w = w - rate*v, as torch does"
        )
        return (
            f"The gradient has been 1 for long, with momentum {number_text(self.momentum)} and "
            f"rate {number_text(self.rate)}. Now the rate is divided by "
            f"{number_text(self.cut)}. You write {how}. How long is the next step?"
        )

    def _step(self, convention: str) -> float:
        m, old, new = self.momentum, self.rate, self.rate / self.cut
        return m * (old if convention == "alexnet" else new) / (1 - m) + new

    def work(self) -> Worked:
        m, old, cut = self.momentum, self.rate, self.cut
        papers = self.convention == "alexnet"
        new = f"{term(old)}/{term(cut)}"
        before = old / (1 - m)
        found = self._step(self.convention)
        steps = (
            Step("The steps until now: rate/(1 - momentum)", f"{term(old)}/(1 - {term(m)})",
                 before),
            Step("The new rate", new, old / cut),
            Step(
                "The next step keeps the last one, which was made with the old rate"
                if papers
                else "The next step takes the whole velocity times the new rate",
                f"{term(m)}*{term(old)}/(1 - {term(m)}) + {new}"
                if papers
                else f"{new}*({term(m)}/(1 - {term(m)}) + 1)",
                found,
            ),
        )  # fmt: skip
        slips = (
            Slip(
                self._step("torch" if papers else "alexnet"),
                f"You wrote it as {'torch' if papers else 'AlexNet'} does.",
                "It matters whether the rate stands inside the velocity: then old steps keep "
                "the old rate.",
            ),
            Slip(
                old / cut,
                "You left out the momentum.",
                "The velocity of the steps before is still there.",
            ),
            Slip(
                before,
                "You gave the step before.",
                "The new gradient already comes with the new rate.",
            ),
        )
        late = range(-3, 31)

        def length(convention: str, at: int) -> float:
            if at <= 0:
                return before
            end = before / cut
            return end + (before - end) * m**at if convention == "alexnet" else end

        curves = [
            Curve("rate inside: AlexNet, Caffe", [(at, length("alexnet", at)) for at in late]),
            Curve("rate outside: torch", [(at, length("torch", at)) for at in late]),
        ]
        picture = Plot(
            curves, "steps after the rate is lowered", "length of the step", mark=(1, found)
        )
        return Worked(steps, near(found), slips, picture)


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


@dataclass(frozen=True)
class WeightDecay(Example):
    """What decay leaves of a weight that has no gradient."""

    rate: float = real("the learning rate", 0.01, 1e-5, 1, stops=(0.001, 0.01, 0.1))
    decay: float = real("the weight decay", 5e-4, 1e-6, 0.1, stops=(1e-4, 2e-4, 5e-4))
    steps: int = whole("steps", 100_000, 10, 5_000_000, stops=(10_000, 50_000, 100_000))

    def check(self) -> None:
        if self.rate * self.decay * self.steps > 20:
            raise ValueError("after so many steps nothing is left: take fewer, or a smaller rate")

    def ask(self) -> str:
        return (
            f"A weight has no gradient; weight decay {term(self.decay)} alone acts on it, with a "
            f"learning rate of {number_text(self.rate)}. Which share of it is left after "
            f"{self.steps:,} steps?"
        )

    def work(self) -> Worked:
        rate, decay, count = self.rate, self.decay, self.steps
        one = f"1 - {term(rate)}*{term(decay)}"
        kept = 1 - rate * decay
        found = kept**count
        steps = (
            Step("A step takes rate times decay of the weight away: what is left", one, kept),
            Step(f"After {count:,} steps: to that power, by logarithms",
                 f"exp({count}*ln({one}))", found),
        )  # fmt: skip
        slips = [
            Slip(
                kept,
                "You counted one step.",
                "Each step takes its part of what the last one left.",
            ),
            Slip(
                (1 - decay) ** count,
                "You left out the learning rate.",
                "Decay is a part of the gradient here, and the rate multiplies the gradient.",
            ),
        ]
        if rate * decay * count < 1:
            slips.append(
                Slip(
                    1 - count * rate * decay,
                    "You took the same away in each step.",
                    "The weight gets smaller, and what is taken with it.",
                )
            )
        else:
            slips.append(
                Slip(
                    1 - found,
                    "You gave what is gone.",
                    "The question is what is left.",
                )
            )
        ends = [count * at / 40 for at in range(81)]
        picture = Plot(
            [Curve(f"decay {term(decay)}", [(at, kept**at) for at in ends])],
            "steps",
            "share that is left",
            mark=(count, found),
        )
        epochs = math.log(2) / (0.01 * 5e-4) / (1_281_167 / 128)
        remarks = (
            f"AlexNet's 0.0005 with a rate of 0.01 halves such a weight in "
            f"{math.log(2) / (0.01 * 5e-4):,.0f} steps, {epochs:.1f} epochs. Notes 003 say that "
            "AlexNet uses dropout rather than regularisation: it uses both.",
        )
        return Worked(steps, near(found), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "momentum",
        CHAPTER,
        "Momentum",
        "How much longer do steps get when all point the same way?",
        Momentum,
        (NOTES[0].at("lines 557 and 558"), alexnets("section 5"), TORCH.at("SGD")),
    ),
    Lesson(
        "momentum-and-rate",
        CHAPTER,
        "Where the rate stands",
        "Why do two ways to write momentum part when the rate falls?",
        WhereTheRateStands,
        (alexnets("section 5"), CAFFE.at("SGDSolver"), TORCH.at("SGD, note on momentum")),
    ),
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
    Lesson(
        "weight-decay",
        CHAPTER,
        "Weight decay",
        "What becomes of a weight that nobody needs?",
        WeightDecay,
        (
            NOTES[1].at("lines 452 and 1231"),
            NOTES[3].at("line 871"),
            alexnets("section 5"),
            bn_inceptions("section 4.2.1"),
        ),
    ),
)

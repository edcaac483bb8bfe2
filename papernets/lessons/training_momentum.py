"""How steps add up: momentum, where the rate stands in it, weight decay."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, whole
from .pictures import Curve, Plot
from .terms import near, term
from .training_sources import CAFFE, TORCH, alexnets, bn_inceptions
from .values import number_text

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

"""Scores, probabilities and losses: softmax, cross entropy, one output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import real, several, whole
from .pictures import Bars, Curve, Plot
from .terms import listed, near, place, term
from .training_gradients import sigmoid
from .training_sources import TORCH, alexnets
from .values import Number, number_text

CHAPTER = "Training"


def _scores(random: Random) -> Sequence[Number]:
    return [random.choice((-2, -1, 0, 0.5, 1, 2, 3)) for _ in range(3)]


def softmax(scores: Sequence[Number]) -> list[float]:
    """Shares that add up to 1, each e^score over the sum."""
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    return [power / sum(powers) for power in powers]


def quotient(scores: Sequence[Number], at: int) -> str:
    """The formula of a softmax."""
    below = " + ".join(f"exp({term(score)})" for score in scores)
    return f"exp({term(scores[at])})/({below})"


@dataclass(frozen=True)
class _OfScores(Example):
    """The scores of one picture and the class that counts."""

    scores: tuple[Number, ...] = several(
        "the scores of the classes", (3, 1, 0), 2, 10, -30, 30, drawn=_scores
    )
    right: int = whole("the class that is asked for, from 1", 1, 1, 10, stops=(1, 2, 3))

    def check(self) -> None:
        if self.right > len(self.scores):
            raise ValueError(f"--right {self.right}: there are {len(self.scores)} classes")


@dataclass(frozen=True)
class Softmax(_OfScores):
    """Probabilities of scores."""

    def ask(self) -> str:
        return (
            f"The last layer gives the scores {listed(self.scores)}. Which probability does "
            f"softmax give the {place(self.right)} class?"
        )

    def work(self) -> Worked:
        scores, at = self.scores, self.right - 1
        shares = softmax(scores)
        powers = " + ".join(f"exp({term(score)})" for score in scores)
        total = sum(map(math.exp, scores))
        steps = (
            Step("e to the power of its score", f"exp({term(scores[at])})", math.exp(scores[at])),
            Step("The same of all classes, added", powers, total),
            Step("The share of the class", quotient(scores, at), shares[at]),
        )
        slips = [
            Slip(
                sigmoid(scores[at]),
                "You took the sigmoid of one score.",
                "The sigmoid looks at one score alone; softmax divides by what all classes have.",
            ),
            Slip(
                float(scores[at] == max(scores)),
                "You gave all to the largest score.",
                "Softmax is soft: every class keeps a share.",
            ),
        ]
        if sum(scores):
            slips.append(
                Slip(
                    scores[at] / sum(scores),
                    "You divided the score by the sum of the scores.",
                    "Scores may be below zero. First e to the power of each, then the share.",
                )
            )
        named = [(f"class {one + 1}", round(share, 4)) for one, share in enumerate(shares)]
        picture = Bars(named, title="probabilities")
        return Worked(steps, near(shares[at]), tuple(slips), picture)


@dataclass(frozen=True)
class CrossEntropy(_OfScores):
    """The loss of one picture."""

    def ask(self) -> str:
        return (
            f"A picture of the {place(self.right)} class gets the scores {listed(self.scores)}. "
            "What is its cross entropy?"
        )

    def work(self) -> Worked:
        scores, at = self.scores, self.right - 1
        share = softmax(scores)[at]
        found = -math.log(share)
        written = quotient(scores, at)
        steps = (
            Step("The probability of the right class, by softmax", written, share),
            Step("Minus its natural logarithm", f"-ln({written})", found),
        )
        slips = (
            Slip(
                1 - share,
                "You took the probability from 1.",
                "Cross entropy is -ln(p): near 1 - p for a sure answer, but without an upper end.",
            ),
            Slip(
                -math.log10(share),
                "You took the logarithm to the base 10.",
                "The loss is measured with the natural logarithm.",
            ),
            Slip(
                -sum(math.log(one) for one in softmax(scores)),
                "You added the logarithms of all classes.",
                "The target is 0 for the wrong classes: their terms drop out.",
            ),
        )
        points = [(at / 100, -math.log(at / 100)) for at in range(2, 101)]
        picture = Plot(
            [Curve("-ln(p)", points)], "probability of the right class", "loss", mark=(share, found)
        )
        even = math.log(len(scores))
        remarks = (
            f"A network that knows nothing gives each of {len(scores)} classes the same: its loss "
            f"is ln({len(scores)}) = {even:.4f}. With 1000 classes it begins at "
            f"{math.log(1000):.3f}.",
        )
        return Worked(steps, near(found), slips, picture, remarks)


@dataclass(frozen=True)
class OneOutput(Example):
    """The binary loss of one output behind a sigmoid."""

    score: float = real("the score of the one output", 2, -10, 10, stops=(-3, -1, 0.5, 1, 2, 4))
    label: int = whole("what is right: 1 for yes, 0 for no", 0, 0, 1, stops=(0, 1))

    def ask(self) -> str:
        return (
            f"A network for two classes has one output behind a sigmoid. Its score is "
            f"{number_text(self.score)}, and {'yes (1)' if self.label else 'no (0)'} is right. "
            "What is the binary cross entropy?"
        )

    def work(self) -> Worked:
        z, label = self.score, self.label
        share = sigmoid(z)
        written = f"1/(1 + exp(-{term(z)}))"
        right, of = (share, written) if label else (1 - share, f"1 - {written}")
        found = -math.log(right)
        steps = (
            Step("The probability of yes, by the sigmoid", written, share),
            Step("The probability of what is right", of if not label else written, right),
            Step("Minus its natural logarithm", f"-ln({of})", found),
        )
        slips = [
            Slip(
                -math.log(1 - right),
                f"You took {'no' if label else 'yes'} for right.",
                f"The label is {label}: {'p itself' if label else '1 - p'} belongs under the "
                "logarithm.",
            ),
            Slip(
                1 - right,
                "You took the probability from 1.",
                "The loss is the logarithm of the probability, not its distance from 1.",
            ),
            Slip(
                0,
                "You said that the loss is 0.",
                "Softmax over a single output is always 1, and teaches nothing: one output "
                "wants a sigmoid.",
            ),
        ]
        scores = [at / 4 for at in range(-20, 21)]
        picture = Plot(
            [
                Curve("loss if yes is right", [(x, -math.log(sigmoid(x))) for x in scores]),
                Curve("loss if no is right", [(x, -math.log(1 - sigmoid(x))) for x in scores]),
            ],
            "score",
            "loss",
            mark=(z, found),
        )
        two = softmax((z, 0))[0]
        remarks = (
            "Notes 001 end a ResNet with one sigmoid, and VGG-16 with a softmax of two. Both say "
            f"the same: softmax over the scores {number_text(z)} and 0 is {two:.6g} too.",
        )
        return Worked(steps, near(found), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "softmax",
        CHAPTER,
        "Softmax",
        "How do scores become probabilities?",
        Softmax,
        (NOTES[0].at("lines 253 to 255"), NOTES[1].at("line 382"), alexnets("section 3.5")),
    ),
    Lesson(
        "cross-entropy",
        CHAPTER,
        "Cross entropy",
        "What does it cost to be sure of the wrong class?",
        CrossEntropy,
        (NOTES[1].at("line 318"), alexnets("section 3.5"), TORCH.at("cross_entropy")),
    ),
    Lesson(
        "one-output",
        CHAPTER,
        "One output for two classes",
        "Why does a network for two classes need one output only?",
        OneOutput,
        (NOTES[1].at("lines 1092 and 792"), TORCH.at("binary_cross_entropy_with_logits")),
    ),
)

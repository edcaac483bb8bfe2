"""Scores, probabilities and losses: softmax, cross entropy, one output, accuracy beside loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, several, whole
from .pictures import Bars, Curve, Plot
from .terms import listed, near, percent, place, term
from .training_gradients import sigmoid
from .training_sources import KERAS, TORCH, alexnets
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
class LossAndAccuracy(Example):
    """The mean loss of a set on which some pictures are right and some wrong."""

    pictures: int = whole("pictures in the test", 10_000, 10, 10_000_000)
    correct: int = whole("how many of them are right", 9737, 0, 10_000_000,
                         stops=(8285, 9000, 9500, 9737, 9905))  # fmt: skip
    sure: float = real("the right class's probability where the answer is right", 0.99, 0.51, 1,
                       stops=(0.9, 0.95, 0.99, 0.999))  # fmt: skip
    doubt: float = real("the right class's probability where it is wrong", 0.0595, 1e-6, 0.5,
                        stops=(0.01, 0.0595, 0.1, 0.2))  # fmt: skip

    def check(self) -> None:
        if self.correct > self.pictures:
            raise ValueError(f"--correct {self.correct}: there are {self.pictures:,} pictures")

    def ask(self) -> str:
        share = self.correct / self.pictures
        return (
            f"Of {self.pictures:,} pictures {self.correct:,} are right: {percent(share)}. The "
            f"right class has the probability {number_text(self.sure)} in each of these, and "
            f"{number_text(self.doubt)} in each of the others. What is the mean loss?"
        )

    def work(self) -> Worked:
        count, right = self.pictures, self.correct
        wrong = count - right
        sure, doubt = self.sure, self.doubt
        low, high = -math.log(sure), -math.log(doubt)
        written = f"({right}*(-ln({term(sure)})) + {wrong}*(-ln({term(doubt)})))/{count}"
        found = (right * low + wrong * high) / count
        steps = (
            Step("The loss of a picture that is right", f"-ln({term(sure)})", low),
            Step("The loss of one that is wrong", f"-ln({term(doubt)})", high),
            Step("The mean over all pictures", written, found),
        )
        accuracy = right / count
        slips = []
        if 0 < accuracy < 1:
            slips = [
                Slip(
                    -math.log(accuracy),
                    "You took the logarithm of the accuracy.",
                    "The loss asks each picture how sure the network was, not how many are right.",
                ),
                Slip(
                    1 - accuracy,
                    "You gave the error.",
                    "Error counts wrong pictures. A wrong picture can cost far more than 1.",
                ),
                Slip(
                    (low + high) / 2,
                    "You took the middle of both losses.",
                    f"There are {right:,} of one kind and {wrong:,} of the other.",
                ),
            ]
        picture = Bars(
            [
                (f"{right:,} right ones", round(right * low / count, 6)),
                (f"{wrong:,} wrong ones", round(wrong * high / count, 6)),
            ],
            title="what they add to the mean loss",
        )
        return Worked(steps, near(found), tuple(slips), picture, _notes_loss())


def _notes_loss() -> tuple[str, ...]:
    """What notes 001 print, and what follows from it."""
    accuracy, loss = 0.9737, 0.0840
    other = 0.95
    needed = math.exp(-(loss + accuracy * math.log(other)) / (1 - accuracy))
    return (
        f"Notes 001 print an accuracy of {percent(accuracy)} and a loss of {loss:.4f} after one "
        f"epoch. One does not follow from the other: -ln({accuracy}) is "
        f"{-math.log(accuracy):.4f}. With {other} and {needed:.4f} in place of 0.99 and 0.0595 "
        f"the loss is {loss:.4f} too. What the loss does say: the probability of the right class "
        f"is exp(-{loss:.4f}) = {math.exp(-loss):.4f} in the geometric mean.",
    )


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


@dataclass(frozen=True)
class TopErrors(Example):
    """Top-1 and top-5 error from the places of the right classes."""

    ranks: tuple[Number, ...] = several(
        "the place of each picture's right class, 1 for the highest score",
        (1, 3, 1, 7, 2, 1, 5, 6, 1, 2), 1, 40, 1, 1000,
        drawn=lambda random: [random.choice((1, 1, 1, 2, 3, 5, 5, 6, 9)) for _ in range(10)],
    )  # fmt: skip
    top: int = whole("how many guesses count", 5, 1, 100, stops=(1, 5))
    asked: str = choice("what is asked for", "error", ("error", "accuracy"))

    def check(self) -> None:
        if any(rank != int(rank) for rank in self.ranks):
            raise ValueError("--ranks: each place is a whole number")

    def ask(self) -> str:
        return (
            f"In {len(self.ranks)} pictures the right class stands at the places "
            f"{listed(self.ranks)} of the scores. What is the top-{self.top} {self.asked}?"
        )

    def work(self) -> Worked:
        count, top = len(self.ranks), self.top
        hits = sum(rank <= top for rank in self.ranks)
        hit = 100 * hits / count
        wants = self.asked == "error"
        found = 100 * (count - hits) / count if wants else hit
        written = f"100*({count} - {hits})/{count}" if wants else f"100*{hits}/{count}"
        row = " + ".join(str(int(rank <= top)) for rank in self.ranks)
        steps = (
            Step(f"Pictures whose right class is among the first {top}", row, hits, "pictures"),
            Step(f"Their share is the accuracy, the rest the error: the {self.asked}", written,
                 found, "%"),
        )  # fmt: skip

        def share(hits: int) -> float:
            return 100 * (count - hits) / count if wants else 100 * hits / count

        firsts = sum(rank == 1 for rank in self.ranks)
        others = [
            Slip(
                100 - found,
                f"You gave the {'accuracy' if wants else 'error'}.",
                "Error and accuracy add up to 100 %.",
            ),
            Slip(
                share(firsts),
                "You counted the first places alone.",
                f"Top-{top} asks whether the right class is among the first {top}.",
            ),
            Slip(
                share(sum(rank < top for rank in self.ranks)),
                f"You left out place {top}.",
                f"Place {top} still counts: it is the last of {top} guesses.",
            ),
            Slip(
                share(sum(rank == top for rank in self.ranks)),
                f"You counted place {top} alone.",
                f"Every place from 1 to {top} is a hit.",
            ),
            Slip(
                share(sum(rank <= (5 if top == 1 else 1) for rank in self.ranks)),
                f"You counted the first {5 if top == 1 else 1}.",
                f"Here {top} guess{'es' * (top > 1)} count{'s' * (top == 1)}.",
            ),
        ]
        slips: list[Slip] = []
        for slip in others:
            if slip.value not in (found, *(one.value for one in slips)):
                slips.append(slip)
        tops = (1, 2, 3, 5, 10)
        errors = [(f"top-{at}", 100 * sum(rank > at for rank in self.ranks) / count) for at in tops]
        picture = Bars(errors, "%", "errors")
        return Worked(steps, near(found, "%"), tuple(slips), picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "softmax",
        CHAPTER,
        "Softmax",
        "How do scores become probabilities?",
        Softmax,
        (NOTES[0].at("lines 253 to 255"), NOTES[1].at("line 382"), alexnets("section 3")),
    ),
    Lesson(
        "cross-entropy",
        CHAPTER,
        "Cross entropy",
        "What does it cost to be sure of the wrong class?",
        CrossEntropy,
        (NOTES[1].at("line 318"), alexnets("section 3"), TORCH.at("cross_entropy")),
    ),
    Lesson(
        "loss-and-accuracy",
        CHAPTER,
        "Loss is not accuracy",
        "Does an accuracy of 97.37 % make a loss of 0.0840?",
        LossAndAccuracy,
        (NOTES[1].at("lines 322 and 339 to 341"), KERAS.at("categorical_crossentropy")),
    ),
    Lesson(
        "one-output",
        CHAPTER,
        "One output for two classes",
        "Why does a network for two classes need one output only?",
        OneOutput,
        (NOTES[1].at("lines 1092 and 792"), TORCH.at("binary_cross_entropy_with_logits")),
    ),
    Lesson(
        "top-5",
        CHAPTER,
        "Top-1 and top-5",
        "When does ImageNet forgive a wrong first guess?",
        TopErrors,
        (NOTES[0].at("lines 373 and 597"), NOTES[2].at("line 256"), alexnets("section 2")),
    ),
)

"""What a test says: accuracy beside loss, top-1 and top-5."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, several, whole
from .pictures import Bars
from .terms import listed, near, percent, term
from .training_sources import KERAS, alexnets
from .values import Number, number_text

CHAPTER = "Training"


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
        "loss-and-accuracy",
        CHAPTER,
        "Loss is not accuracy",
        "Does an accuracy of 97.37 % make a loss of 0.0840?",
        LossAndAccuracy,
        (NOTES[1].at("lines 322 and 339 to 341"), KERAS.at("categorical_crossentropy")),
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

"""Batches and epochs, and which pictures an error is counted on."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Self

from ..said import NOTES
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, several, whole
from .pictures import Bars, Curve, Plot
from .terms import listed, near, term
from .training_sources import KERAS, alexnets, resnets, vggs
from .values import Number

CHAPTER = "Training"


@dataclass(frozen=True)
class StepsPerEpoch(Example):
    """How many batches an epoch has."""

    pictures: int = whole("pictures", 60_000, 1, 10**8, stops=(10_000, 50_000, 60_000))
    batch: int = whole("pictures in a batch", 128, 1, 65_536, stops=(32, 64, 128, 256))
    last: str = choice("the last, smaller batch is", "kept", ("kept", "dropped"))

    def check(self) -> None:
        if self.batch >= self.pictures:
            raise ValueError(f"--batch {self.batch}: there are {self.pictures:,} pictures")

    def ask(self) -> str:
        return (
            f"{self.pictures:,} pictures are shown in batches of {self.batch}; a last batch that "
            f"is smaller is {self.last}. How many steps has an epoch?"
        )

    def work(self) -> Worked:
        count, batch, keeps = self.pictures, self.batch, self.last == "kept"
        full, rest = divmod(count, batch)
        found = full + (1 if rest and keeps else 0)
        steps = (
            Step("Batches that are full", f"floor({count}/{batch})", full),
            Step("Pictures that are left", f"{count} - {full}*{batch}", rest, "pictures"),
            Step(
                "Steps, with one for the rest" if keeps else "Steps, the rest is left out",
                f"{'ceil' if keeps else 'floor'}({count}/{batch})",
                found,
                "steps",
            ),
        )
        slips = [
            Slip(
                count,
                "You counted pictures.",
                "A step shows a whole batch.",
            )
        ]
        if rest:
            slips += [
                Slip(
                    full if keeps else full + 1,
                    "You rounded down." if keeps else "You rounded up.",
                    f"The last {rest} pictures make a step too, a smaller one."
                    if keeps
                    else f"The last {rest} pictures make no full batch, and are dropped.",
                ),
                Slip(
                    count / batch,
                    "You did not round.",
                    "There are only whole steps.",
                ),
            ]
        else:
            slips.append(
                Slip(full + 1, "You added a step for the rest.", "There is no rest: it divides.")
            )
        picture = Bars(
            [("each full batch", batch), ("the last batch", (rest if keeps else 0) or batch)],
            "pictures",
        )
        remarks = (
            f"Notes 001 show both: {_up(60_000, 128)} steps for MNIST's 60,000 in batches of 128, "
            f"and {_up(10_000, 32)} in the test, where Keras takes batches of 32 unless told.",
        )
        return Worked(steps, Answer(found, "steps"), tuple(slips), picture, remarks)


def _up(count: int, batch: int) -> int:
    return -(-count // batch)


@dataclass(frozen=True)
class Epochs(Example):
    """How often each picture was seen after so many iterations."""

    iterations: int = whole("iterations", 370_000, 1, 10**9,
                            stops=(64_000, 370_000, 600_000))  # fmt: skip
    batch: int = whole("pictures in a batch", 256, 1, 65_536, stops=(64, 128, 256))
    pictures: int = whole("pictures in the training set", 1_281_167, 1, 10**9,
                          stops=(45_000, 50_000, 1_281_167))  # fmt: skip

    def ask(self) -> str:
        return (
            f"A network is trained for {self.iterations:,} iterations with batches of "
            f"{self.batch}, on {self.pictures:,} pictures. How many epochs are that?"
        )

    def work(self) -> Worked:
        its, batch, count = self.iterations, self.batch, self.pictures
        found = its * batch / count
        steps = (
            Step("Pictures shown in all", f"{its}*{batch}", its * batch),
            Step("Over the pictures of an epoch", f"{its}*{batch}/{count}", found, "epochs"),
        )
        slips = [
            Slip(
                its / count,
                "You took an iteration for one picture.",
                f"Each iteration shows {batch} pictures.",
            ),
            Slip(
                its / batch,
                "You divided by the batch.",
                "That is how many batches of iterations there are. Pictures matter: multiply.",
            ),
            Slip(
                count / batch,
                "You gave the iterations of one epoch.",
                "Divide all iterations by that.",
            ),
        ]
        papers = [
            ("VGG: 370,000 of 256", 370_000 * 256 / 1_281_167),
            ("ResNet: 600,000 of 256", 600_000 * 256 / 1_281_167),
            ("ResNet, CIFAR-10: 64,000 of 128", 64_000 * 128 / 45_000),
        ]
        picture = Bars([(name, round(value, 1)) for name, value in papers], "epochs", "in papers")
        remarks = (
            "VGG's paper prints 74 epochs beside its 370K iterations. ResNet's CIFAR-10 schedule "
            f"was chosen on 45,000 pictures; on all 50,000 it is {64_000 * 128 / 50_000:.0f} "
            "epochs.",
        )
        return Worked(steps, near(found, "epochs", 4), tuple(slips), picture, remarks)


@dataclass(frozen=True)
class HeldOut(Example):
    """Which error may be reported."""

    validation: tuple[Number, ...] = several(
        "the error on held-out training pictures after each epoch, in %",
        (9.1, 8.2, 7.4, 7.0, 7.3, 7.6), 2, 40, 0, 100, 
    )  # fmt: skip
    test: tuple[Number, ...] = several(
        "the error on the test pictures after each epoch, in %",
        (9.4, 8.3, 7.1, 7.5, 7.2, 7.8), 2, 40, 0, 100, 
    )  # fmt: skip

    @classmethod
    def draw(cls, random: Random) -> Self:
        """Errors that fall to an epoch and rise behind it, the test's a little apart."""
        best, level = random.randint(2, 4), random.randint(50, 80)
        ideal = [level + (5 if at < best else 2) * abs(at - best) for at in range(6)]
        validation = [one + random.randint(-1, 1) for one in ideal]
        test = [one + random.randint(-2, 5) for one in ideal]
        return cls(tuple(one / 10 for one in validation), tuple(one / 10 for one in test))

    def check(self) -> None:
        if len(self.test) != len(self.validation):
            raise ValueError(
                f"--test has {len(self.test)} epochs, --validation {len(self.validation)}"
            )
        if self.validation.count(min(self.validation)) > 1:
            raise ValueError("--validation: two epochs share the lowest error; which is kept?")

    def ask(self) -> str:
        return (
            f"After each epoch the error on held-out pictures is {listed(self.validation)} %, on "
            f"the test {listed(self.test)} %. One epoch is kept. Which error do you report?"
        )

    def work(self) -> Worked:
        validation, test = self.validation, self.test
        lowest = min(validation)
        at = validation.index(lowest)
        steps = (
            Step("The lowest error on held-out pictures",
                 f"min({', '.join(map(term, validation))})", lowest, "%"),
            Step(f"It chooses epoch {at + 1}: its error on the test", f"1*{term(test[at])}",
                 test[at], "%"),
        )  # fmt: skip
        others = [
            (min(test), "You took the lowest error on the test.",
             "Then the test has chosen, and no longer tells how new pictures would do."),
            (lowest, "You reported the error on held-out pictures.",
             "These pictures chose the epoch: their error is a little too good."),
            (test[-1], "You took the last epoch.",
             "It may be past its best: that is what held-out pictures are for."),
            (sum(test) / len(test), "You averaged the test.",
             "One network is kept, and one is reported."),
        ]  # fmt: skip
        slips: list[Slip] = []
        for value, did, why in others:
            if value not in (test[at], *(slip.value for slip in slips)):
                slips.append(Slip(value, did, why))
        epochs = range(1, len(test) + 1)
        picture = Plot(
            [
                Curve("held-out pictures", list(zip(epochs, validation, strict=True))),
                Curve("test", list(zip(epochs, test, strict=True))),
            ],
            "epoch",
            "error, %",
            mark=(at + 1, test[at]),
        )
        return Worked(steps, near(test[at], "%"), tuple(slips), picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "steps-per-epoch",
        CHAPTER,
        "Steps of an epoch",
        "Why does Keras write 469/469 for 60,000 pictures?",
        StepsPerEpoch,
        (NOTES[1].at("lines 319, 322 and 339"), KERAS.at("evaluate, batch_size")),
    ),
    Lesson(
        "epochs",
        CHAPTER,
        "Iterations and epochs",
        "How often did VGG see each picture in 370,000 iterations?",
        Epochs,
        (vggs("section 3.1"), resnets("sections 3.4 and 4.2")),
    ),
    Lesson(
        "held-out",
        CHAPTER,
        "Which error counts",
        "May the test choose the epoch that you keep?",
        HeldOut,
        (NOTES[0].at("lines 558 to 560"), resnets("section 4.2: 45k/5k"), alexnets("section 5")),
    ),
)

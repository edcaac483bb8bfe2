"""Losses with something added: smoothed labels, auxiliary heads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import real, several, whole
from .pictures import Bars, Curve, Plot
from .terms import listed, near, term, terms
from .training_sources import TORCH, googlenets, inceptions
from .values import Number, number_text

CHAPTER = "Training"


def smoothed(share: float, classes: int, epsilon: float, target: float | None = None) -> float:
    """The loss where the wrong classes have equal shares; `target` is the right class's own."""
    wanted = 1 - epsilon + epsilon / classes if target is None else target
    rest = (1 - share) / (classes - 1)
    return -wanted * math.log(share) - (1 - wanted) * math.log(rest)


@dataclass(frozen=True)
class LabelSmoothing(Example):
    """The loss of one picture with smoothed labels."""

    classes: int = whole("classes", 1000, 2, 100_000, stops=(10, 100, 1000))
    epsilon: float = real("the share that is spread over all classes", 0.1, 0, 0.9,
                          stops=(0.05, 0.1, 0.2))  # fmt: skip
    share: float = real("the probability of the right class", 0.99, 1e-6, 0.999999,
                        stops=(0.5, 0.9, 0.99, 0.999))  # fmt: skip

    def ask(self) -> str:
        return (
            f"Of {self.classes} classes the right one gets the probability "
            f"{number_text(self.share)}, the others equal parts of the rest. What is the loss "
            f"with labels smoothed by {number_text(self.epsilon)}?"
        )

    def work(self) -> Worked:
        count, eps, share = self.classes, self.epsilon, self.share
        wanted = 1 - eps + eps / count
        target = f"(1 - {term(eps)} + {term(eps)}/{count})"
        rest = f"(1 - {term(share)})/({count} - 1)"
        found = smoothed(share, count, eps)
        steps = (
            Step("The target of the right class: what is kept, and its part of what is spread",
                 target.strip("()"), wanted),
            Step("The target of each other class", f"{term(eps)}/{count}", eps / count),
            Step("The probability of each other class", rest, (1 - share) / (count - 1)),
            Step(
                "Each target times -ln of its probability, added",
                f"-{target}*ln({term(share)}) - ({count} - 1)*{term(eps)}/{count}*ln({rest})",
                found,
            ),
        )  # fmt: skip
        slips = [
            Slip(
                -math.log(share),
                "You took the plain cross entropy.",
                "Every class has a target above 0, so each has a term.",
            )
        ]
        if eps:
            slips += [
                Slip(
                    smoothed(share, count, eps, 1 - eps),
                    f"You gave the right class a target of {number_text(1 - eps)}.",
                    "What is spread goes to all classes, the right one too.",
                ),
                Slip(
                    -wanted * math.log(share),
                    "You left out the other classes.",
                    "Their targets are small, but their logarithms are large.",
                ),
            ]
        else:
            slips.append(
                Slip(1 - share, "You took the probability from 1.", "The loss is a logarithm.")
            )
        points = [0.3 + at / 200 for at in range(140)]
        curves = [
            Curve("smoothed", [(p, smoothed(p, count, eps)) for p in points]),
            Curve("plain", [(p, -math.log(p)) for p in points]),
        ]
        picture = Plot(curves, "probability of the right class", "loss", mark=(share, found))
        remarks = (
            f"The smoothed loss is lowest at a probability of {wanted:.6g}, not at 1: more "
            f"sureness costs. Even there it is {smoothed(wanted, count, eps):.4f}."
            if eps
            else "Without smoothing the loss is lowest at a probability of 1.",
        )
        return Worked(steps, near(found, digits=6), tuple(slips), picture, remarks)


def _heads(random: Random) -> Sequence[Number]:
    return [random.randint(13, 35) / 10 for _ in range(2)]


@dataclass(frozen=True)
class AuxiliaryLoss(Example):
    """The loss of a network with auxiliary heads."""

    main: float = real("the loss at the end", 1.5, 0, 100, stops=(0.8, 1.2, 1.5, 2.4))
    heads: tuple[Number, ...] = several(
        "the losses of the auxiliary heads", (2.4, 1.9), 1, 8, 0, 100, drawn=_heads
    )
    weight: float = real("the weight of each head", 0.3, 0, 1, stops=(0.2, 0.3, 0.4))

    def ask(self) -> str:
        many = len(self.heads) > 1
        return (
            f"The loss at the end is {number_text(self.main)}, that of the auxiliary "
            f"head{'s' * many} {listed(self.heads)}. Which loss is trained on, with a weight of "
            f"{number_text(self.weight)}?"
        )

    def work(self) -> Worked:
        main, heads, weight = self.main, self.heads, self.weight
        written = " + ".join(f"{term(weight)}*{term(head)}" for head in heads)
        found = main + weight * sum(heads)
        steps = (
            Step("The heads, each times its weight", written, weight * sum(heads)),
            Step("And the loss at the end, whole", f"{term(main)} + {written}", found),
        )
        slips = [
            Slip(
                main + sum(heads),
                "You added the heads without their weight.",
                "They help the middle of the network, and are not to lead it.",
            ),
            Slip(
                weight * (main + sum(heads)),
                "You weighted the loss at the end too.",
                "The main loss counts whole.",
            ),
            Slip(
                main,
                "You took the loss at the end alone.",
                "That is how the network predicts: then the heads are cut off. Here it trains.",
            ),
        ]
        if len(heads) > 1:
            slips.append(
                Slip(
                    main + weight * sum(heads) / len(heads),
                    "You averaged the heads.",
                    "Each head has the weight for itself: they are added.",
                )
            )
        bars = [("main", main)]
        bars += [
            (f"head {at + 1}, times {number_text(weight)}", round(weight * head, 6))
            for at, head in enumerate(heads)
        ]
        picture = Bars(bars, title="parts of the loss: " + terms([round(found, 6)]))
        remarks = (
            "GoogLeNet's paper has 0.3, as notes 000 say. Inception v3 prints no weight for its "
            "one head; its released code has 0.4.",
        )
        return Worked(steps, near(found), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "label-smoothing",
        CHAPTER,
        "Label smoothing",
        "Why teach a network to be sure to 90 % only?",
        LabelSmoothing,
        (
            NOTES[0].at("lines 1456 to 1458"),
            NOTES[1].at("line 1260"),
            inceptions("section 7"),
            TORCH.at("cross_entropy, label_smoothing"),
        ),
    ),
    Lesson(
        "auxiliary-loss",
        CHAPTER,
        "Auxiliary losses",
        "What do GoogLeNet's two extra heads add to its loss?",
        AuxiliaryLoss,
        (
            NOTES[0].at("lines 1341 to 1353"),
            NOTES[4].at("lines 202 to 209"),
            googlenets("section 5"),
        ),
    ),
)

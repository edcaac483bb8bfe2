"""PCA colours and boosting with an early exit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import KEY, Whole, real, several, whole
from .pictures import Bars, Beside, Cells, Stack, Words
from .terms import listed, near, percent, term
from .training_sources import FB_RESNET, alexnets, lenets
from .values import Matrix, Number, number_text

CHAPTER = "Training"
CHANNELS = ("red", "green", "blue")
EIGENVALUES = (0.2175, 0.0188, 0.0045)
EIGENVECTORS: Matrix = (
    (-0.5675, 0.7192, 0.4009),
    (-0.5808, -0.0045, -0.8140),
    (-0.5836, -0.6948, 0.4203),
)
"""Of ImageNet's pixels from 0 to 1; a row a channel, a column a direction: fb.resnet.torch."""


def _draws(random: Random) -> Sequence[Number]:
    return [random.choice((-0.2, -0.1, 0.1, 0.2)), random.choice((-0.1, 0.1)), 0.1]


@dataclass(frozen=True)
class PcaColour(Example):
    """What AlexNet adds to a channel of a picture."""

    draws: tuple[Number, ...] = several(
        "one random number for each direction, of deviation 0.1", (0.1, -0.1, 0.1), 3, 3, -1, 1,
        drawn=_draws,
    )  # fmt: skip
    values: tuple[Number, ...] = several("the three eigenvalues", EIGENVALUES, 3, 3, 1e-9, 1e6)
    channel: int = whole("the channel: 1 red, 2 green, 3 blue", 1, 1, 3, stops=(1, 2, 3))

    def ask(self) -> str:
        return (
            f"The colours of ImageNet spread along three directions with the eigenvalues "
            f"{listed(self.values)}. For a picture {listed(self.draws)} are drawn. What is added "
            f"to the {CHANNELS[self.channel - 1]} of all its pixels?"
        )

    def given(self) -> Cells:
        return Cells(EIGENVECTORS, "directions p1, p2, p3 (columns); rows red, green, blue")

    def added(self, row: int, factors: Sequence[Number]) -> float:
        """What a channel gets from three factors."""
        return sum(p * f for p, f in zip(EIGENVECTORS[row], factors, strict=True))

    def work(self) -> Worked:
        draws, values, at = self.draws, self.values, self.channel - 1
        factors = [draw * value for draw, value in zip(draws, values, strict=True)]
        written = " + ".join(
            f"{term(p)}*{term(draw)}*{term(value)}"
            for p, draw, value in zip(EIGENVECTORS[at], draws, values, strict=True)
        )
        found = self.added(at, factors)
        rounded: Matrix = (tuple(round(factor, 9) for factor in factors),)
        steps = (
            Step("Each number drawn, times its eigenvalue", "", rounded),
            Step(f"Times the {CHANNELS[at]} row of the directions, added", written, found),
        )
        column = sum(EIGENVECTORS[one][at] * factors[one] for one in range(3))
        roots = [draw * math.sqrt(value) for draw, value in zip(draws, values, strict=True)]
        slips = (
            Slip(
                column,
                "You went down a column.",
                "A column is one direction with its red, green and blue. A channel is a row.",
            ),
            Slip(
                self.added(at, roots),
                "You took the roots of the eigenvalues.",
                "That would be the deviation along a direction. The paper takes the eigenvalue "
                "itself.",
            ),
            Slip(
                self.added(at, draws),
                "You left out the eigenvalues.",
                "Then all directions would change alike; real light changes brightness most.",
            ),
        )
        changes = [[self.added(row, factors)] for row in range(3)]
        texts = [[f"{255 * change[0]:+.2f}"] for change in changes]
        picture = Beside(
            [
                Cells(EIGENVECTORS, "directions"),
                "×",
                Cells(tuple((factor,) for factor in factors), "drawn × eigenvalue"),
                "→",
                Cells(
                    tuple(map(tuple, changes)),
                    "added, of 255",
                    frozenset({(at, 0)}),
                    texts=texts,
                ),
            ]
        )
        remarks = (
            "The numbers are drawn once for a picture, not for each pixel: it changes as if the "
            "light did. The first direction is nearly grey and has by far the largest "
            "eigenvalue.",
            "The formula depends on the scale. These eigenvalues are of pixels from 0 to 1; of "
            "pixels from 0 to 255 they are 255^2 times as large, and the formula would add "
            f"{number_text(round(found * 255**2, 1))}, far too much.",
        )
        return Worked(steps, near(found, digits=4), slips, picture, remarks)


@cache
def lenet4_macs() -> int:
    """Multiply-adds of one LeNet-4."""
    from ..nets.lenet import lenet4
    from ..spec import totals, walk

    return totals(walk(lenet4())).macs


@dataclass(frozen=True)
class EarlyExit(Example):
    """The mean cost of a committee whose first network often answers alone."""

    cost: int = field(
        default_factory=lenet4_macs,
        metadata={KEY: Whole("multiply-adds of one network", (), "MACs", 1, 10**12)},
    )
    networks: int = whole("networks", 3, 2, 20, stops=(2, 3, 5))
    sure: float = real("the share of pictures of which the first is sure", 0.625, 0, 1,
                       stops=(0.5, 0.625, 0.8, 0.9))  # fmt: skip

    def ask(self) -> str:
        return (
            f"{self.networks} networks of {self.cost:,} multiply-adds each vote. If the first is "
            f"sure, as with {percent(self.sure)} of the pictures, the others are not asked. What "
            "does a picture cost in the mean?"
        )

    def work(self) -> Worked:
        one, count, sure = self.cost, self.networks, self.sure
        others = count - 1
        factor = 1 + (1 - sure) * others
        found = one * factor
        times = f"1 + (1 - {term(sure)})*{others}"
        steps = (
            Step("Networks asked in the mean: the first always, the others seldom", times, factor),
            Step("Times the cost of one", f"{one}*({times})", found, "MACs"),
        )
        slips = [
            Slip(
                one * count,
                "You asked all of them each time.",
                "Where the first is sure, the others do not run.",
            )
        ]
        if 0 < sure < 1:
            slips += [
                Slip(
                    one * (1 - sure) * count,
                    "You left out the first where it is sure.",
                    "It has run before anyone knows that it is sure: it always costs.",
                ),
                Slip(
                    one * (1 + sure * others),
                    "You asked the others where the first is sure.",
                    "It is the other way round.",
                ),
            ]
        else:
            slips.append(
                Slip(
                    one * (count + 1),
                    "You counted one network too many.",
                    f"There are {count} in all.",
                )
            )
        bars = [
            ("one network", one),
            ("with early exit, in the mean", round(found)),
            (f"all {count}, always", one * count),
        ]
        papers = 1.75
        picture = Stack(
            [
                Bars(bars, "MACs"),
                Words(
                    f"In the mean {number_text(round(factor, 4))} times one network, in the worst "
                    f"case {count} times."
                ),
            ]
        )
        remarks = (
            f"The paper says about {papers} times one network for the three of boosted LeNet-4. So "
            f"the first was sure of {percent(1 - (papers - 1) / 2)} of the pictures. Figure 11 "
            "there has 460,000 multiply-adds against 260,000 of one.",
        )
        return Worked(steps, near(found, "MACs"), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "pca-colour",
        CHAPTER,
        "PCA colours",
        "How does AlexNet change the light in a picture?",
        PcaColour,
        (
            NOTES[0].at("lines 484 to 492"),
            alexnets("section 4.1"),
            FB_RESNET.at("datasets/imagenet.lua, eigenvalues"),
        ),
    ),
    Lesson(
        "early-exit",
        CHAPTER,
        "Boosting with an early exit",
        "How do three networks cost less than two?",
        EarlyExit,
        (NOTES[0].at("lines 139 to 149"), lenets("section III-C, figure 11")),
    ),
)

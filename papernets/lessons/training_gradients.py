"""What depth does to a gradient: slopes that saturate, and products of slopes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, whole
from .pictures import Curve, Plot
from .terms import near, term
from .training_sources import alexnets, lenets

CHAPTER = "Training"


def sigmoid(z: float) -> float:
    """1 / (1 + e^-z)."""
    return 1 / (1 + math.exp(-z))


SLOPES: Mapping[str, tuple[Callable[[float], float], str]] = {
    "tanh": (lambda z: 1 - math.tanh(z) ** 2, "1 - tanh({z})^2"),
    "sigmoid": (
        lambda z: sigmoid(z) * (1 - sigmoid(z)),
        "1/(1 + exp(-{z}))*(1 - 1/(1 + exp(-{z})))",
    ),
    "relu": (lambda z: float(z > 0), "{z}/abs({z})"),
}
"""The slope of each activation at z, and its formula (ReLU's for z above 0)."""
VALUES: Mapping[str, Callable[[float], float]] = {
    "tanh": math.tanh,
    "sigmoid": sigmoid,
    "relu": lambda z: max(0.0, z),
}
NAMES = {"tanh": "tanh", "sigmoid": "the sigmoid", "relu": "ReLU"}


@dataclass(frozen=True)
class Saturation(Example):
    """The slope of an activation at one sum."""

    activation: str = choice("the activation", "tanh", ("tanh", "sigmoid"))
    sum: float = real("the sum that enters", 2, -6, 6, stops=(0.5, 1, 1.5, 2, 3))

    def ask(self) -> str:
        return (
            f"The sum {term(self.sum).strip('()')} enters {NAMES[self.activation]}. "
            "With which slope does the gradient pass back through it?"
        )

    def work(self) -> Worked:
        z, name = self.sum, self.activation
        slope, formula = SLOPES[name]
        value = VALUES[name](z)
        tanh = name == "tanh"
        written = f"tanh({term(z)})" if tanh else f"1/(1 + exp(-{term(z)}))"
        found = slope(z)
        steps = (
            Step("What comes out", written, value),
            Step(
                "The slope there: " + ("1 - output^2" if tanh else "output*(1 - output)"),
                formula.format(z=term(z)),
                found,
            ),
        )
        slips = [
            Slip(
                value,
                "You gave the output.",
                "The gradient is multiplied by the slope of the curve, not by its height.",
            ),
            Slip(
                1 - value,
                "You took the output from 1.",
                "That is how far the unit is from its end. "
                + ("Square the output first." if tanh else "Multiply it by the output."),
            ),
        ]
        if z > 0:
            slips.append(
                Slip(
                    1,
                    "You gave the slope of ReLU.",
                    f"ReLU is straight above 0; {NAMES[name]} bends, and flattens at both ends.",
                )
            )
        sums = [at / 10 for at in range(-40, 41)]
        curves = [
            Curve(f"slope of {NAMES[one]}", [(x, SLOPES[one][0](x)) for x in sums])
            for one in ("tanh", "sigmoid")
        ]
        curves.append(Curve("slope of ReLU", [(-4, 0), (-0.01, 0), (0, 1), (4, 1)]))
        picture = Plot(curves, "sum that enters", "slope", mark=(z, found))
        scaled = 1.7159 * 2 / 3
        remarks = (
            "The sigmoid is never steeper than 0.25, and tanh than 1. LeNet-5 stretches tanh to "
            f"1.7159*tanh(2a/3), which is {scaled:.4f} steep at 0 and gives 1 for 1.",
        )
        return Worked(steps, near(found), tuple(slips), picture, remarks)


@dataclass(frozen=True)
class ThroughDepth(Example):
    """What is left of a gradient behind a chain of units."""

    activation: str = choice("the activation", "tanh", ("tanh", "sigmoid"))
    sum: float = real("the sum in each unit", 1, 0.1, 2, stops=(0.5, 1, 1.5, 2))
    layers: int = whole("layers, one behind the other", 8, 2, 8, stops=(2, 3, 5, 8))

    def ask(self) -> str:
        return (
            f"{self.layers} layers stand behind one another, one unit in each, all weights 1. In "
            f"each the sum {term(self.sum)} enters {NAMES[self.activation]}. What share of the "
            "gradient at the top reaches the bottom?"
        )

    def work(self) -> Worked:
        slope, formula = SLOPES[self.activation]
        z, count = self.sum, self.layers
        one = slope(z)
        written = formula.format(z=term(z))
        found = one**count
        value = VALUES[self.activation](z)
        steps = (
            Step("Back through one layer: the slope at its sum", written, one),
            Step("Through all of them: one factor a layer", f"({written})^{count}", found),
        )
        slips = (
            Slip(
                one / count,
                "You divided the slope by the number of layers.",
                "The chain rule multiplies: one factor for each layer.",
            ),
            Slip(
                value**count,
                "You multiplied the outputs.",
                "Backwards the slopes are multiplied. The outputs are only where they are taken.",
            ),
            Slip(
                one,
                "You went back through one layer.",
                "Each layer shrinks the gradient again.",
            ),
            Slip(
                1,
                "You said that all of it arrives.",
                f"That is so for ReLU, whose slope is 1 above 0. Here {NAMES[self.activation]} is "
                "flatter.",
            ),
        )
        curves = [
            Curve(NAMES[name], [(at, SLOPES[name][0](z) ** at) for at in range(count + 1)])
            for name in ("relu", "tanh", "sigmoid")
        ]
        picture = Plot(
            curves, "layers passed on the way back", "share of the gradient", log=True,
            mark=(count, found),
        )  # fmt: skip
        remarks = (
            "ReLU lets all of it through where its sum is above 0, and nothing below. "
            "Weights multiply it too: lesson first-weights.",
        )
        return Worked(steps, near(found), slips, picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "saturation",
        CHAPTER,
        "Tanh saturates",
        "Why does a unit that is sure of itself stop learning?",
        Saturation,
        (
            NOTES[0].at("lines 322 to 335"),
            NOTES[1].at("line 349"),
            lenets("appendix A"),
            alexnets("section 3.1"),
        ),
    ),
    Lesson(
        "gradient-through-depth",
        CHAPTER,
        "A gradient through depth",
        "What is left of a gradient after eight layers of tanh?",
        ThroughDepth,
        (NOTES[0].at("lines 326 to 330"), NOTES[1].at("line 813"), alexnets("section 3.1")),
    ),
)

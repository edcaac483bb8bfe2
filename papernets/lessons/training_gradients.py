"""What depth does to a gradient: slopes that saturate, products of slopes, shortcuts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, whole
from .pictures import Curve, Plot
from .terms import near, term
from .training_sources import alexnets, inception_v4s, lenets, resnets

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
        sums = [at / 4 for at in range(-16, 17)]
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


@dataclass(frozen=True)
class Shortcut(Example):
    """Gradients through plain layers and through residual blocks."""

    slope: float = real("the slope of each branch F", 0.1, -0.9, 0.9, stops=(-0.2, 0.1, 0.2, 0.5))
    blocks: int = whole("blocks, one behind the other", 8, 2, 16, stops=(2, 3, 4, 8))

    def ask(self) -> str:
        return (
            f"In {self.blocks} residual blocks y = F(x) + x, each F has the slope "
            f"{term(self.slope).strip('()')}. By which factor does the gradient change on its way "
            "back through all of them?"
        )

    def work(self) -> Worked:
        f, count = self.slope, self.blocks
        found = (1 + f) ** count
        steps = (
            Step("Back through one block: the slope of F, and 1 for the shortcut", f"{term(f)} + 1",
                 1 + f),
            Step("Through all of them", f"({term(f)} + 1)^{count}", found),
            Step("The same layers without shortcuts", f"{term(f)}^{count}", f**count),
        )  # fmt: skip
        slips = (
            Slip(
                f**count,
                "You left the shortcuts out.",
                "A block adds its input: the slope of a sum is the sum of the slopes, F's and 1.",
            ),
            Slip(
                1 + f**count,
                "You made one shortcut round everything.",
                "Each block has a shortcut of its own: add 1 before you multiply.",
            ),
            Slip(
                1 + count * f,
                "You added the slopes of the branches.",
                "That is nearly right for small slopes. Blocks behind one another multiply.",
            ),
        )
        plain = [(at, abs(f) ** at) for at in range(count + 1)]
        residual = [(at, (1 + f) ** at) for at in range(count + 1)]
        picture = Plot(
            [Curve("with shortcuts", residual), Curve("plain, without sign", plain)],
            "blocks passed on the way back",
            "factor",
            log=True,
            mark=(count, found),
        )
        remarks = (
            "Notes 002 blame the vanishing gradient for degradation. The ResNet paper trains its "
            "plain networks with BatchNorm, finds healthy gradients in them, and says so (4.1).",
        )
        return Worked(steps, near(found), slips, picture, remarks)


@dataclass(frozen=True)
class ResidualScale(Example):
    """How the variance grows over blocks that add a scaled branch."""

    scale: float = real("the factor before the branch", 0.1, 0, 1, stops=(0.1, 0.2, 0.3, 1))
    blocks: int = whole("blocks, one behind the other", 20, 1, 60, stops=(5, 10, 20))

    def ask(self) -> str:
        return (
            f"{self.blocks} blocks compute x + {term(self.scale)}*F(x). Each F gives values of the "
            "variance of its input and has nothing to do with it. By which factor does the "
            "variance grow?"
        )

    def work(self) -> Worked:
        s, count = self.scale, self.blocks
        found = (1 + s * s) ** count
        steps = (
            Step("Over one block: variances add, and a factor counts squared",
                 f"1 + {term(s)}^2", 1 + s * s),
            Step("Over all of them", f"(1 + {term(s)}^2)^{count}", found),
            Step("Without the factor", f"(1 + 1^2)^{count}", 2.0**count),
        )  # fmt: skip
        slips = [
            Slip(
                1 + count * s * s,
                "You added up the branches.",
                "Each block begins with what the last one gave: the factors multiply.",
            )
        ]
        if s < 1:
            slips += [
                Slip(
                    (1 + s) ** count,
                    "You forgot to square the factor.",
                    "A factor before a value enters its variance squared.",
                ),
                Slip(
                    2.0**count,
                    "You left the factor out.",
                    "It is there to keep this growth small.",
                ),
            ]
        if s == 1:
            slips.append(
                Slip(
                    1,
                    "You said that nothing grows.",
                    "The branch adds a variance of its own: two equal ones make the double.",
                )
            )
        shown = sorted({0.1, 0.3, 1.0, float(s)})
        curves = [
            Curve(f"factor {scale:g}", [(at, (1 + scale * scale) ** at) for at in range(count + 1)])
            for scale in shown
        ]
        picture = Plot(curves, "blocks passed", "variance", log=True, mark=(count, found))
        return Worked(steps, near(found), tuple(slips), picture)


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
    Lesson(
        "residual-gradient",
        CHAPTER,
        "Shortcuts carry the gradient",
        "Why does adding the input let a hundred layers learn?",
        Shortcut,
        (
            NOTES[1].at("lines 860 to 883"),
            NOTES[2].at("line 94"),
            NOTES[4].at("lines 248 to 252"),
            resnets("sections 3.2 and 4.1"),
        ),
    ),
    Lesson(
        "residual-scaling",
        CHAPTER,
        "Scaling residuals",
        "Why does Inception-ResNet shrink a branch before it adds it?",
        ResidualScale,
        (NOTES[1].at("lines 1306 to 1321"), inception_v4s("section 3.3")),
    ),
)

"""Shortcuts: what they do to gradients and to the size of values."""

from __future__ import annotations

from dataclasses import dataclass

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import real, whole
from .pictures import Curve, Plot
from .terms import near, term
from .training_sources import inception_v4s, resnets

CHAPTER = "Training"


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
        plain = [(at, max(abs(f) ** at, 1e-12)) for at in range(count + 1)]
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

    scale: float = real("the factor before the branch", 0.1, 0, 1, stops=(0.1, 0.2, 0.3, 0.5, 1))
    blocks: int = whole("blocks, one behind the other", 20, 1, 60, stops=(5, 10, 20))

    def ask(self) -> str:
        factor = "" if self.scale == 1 else f"{term(self.scale)}*"
        return (
            f"{self.blocks} blocks compute x + {factor}F(x). Each F gives values of the "
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

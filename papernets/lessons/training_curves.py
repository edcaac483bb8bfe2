"""Learning rates along curves: down to zero, and up at the start."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, real, whole
from .pictures import Curve, Plot
from .terms import near, term
from .training_schedules import RATE
from .training_sources import (
    CAFFE,
    GOYAL,
    SGDR,
    cited,
    inception_v4s,
    resnets,
)
from .values import number_text

CHAPTER = "Training"


SHAPES: Mapping[str, tuple[Callable[[float], float], str]] = {
    "cosine": (lambda along: 0.5 * (1 + math.cos(math.pi * along)), "0.5*(1 + cos(pi*{x}))"),
    "linear": (lambda along: 1 - along, "(1 - {x})"),
    "root": (lambda along: math.sqrt(1 - along), "(1 - {x})^0.5"),
}
"""What is left of a rate after a share of all steps."""


@dataclass(frozen=True)
class ToZero(Example):
    """A rate that falls to zero along a curve."""

    shape: str = choice("the curve", "cosine", tuple(SHAPES))
    start: float = real(RATE, 0.1, 1e-6, 10, stops=(0.01, 0.1, 0.4))
    step: int = whole("steps made", 25_000, 0, 10**8, stops=(10_000, 25_000, 75_000, 90_000))
    steps: int = whole("steps in all", 100_000, 1, 10**8)

    def check(self) -> None:
        if self.step >= self.steps:
            raise ValueError(f"--step {self.step}: the run has {self.steps:,} steps")

    def ask(self) -> str:
        how = {
            "cosine": "half a wave of a cosine",
            "linear": "a straight line",
            "root": "Caffe's poly curve of power 0.5",
        }[self.shape]
        return (
            f"The rate falls from {number_text(self.start)} to 0 along {how}. {self.step:,} of "
            f"{self.steps:,} steps are made. What is it?"
        )

    def work(self) -> Worked:
        along = self.step / self.steps
        shape, formula = SHAPES[self.shape]
        way = f"{self.step}/{self.steps}"
        written = formula.format(x=way)
        found = self.start * shape(along)
        steps = (
            Step("The share of the way", way, along),
            Step("What the curve leaves there", written, shape(along)),
            Step("Times the rate at the start", f"{term(self.start)}*{written}", found),
        )
        names = {"cosine": "a cosine", "linear": "a straight line", "root": "the root curve"}
        slips = [
            Slip(
                self.start * other(along),
                f"You followed {names[name]}.",
                f"Asked for is {names[self.shape]}: look at the picture.",
            )
            for name, (other, _) in SHAPES.items()
            if name != self.shape and not math.isclose(other(along), shape(along), rel_tol=1e-3)
        ]
        if along and not math.isclose(shape(along), 0.5, rel_tol=1e-3):
            slips.append(
                Slip(
                    self.start * (1 - shape(along)),
                    "You gave what it has lost.",
                    "The rate is what is left.",
                )
            )
        points = [at / 50 for at in range(51)]
        curves = [
            Curve(name, [(self.steps * x, self.start * one(x)) for x in points])
            for name, (one, _) in SHAPES.items()
        ]
        picture = Plot(curves, "steps", "rate", mark=(self.step, found))
        return Worked(steps, near(found), tuple(slips), picture)


@dataclass(frozen=True)
class WarmUp(Example):
    """A rate that grows with the batch, and rises to it over some epochs."""

    batch: int = whole("pictures in a batch", 8192, 257, 65_536, stops=(512, 1024, 4096, 8192))
    base: float = real("the rate for a batch of 256", 0.1, 1e-4, 1, stops=(0.05, 0.1))
    warm: int = whole("epochs of the rise", 5, 1, 50, stops=(4, 5, 10))
    epoch: int = whole("epochs behind us", 2, 0, 50, stops=(1, 2, 3))

    def check(self) -> None:
        if self.epoch >= self.warm:
            raise ValueError(f"--epoch {self.epoch}: the rise is over after {self.warm} epochs")

    def ask(self) -> str:
        return (
            f"A batch of 256 trains with a rate of {number_text(self.base)}; for "
            f"{self.batch:,} it grows with the batch. It rises evenly from "
            f"{number_text(self.base)} over {self.warm} epochs. What is it after {self.epoch}?"
        )

    def work(self) -> Worked:
        batch, base, warm, epoch = self.batch, self.base, self.warm, self.epoch
        top = base * batch / 256
        full = f"{term(base)}*{batch}/256"
        found = base + (top - base) * epoch / warm
        steps = (
            Step("The rate for this batch", full, top),
            Step("The share of the rise", f"{epoch}/{warm}", epoch / warm),
            Step("From the small rate up", f"{term(base)} + ({full} - {term(base)})*{epoch}/{warm}",
                 found),
        )  # fmt: skip
        slips = [
            Slip(
                top,
                "You gave the rate at the end of the rise.",
                "So large a rate at once throws fresh weights out: it is reached slowly.",
            )
        ]
        if epoch:
            slips += [
                Slip(
                    top * epoch / warm,
                    "You began the rise at 0.",
                    f"It begins at {number_text(base)}, the rate of a batch of 256.",
                ),
                Slip(
                    base,
                    "You gave the rate of a batch of 256.",
                    "That is where the rise begins.",
                ),
            ]
        else:
            slips.append(
                Slip(0, "You began at 0.", f"The rise begins at {number_text(base)}.")
            )  # fmt: skip
        end = 3 * warm
        picture = Plot(
            [
                Curve(f"rise to {number_text(top)}", [(0, base), (warm, top), (end, top)]),
                Curve("no warm-up", [(0, top), (end, top)]),
            ],
            "epochs",
            "rate",
            mark=(epoch, found),
        )
        remarks = (
            "ResNet-110 warms up in another way: 0.01 for about 400 iterations, then 0.1. The "
            "Inception v4 paper scales residuals instead: very wide networks died in the warm-up "
            "even at a rate of 0.00001.",
        )
        return Worked(steps, near(found), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "rate-to-zero",
        CHAPTER,
        "A rate that ends at zero",
        "How does a rate come down to zero: straight, round or late?",
        ToZero,
        (cited(SGDR, "equation 5"), CAFFE.at("bvlc_googlenet, quick_solver.prototxt")),
    ),
    Lesson(
        "warm-up",
        CHAPTER,
        "Warm-up",
        "Why does a large batch begin with a small rate?",
        WarmUp,
        (
            NOTES[1].at("line 1314"),
            cited(GOYAL, "sections 2.1 and 2.2"),
            resnets("section 4.2"),
            inception_v4s("section 3.3"),
        ),
    ),
)

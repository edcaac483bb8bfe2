"""Deep networks: why they got worse, and with which weights they begin."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..said import NOTES
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import KEY, Real, choice, real, whole
from .pictures import Curve, Plot
from .terms import near, term
from .training_sources import HE_INITIALISATION, alexnets, cited, resnets
from .values import number_text

CHAPTER = "Training"


def printed(name: str) -> float:
    """A network's error in table 2 of ResNet's paper, in per cent."""
    from ..nets.resnet.claims import RESULTS

    return next(float(row[1]) for row in RESULTS.rows if row[0] == name)


def published(what: str, name: str, stops: tuple[float, ...]) -> Any:
    """A field for an error in per cent: what the paper has for a network, unless it is given."""
    metadata = {KEY: Real(what, stops, "%", 0, 100)}
    return field(default_factory=partial(printed, name), metadata=metadata)


@dataclass(frozen=True)
class Degradation(Example):
    """What depth costs a plain network, and what a shortcut makes of it."""

    plain_18: float = published("error of 18 plain layers", "plain18", (26.5, 27.94, 30.2))
    plain_34: float = published("error of 34 plain layers", "plain34", (28.54, 31.4, 33.5))
    residual_18: float = published(
        "error of 18 layers with shortcuts", "resnet18_A", (26.1, 27.88, 29.9)
    )
    residual_34: float = published(
        "error of 34 layers with shortcuts", "resnet34_A", (22.7, 24.1, 25.03)
    )

    def ask(self) -> str:
        return (
            f"Plain networks of 18 and 34 layers have errors of {number_text(self.plain_18)} and "
            f"{number_text(self.plain_34)} %; with shortcuts {number_text(self.residual_18)} and "
            f"{number_text(self.residual_34)} %. By how many points of error do shortcuts change "
            "what the 16 layers more do?"
        )

    def work(self) -> Worked:
        a, b, c, d = self.plain_18, self.plain_34, self.residual_18, self.residual_34
        plain, residual = f"{term(b)} - {term(a)}", f"{term(d)} - {term(c)}"
        found = (b - a) - (d - c)
        steps = (
            Step("Plain: 16 layers more change the error by", plain, b - a, "points"),
            Step("With shortcuts they change it by", residual, d - c, "points"),
            Step("The difference of both", f"({plain}) - ({residual})", found, "points"),
        )
        slips = (
            Slip(
                b - d,
                "You compared the two deep networks.",
                "The shallow ones differ a little too. The question is what more layers do.",
            ),
            Slip(
                c - d,
                "You looked at the networks with shortcuts alone.",
                "Without shortcuts the same layers change the error too.",
            ),
            Slip(
                (b - a) + (d - c),
                "You added both changes.",
                "One is worse, one is better: take one from the other.",
            ),
        )
        picture = Plot(
            [
                Curve(f"plain: {number_text(a)} and {number_text(b)} %", [(18, a), (34, b)]),
                Curve(f"shortcuts: {number_text(c)} and {number_text(d)} %", [(18, c), (34, d)]),
            ],
            "layers",
            "top-1 error, %",
        )
        remarks = (
            "Is it overfitting? No: the deeper plain network is also worse on the pictures that it "
            "learns from (figure 4 of the paper). It could copy the shallow one and let 16 layers "
            "pass their input on; plain layers do not find that, F(x) = 0 is easy to find.",
        )
        return Worked(steps, near(found, "points"), slips, picture, remarks)


GAINS = {"relu": 2, "linear": 1}


@dataclass(frozen=True)
class FirstWeights(Example):
    """How the size of values changes from layer to layer with the first weights."""

    activation: str = choice("behind each layer", "relu", ("relu", "linear"))
    maps: int = whole("maps that enter a layer", 384, 1, 4096, stops=(64, 256, 384, 512))
    kernel: int = whole("the kernel's side", 3, 1, 11, stops=(3, 5))
    deviation: float = real("the deviation of the first weights", 0.01, 1e-4, 1,
                            stops=(0.01, 0.02, 0.05))  # fmt: skip
    layers: int = whole("layers", 3, 1, 50, stops=(1, 2, 3))

    def ask(self) -> str:
        behind = "ReLU behind each" if self.activation == "relu" else "nothing behind them"
        return (
            f"{self.layers} convolution{'s' * (self.layers > 1)} of {self.kernel}x{self.kernel} "
            f"on {self.maps} maps begin with weights of deviation {term(self.deviation)}, "
            f"{behind}. By which factor does the mean square of the values change?"
        )

    def work(self) -> Worked:
        maps, kernel, dev, layers = self.maps, self.kernel, self.deviation, self.layers
        fan = kernel * kernel * maps
        relu = self.activation == "relu"
        half = "/2" if relu else ""
        inputs = f"{kernel}*{kernel}*{maps}"
        one = fan * dev * dev / GAINS[self.activation]
        written = f"{inputs}*{term(dev)}^2{half}"
        found = one**layers
        right = math.sqrt(GAINS[self.activation] / fan)
        steps = (
            Step("Values that enter one sum", inputs, fan),
            Step(
                "One layer: inputs times the weights' variance"
                + (", and ReLU takes half of it away" if relu else ""),
                written,
                one,
            ),
            Step("All layers", f"({written})^{layers}", found),
            Step(
                "Nothing would change with a deviation of",
                f"sqrt({GAINS[self.activation]}/({inputs}))",
                right,
            ),
        )
        slips = [
            Slip(
                (fan * dev / GAINS[self.activation]) ** layers,
                "You took the deviation for the variance.",
                "Variances add up in a sum. The variance is the deviation squared.",
            ),
            Slip(
                (maps * dev * dev / GAINS[self.activation]) ** layers
                if kernel > 1
                else (dev * dev / GAINS[self.activation]) ** layers,
                "You counted the maps alone." if kernel > 1 else "You counted one input.",
                f"A sum has {fan:,} inputs: the whole kernel on every map.",
            ),
            Slip(
                (fan * dev * dev * (1 if relu else 0.5)) ** layers,
                "You left out ReLU." if relu else "You took a half away for ReLU.",
                "ReLU sets half of the values to 0, and with them half of the mean square."
                if relu
                else "There is none here.",
            ),
        ]
        depth = max(layers, 10)
        curves = [
            Curve(f"deviation {number_text(dev)}", [(at, one**at) for at in range(depth + 1)]),
            Curve(f"He: {right:.3g}", [(at, 1.0) for at in range(depth + 1)]),
        ]
        picture = Plot(
            curves, "layers passed", "mean square of the values", log=True, mark=(layers, found)
        )
        remarks = (
            "AlexNet draws all weights with a deviation of 0.01. Notes 000 name Xavier's method as "
            "the cure; it keeps the variance without ReLU. He's counts ReLU's half.",
        )
        return Worked(steps, near(found), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "degradation",
        CHAPTER,
        "Degradation",
        "Why was a network of 34 layers worse than one of 18?",
        Degradation,
        (
            NOTES[1].at("lines 815 to 833 and 893"),
            NOTES[4].at("lines 222 to 244"),
            resnets("section 4.1, table 2"),
        ),
    ),
    Lesson(
        "first-weights",
        CHAPTER,
        "The first weights",
        "How large may weights be before anything is learned?",
        FirstWeights,
        (
            NOTES[0].at("lines 587 to 589"),
            NOTES[1].at("line 814"),
            alexnets("section 5"),
            cited(HE_INITIALISATION, "section 2.2"),
        ),
    ),
)

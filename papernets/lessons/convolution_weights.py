"""What a convolution learns, and what a dense layer of its size would."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets.lenet import PAPER as LENET
from ..said import NOTES
from ..spec import Conv, Dense
from .answers import Answer
from .convolution_sharing import Shared
from .convolution_sizes import side_text
from .convolution_windows import CHAPTER
from .lesson import Lesson, Slip, Step, Worked
from .params import whole
from .pictures import Bars


@dataclass(frozen=True)
class GreyWeights(Shared):
    """The parameters of a convolution on one plane."""

    def ask(self) -> str:
        return f"{self.setting()}. How many parameters does it learn?"

    def work(self) -> Worked:
        d, k, c = self.filters, self.kernel, self.channels
        found = self.layer.params(self.shape)
        steps = (
            Step("Weights of one filter", f"{k}*{k}*{c}", k * k * c, "weights"),
            Step("And its bias", f"{k}*{k}*{c} + 1", k * k * c + 1, "parameters"),
            Step("All filters", f"({k}*{k}*{c} + 1)*{d}", found, "parameters"),
        )
        slips = (
            Slip(k * k * c * d, "You forgot the biases.", "Each filter has one."),
            Slip(
                k * k * c * d + 1,
                "You gave all filters one bias.",
                "Each filter has a bias of its own.",
            ),
            Slip(
                self.layer.connections(self.shape),
                "You counted the weights anew in every place.",
                "All places of a map share them.",
            ),
        )
        return Worked(steps, Answer(found, "parameters"), slips, self.flow(" and a bias"))


@dataclass(frozen=True)
class ColourWeights(Shared):
    """The same on a colour picture: a slice for each channel."""

    channels: int = whole("maps that come in", 3, 2, 4096, stops=(3, 4, 6, 8, 16), unit="maps")

    def ask(self) -> str:
        return f"{self.setting()}. How many parameters does it learn?"

    def work(self) -> Worked:
        d, k, c = self.filters, self.kernel, self.channels
        found, grey = self.layer.params(self.shape), self.layer.params((1, *self.input))
        steps = (
            Step("A filter has a slice for each map", f"{k}*{k}*{c}", k * k * c, "weights"),
            Step("And one bias", f"{k}*{k}*{c} + 1", k * k * c + 1, "parameters"),
            Step("All filters", f"({k}*{k}*{c} + 1)*{d}", found, "parameters"),
        )
        slips = (
            Slip(
                grey,
                "You forgot that a filter has a slice for each map.",
                "That is right for one grey plane only.",
            ),
            Slip(
                (k * k + 1) * c * d,
                "You gave each slice a bias.",
                "The slices are added first; then comes one bias.",
            ),
            Slip(k * k * c * d, "You forgot the biases.", "Each filter has one."),
        )
        remarks: tuple[str, ...] = ()
        if (self.input, c, k, d) == ((32, 32), 3, 5, 6):
            remarks = (
                f"Notes 003 print (5*5 + 1)*6 = {grey} for this layer on a 32x32x3 picture: the 3 "
                f"channels are forgotten, and it is {found}. A later slide of theirs has them: "
                f"(5*5*3 + 1)*8 = {Conv(8, 5).params((3, 32, 32))}.",
            )
        picture = Bars([("on one grey plane", grey), (f"on {c} maps", found)], "parameters")
        return Worked(steps, Answer(found, "parameters"), slips, picture, remarks)


@dataclass(frozen=True)
class DenseInstead(Shared):
    """What a dense layer between the same numbers would have: the case for sharing."""

    channels: int = whole("maps that come in", 3, 1, 4096, stops=(1, 3, 6, 8), unit="maps")

    def ask(self) -> str:
        h, w = self.out
        return (
            f"{side_text(self.input)}x{self.channels} numbers go in, {h}x{w}x{self.filters} come "
            "out. How many weights would a dense layer without biases have?"
        )

    def work(self) -> Worked:
        (h, w), d, c = self.out, self.filters, self.channels
        a, b = self.input
        found = Dense(h * w * d, bias=False).params((a * b * c, 1, 1))
        shared = self.layer.params(self.shape)
        steps = (
            Step("Numbers that go in", f"{a}*{b}*{c}", a * b * c, "numbers"),
            Step("Numbers that come out", f"{h}*{w}*{d}", h * w * d, "numbers"),
            Step("A weight for each pair of them", f"{a}*{b}*{c}*{h}*{w}*{d}", found, "weights"),
            Step("The convolution with its biases has",
                 f"({self.kernel}*{self.kernel}*{c} + 1)*{d}", shared, "parameters"),
            Step("It has so many times fewer",
                 f"{a * b * c}*{h * w * d}/(({self.kernel}*{self.kernel}*{c} + 1)*{d})",
                 found / shared),
        )  # fmt: skip
        slips = (
            Slip(
                shared,
                "You counted the convolution.",
                "Its few weights are shared by all places; a dense layer shares none.",
            ),
            Slip(
                a * b * c + h * w * d,
                "You added the two sides.",
                "Every number that goes in meets every one that comes out: multiply.",
            ),
            Slip(
                a * b * c * d,
                "You gave each filter one output.",
                "A dense layer has an output for each place of each map.",
            ),
        )
        amounts = [("dense", found), ("shared", shared)]
        return Worked(steps, Answer(found, "weights"), slips, Bars(amounts, "parameters"))


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "grey-weights",
        CHAPTER,
        "Parameters on a grey plane",
        "What does a convolution have to learn?",
        GreyWeights,
        (LENET.at("LeCun et al. 1998, section II-B, layer C1"), NOTES[3].at("line 260")),
    ),
    Lesson(
        "colour-weights",
        CHAPTER,
        "Parameters on a colour picture",
        "Three channels go in: does that change what is learnt?",
        ColourWeights,
        (NOTES[3].at("lines 260 and 766"),),
    ),
    Lesson(
        "dense-instead",
        CHAPTER,
        "Dense against shared",
        "Why is a layer of the same size not simply dense?",
        DenseInstead,
        (NOTES[3].at("Why Convolutions?, lines 259 and 260"),),
    ),
)

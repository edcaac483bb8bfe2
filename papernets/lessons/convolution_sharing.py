"""Neurons and connections of a convolution, and what one value depends on."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets.lenet import PAPER as LENET
from ..said import NOTES
from ..spec import Conv
from .answers import Answer
from .convolution_sizes import Pair, fits, side_text
from .convolution_windows import CHAPTER
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Bars, Flow, Picture

INPUT = size("height and width of the input", 32, 1, 1024, stops=(16, 28, 32, 64))


KERNEL = whole("the kernel's side", 5, 1, 63, stops=(3, 5, 7), unit="pixels")


FILTERS = whole("filters, and so maps", 6, 1, 65_536, stops=(4, 6, 8, 16), unit="maps")


@dataclass(frozen=True)
class Shared(Example):
    """A convolution on `channels` maps, and what follows from its weights being shared."""

    input: Pair = INPUT
    channels: int = whole("maps that come in", 1, 1, 4096, stops=(1, 3, 6, 8), unit="maps")
    kernel: int = KERNEL
    filters: int = FILTERS

    def check(self) -> None:
        fits(self.input, self.kernel)

    @property
    def layer(self) -> Conv:
        """The convolution."""
        return Conv(self.filters, self.kernel)

    @property
    def shape(self) -> tuple[int, int, int]:
        """What comes in: maps, height, width."""
        return (self.channels, *self.input)

    @property
    def out(self) -> Pair:
        """Height and width of a map."""
        return self.layer.shape(self.shape)[1:]

    def setting(self) -> str:
        """The layer in words."""
        k, maps = self.kernel, "1 map" if self.channels == 1 else f"{self.channels} maps"
        return (
            f"A convolution has {self.filters} filters of {k}x{k}, a bias each, on {maps} of "
            f"{side_text(self.input)}"
        )

    def flow(self, done: str = "") -> Picture:
        """The layer as a picture."""
        k, (h, w) = self.kernel, self.out
        before = f"{side_text(self.input)}x{self.channels}"
        what = f"{self.filters} filters of {k}x{k}x{self.channels}"
        return Flow(before, [(what + done, f"{h}x{w}x{self.filters}")])


@dataclass(frozen=True)
class Neurons(Shared):
    """Each number of the output is a neuron."""

    def ask(self) -> str:
        return f"{self.setting()}, with stride 1 and no padding. How many neurons does it have?"

    def work(self) -> Worked:
        (h, w), d = self.out, self.filters
        found = h * w * d
        steps = (
            Step("One map", f"({self.input[0]} - {self.kernel} + 1)*"
                 f"({self.input[1]} - {self.kernel} + 1)", h * w, "neurons"),
            Step("All maps", f"{h}*{w}*{d}", found, "neurons"),
        )  # fmt: skip
        slips = (
            Slip(d, "You counted the filters.", "A filter answers anew in every place."),
            Slip(h * w, "You counted one map.", "Each filter has a map of its own."),
            Slip(
                self.layer.params(self.shape),
                "You counted the weights.",
                "The neurons of a map share them: neurons are places, not weights.",
            ),
        )
        return Worked(steps, Answer(found, "neurons"), slips, self.flow())


@dataclass(frozen=True)
class Connections(Shared):
    """Each use of a weight or bias is a connection."""

    def ask(self) -> str:
        return (
            f"{self.setting()}. Every use of a weight or a bias is a connection. How many are "
            "there?"
        )

    def work(self) -> Worked:
        (h, w), d, k, c = self.out, self.filters, self.kernel, self.channels
        layer, s = self.layer, self.shape
        found = layer.connections(s)
        steps = (
            Step("Connections of one neuron: its window and a bias", f"{k}*{k}*{c} + 1",
                 layer.params(s) // d, "connections"),
            Step("Neurons", f"{h}*{w}*{d}", h * w * d, "neurons"),
            Step("Together", f"({k}*{k}*{c} + 1)*{h}*{w}*{d}", found, "connections"),
        )  # fmt: skip
        slips = (
            Slip(
                layer.macs(s),
                "You forgot the biases.",
                "LeCun et al. count them: each neuron uses one.",
            ),
            Slip(
                layer.params(s),
                "You counted the weights.",
                "Each weight is used once in every place of the map.",
            ),
            Slip(
                c * self.input[0] * self.input[1] * h * w * d,
                "You connected every neuron with every pixel.",
                "That is a dense layer; a neuron here sees its window only.",
            ),
        )
        amounts = [("weights and biases", layer.params(s)), ("connections", found)]
        return Worked(steps, Answer(found, "connections"), slips, Bars(amounts))


@dataclass(frozen=True)
class Sparse(Shared):
    """How few numbers one output value depends on."""

    channels: int = whole("maps that come in", 3, 1, 4096, stops=(1, 3, 6, 16), unit="maps")

    def ask(self) -> str:
        return (
            f"{self.setting()}. Of how many numbers of its input is one output value made, not "
            "counting the bias?"
        )

    def work(self) -> Worked:
        (a, b), c, k = self.input, self.channels, self.kernel
        found = self.layer.macs(self.shape) // (self.out[0] * self.out[1] * self.filters)
        steps = (
            Step("The window in one map", f"{k}*{k}", k * k, "numbers"),
            Step("In every map that comes in", f"{k}*{k}*{c}", found, "numbers"),
            Step("Of all numbers, in per cent", f"100*{k}*{k}*{c}/({a}*{b}*{c})",
                 100 * found / (a * b * c), "%"),
        )  # fmt: skip
        slips = [
            Slip(
                a * b * c,
                "You let it see everything.",
                "That is a dense layer; a convolution sees its window.",
            ),
            Slip(
                k * k * c * self.filters,
                "You counted all filters.",
                "One output value belongs to one filter.",
            ),
        ]
        if c > 1:
            slips.append(Slip(k * k, "You looked at one map.", "The window goes through all maps."))
        picture = Bars([("it sees", found), ("there are", a * b * c)], "numbers")
        return Worked(steps, Answer(found, "numbers"), tuple(slips), picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "neurons",
        CHAPTER,
        "Neurons of a convolution",
        "A layer has six filters: how many neurons is that?",
        Neurons,
        (LENET.at("LeCun et al. 1998, section II-B, layer C1"), NOTES[0].at("line 185")),
    ),
    Lesson(
        "connections",
        CHAPTER,
        "Connections of a convolution",
        "How can 156 parameters make 122,304 connections?",
        Connections,
        (LENET.at("LeCun et al. 1998, section II-B, layer C1"),),
    ),
    Lesson(
        "sparse-connections",
        CHAPTER,
        "What one value depends on",
        "How much of the picture does one number of the map see?",
        Sparse,
        (NOTES[3].at("Why Convolutions?, line 261"),),
    ),
)

"""Neurons, connections and weights: what sharing saves, and what one output value sees."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets.lenet import PAPER as LENET
from ..nets.papers import ARAUJO
from ..said import NOTES
from ..spec import Conv, Dense, Flatten, Net, chain, totals, walk
from .answers import Answer
from .convolution_sizes import CHAPTER, Pair, fits, side_text
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Bars, Beside, Cells, Flow, Picture, window

INPUT = size("height and width of the input", 32, 1, 1024, stops=(16, 28, 32, 64))
KERNEL = whole("the kernel's side", 5, 1, 63, stops=(3, 5, 7), unit="pixels")
FILTERS = whole("filters, and so maps", 6, 1, 65_536, stops=(4, 6, 8, 16), unit="maps")


@dataclass(frozen=True)
class InputValues(Example):
    """How many numbers a colour picture is."""

    input: Pair = size("height and width", 32, 1, 4096, stops=(28, 32, 64, 100, 224))
    channels: int = whole("channels: red, green, blue", 3, 1, 4096, stops=(3, 4), unit="channels")

    def ask(self) -> str:
        return (
            f"A picture has {side_text(self.input)} pixels and {self.channels} channels. How many "
            "numbers enter the network?"
        )

    def work(self) -> Worked:
        (h, w), c = self.input, self.channels
        net = Net("input", (c, h, w), 0, chain({"flatten": Flatten()}))
        found = walk(net)[-1].size
        steps = (
            Step("Pixels of one channel", f"{h}*{w}", h * w, "numbers"),
            Step("Each pixel has a number in every channel", f"{h}*{w}*{c}", found, "numbers"),
        )
        slips = (
            Slip(h * w, "You counted the pixels of one channel.", "Each channel has its own."),
            Slip(h + w + c, "You added.", "The numbers stand in a block: multiply its sides."),
            Slip(2 * (h + w) * c, "You counted the border.", "All pixels enter, the inner too."),
        )
        amounts = [(f"channel {at + 1}", h * w) for at in range(min(c, 4))]
        picture = Bars([*amounts, ("together", found)], "numbers")
        remark = (
            "The input layer itself has no parameters: "
            f"{totals(walk(net)).params}, for there is nothing to learn.",
        )
        return Worked(steps, Answer(found, "numbers"), slips, picture, remark)


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

    def ask(self) -> str:
        raise NotImplementedError

    def work(self) -> Worked:
        raise NotImplementedError


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


@dataclass(frozen=True)
class ReceptiveField(Example):
    """What one value sees through several layers."""

    layers: int = whole("convolutions, one on the other", 2, 1, 12, stops=(2, 3, 4, 5))
    kernel: int = whole("the kernel's side", 3, 2, 15, stops=(3, 5), unit="pixels")
    stride: int = whole("the first layer's stride", 1, 1, 4, stops=(1, 2), unit="pixels")

    def ask(self) -> str:
        k, s = self.kernel, self.stride
        first = f", the first with stride {s}" if s > 1 else ""
        return (
            f"{self.layers} convolutions of {k}x{k} stand one on the other{first}. How many pixels "
            "of the picture does one value see, on a side?"
        )

    def work(self) -> Worked:
        k, s, layers = self.kernel, self.stride, self.layers
        stack = {f"conv{n + 1}": Conv(1, k, s if n == 0 else 1) for n in range(layers)}
        need = s * (layers * (k - 1) + 1) + k
        rows = walk(Net("stack", (1, need, need), 0, chain(stack)))
        fields = [row.receptive_field[0] for row in rows if row.receptive_field]
        steps, before = [], 1
        for at, field in enumerate(fields):
            step = 1 if at == 0 else s
            steps.append(
                Step(
                    f"Layer {at + 1}: kernel - 1 steps of {step} more",
                    f"{before} + ({k} - 1)*{step}",
                    field,
                    "pixels",
                )
            )
            before = field
        found = fields[-1]
        slips = [
            Slip(k * layers, "You added the kernels.", "Neighbouring windows overlap."),
            Slip(
                k**layers,
                "You multiplied the kernels.",
                "Each layer adds kernel - 1 steps to the field.",
            ),
            Slip(
                k,
                "You looked at the last layer only.",
                "Each number that it sees has seen a window itself.",
            ),
        ]
        if s > 1:
            slips.append(
                Slip(
                    1 + layers * (k - 1),
                    "You forgot the stride.",
                    f"After it, neighbours lie {s} pixels apart in the picture.",
                )
            )
        return Worked(tuple(steps), Answer(found, "pixels"), tuple(slips), self._picture(fields))

    def _picture(self, fields: list[int]) -> Picture:
        found = fields[-1]
        if found > 11 or self.stride > 1 or len(fields) > 3:
            return Bars([(f"after layer {at + 1}", f) for at, f in enumerate(fields)], "pixels")
        sides = [found - (field - 1) for field in (1, *fields)]
        parts: list[Picture | str] = []
        for at, side in enumerate(sides):
            name = "picture" if at == 0 else f"layer {at}"
            blank = [[""] * side for _ in range(side)]
            marks = window(0, 0, self.kernel, self.kernel) if side > 1 else window(0, 0, 1, 1)
            parts += [
                *(["→"] if at else []),
                Cells(((0,) * side,) * side, name, marks, texts=blank),
            ]
        return Beside(parts)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "input-values",
        CHAPTER,
        "A picture is numbers",
        "How many numbers is a small colour picture?",
        InputValues,
        (NOTES[3].at("lines 755 and 764"),),
    ),
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
    Lesson(
        "sparse-connections",
        CHAPTER,
        "What one value depends on",
        "How much of the picture does one number of the map see?",
        Sparse,
        (NOTES[3].at("Why Convolutions?, line 261"),),
    ),
    Lesson(
        "receptive-field",
        CHAPTER,
        "What a stack of layers sees",
        "How do small kernels come to see large things?",
        ReceptiveField,
        (NOTES[0].at("lines 743 to 745"), ARAUJO.at("Araujo et al. 2019")),
    ),
)

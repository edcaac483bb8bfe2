"""Counting: the parameters of a small network, the multiply-adds of a layer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..said import NOTES
from ..spec import Conv, Dense, Flatten, Net, Pool, Row, chain, walk
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Sheet, Slabs, Stack, Words

CHAPTER = "Cost"


def last_maps(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    """Channels, height, width as height, width, maps."""
    return shape[1], shape[2], shape[0]


def shape_text(shape: tuple[int, int, int]) -> str:
    """28x28x8, or 120 for what has no height and width."""
    return "x".join(map(str, last_maps(shape))) if shape[1:] != (1, 1) else str(shape[0])


@dataclass(frozen=True)
class ParameterTable(Example):
    """The lecture's small network, layer by layer: shapes, values, parameters."""

    input: tuple[int, int] = size("the picture", 32, 12, 512, stops=(28, 32, 64))
    channels: int = whole("colours of the picture", 3, 1, 64, stops=(1, 3))
    kernel: int = whole("side of both kernels", 5, 1, 31, stops=(3, 5), unit="pixels")
    first: int = whole("maps of CONV1", 8, 1, 512, stops=(6, 8, 16))
    second: int = whole("maps of CONV2", 16, 1, 512, stops=(16, 32))
    classes: int = whole("classes", 10, 1, 10_000, stops=(10, 100))

    def check(self) -> None:
        _ = self.rows

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the network; ValueError where the picture is too small."""
        layers = {
            "CONV1": Conv(self.first, self.kernel),
            "POOL1": Pool("max", 2, 2),
            "CONV2": Conv(self.second, self.kernel),
            "POOL2": Pool("max", 2, 2),
            "flatten": Flatten(),
            "FC3": Dense(120),
            "FC4": Dense(84),
            "Softmax": Dense(self.classes, activation="softmax"),
        }
        name, shape = "the lecture's network", (self.channels, *self.input)
        return tuple(r for r in walk(Net(name, shape, self.classes, chain(layers))))

    def ask(self) -> str:
        h, w = self.input
        k = self.kernel
        return (
            f"A {h}x{w}x{self.channels} picture goes through CONV1 ({self.first} kernels of "
            f"{k}x{k}), POOL1 (2x2), CONV2 ({self.second} kernels of {k}x{k}), POOL2 (2x2), FC3 "
            f"(120), FC4 (84) and Softmax ({self.classes}). How many parameters has the network?"
        )

    def work(self) -> Worked:
        rows = {row.name: row for row in self.rows}
        weighted = [row for row in self.rows if row.params]
        steps = [Step(_why(row), _formula(row), row.params, "parameters") for row in weighted]
        total = sum(row.params for row in weighted)
        terms = " + ".join(str(row.params) for row in weighted)
        nothing = Step("A pooling layer learns nothing", "0", rows["POOL1"].params, "parameters")
        steps.insert(1, nothing)
        steps.append(Step("All together", terms, total, "parameters"))
        conv1 = rows["CONV1"]
        flat = (self.kernel**2 + 1) * self.first
        biases = sum(row.out[0] for row in weighted)
        everywhere = sum(r.params * r.out[1] * r.out[2] for r in weighted)
        slips = [
            Slip(
                total - biases,
                "You forgot the biases.",
                "Each kernel and each unit of a dense layer adds a number of its own: the + 1.",
            ),
            Slip(
                everywhere,
                "You counted the weights of a kernel again at each place.",
                "One kernel moves over the whole picture: its weights are shared.",
            ),
        ]
        if self.channels > 1:
            slips.append(
                Slip(
                    total - conv1.params + flat,
                    "Your first kernels are flat.",
                    f"A kernel is as deep as its input: {self.kernel}x{self.kernel}x"
                    f"{self.channels} weights, one layer for each colour.",
                )
            )
        heaviest = max(weighted, key=lambda row: row.params)
        shown = [row for row in self.rows if row.name != "flatten"]
        sheet = Sheet(
            ("layer", "shape", "values", "parameters"),
            [
                ("Input", "x".join(map(str, (*self.input, self.channels))),
                 f"{self.input[0] * self.input[1] * self.channels:,}", "0"),
                *((r.name, shape_text(r.out), f"{r.size:,}", f"{r.params:,}") for r in shown),
            ],
            frozenset({1 + shown.index(heaviest)}),
        )  # fmt: skip
        share = heaviest.params / total
        words = f"{heaviest.name} alone holds {share:.0%} of all parameters."
        picture = Stack([sheet, Words(words)])
        return Worked(tuple(steps), Answer(total, "parameters"), tuple(slips), picture)


def _why(row: Row) -> str:
    if row.kind == "conv":
        return f"{row.name}: (height * width * depth of a kernel + 1 bias) * kernels"
    return f"{row.name}: (values that come in + 1 bias) * units"


def _formula(row: Row) -> str:
    if row.kernel:
        return f"({row.kernel[0]}*{row.kernel[1]}*{row.input[0]} + 1)*{row.out[0]}"
    return f"({row.input[0]} + 1)*{row.out[0]}"


@dataclass(frozen=True)
class MultiplyAdds(Example):
    """One convolution: how often it multiplies a pixel by a weight."""

    input: tuple[int, int] = size("the input", 28, 1, 2048, stops=(14, 28, 56))
    channels: int = whole("maps that come in", 192, 1, 8192, stops=(64, 192, 256))
    kernel: int = whole("the kernel's side", 5, 1, 31, stops=(1, 3, 5, 7), unit="pixels")
    filters: int = whole("kernels, so maps that come out", 32, 1, 8192, stops=(32, 64, 128))

    def ask(self) -> str:
        h, w = self.input
        return (
            f"A convolution of {self.filters} kernels of {self.kernel}x{self.kernel}, padded so "
            f"that the size stays, reads {h}x{w}x{self.channels}. How many multiply-adds does it "
            "take for one picture?"
        )

    def work(self) -> Worked:
        (h, w), d, k, n = self.input, self.channels, self.kernel, self.filters
        layer = Conv(n, k, padding="same", bias=False)
        shape = (d, h, w)
        out, macs = layer.shape(shape), layer.macs(shape)
        one = Conv(1, k, padding="same", bias=False)
        steps = (
            Step("One value of the output: F*F*D, the window times its depth", f"{k}*{k}*{d}",
                 one.params(shape), "multiply-adds"),
            Step("One map: a value at each of its W*H places", f"{w}*{h}*{k}*{k}*{d}",
                 one.macs(shape), "multiply-adds"),
            Step("All maps: one a kernel", f"{w}*{h}*{k}*{k}*{d}*{n}", macs, "multiply-adds"),
        )  # fmt: skip
        slips = (
            Slip(
                macs // d,
                "You left out the depth of the input.",
                "A kernel reads a window of every map that comes in, and adds all of it up.",
            ),
            Slip(
                macs // n,
                "That is one map.",
                "Each kernel makes a map of its own, and each of them costs as much.",
            ),
            Slip(
                layer.params(shape),
                "You counted the weights.",
                "Each weight is used again at each place of the map.",
            ),
            Slip(
                2 * macs,
                "You counted multiplications and additions apart.",
                "A multiply-add is one of each, counted once; lesson flops is about the other way.",
            ),
        )
        picture = Slabs([(h, w, d), last_maps(out)], [f"{k}x{k}x{d}\n{n} kernels"])
        return Worked(steps, Answer(macs, "multiply-adds"), slips, picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "parameter-table",
        CHAPTER,
        "The parameters of a small network",
        "Which layer of a network holds most of what it learns?",
        ParameterTable,
        (NOTES[3].at("CNN-Example to calculate parameters, lines 752 to 790"),),
    ),
    Lesson(
        "multiply-adds",
        CHAPTER,
        "The multiply-adds of a layer",
        "Why can one small layer cost 120 million multiplications?",
        MultiplyAdds,
        (
            NOTES[4].at("Number of computations in a convolution layer, lines 36 to 48"),
            NOTES[1].at("lines 1146 to 1154"),
        ),
    ),
)

"""Connections: many for each weight, in a convolution and in LeNet's subsampling."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets.lenet import PAPER as LENET
from ..said import NOTES
from ..spec import Conv, Subsample
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Sheet, Slabs, Stack

CHAPTER = "Cost"


@dataclass(frozen=True)
class SharedWeights(Example):
    """A convolution has few parameters, and each has many connections."""

    input: tuple[int, int] = size("the picture", 32, 1, 512, stops=(16, 28, 32, 64))
    kernel: int = whole("the kernel's side", 5, 2, 31, stops=(3, 5, 7), unit="pixels")
    maps: int = whole("kernels", 6, 1, 512, stops=(4, 6, 8))

    def check(self) -> None:
        if self.kernel > min(self.input):
            raise ValueError(f"a kernel of {self.kernel} does not fit on {min(self.input)} pixels")

    def ask(self) -> str:
        (h, w), k = self.input, self.kernel
        return (
            f"A layer of {self.maps} kernels of {k}x{k}, each with a bias, reads a {h}x{w} picture "
            "of one colour without padding. By how many connections is each parameter shared?"
        )

    def work(self) -> Worked:
        (h, w), k, n = self.input, self.kernel, self.maps
        layer, shape = Conv(n, k), (1, h, w)
        _, high, wide = layer.shape(shape)
        params, connections = layer.params(shape), layer.connections(shape)
        steps = (
            Step("Parameters", f"({k}*{k} + 1)*{n}", params, "parameters"),
            Step("The map is", "", (high, wide)),
            Step("Each value of each map has k*k connections and one to its bias",
                 f"({k}*{k} + 1)*{n}*{high}*{wide}", connections, "connections"),
            Step("Connections of a parameter: one at each place of the map",
                 f"{connections}/{params}", connections // params, "connections"),
        )  # fmt: skip
        slips = (
            Slip(
                connections,
                "Those are all connections of the layer.",
                "Divide them among the parameters.",
            ),
            Slip(
                h * w,
                "You counted the pixels of the picture.",
                "A parameter is used once for each value of its map, which is smaller.",
            ),
            Slip(
                (k * k + 1) * high * wide,
                "Those are the connections of one map.",
                "Its kernel has k*k + 1 parameters, and each has its part of them.",
            ),
        )
        sheet = Sheet(
            ("", "connections", "parameters"),
            [
                ("each value for itself", f"{connections:,}", f"{connections:,}"),
                ("each map with one kernel", f"{connections:,}", f"{params:,}"),
            ],
            frozenset({1}),
        )
        slabs = Slabs([(h, w, 1), (high, wide, n)], [f"{k}x{k}\n{n} kernels"])
        picture = Stack([slabs, sheet])
        answer = Answer(connections // params, "connections")
        return Worked(steps, answer, slips, picture)


@dataclass(frozen=True)
class Subsampled(Example):
    """LeNet's trained subsampling: a sum, one coefficient, one bias a map."""

    input: tuple[int, int] = size("a map that comes in", 10, 2, 512, stops=(8, 10, 12, 20, 28))
    maps: int = whole("maps", 16, 1, 512, stops=(4, 6, 12, 16))
    kernel: int = whole("the side of a window", 2, 1, 16, stops=(2, 3), unit="pixels")

    def check(self) -> None:
        if self.kernel > min(self.input):
            raise ValueError(f"a window of {self.kernel} does not fit on {min(self.input)} pixels")

    def ask(self) -> str:
        (h, w), k = self.input, self.kernel
        return (
            f"LeNet's subsampling adds each {k}x{k} window of {self.maps} maps of {h}x{w}, windows "
            "side by side, times one trained coefficient a map, plus one bias a map. How many "
            "connections has the layer, those to the biases counted?"
        )

    def work(self) -> Worked:
        (h, w), k, n = self.input, self.kernel, self.maps
        layer, shape = Subsample(k), (n, h, w)
        _, high, wide = layer.shape(shape)
        params, connections = layer.params(shape), layer.connections(shape)
        steps = (
            Step("Windows lie side by side, so each map becomes", "", (high, wide)),
            Step("A value has a connection to each pixel of its window, and one to the bias",
                 f"{k}*{k} + 1", connections // (n * high * wide), "connections"),
            Step("All values of all maps", f"({k}*{k} + 1)*{high}*{wide}*{n}", connections,
                 "connections"),
            Step("They share a coefficient and a bias a map", f"2*{n}", params, "parameters"),
        )  # fmt: skip
        slips = (
            Slip(
                k * k * high * wide * n,
                "You left out the biases.",
                "Each value has a connection to the bias of its map too.",
            ),
            Slip(
                params,
                "Those are the parameters.",
                "All values of a map share one coefficient and one bias; connections are many.",
            ),
            Slip(
                n * k * k * n,
                "You multiplied the maps by themselves.",
                "Each map is made of one map alone; the places of the map were left out.",
            ),
            Slip(
                (k * k + 1) * h * w * n,
                "You put a window on every pixel.",
                "The windows lie side by side, so the map becomes smaller.",
            ),
        )
        remarks: tuple[str, ...] = ()
        if (self.input, n, k) == ((10, 10), 16, 2):
            printed = n * k * k * n
            remarks = (
                f"Notes 001 write {n} * {k} * {k} * {n} = {connections} for this layer (S4 of "
                f"LeNet-5). The result is right, the formula is not: it gives {printed:,}.",
            )
        picture = Slabs([(h, w, n), (high, wide, n)], [f"{k}x{k} sums\nx {n} coefficients"])
        return Worked(steps, Answer(connections, "connections"), slips, picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "uses-of-a-weight",
        CHAPTER,
        "How often a weight is used",
        "How often does LeNet use one weight for one picture?",
        SharedWeights,
        (NOTES[1].at("C1 layer, lines 50 to 65"), LENET.at("LeCun et al. 1998, section II-B")),
    ),
    Lesson(
        "subsampling",
        CHAPTER,
        "What trained subsampling costs",
        "How many connections has a layer with 32 parameters?",
        Subsampled,
        (
            NOTES[1].at("S2 and S4 layer, lines 67 to 93 and 127 to 149"),
            LENET.at("LeCun et al. 1998, section II-B"),
        ),
    ),
)

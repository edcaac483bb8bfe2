"""What the dense layers of a network hold, and what an average saves."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets.alexnet import PAPER as ALEXNET
from ..nets.alexnet import alexnet
from ..nets.googlenet import PAPER as GOOGLENET
from ..nets.nin import PAPER as NIN
from ..nets.vgg import PAPER as VGG
from ..nets.vgg import vgg16
from ..said import NOTES
from ..spec import Dense, GlobalPool, Net, totals, walk
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Bars, Slabs, Stack

CHAPTER = "Cost"


@dataclass(frozen=True)
class DenseAfterFlatten(Example):
    """The first dense layer behind the maps holds most of a network."""

    input: tuple[int, int] = size("the last maps", 7, 1, 64, stops=(4, 5, 6, 7))
    maps: int = whole("how many there are", 512, 1, 8192, stops=(16, 256, 512))
    units: int = whole("units of the dense layer", 4096, 1, 16_384, stops=(120, 1024, 4096))

    def ask(self) -> str:
        h, w = self.input
        return (
            f"{self.maps} maps of {h}x{w} are flattened and go into a dense layer of {self.units} "
            "units with biases. How many parameters has it?"
        )

    def work(self) -> Worked:
        (h, w), c, n = self.input, self.maps, self.units
        flat = h * w * c
        params = Dense(n).params((flat, 1, 1))
        steps = (
            Step("Values after flattening", f"{h}*{w}*{c}", flat, "values"),
            Step("Each unit has a weight for each value, and a bias", f"{flat} + 1", flat + 1,
                 "parameters"),
            Step("All units", f"({h}*{w}*{c} + 1)*{n}", params, "parameters"),
        )  # fmt: skip
        slips = (
            Slip(
                flat * n,
                "You forgot the biases.",
                "Each unit adds a number of its own.",
            ),
            Slip(
                (c + 1) * n,
                "You gave each map one weight a unit.",
                f"A flattened map is {h * w} values, and each value has a weight of its own.",
            ),
            Slip(
                (h * w + 1) * n,
                "You flattened one map.",
                f"All {c} maps stand in the row, one behind the other.",
            ),
        )
        remarks: tuple[str, ...] = ()
        picture: Bars | Slabs = Slabs([(h, w, c), (1, 1, flat)], ["flatten"])
        if ((h, w), c, n) == ((7, 7), 512, 4096):
            rows = walk(vgg16())
            total = totals(rows).params
            convs = sum(row.params for row in rows if row.kind == "conv")
            dense = [(row.name, row.params) for row in rows if row.kind == "dense"]
            picture = Bars(
                [("13 convolutions", convs), *dense], "parameters", f"VGG-16: {total:,} parameters"
            )
            remarks = (
                f"This is fc6 of VGG-16: {params / total:.0%} of the network's {total:,} "
                "parameters are in this one layer.",
            )
        return Worked(steps, Answer(params, "parameters"), slips, picture, remarks)


@dataclass(frozen=True)
class LastMap(Example):
    """How many values AlexNet's maps have when they are flattened."""

    input: int = whole("the picture's side", 227, 67, 1024, stops=(195, 227, 259, 291, 323),
                       unit="pixels")  # fmt: skip
    maps: int = whole("maps of conv5", 256, 1, 2048, stops=(128, 256))

    def ask(self) -> str:
        a = self.input
        return (
            f"AlexNet on {a}x{a}: conv1 11x11/4, pool 3x3/2, conv2 5x5 (padding 2), pool 3x3/2, "
            f"three 3x3 (padding 1), pool 3x3/2, {self.maps} maps at the end. How many values go "
            "into the first dense layer?"
        )

    def work(self) -> Worked:
        net: Net = alexnet(input=self.input)
        rows = [row for row in walk(net) if row.kernel]
        moving = [row for row in rows if row.input[1] != row.out[1]]
        steps = [
            Step(f"After {row.name}: {row.kind_and_window}",
                 f"floor(({row.input[1]} - {row.kernel[0]})/{row.stride[0]}) + 1", row.out[1],
                 "pixels a side")
            for row in moving if row.kernel and row.stride
        ]  # fmt: skip
        side, n = rows[-1].out[1], self.maps
        values = side * side * n
        steps.append(Step("Values of all maps", f"{side}*{side}*{n}", values, "values"))
        before = moving[-1].input[1]
        rounded_up = -(-before // 2)
        slips = [
            Slip(
                before * before * n,
                "You left out the last pooling.",
                "A pooling stands behind the three 3x3 layers as well.",
            ),
            Slip(
                side * side,
                "You counted one map.",
                f"There are {n}.",
            ),
            Slip(
                rounded_up**2 * n,
                "You halved and rounded up.",
                f"Windows of 3 in steps of 2 on {before} pixels: ({before} - 3)/2 + 1, rounded "
                "down.",
            ),
        ]
        remarks: tuple[str, ...] = ()
        if (self.input, n) == (227, 256):
            slips.append(
                Slip(
                    PRINTED_NODES,
                    "You trusted the notes.",
                    f"They print 9,261, but {side}x{side} maps times {n} are {values:,}: two "
                    "digits changed places.",
                )
            )
            remarks = (
                f"Notes 003 print {PRINTED_NODES:,} nodes. It is {values:,} ({side}*{side}*{n}), "
                "as notes 002 have it: two digits changed places.",
            )
        sizes = [(row.out[1], row.out[2], row.out[0]) for row in moving]
        sizes[-1] = (side, side, n)
        picture = Slabs(sizes, [row.name for row in moving[1:]])
        return Worked(tuple(steps), Answer(values, "values"), tuple(slips), picture, remarks)


PRINTED_NODES = 9261  # notes 003, line 890


@dataclass(frozen=True)
class GlobalAverage(Example):
    """An average a map before the classifier."""

    input: tuple[int, int] = size("the last maps", 7, 2, 64, stops=(4, 7, 8))
    maps: int = whole("how many there are", 1024, 1, 8192, stops=(512, 1024, 2048))
    classes: int = whole("classes", 1000, 2, 20_000, stops=(10, 100, 1000))

    def ask(self) -> str:
        (h, w), n = self.input, self.classes
        return (
            f"Each of {self.maps} maps of {h}x{w} becomes its average, and a dense layer with "
            f"biases tells {n} classes from these. How many parameters has that layer?"
        )

    def work(self) -> Worked:
        (h, w), c, n = self.input, self.maps, self.classes
        pooled = GlobalPool().shape((c, h, w))
        direct = Dense(n).params((h * w * c, 1, 1))
        params = Dense(n).params((pooled[0] * pooled[1] * pooled[2], 1, 1))
        steps = (
            Step("Without the average: every value of every map", f"({h}*{w}*{c} + 1)*{n}",
                 direct, "parameters"),
            Step("The average leaves one value of a map, and learns nothing",
                 f"{h}*{w}*{c}/({h}*{w})", c, "values"),
            Step("The dense layer behind it", f"({c} + 1)*{n}", params, "parameters"),
            Step("So many times fewer", f"{direct}/{params}", direct / params, "times"),
        )  # fmt: skip
        slips = (
            Slip(
                direct,
                "You flattened the maps.",
                "Behind the average a map is one value.",
            ),
            Slip(
                c * n,
                "You forgot the biases.",
                "Each class has one.",
            ),
            Slip(
                (h * w + 1) * n,
                "You averaged over the maps.",
                f"The average goes over the {h * w} places of each map; the {c} maps stay apart.",
            ),
        )
        picture = Stack(
            [
                Slabs([(h, w, c), (1, 1, c), (1, 1, n)], ["average\nof each map", "dense"]),
                Bars([("flattened", direct), ("averaged", params)], "parameters"),
            ]
        )
        return Worked(steps, Answer(params, "parameters"), slips, picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "dense-after-flatten",
        CHAPTER,
        "The layer that holds a network's parameters",
        "Where are the 138 million parameters of VGG-16?",
        DenseAfterFlatten,
        (
            NOTES[1].at("VGG16, lines 567 and 621 to 628"),
            NOTES[3].at("VGG-16, line 943"),
            VGG.at("Simonyan and Zisserman 2014, table 2"),
        ),
    ),
    Lesson(
        "nodes-after-flatten",
        CHAPTER,
        "From the picture to the dense layer",
        "Do 9,261 nodes enter AlexNet's first dense layer?",
        LastMap,
        (
            NOTES[3].at("AlexNet, lines 882 to 890"),
            NOTES[2].at("AlexNet, line 44"),
            ALEXNET.at("Krizhevsky et al. 2012, section 3.5"),
        ),
    ),
    Lesson(
        "global-average",
        CHAPTER,
        "An average instead of a dense layer",
        "How does GoogLeNet come to 1 million parameters where there would be 50?",
        GlobalAverage,
        (
            NOTES[4].at("Average Pooling, lines 177 to 185"),
            NIN.at("Lin et al. 2013, section 3.2"),
            GOOGLENET.at("Szegedy et al. 2014, section 5"),
        ),
    ),
)

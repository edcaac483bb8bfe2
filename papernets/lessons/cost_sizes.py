"""What a network of another width or resolution costs, and what its dense layers hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..nets.alexnet import PAPER as ALEXNET
from ..nets.alexnet import alexnet
from ..nets.googlenet import PAPER as GOOGLENET
from ..nets.mobilenet import PAPER as MOBILENET
from ..nets.mobilenet import SIDES, WIDTHS, mobilenet_v1
from ..nets.nin import PAPER as NIN
from ..nets.vgg import PAPER as VGG
from ..nets.vgg import vgg16
from ..said import NOTES
from ..spec import Conv, Dense, GlobalPool, Net, Part, Pool, chain, rows_of, totals, walk
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import real, size, whole
from .pictures import Bars, Slabs, Stack

CHAPTER = "Cost"


def separable(channels: int, maps: int) -> Part:
    """A depthwise 3x3, then a 1x1."""
    return chain(
        {"dw": Conv(channels, 3, padding=1, groups=channels, bias=False),
         "pw": Conv(maps, 1, bias=False)}
    )  # fmt: skip


def macs(part: Part, shape: tuple[int, int, int]) -> int:
    """The multiply-adds of a part."""
    return totals(rows_of(part, shape)).macs


@cache
def mobilenet_macs(width: float, side: int) -> int:
    """The multiply-adds of a whole MobileNet."""
    return totals(walk(mobilenet_v1(width=width, input=side))).macs


@dataclass(frozen=True)
class DoubleMaps(Example):
    """More maps in every layer: the cost of a layer grows with the square."""

    factor: int = whole("how many times as many maps in each layer", 2, 2, 16, stops=(2, 3, 4))
    layers: int = whole("3x3 layers between the first and the last", 3, 1, 12, stops=(2, 3, 5))
    channels: int = whole("maps of each layer at first", 64, 1, 1024, stops=(32, 64))
    input: tuple[int, int] = size("the size of the maps", 28, 1, 512, stops=(14, 28))

    def ask(self) -> str:
        h, w = self.input
        return (
            f"{self.layers} layers of 3x3, each from {self.channels} to {self.channels} maps of "
            f"{h}x{w}, get {self.factor} times as many maps, in and out. How many times as many "
            "multiply-adds do they take?"
        )

    def work(self) -> Worked:
        (h, w), c, t, n = self.input, self.channels, self.factor, self.layers

        def cost(maps: int) -> int:
            layer = Conv(maps, 3, padding=1)
            return n * layer.macs((maps, h, w))

        before, after = cost(c), cost(t * c)
        steps = (
            Step("Before: each of the N kernels reads all M maps", f"{n}*{h}*{w}*3*3*{c}*{c}",
                 before, "multiply-adds"),
            Step(f"After: {t} times as many kernels, and each reads {t} times as many maps",
                 f"{n}*{h}*{w}*3*3*({t}*{c})*({t}*{c})", after, "multiply-adds"),
            Step("So it grows with the square", f"{after}/{before}", after // before, "times"),
        )  # fmt: skip
        slips = [
            Slip(
                t,
                "You counted the new kernels alone.",
                "Each kernel, old or new, reads more maps as well.",
            ),
            Slip(
                t**3,
                "You took the third power.",
                "Maps in and maps out grow; the height and the width of the window stay.",
            ),
        ]
        if n > 1:
            slips.append(
                Slip(
                    t ** (2 * n),
                    "You multiplied the layers with one another.",
                    "Costs of layers add: each grows by the square, and so does their sum.",
                )
            )
        bars = [(f"{maps} maps", cost(maps)) for maps in (c, t * c)]
        slabs = Slabs([(h, w, c), (h, w, t * c)], [f"{t} times\nas many maps"])
        picture = Stack([slabs, Bars(bars, "multiply-adds")])
        return Worked(steps, Answer(after // before, "times"), tuple(slips), picture)


@dataclass(frozen=True)
class WidthMultiplier(Example):
    """MobileNet's width multiplier on one depthwise separable layer."""

    channels: int = whole("maps in and out at width 1", 512, 8, 4096, stops=(128, 256, 512, 1024))
    width: float = real("the width multiplier", 0.75, 0.1, 2, stops=(0.25, 0.5, 0.75))
    input: tuple[int, int] = size("the map", 14, 1, 512, stops=(7, 14, 28))

    def check(self) -> None:
        if self.channels * self.width != int(self.channels * self.width):
            raise ValueError(
                f"{self.channels} maps times {self.width:g} are {self.channels * self.width:g}: "
                "give a width that leaves whole maps, such as 0.5"
            )

    def ask(self) -> str:
        (h, w), c = self.input, self.channels
        return (
            f"A depthwise 3x3 and a 1x1, from {c} to {c} maps of {h}x{w}. With the width "
            f"multiplier {self.width:g} all maps become {int(c * self.width)}. How many "
            "multiply-adds do both take then?"
        )

    def work(self) -> Worked:
        (h, w), c, a = self.input, self.channels, self.width
        thin = int(c * a)
        before, after = (macs(separable(n, n), (n, h, w)) for n in (c, thin))
        wise, point = h * w * 9 * thin, h * w * thin * thin
        steps = (
            Step("At width 1", f"{h}*{w}*(9*{c} + {c}*{c})", before, "multiply-adds"),
            Step("Maps that are left", f"{c}*{a:g}", thin, "maps"),
            Step("Depthwise: one flat kernel a map, so it shrinks as the width",
                 f"{h}*{w}*9*{thin}", wise, "multiply-adds"),
            Step("1x1: maps in times maps out, so it shrinks as the square",
                 f"{h}*{w}*{thin}*{thin}", point, "multiply-adds"),
            Step("Both", f"{wise} + {point}", after, "multiply-adds"),
            Step("In parts of width 1", f"{after}/{before}", after / before),
        )  # fmt: skip
        slips = (
            Slip(
                before * a,
                "You multiplied the cost by the width.",
                "The 1x1 has fewer maps in and fewer maps out: it shrinks twice.",
            ),
            Slip(
                before * a * a,
                "You multiplied the whole cost by the square.",
                "That is right for the 1x1 alone; the depthwise part shrinks as the width. "
                "The paper says roughly.",
            ),
            Slip(
                point,
                "You left out the depthwise convolution.",
                "It is the small part, but it is there.",
            ),
        )
        bars = [(f"width {one:g}", mobilenet_macs(one, SIDES[0])) for one in WIDTHS]
        picture = Stack(
            [
                Slabs([(h, w, c), (h, w, thin)], [f"width\n{a:g}"]),
                Bars(bars, "multiply-adds", "The whole MobileNet, at 224x224"),
            ]
        )
        return Worked(steps, Answer(after, "multiply-adds"), slips, picture)


@dataclass(frozen=True)
class ResolutionMultiplier(Example):
    """A smaller picture: fewer places, the same weights."""

    input: int = whole("the picture's side", 224, 32, 1024, stops=(224, 256), unit="pixels")
    smaller: int = whole("the smaller side", 160, 32, 1024, stops=(96, 128, 160, 192),
                         unit="pixels")  # fmt: skip
    maps: int = whole("maps of the layer", 32, 1, 1024, stops=(32, 64))

    def check(self) -> None:
        if self.smaller >= self.input:
            raise ValueError(f"the smaller side, {self.smaller}, must be below {self.input}")

    def ask(self) -> str:
        a, b = self.input, self.smaller
        return (
            f"A padded 3x3 convolution from 3 to {self.maps} maps reads {b}x{b} pictures in place "
            f"of {a}x{a}. How many per cent of its multiply-adds are left?"
        )

    def work(self) -> Worked:
        a, b, n = self.input, self.smaller, self.maps
        layer = Conv(n, 3, padding=1)
        before, after = (layer.macs((3, side, side)) for side in (a, b))
        left = 100 * after / before
        steps = (
            Step(f"At {a}x{a}", f"{a}*{a}*3*3*3*{n}", before, "multiply-adds"),
            Step(f"At {b}x{b}", f"{b}*{b}*3*3*3*{n}", after, "multiply-adds"),
            Step("Left: the square of the sides' ratio", f"100*({b}/{a})^2", left, "%"),
            Step("The parameters are as many as before", f"(3*3*3 + 1)*{n}",
                 layer.params((3, b, b)), "parameters"),
        )  # fmt: skip
        slips = (
            Slip(
                100 * b / a,
                "You compared the sides.",
                "A picture has height and width: places grow with the square.",
            ),
            Slip(
                100 - left,
                "That is what is saved.",
                "The question is how many are left.",
            ),
            Slip(
                100,
                "You said that nothing changes.",
                "That is true of the parameters; each of them is used at fewer places.",
            ),
        )
        bars = [(f"{side}x{side}", mobilenet_macs(WIDTHS[0], side)) for side in SIDES]
        picture = Stack(
            [
                Slabs([(a, a, n), (b, b, n)], [f"{b}/{a}"]),
                Bars(bars, "multiply-adds", "The whole MobileNet; its parameters stay"),
            ]
        )
        return Worked(steps, Answer(left, "%"), slips, picture)


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
            Step("The average leaves one value of a map, and learns nothing", f"{h}*{w}*{c}/({h}*{w})",
                 c, "values"),
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
        "double-maps",
        CHAPTER,
        "Twice the maps, four times the work",
        "What do twice as many maps in every layer cost?",
        DoubleMaps,
        (NOTES[0].at("lines 1090 to 1103"), GOOGLENET.at("Szegedy et al. 2014, section 3")),
    ),
    Lesson(
        "width-multiplier",
        CHAPTER,
        "A thinner network",
        "How much work is left when every layer has three quarters of its maps?",
        WidthMultiplier,
        (MOBILENET.at("Howard et al. 2017, section 3.3 and table 3"),),
    ),
    Lesson(
        "resolution-multiplier",
        CHAPTER,
        "A smaller picture",
        "What does a network save that looks at smaller pictures?",
        ResolutionMultiplier,
        (MOBILENET.at("Howard et al. 2017, section 3.4 and table 7"),),
    ),
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

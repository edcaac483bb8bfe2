"""What a network of another width or resolution costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..nets.googlenet import PAPER as GOOGLENET
from ..nets.mobilenet import PAPER as MOBILENET
from ..nets.mobilenet import SIDES, WIDTHS, mobilenet_v1
from ..said import NOTES
from ..spec import Conv, Part, chain, rows_of, totals, walk
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
)

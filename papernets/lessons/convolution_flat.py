"""Pictures and maps as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass

from ..said import NOTES
from ..spec import Flatten, Net, chain, totals, walk
from .answers import Answer
from .convolution_sizes import Pair, side_text
from .convolution_windows import CHAPTER
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Bars, Flow
from .values import number_text


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
class Flattening(Example):
    """All maps in one column, before the first dense layer."""

    input: tuple[int, int] = size("each map", 5, 1, 512, stops=(4, 5, 6, 7, 14))
    maps: int = whole("maps", 16, 1, 65_536, stops=(12, 16, 50, 256, 512), unit="maps")

    def ask(self) -> str:
        h, w = self.input
        return f"{self.maps} maps of {h}x{w} are flattened. How many numbers does the vector have?"

    def work(self) -> Worked:
        (h, w), d = self.input, self.maps
        found = Flatten().shape((d, h, w))[0]
        steps = (
            Step("Numbers of one map", f"{h}*{w}", h * w, "numbers"),
            Step("All maps, one behind the other", f"{h}*{w}*{d}", found, "numbers"),
        )
        slips = (
            Slip(h * w, "You flattened one map.", "Every map goes into the vector."),
            Slip(
                h + w + d,
                "You added the sides.",
                "The numbers stand in a block: multiply its sides.",
            ),
            Slip(
                d,
                "You kept one number for each map.",
                "That is global average pooling; flattening keeps every number.",
            ),
        )
        picture = Flow(f"{h}x{w}x{d}", [("flatten: map by map, row by row", f"{found:,} numbers")])
        return Worked(steps, Answer(found, "numbers"), slips, picture)


@dataclass(frozen=True)
class FlattenOrder(Example):
    """Where a number of a map stands in the flat vector."""

    input: tuple[int, int] = size("each map", 5, 1, 512, stops=(4, 5, 6, 7))
    maps: int = whole("maps", 16, 1, 65_536, stops=(8, 16, 50), unit="maps")
    map: int = whole("the number's map, counted from 0", 3, 0, 65_535, stops=(2, 3, 5, 7))
    row: int = whole("its row, counted from 0", 2, 0, 511, stops=(0, 1, 2, 3))
    column: int = whole("its column, counted from 0", 4, 0, 511, stops=(1, 2, 3))

    def check(self) -> None:
        for name, at, end in (
            ("map", self.map, self.maps),
            ("row", self.row, self.input[0]),
            ("column", self.column, self.input[1]),
        ):
            if at >= end:
                raise ValueError(f"--{name} {at}: counted from 0, the last one is {end - 1}")

    def ask(self) -> str:
        h, w = self.input
        return (
            f"{self.maps} maps of {h}x{w} are flattened map by map, row by row, as torch does. At "
            f"which place stands row {self.row}, column {self.column} of map {self.map}? Count "
            "everything from 0."
        )

    def work(self) -> Worked:
        (h, w), d = self.input, self.maps
        m, y, x = self.map, self.row, self.column
        found = Flatten().shape((m, h, w))[0] + y * w + x if m else y * w + x
        steps = (
            Step(f"The {m} maps before it", f"{m}*{h}*{w}", m * h * w, "numbers"),
            Step(f"The {y} rows before it in its own map", f"{y}*{w}", y * w, "numbers"),
            Step("And the numbers before it in its row", f"{m}*{h}*{w} + {y}*{w} + {x}", found),
        )
        slips = (
            Slip(
                found + 1,
                "You counted the first place as 1.",
                "Here the first place is 0.",
            ),
            Slip(
                (y * w + x) * d + m,
                "You put the maps of each pixel side by side.",
                "That is Keras's order, channels last; torch writes map after map.",
            ),
            Slip(
                m * h * w + x * h + y,
                "You went through the map column by column.",
                "It is read row by row.",
            ),
        )
        picture = Flow(
            f"{h}x{w}x{d}",
            [(f"map {m}, row {y}, column {x}", f"place {number_text(found)} of {h * w * d:,}")],
        )
        return Worked(steps, Answer(found), slips, picture)


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
        "flatten",
        CHAPTER,
        "Flattening",
        "How do maps enter a layer that takes a column of numbers?",
        Flattening,
        (NOTES[3].at("Flattening, line 344"), NOTES[3].at("lines 759 and 760")),
    ),
    Lesson(
        "flatten-order",
        CHAPTER,
        "The order of a flat vector",
        "Where does a pixel of a map go when the map is flattened?",
        FlattenOrder,
        (NOTES[3].at("Flattening, line 344"),),
    ),
)

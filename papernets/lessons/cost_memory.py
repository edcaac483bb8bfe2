"""Bytes: what parameters and activations weigh."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..nets import net
from ..nets.vgg import vgg16
from ..said import NOTES
from ..spec import Conv, Row, Totals, totals, walk
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice, size, whole
from .pictures import Bars, Sheet, Stack, Words

CHAPTER = "Cost"
MB, MIB, GIB = 10**6, 2**20, 2**30

# Notes 003, the table Comparison: megabytes; the network that is printed, and the one that fits.
SIZES = {
    "alexnet": ("Alexnet", 227),
    "googlenet": ("GoogLeNet", 27),
    "inception_v3": ("Inception-v3", 89),
    "vgg16": ("VGG-16", 515),
    "resnet18": ("ResNet18", 96),
    "resnet50": ("ResNet50", 167),
}
NEXT = {"resnet18": "resnet50", "resnet50": "resnet101"}
"""The network whose size stands in the row of another."""


@cache
def sums(name: str) -> Totals:
    """The totals of a network by its name."""
    return totals(walk(net(name).member))


@dataclass(frozen=True)
class Megabytes(Example):
    """Parameters times bytes: the size of a file of weights."""

    network: str = choice("the network", "alexnet", tuple(SIZES))
    bits: int = whole("bits of a parameter", 32, 1, 64, stops=(8, 16, 32))

    def check(self) -> None:
        if self.bits % 8:
            raise ValueError(f"--bits: whole bytes, so 8, 16, 32 or 64, not {self.bits}")

    def ask(self) -> str:
        params = sums(self.network).params
        return (
            f"{self.network} has {params:,} parameters. How many MB (10^6 bytes) are they in "
            f"{self.bits} bits each?"
        )

    def work(self) -> Worked:
        params, bits = sums(self.network).params, self.bits
        each = bits // 8
        stored = params * each
        steps = (
            Step("Bytes of a parameter: 8 bits are a byte", f"{bits}/8", each, "bytes"),
            Step("Bytes of all of them", f"{params}*{each}", stored, "bytes"),
            Step("A megabyte is 10^6 bytes", f"{stored}/10^6", stored / MB, "MB"),
        )
        slips = [
            Slip(
                stored / MIB,
                "You divided by 2^20.",
                "Those are MiB. MB are 10^6 bytes, so there are more of them.",
            ),
            Slip(
                params * bits / MB,
                "You took bits for bytes.",
                "A byte has 8 bits.",
            ),
        ]
        if each > 1:
            slips.append(
                Slip(
                    params / MB,
                    "You gave each parameter one byte.",
                    f"{bits} bits are {each} bytes.",
                )
            )
        bars = [(name, sums(name).params * each / MB) for name in SIZES]
        title = f"Weights in {bits} bits each"
        return Worked(steps, Answer(stored / MB, "MB"), tuple(slips), Bars(bars, "MB", title))


@dataclass(frozen=True)
class Mebibytes(Example):
    """The same bytes, counted by thousands or by 1,024."""

    network: str = choice("the network", "vgg16", tuple(SIZES))

    def ask(self) -> str:
        params = sums(self.network).params
        return (
            f"{self.network} has {params:,} parameters of 4 bytes (float32). How many MiB "
            "(2^20 bytes) are they?"
        )

    def work(self) -> Worked:
        params = sums(self.network).params
        stored = 4 * params
        thousandths = 1000 * stored / GIB
        steps = (
            Step("Bytes", f"{params}*4", stored, "bytes"),
            Step("A MiB is 1024*1024 bytes", "2^20", MIB, "bytes"),
            Step("So they are", f"{stored}/2^20", stored / MIB, "MiB"),
            Step("In MB, of 10^6 bytes", f"{stored}/10^6", stored / MB, "MB"),
        )
        slips = (
            Slip(
                stored / MB,
                "You divided by 10^6.",
                "Those are MB. A MiB has 4.9 % more bytes, so there are fewer of them.",
            ),
            Slip(
                thousandths,
                "You divided by 2^30 and moved the point by three places.",
                "2^30 bytes are 1024 MiB, not 1000.",
            ),
            Slip(
                params / MIB,
                "You gave each parameter one byte.",
                "float32 has 32 bits: 4 bytes.",
            ),
        )
        printed, size_ = SIZES[self.network]
        remark = f"Notes 003 print {size_} MB for {printed}: "
        if other := NEXT.get(self.network):
            bytes_ = 4 * sums(other).params
            remark += (
                f"that is near {other} ({bytes_ / MB:.1f} MB, {bytes_ / MIB:.1f} MiB). The two "
                "ResNet rows of the table are one network too early."
            )
        elif round(thousandths) == size_:
            remark += (
                f"neither {stored / MB:.1f} MB nor {stored / MIB:.1f} MiB, but thousandths of 2^30 "
                f"bytes ({stored / GIB:.4f} GiB)."
            )
        else:
            remark += f"that is {stored / MIB:.1f} MiB."
        sheet = Sheet(
            ("unit", "bytes", f"{self.network}, float32"),
            [
                ("MB", f"{MB:,}", f"{stored / MB:,.1f}"),
                ("MiB", f"{MIB:,}", f"{stored / MIB:,.1f}"),
                ("GiB / 1000", f"{GIB / 1000:,.0f}", f"{thousandths:,.1f}"),
                ("notes 003", "", f"{size_:,}"),
            ],
            frozenset({1}),
        )
        return Worked(steps, Answer(stored / MIB, "MiB"), slips, sheet, (remark,))


@cache
def vgg_stages() -> tuple[tuple[str, int, int], ...]:
    """Each stage of VGG-16: its name, the values that its layers give, its parameters."""
    found: dict[str, list[int]] = {}
    for row in walk(vgg16()):
        stage = _stage(row)
        sums_ = found.setdefault(stage, [0, 0])
        sums_[0] += row.size
        sums_[1] += row.params
    return tuple((name, values, params) for name, (values, params) in found.items())


def _stage(row: Row) -> str:
    digits = "".join(letter for letter in row.name.partition("_")[0] if letter.isdigit())
    wide = row.out[1:] != (1, 1)
    return f"stage {digits}" if wide and digits else "dense layers"


@dataclass(frozen=True)
class Activations(Example):
    """The values of a layer, kept for each picture of a batch."""

    input: tuple[int, int] = size("the picture", 224, 1, 2048, stops=(112, 224))
    maps: int = whole("maps of the layer", 64, 1, 4096, stops=(32, 64, 96))
    batch: int = whole("pictures at once", 32, 1, 4096, stops=(16, 32, 64, 128))

    def ask(self) -> str:
        h, w = self.input
        return (
            f"A padded 3x3 convolution makes {self.maps} maps of a {h}x{w}x3 picture. Its output "
            f"is kept in float32 for a batch of {self.batch}. How many MB (10^6 bytes) is that?"
        )

    def work(self) -> Worked:
        (h, w), n, b = self.input, self.maps, self.batch
        layer = Conv(n, 3, padding=1)
        maps, high, wide = layer.shape((3, h, w))
        values = maps * high * wide
        stored = 4 * values * b
        params = layer.params((3, h, w))
        steps = (
            Step("Values of one picture", f"{high}*{wide}*{maps}", values, "values"),
            Step("Bytes, 4 for each", f"4*{values}", 4 * values, "bytes"),
            Step("For the whole batch", f"4*{values}*{b}", stored, "bytes"),
            Step("A megabyte is 10^6 bytes", f"{stored}/10^6", stored / MB, "MB"),
            Step("The layer's parameters are kept once", f"(3*3*3 + 1)*{n}*4/10^6",
                 4 * params / MB, "MB"),
        )  # fmt: skip
        slips = [
            Slip(
                4 * params / MB,
                "You took the parameters.",
                "They are few and kept once; the output has a value at each place of each map.",
            ),
            Slip(
                4 * h * w * 3 * b / MB,
                "You took the layer's input.",
                f"It gives {n} maps, not 3.",
            ),
            Slip(
                values * b / MB,
                "You gave each value one byte.",
                "float32 has 4 bytes.",
            ),
        ]
        if b > 1:
            slips.append(
                Slip(
                    4 * values / MB,
                    "That is one picture.",
                    "Each picture of the batch has values of its own.",
                )
            )
        stages = vgg_stages()
        pictures = [
            Bars([(name, values) for name, values, _ in stages], "values",
                 "VGG-16: what the layers give for one picture ..."),
            Bars([(name, params) for name, _, params in stages], "parameters",
                 "... and what they learn"),
            Words("Memory for activations is needed in front, memory for weights at the end."),
        ]  # fmt: skip
        answer = Answer(stored / MB, "MB")
        return Worked(steps, answer, tuple(slips), Stack(pictures))


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "megabytes",
        CHAPTER,
        "How large a file of weights is",
        "How many megabytes are 61 million parameters?",
        Megabytes,
        (NOTES[3].at("Comparison, lines 1044 to 1050"),),
    ),
    Lesson(
        "mebibytes",
        CHAPTER,
        "MB and MiB",
        "Is VGG-16 a file of 515, of 528 or of 553 megabytes?",
        Mebibytes,
        (NOTES[3].at("Comparison, lines 1044 to 1050"),),
    ),
    Lesson(
        "activation-memory",
        CHAPTER,
        "What a batch weighs",
        "Why does a layer with 1,792 parameters fill 411 MB?",
        Activations,
        (
            NOTES[3].at("CNN-Example to calculate parameters, Activation Size, lines 754 to 762"),
            NOTES[1].at("VGG16, line 581"),
        ),
    ),
)

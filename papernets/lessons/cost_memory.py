"""Bytes and operations: what parameters and activations weigh, and what one operation is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ..nets import net
from ..nets.resnet import PAPER as RESNET
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

# Notes 002, All Comparisons: FLOP in billions, and the network that was meant.
PRINTED_FLOP = {
    "alexnet": ("AlexNet", 1.5),
    "vgg16": ("VGGNet", 19.6),
    "googlenet": ("Inception", 2.0),
    "resnet152": ("ResNet-152", 11.0),
}


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


@dataclass(frozen=True)
class Flops(Example):
    """One multiply-add is one operation, or two."""

    network: str = choice("the network", "alexnet", tuple(PRINTED_FLOP))

    def ask(self) -> str:
        macs = sums(self.network).macs
        return (
            f"{self.network} takes {macs:,} multiply-adds for one picture. How many operations are "
            "that when multiplication and addition count one each?"
        )

    def work(self) -> Worked:
        macs = sums(self.network).macs
        printed, billions = PRINTED_FLOP[self.network]
        steps = (
            Step("A multiply-add is a multiplication and an addition", "1 + 1", 2, "operations"),
            Step("So there are twice as many", f"2*{macs}", 2 * macs, "operations"),
            Step(f"In billions ({printed} in notes 002: {billions:g} B)", f"2*{macs}/10^9",
                 2 * macs / 1e9, "billion"),
        )  # fmt: skip
        slips = (
            Slip(
                macs,
                "You counted multiply-adds.",
                "Many papers do, and call them FLOPs; here each is two operations.",
            ),
            Slip(
                macs / 2,
                "You divided by 2.",
                "One multiply-add holds two operations, so operations are more.",
            ),
            Slip(
                2 * sums(self.network).params,
                "You doubled the parameters.",
                "That is so in dense layers alone: a kernel's weights are used at every place.",
            ),
        )
        rows = []
        for name, (_, number) in PRINTED_FLOP.items():
            found = sums(name).macs / 1e9
            rows.append((name, f"{number:g} B", f"{found:.2f} B", f"{2 * found:.2f} B"))
        sheet = Sheet(
            ("network", "notes 002", "multiply-adds", "operations"),
            rows,
            frozenset({list(PRINTED_FLOP).index(self.network)}),
        )
        answer = Answer(2 * macs, "operations")
        return Worked(steps, answer, slips, sheet, (_verdict(self.network),))


def _verdict(name: str) -> str:
    """What the number of notes 002 counts."""
    _, billions = PRINTED_FLOP[name]
    found = sums(name).macs / 1e9
    if abs(2 * found - billions) < 0.1:
        return (
            f"Notes 002 print {billions:g} B, which counts two operations for a multiply-add, in a "
            "column whose other numbers count one: compare them with care."
        )
    if name == "vgg16":
        other = sums("vgg19").macs / 1e9
        return (
            f"Notes 002 print {billions:g} B beside the 138 million parameters of VGG-16: these "
            f"are the multiply-adds of VGG-19 ({other:.2f} B); VGG-16 has {found:.2f} B."
        )
    if name == "googlenet":
        other = sums("bn_inception").macs / 1e9
        return (
            f"Notes 002 print {billions:g} B: GoogLeNet takes {found:.2f} B multiply-adds, its "
            f"successor BN-Inception {other:.2f} B."
        )
    return f"Notes 002 print {billions:g} B: about the multiply-adds, {found:.2f} B."


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
    Lesson(
        "flops",
        CHAPTER,
        "Multiply-adds or operations",
        "Does AlexNet take 0.72 or 1.5 billion operations?",
        Flops,
        (
            NOTES[2].at("All Comparisons, lines 255 to 260"),
            RESNET.at("He et al. 2016, table 1, FLOPs"),
        ),
    ),
)

"""Operations: one multiply-add is one of them, or two."""

from __future__ import annotations

from dataclasses import dataclass

from ..nets.resnet import PAPER as RESNET
from ..said import NOTES
from .answers import Answer
from .cost_memory import sums
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import choice
from .pictures import Sheet

CHAPTER = "Cost"

# Notes 002, All Comparisons: FLOP in billions, and the network that was meant.
PRINTED_FLOP = {
    "alexnet": ("AlexNet", 1.5),
    "vgg16": ("VGGNet", 19.6),
    "googlenet": ("Inception", 2.0),
    "resnet152": ("ResNet-152", 11.0),
}
OTHERS = ("lenet5", "vgg19", "inception_v3", "resnet50", "mobilenet_v1")
"""More networks to ask about, of which the table prints nothing."""


@dataclass(frozen=True)
class Flops(Example):
    """One multiply-add is one operation, or two."""

    network: str = choice("the network", "alexnet", (*PRINTED_FLOP, *OTHERS))

    def ask(self) -> str:
        macs = sums(self.network).macs
        return (
            f"{self.network} takes {macs:,} multiply-adds for one picture. How many operations are "
            "that when multiplication and addition count one each?"
        )

    def work(self) -> Worked:
        macs = sums(self.network).macs
        steps = (
            Step("A multiply-add is a multiplication and an addition", "1 + 1", 2, "operations"),
            Step("So there are twice as many", f"2*{macs}", 2 * macs, "operations"),
            Step("In billions", f"2*{macs}/10^9", 2 * macs / 1e9, "billion"),
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
        names = list(dict.fromkeys([*PRINTED_FLOP, self.network]))
        for name in names:
            found = sums(name).macs / 1e9
            printed = f"{PRINTED_FLOP[name][1]:g} B" if name in PRINTED_FLOP else ""
            digits = 2 if found >= 0.1 else 6
            rows.append((name, printed, f"{found:.{digits}f} B", f"{2 * found:.{digits}f} B"))
        sheet = Sheet(
            ("network", "notes 002", "multiply-adds", "operations"),
            rows,
            frozenset({names.index(self.network)}),
        )
        answer = Answer(2 * macs, "operations")
        remarks = (_verdict(self.network),) if self.network in PRINTED_FLOP else ()
        return Worked(steps, answer, slips, sheet, remarks)


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

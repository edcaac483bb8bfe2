"""Small kernels for large ones: stacks of 3x3, and what a ratio says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from ..nets.inception import PAPER as INCEPTION
from ..nets.vgg import PAPER as VGG
from ..said import NOTES
from ..spec import Conv
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import whole
from .pictures import Bars, Beside, Cells, Picture

CHAPTER = "Cost"
SMALL = 3


def weights(channels: int, *kernels: tuple[int, int]) -> int:
    """The weights of convolutions one after another, each from so many maps to as many."""
    shape = (channels, 64, 64)
    return sum(Conv(channels, kernel, bias=False).params(shape) for kernel in kernels)


def stacked(side: int) -> int:
    """How many 3x3 convolutions see as much as one of this side."""
    return (side - 1) // (SMALL - 1)


def numbered(kernels: Sequence[tuple[int, int]]) -> Picture:
    """Kernels side by side whose weights are counted through."""
    number = count(1)
    parts: list[Picture | str] = []
    for height, width in kernels:
        matrix = tuple(tuple(next(number) for _ in range(width)) for _ in range(height))
        parts += ["+", Cells(matrix, f"{height}x{width}")]
    return Beside(parts[1:])


def odd(side: int) -> None:
    """ValueError for a side that no stack of 3x3 has."""
    if side % 2 == 0:
        raise ValueError(
            f"a {side}x{side} kernel has no middle, and no stack of 3x3 sees as much: "
            f"give {side - 1} or {side + 1}"
        )


@dataclass(frozen=True)
class SmallKernels(Example):
    """A stack of 3x3 sees what one large kernel sees, with fewer weights."""

    kernel: int = whole("the large kernel's side", 5, 5, 31, stops=(5, 7, 9, 11, 13), unit="pixels")
    channels: int = whole("maps that come in and out", 1, 1, 4096, stops=(1, 64))

    def check(self) -> None:
        odd(self.kernel)

    def ask(self) -> str:
        k, c = self.kernel, self.channels
        maps = "one map" if c == 1 else f"{c} maps"
        return (
            f"A {k}x{k} convolution from {maps} to {maps} is replaced by the stack of 3x3 "
            "convolutions that sees as much. How many per cent of the weights are saved "
            "(biases left out)?"
        )

    def work(self) -> Worked:
        k, c, n = self.kernel, self.channels, stacked(self.kernel)
        deep = f"*{c}*{c}" if c > 1 else ""
        large, small = weights(c, (k, k)), weights(c, *[(SMALL, SMALL)] * n)
        saved = 100 * (large - small) / large
        steps = (
            Step("Each 3x3 sees 2 pixels more than the one before it, so that many are needed",
                 f"({k} - 1)/(3 - 1)", n, "layers"),
            Step(f"Weights of the {k}x{k}", f"{k}*{k}{deep}", large, "weights"),
            Step(f"Weights of {n} layers of 3x3", f"{n}*3*3{deep}", small, "weights"),
            Step("Saved, in parts of the large one", f"100*({large} - {small})/{large}", saved,
                 "%"),
        )  # fmt: skip
        slips = (
            Slip(
                100 * (large - small) / small,
                "You divided by the weights of the stack.",
                "Savings are measured by what was paid before: the large kernel.",
            ),
            Slip(
                100 * small / large,
                "That is what is left.",
                "The saving is the other part of 100 %.",
            ),
            Slip(
                100 * (1 - SMALL**2 / k**2),
                "You counted a single 3x3.",
                f"One sees only 3x3 pixels; to see {k}x{k} takes {n} of them.",
            ),
        )
        picture = Beside(
            [numbered([(k, k)]), "or", numbered([(SMALL, SMALL)] * n)]
            if k <= 7
            else [Bars([(f"one {k}x{k}", large), (f"{n} of 3x3", small)], "weights")]
        )
        others = ", ".join(f"{part:.3g} % of {one}x{one}" for one, part in savings())
        remark = f"A stack saves {others}, as notes 002 print: the more, the larger the kernel."
        return Worked(steps, Answer(saved, "%"), slips, picture, (remark,))


def savings() -> Iterator[tuple[int, float]]:
    """What stacks of 3x3 save of the weights of larger kernels, in per cent."""
    for side in (5, 7, 11):
        large, small = weights(1, (side, side)), weights(1, *[(SMALL, SMALL)] * stacked(side))
        yield side, 100 * (large - small) / large


@dataclass(frozen=True)
class PercentMore(Example):
    """The same two numbers of weights give two percentages."""

    kernel: int = whole("the large kernel's side", 7, 5, 31, stops=(5, 7, 9, 11), unit="pixels")
    channels: int = whole("maps that come in and out", 64, 1, 4096, stops=(16, 64, 256))

    def check(self) -> None:
        odd(self.kernel)

    def ask(self) -> str:
        k, c, n = self.kernel, self.channels, stacked(self.kernel)
        return (
            f"{n} layers of 3x3, each from {c} to {c} maps, see as much as one {k}x{k} layer. How "
            f"many per cent more weights has the {k}x{k} layer (biases left out)?"
        )

    def work(self) -> Worked:
        k, c, n = self.kernel, self.channels, stacked(self.kernel)
        large, small = weights(c, (k, k)), weights(c, *[(SMALL, SMALL)] * n)
        more = 100 * (large - small) / small
        steps = (
            Step(f"The stack: {n * SMALL**2} C^2 with C = {c} maps", f"{n}*3*3*{c}^2", small,
                 "weights"),
            Step(f"The large kernel: {k * k} C^2", f"{k}*{k}*{c}^2", large, "weights"),
            Step("How many times as many", f"{large}/{small}", large / small, "times"),
            Step("More, in parts of the stack", f"100*({large} - {small})/{small}", more, "%"),
        )  # fmt: skip
        slips = (
            Slip(
                100 * (large - small) / large,
                "You divided by the large layer.",
                "That is what the stack saves. How much more is measured by the smaller one.",
            ),
            Slip(
                100 * large / small,
                "You forgot to take away the stack itself.",
                "Twice as many is 100 % more, not 200 %.",
            ),
            Slip(
                100 * (k - SMALL) / SMALL,
                "You compared the sides.",
                "Weights grow with the area of a kernel, and the stack has several kernels.",
            ),
        )
        bars = [
            (f"{n} layers of 3x3: {n * SMALL**2} C^2", small),
            (f"one {k}x{k}: {k * k} C^2", large),
        ]
        picture = Bars(bars, "weights", f"C = {c}")
        return Worked(steps, Answer(more, "%"), slips, picture)


@dataclass(frozen=True)
class LargeOrSmall(Example):
    """One kernel against one smaller kernel: the ratio of their areas."""

    large: int = whole("the large kernel's side", 5, 2, 31, stops=(4, 5, 7, 9, 11), unit="pixels")
    small: int = whole("the small kernel's side", 3, 1, 30, stops=(1, 2, 3), unit="pixels")
    channels: int = whole("maps that come in", 64, 1, 4096, stops=(64,))
    filters: int = whole("maps that come out", 96, 1, 4096, stops=(96,))

    def check(self) -> None:
        if self.small >= self.large:
            raise ValueError(
                f"the small kernel, {self.small}x{self.small}, must be smaller than the large "
                f"one, {self.large}x{self.large}"
            )

    def ask(self) -> str:
        a, b = self.large, self.small
        return (
            f"A {a}x{a} and a {b}x{b} convolution both read {self.channels} maps, make "
            f"{self.filters} and keep the size. How many times as many multiply-adds does the "
            f"{a}x{a} take?"
        )

    def work(self) -> Worked:
        a, b, d, n = self.large, self.small, self.channels, self.filters
        shape = (d, 1, 1)
        big, little = (Conv(n, k, padding="same").macs(shape) for k in (a, b))
        steps = [
            Step(f"Multiply-adds of the {a}x{a} at each place", f"{a}*{a}*{d}*{n}", big,
                 "multiply-adds"),
            Step(f"Multiply-adds of the {b}x{b} at each place", f"{b}*{b}*{d}*{n}", little,
                 "multiply-adds"),
            Step("Maps and places are alike, so the areas alone remain", f"({a}*{a})/({b}*{b})",
                 big / little, "times"),
        ]  # fmt: skip
        slips = [
            Slip(
                a / b,
                "You compared the sides.",
                "A kernel grows in height and in width: compare the areas.",
            ),
            Slip(
                big / little - 1,
                "That is how much more.",
                "How many times as many counts the small kernel's share too.",
            ),
        ]
        remarks: tuple[str, ...] = ()
        if b == SMALL and a % 2 and a > SMALL:
            layers = stacked(a)
            stack = layers * little
            slips.append(
                Slip(
                    big / stack,
                    f"You compared it with the {layers} layers of 3x3 that see as much.",
                    "Here it is one against one; lesson small-kernels is about the stack.",
                )
            )
            remarks = (
                f"Rounded, the {a}x{a} takes {big / little:.3g} times as many. "
                f"A stack of {layers} layers of 3x3 sees as much and costs {layers} times a single "
                f"one: beside that stack the {a}x{a} is {big / stack:.2f} times as expensive.",
            )
        bars = Bars([(f"{a}x{a}", big), (f"{b}x{b}", little)], "multiply-adds at each place")
        cells = Beside([numbered([(a, a)]), ":", numbered([(b, b)])])
        picture = cells if a <= 7 else bars
        return Worked(tuple(steps), Answer(big / little, "times"), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "small-kernels",
        CHAPTER,
        "Small kernels one after another",
        "Two 3x3 layers see as much as a 5x5: what do they save?",
        SmallKernels,
        (
            NOTES[2].at("lines 77 to 83"),
            INCEPTION.at("Szegedy et al. 2015, section 3.1"),
        ),
    ),
    Lesson(
        "percent-more",
        CHAPTER,
        "Less by 44.9 %, more by 81 %",
        "How can the same two layers differ by 44.9 % and by 81 %?",
        PercentMore,
        (
            NOTES[0].at("Advantages of having 3 x 3 kernel size, lines 802 to 804"),
            NOTES[1].at("line 660"),
            VGG.at("Simonyan and Zisserman 2014, section 2.3"),
        ),
    ),
    Lesson(
        "large-or-small",
        CHAPTER,
        "A large kernel beside a small one",
        "Is a 5x5 kernel 1.67 times as expensive as a 3x3?",
        LargeOrSmall,
        (
            NOTES[0].at("lines 1378 to 1383"),
            NOTES[1].at("line 1198"),
            INCEPTION.at("Szegedy et al. 2015, section 3.1"),
        ),
    ),
)

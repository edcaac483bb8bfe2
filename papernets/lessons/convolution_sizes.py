"""How large a map is: kernel, stride, padding, dilation, and where a rule of thumb breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Self

from ..nets.alexnet import PAPER as ALEXNET
from ..said import NOTES
from ..spec import Conv, Window
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Cells, Flow, Picture, Stack, Words, window
from .printed import source
from .values import Matrix

CHAPTER = "Convolution"
Pair = tuple[int, int]


def fits(input: Pair, kernel: int, padding: int = 0) -> None:
    """ValueError where a kernel is larger than its padded input."""
    if kernel > min(input) + 2 * padding:
        around = f" with padding {padding}" if padding else ""
        raise ValueError(
            f"a {kernel}x{kernel} kernel does not fit on an input of {input[0]}x{input[1]}"
            f"{around}: --kernel is at most {min(input) + 2 * padding} here"
        )


def side_text(pair: Pair) -> str:
    """A size as people write it."""
    return f"{pair[0]}x{pair[1]}"


def every(pair: Pair, make: Callable[[int], int]) -> Pair:
    """The same arithmetic for height and width."""
    return make(pair[0]), make(pair[1])


@dataclass(frozen=True)
class OutputSize(Example):
    """Input, kernel, stride and padding give the size of a map."""

    input: Pair = size("height and width of the input", 32, stops=(14, 28, 32, 55, 64, 112, 224))
    kernel: int = whole("the kernel's side", 5, 1, 64, stops=(3, 5, 7, 11), unit="pixels")
    stride: int = whole("the step of the kernel", 1, 1, 64, stops=(1, 2, 3, 4), unit="pixels")
    padding: int = whole("zeros on each side", 0, 0, 64, stops=(0, 1, 2), unit="pixels")

    def check(self) -> None:
        fits(self.input, self.kernel, self.padding)

    def ask(self) -> str:
        zeros = f"and padding {self.padding}" if self.padding else "and no padding"
        return (
            f"A {self.kernel}x{self.kernel} kernel moves over {side_text(self.input)} pixels with "
            f"stride {self.stride} {zeros}. How large is the map (height x width)?"
        )

    def work(self) -> Worked:
        k, s, p = self.kernel, self.stride, self.padding
        out = Window((k, k), (s, s), p).out(self.input)
        square = self.input[0] == self.input[1]
        names = ("",) if square else (" down", " across")
        steps = []
        for name, side, found in zip(names, self.input, out, strict=False):
            room = f"{side} + 2*{p} - {k}" if p else f"{side} - {k}"
            steps += [
                Step(f"So many pixels the kernel can move{name}", room, side + 2 * p - k, "pixels"),
                Step(
                    f"So many places it takes{name}: the first, and one for each step of {s}",
                    f"floor(({room})/{s}) + 1" if s > 1 else f"{room} + 1",
                    found,
                    "places",
                ),
            ]
        steps.append(Step("A number for each place", "", out))
        slips = [
            Slip(
                every(self.input, lambda n: (n + 2 * p - k) // s),
                "You forgot the + 1.",
                "The kernel also stands where it begins, before its first step.",
            ),
            Slip(
                every(self.input, lambda n: n // s),
                "You only divided by the stride.",
                "The kernel must lie on the padded picture as a whole.",
            ),
        ]
        if p:
            slips.append(
                Slip(
                    every(self.input, lambda n: (n + p - k) // s + 1),
                    "You added the padding once.",
                    "There are zeros on both sides: add it twice.",
                )
            )
        if any((n + 2 * p - k) % s for n in self.input):
            slips.append(
                Slip(
                    every(self.input, lambda n: -(-(n + 2 * p - k) // s) + 1),
                    "You rounded up.",
                    "A step that does not fit as a whole is not made: round down.",
                )
            )
        done = f"{k}x{k} kernel, stride {s}, padding {p}"
        picture = Flow(side_text(self.input), [(done, side_text(out))])
        return Worked(tuple(steps), Answer(out), tuple(slips), picture)


@dataclass(frozen=True)
class First(Example):
    """AlexNet's first layer: 224 as printed does not give 55."""

    input: int = whole(
        "the side of the picture", 224, 64, 4096, stops=(192, 224, 256), unit="pixels"
    )
    kernel: int = whole("the kernel's side", 11, 2, 63, stops=(5, 7, 9, 11), unit="pixels")
    stride: int = whole("its step", 4, 2, 16, stops=(3, 4), unit="pixels")

    def ask(self) -> str:
        n, k, s = self.input, self.kernel, self.stride
        return (
            f"The first layer sees {n}x{n} pixels with a {k}x{k} kernel, stride {s} and no "
            "padding. How large is its map, on a side?"
        )

    def work(self) -> Worked:
        n, k, s = self.input, self.kernel, self.stride
        found, rest = Conv(96, k, s).shape((3, n, n))[1], (n - k) % s
        steps = [
            Step("Steps that would fit", f"({n} - {k})/{s}", (n - k) / s, "steps"),
            Step("Only whole ones are made, and one place to begin", f"floor(({n} - {k})/{s}) + 1",
                 found, "places"),
            Step("Pixels at the edge that no window sees", f"({n} - {k}) % {s}", rest, "pixels"),
        ]  # fmt: skip
        slips = [
            Slip(n // s, "You divided the side by the stride.", "The kernel itself needs room."),
            Slip(found - 1, "You forgot the + 1.", "The kernel also stands where it begins."),
        ]
        if rest:
            slips.append(
                Slip(
                    found + 1,
                    "You rounded up.",
                    "There is no room for another whole step: round down.",
                )
            )
        remarks = []
        if (n, k, s) == (224, 11, 4):
            padded, larger = (Conv(96, k, s, p).shape((3, m, m))[1] for m, p in ((n, 2), (227, 0)))
            remarks.append(
                f"The paper's figure 2 has 55. It takes 227 pixels ({larger}x{larger}), or 224 and "
                f"2 zeros on each side ({padded}x{padded}). Notes 001 say 227 in one place and "
                "224 in their code."
            )
        picture = Flow(f"{n}x{n}", [(f"{k}x{k} kernel, stride {s}", f"{found}x{found}")])
        answer = Answer(found, "pixels")
        return Worked(tuple(steps), answer, tuple(slips), picture, tuple(remarks))

    @classmethod
    def draw(cls, random: Random) -> Self:
        return cls(random.randint(100, 300), random.choice((5, 7, 9, 11)), random.choice((3, 4)))


@dataclass(frozen=True)
class SamePadding(Example):
    """The padding with which a map keeps its size."""

    kernel: int = whole("the kernel's side, an odd number", 5, 1, 63, stops=(3, 5, 7, 9, 11, 13))
    input: Pair = size("height and width of the input", 28, 1, 4096, stops=(14, 28, 56, 112))

    def check(self) -> None:
        if self.kernel % 2 == 0:
            raise ValueError(
                f"--kernel {self.kernel}: only an odd kernel has a middle pixel; an even one needs "
                "more zeros on one side (papernets lesson half-padding)"
            )

    def ask(self) -> str:
        k = self.kernel
        return (
            f"A {k}x{k} kernel with stride 1 shall keep {side_text(self.input)} pixels at that "
            "size. How many zeros does each side need?"
        )

    def work(self) -> Worked:
        k, (h, w) = self.kernel, self.input
        found = Window((k, k), (1, 1), "same").pads(self.input)[0][0]
        bare = h - k + 1
        steps = (
            Step("Without padding the map loses kernel - 1 rows", f"{k} - 1", k - 1, "rows"),
            Step("Half of them above, half of them below", f"({k} - 1)/2", found, "zeros"),
            Step("It fits: the height is again", f"{h} + 2*{found} - {k} + 1",
                 Window((k, k), (1, 1), found).out(self.input)[0], "pixels"),
        )  # fmt: skip
        slips = (
            Slip(
                k - 1,
                "You put all missing rows on each side.",
                "They are shared: half of them above, half of them below.",
            ),
            Slip(
                (k + 1) // 2,
                "You counted the kernel's middle pixel too.",
                "Only what reaches over the edge needs zeros.",
            ),
            Slip(
                k,
                "You took the kernel's side.",
                "On the first pixel, half of the kernel reaches over the edge.",
            ),
        )
        none = f"no padding: {max(bare, 0)} rows"
        picture = Flow(
            f"{h}x{w}", [(f"{k}x{k} kernel, {found} zeros on each side ({none})", f"{h}x{w}")]
        )
        return Worked(steps, Answer(found, "zeros"), slips, picture)


@dataclass(frozen=True)
class HalfPadding(Example):
    """Why there is no padding of 0.5: one zero in all lies on one side."""

    input: int = whole(
        "the side of the input", 112, 4, 4096, stops=(14, 28, 56, 112), unit="pixels"
    )
    kernel: int = whole("the kernel's side", 3, 1, 15, stops=(3, 5, 7), unit="pixels")
    stride: int = whole("its step", 2, 1, 8, stops=(2, 4), unit="pixels")

    @property
    def out(self) -> int:
        """The side that is wanted: the input's over the stride."""
        return -(-self.input // self.stride)

    def check(self) -> None:
        fits((self.input, self.input), self.kernel)
        if self.kernel < self.stride:
            raise ValueError(
                f"--kernel {self.kernel} is smaller than the step {self.stride}: no zeros are "
                "needed then"
            )

    def ask(self) -> str:
        n, k, s = self.input, self.kernel, self.stride
        return (
            f"A {k}x{k} window with stride {s} shall make {self.out} of {n} pixels. How many zeros "
            "does it need in all, both sides of a row together?"
        )

    def work(self) -> Worked:
        n, k, s, out = self.input, self.kernel, self.stride, self.out
        (top, bottom), _ = Window((k, k), (s, s), "same").pads((n, n))
        need = (out - 1) * s + k
        steps = [
            Step(f"Pixels that {out} windows cover", f"({out} - 1)*{s} + {k}", need, "pixels"),
            Step("Those that the input lacks", f"({out} - 1)*{s} + {k} - {n}", top + bottom,
                 "zeros"),
            Step("Half of them would be the padding of each side", f"{top + bottom}/2",
                 (top + bottom) / 2, "pixels"),
            Step("A pixel cannot be halved: so many stand before", f"floor({top + bottom}/2)", top,
                 "zeros"),
            Step("and so many behind", f"ceil({top + bottom}/2)", bottom, "zeros"),
        ]  # fmt: skip
        zeros = top + bottom
        none = Window((k, k), (s, s), 0).out((n, n))[0]
        half = "There are only whole zeros; the two sides may differ."
        slips = [Slip(zeros / 2, "You gave the padding of one side as a number.", half)]
        if zeros % 2:
            why = "The size is right then, but no window reaches the last zero."
            slips.append(Slip(zeros + 1, "You gave each side the same whole number.", why))
        if zeros:
            why = f"Without any, {none} windows fit."
            slips.append(Slip(0, "You gave no zeros.", why))
        else:
            slips.append(Slip(1, "You gave one zero.", "The windows fit without any."))
        row: Matrix = ((0,) * top + (1,) * min(n, 9) + (0,) * bottom,)
        faint = frozenset(
            (0, at) for at in (*range(top), *range(len(row[0]) - bottom, len(row[0])))
        )
        last = window(0, len(row[0]) - k, 1, k) if len(row[0]) >= k else frozenset()
        texts = [["0" if (0, at) in faint else "x" for at in range(len(row[0]))]]
        picture = Stack(
            [
                Cells(row, "the end of a row: x a pixel, 0 a zero, the last window marked", last,
                      faint, texts),
                Words(f"{top} before, {bottom} behind: {n} pixels become {out}."),
            ]
        )  # fmt: skip
        found = [window_of.out((n, n))[0] for window_of in self.others]
        remarks = (
            f"Notes 002 print a padding of 0.5 in such rows. Networks do without: one zero on each "
            f"side gives {found[0]} too, and so does no zero where the last window may hang over "
            f"the edge ({found[1]}).",
        )
        known = remarks if found == [out, out] else ()
        return Worked(tuple(steps), Answer(zeros, "zeros"), tuple(slips), picture, known)

    @property
    def others(self) -> tuple[Window, Window]:
        """How networks do it: zeros on both sides, or a last window over the edge."""
        kernel, stride = (self.kernel,) * 2, (self.stride,) * 2
        return Window(kernel, stride, self.kernel // 2), Window(kernel, stride, 0, ceil=True)

    @classmethod
    def draw(cls, random: Random) -> Self:
        one = super().draw(random)
        one.check()
        if ((one.out - 1) * one.stride + one.kernel - one.input) % 2 == 0:
            raise ValueError("as many zeros on both sides")
        return one


@dataclass(frozen=True)
class DilatedSide(Example):
    """The side that a dilated kernel spans."""

    kernel: int = whole("the kernel's side", 3, 2, 15, stops=(3, 5, 7), unit="pixels")
    dilation: int = whole("pixels from weight to weight", 2, 1, 32, stops=(2, 3, 4), unit="pixels")

    def ask(self) -> str:
        k, d = self.kernel, self.dilation
        return f"A {k}x{k} kernel has a dilation of {d}. How many pixels does it span on a side?"

    def work(self) -> Worked:
        k, d = self.kernel, self.dilation
        found = (k - 1) * d + 1
        steps = (
            Step("Gaps between the weights of a row", f"{k} - 1", k - 1, "gaps"),
            Step(f"Each gap is a step of {d} pixels", f"({k} - 1)*{d}", (k - 1) * d, "pixels"),
            Step("And the pixel under the first weight", f"({k} - 1)*{d} + 1", found, "pixels"),
            Step("Its weights are as many as before", f"{k}*{k}", k * k, "weights"),
        )
        slips = (
            Slip(
                k * d,
                "You multiplied side and dilation.",
                "There is no gap behind the last weight.",
            ),
            Slip(
                (k - 1) * d,
                "You counted the gaps.",
                "The pixel under the first weight counts too.",
            ),
            Slip(
                k,
                "You left the dilation out.",
                "It keeps the weights, but moves them apart.",
            ),
        )
        marks = frozenset((y, x) for y in range(0, found, d) for x in range(0, found, d))
        texts = [["w" if (y, x) in marks else "" for x in range(found)] for y in range(found)]
        blank: Matrix = ((0,) * found,) * found
        picture: Picture = Cells(blank, "w: a weight", marks, frozenset(), texts)
        if found > 16:
            picture = Flow(f"{k}x{k} weights", [(f"dilation {d}", f"spans {found}x{found} pixels")])
        return Worked(steps, Answer(found, "pixels"), slips, picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "output-size",
        CHAPTER,
        "How large is the map?",
        "Why does a 5x5 kernel make 28x28 of 32x32?",
        OutputSize,
        (NOTES[3].at("How does it work?, line 129"), NOTES[1].at("line 364")),
    ),
    Lesson(
        "alexnet-first-layer",
        CHAPTER,
        "224 or 227?",
        "AlexNet's paper says 224 pixels and 55 positions: do they go together?",
        First,
        (ALEXNET.at("Krizhevsky et al. 2012, figure 2"), NOTES[1].at("lines 362 and 477")),
    ),
    Lesson(
        "same-padding",
        CHAPTER,
        "Padding that keeps the size",
        "How many zeros keep a map as large as its input?",
        SamePadding,
        (NOTES[3].at("How does it work?, lines 131 to 135"),),
    ),
    Lesson(
        "half-padding",
        CHAPTER,
        "Why 0.5 is not a padding",
        "A table prints a padding of 0.5: what can half a zero mean?",
        HalfPadding,
        (NOTES[2].at("VGG and GoogLeNet tables, lines 106 and 164"),),
    ),
    Lesson(
        "dilated-side",
        CHAPTER,
        "What a dilated kernel spans",
        "How far do the outer weights of a dilated kernel stand apart?",
        DilatedSide,
        (source("3x3 filter"), "Yu, Koltun 2016, arXiv 1511.07122"),
    ),
)

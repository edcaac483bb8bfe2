"""Padding that keeps a size, half a zero, and what a dilated kernel spans."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Self

from ..said import NOTES
from ..spec import Window
from .answers import Answer
from .convolution_sizes import Pair, first, fits, side_text
from .convolution_windows import CHAPTER
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Cells, Flow, Picture, Stack, Words, window
from .printed import source
from .values import Matrix


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
            f"{first(k)} kernel with stride 1 shall keep {side_text(self.input)} pixels at that "
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
            f"{first(k)} window with stride {s} shall make {self.out} of {n} pixels. How many "
            "zeros does it need in all, both sides of a row together?"
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
        last = window(0, len(row[0]) - k, 1, k) if len(row[0]) >= k else frozenset()
        texts = [["x" if cell else "0" for cell in row[0]]]
        caption = "one row, its middle left out: x a pixel, 0 a zero, the last window marked"
        where = f"{top} before, {bottom} behind: {n} pixels become {out}."
        picture = Stack([Cells(row, caption, last, texts=texts), Words(where)])
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
        return f"{first(k)} kernel has a dilation of {d}. How many pixels does it span on a side?"

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

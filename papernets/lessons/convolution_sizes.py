"""How large a map is: kernel, stride and padding, and AlexNet's first layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Self

from ..nets.alexnet import PAPER as ALEXNET
from ..said import NOTES
from ..spec import Conv, Window
from .answers import Answer
from .convolution_windows import CHAPTER
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Flow

Pair = tuple[int, int]


def fits(input: Pair, kernel: int, padding: int = 0) -> None:
    """ValueError where a kernel is larger than its padded input."""
    if kernel > min(input) + 2 * padding:
        around = f" with padding {padding}" if padding else ""
        raise ValueError(
            f"{a(kernel)} kernel does not fit on an input of {input[0]}x{input[1]}"
            f"{around}: --kernel is at most {min(input) + 2 * padding} here"
        )


def side_text(pair: Pair) -> str:
    """A size as people write it."""
    return f"{pair[0]}x{pair[1]}"


def a(side: int) -> str:
    """A kernel with its article: an 11x11, a 3x3."""
    article = "an" if str(side)[0] == "8" or side in (11, 18) else "a"
    return f"{article} {side}x{side}"


def first(side: int) -> str:
    """The same at the beginning of a sentence."""
    return a(side).capitalize()


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
            f"{first(self.kernel)} kernel moves over {side_text(self.input)} pixels with "
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
            f"The first layer sees {n}x{n} pixels with {a(k)} kernel, stride {s} and no "
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
)

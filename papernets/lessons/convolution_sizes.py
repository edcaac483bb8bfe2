"""How large a map is: kernel, stride, padding; what neurons and shared weights cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..said import NOTES
from ..spec import Window
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Flow

CHAPTER = "Convolution"


def fits(input: tuple[int, int], kernel: int, padding: int = 0) -> None:
    """ValueError where a kernel is larger than its padded input."""
    if kernel > min(input) + 2 * padding:
        raise ValueError(
            f"a {kernel}x{kernel} kernel does not fit on an input of {input[0]}x{input[1]} with "
            f"padding {padding}: the kernel is at most {min(input) + 2 * padding}"
        )


@dataclass(frozen=True)
class OutputSize(Example):
    """Input, kernel, stride and padding give the size of a map."""

    input: tuple[int, int] = size("the input", 32, stops=(28, 32, 55, 64, 112, 224, 227))
    kernel: int = whole("the kernel's side", 5, 1, 64, stops=(3, 5, 7, 11), unit="pixels")
    stride: int = whole("the step of the kernel", 1, 1, 64, stops=(1, 2, 3, 4), unit="pixels")
    padding: int = whole("zeros on each side", 0, 0, 64, stops=(0, 1, 2, 3), unit="pixels")

    def check(self) -> None:
        fits(self.input, self.kernel, self.padding)

    def ask(self) -> str:
        h, w = self.input
        return (
            f"A {self.kernel}x{self.kernel} kernel moves over an input of {h}x{w} with stride "
            f"{self.stride} and padding {self.padding}. How large is the map, as height x width?"
        )

    def work(self) -> Worked:
        window = Window((self.kernel,) * 2, (self.stride,) * 2, self.padding)
        out = window.out(self.input)
        k, s, p = self.kernel, self.stride, self.padding
        steps = [
            Step(
                f"How far the kernel can move, {name}: side + 2*padding - kernel",
                f"{side} + 2*{p} - {k}",
                side + 2 * p - k,
                "pixels",
            )
            for name, side in zip(("down", "across"), self.input, strict=True)
        ]
        steps += [
            Step(
                f"Steps of {s} that fit into it, and one for the place where it begins, {name}",
                f"floor(({side} + 2*{p} - {k})/{s}) + 1",
                found,
                "places",
            )
            for name, side, found in zip(("down", "across"), self.input, out, strict=True)
        ]
        if self.input[0] == self.input[1]:
            steps = steps[::2]
        steps.append(Step("So the map is", "", out))

        def every(make: Callable[[int], int]) -> tuple[int, ...]:
            return tuple(make(side) for side in self.input)

        slips = [
            Slip(
                every(lambda n: (n + 2 * p - k) // s),
                "You forgot the + 1.",
                "The kernel also stands where it begins, before its first step.",
            ),
            Slip(
                every(lambda n: n // s),
                "You only divided by the stride.",
                "The kernel must lie on the padded picture as a whole.",
            ),
        ]
        if p:
            slips.append(
                Slip(
                    every(lambda n: (n + p - k) // s + 1),
                    "You added the padding once.",
                    "There are zeros on both sides: add it twice.",
                )
            )
        if any((n + 2 * p - k) % s for n in self.input):
            slips.append(
                Slip(
                    every(lambda n: -(-(n + 2 * p - k) // s) + 1),
                    "You rounded up.",
                    "A step that does not fit as a whole is not made: round down.",
                )
            )
        done = f"{k}x{k} kernel, stride {s}, padding {p}"
        picture = Flow("x".join(map(str, self.input)), [(done, "x".join(map(str, out)))])
        return Worked(tuple(steps), Answer(out), tuple(slips), picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "output-size",
        CHAPTER,
        "How large is the map?",
        "Why does a 5x5 kernel make 28x28 of 32x32?",
        OutputSize,
        (NOTES[3].at("How does it work?, line 129"), NOTES[1].at("lines 362 to 372")),
    ),
)

"""How far a value sees: layer by layer, and with strides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Self

from ..nets.papers import ARAUJO
from ..nets.vgg import PAPER as VGG
from ..said import NOTES
from ..spec import Conv, Part, Row, chain, rows_of
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import several
from .pictures import Pyramid, Stack, Words

CHAPTER = "Cost"


def layers(kernels: Sequence[int], strides: Sequence[int]) -> tuple[Row, ...]:
    """Convolutions one after another on as many pixels as the last one sees, as rows."""
    jumps = accumulate(strides, lambda a, b: a * b, initial=1)
    side = 1 + sum((kernel - 1) * jump for kernel, jump in zip(kernels, jumps, strict=False))
    parts: dict[str, Part] = {
        f"layer{at}": Conv(1, kernel, stride)
        for at, (kernel, stride) in enumerate(zip(kernels, strides, strict=True), 1)
    }
    return rows_of(chain(parts), (1, side, side))


def seen(row: Row) -> int:
    """The pixels that one value sees, down."""
    assert row.receptive_field is not None
    return row.receptive_field[0]


def sides(numbers: Sequence[float], name: str) -> tuple[int, ...]:
    """Whole numbers; ValueError for others."""
    if any(number != int(number) for number in numbers):
        raise ValueError(f"--{name}: whole numbers of pixels")
    return tuple(map(int, numbers))


def kernels_of(random: Random) -> list[int]:
    """The kernels of an exercise."""
    return [random.choice((3, 3, 5, 7)) for _ in range(random.choice((2, 3, 4)))]


@dataclass(frozen=True)
class ReceptiveField(Example):
    """Layers of stride 1: each adds its kernel less one."""

    kernels: tuple[int, ...] = several("the kernels' sides, layer by layer", (3, 3, 3), 2, 8, 1, 15,
                                       drawn=kernels_of)  # fmt: skip

    def check(self) -> None:
        sides(self.kernels, "kernels")

    def ask(self) -> str:
        told = ", ".join(f"{int(k)}x{int(k)}" for k in self.kernels)
        return (
            f"Convolutions of {told} stand one after another, stride 1. How many pixels of the "
            "picture does one value of the last layer see, along one side?"
        )

    def work(self) -> Worked:
        kernels = sides(self.kernels, "kernels")
        rows = layers(kernels, [1] * len(kernels))
        steps = []
        before = 1
        for at, (kernel, row) in enumerate(zip(kernels, rows, strict=True), 1):
            text = "Layer 1 sees its window" if at == 1 else f"Layer {at} adds its kernel less one"
            steps.append(Step(text, f"{before} + ({kernel} - 1)", seen(row), "pixels"))
            before = seen(row)
        slips = [
            Slip(
                sum(kernels),
                "You added the kernels.",
                "Neighbouring windows overlap: each further layer adds only its kernel less one.",
            ),
            Slip(
                max(kernels),
                "You took the largest kernel.",
                "Its values were made of windows before, and these reach further.",
            ),
        ]
        product = 1
        for kernel in kernels:
            product *= kernel
        if product != sum(kernels):
            slips.append(
                Slip(
                    product,
                    "You multiplied the kernels.",
                    "That is so where windows lie side by side; at stride 1 they overlap.",
                )
            )
        rows_ = Pyramid(kernels, [1] * len(kernels))
        words = f"So they see as much as one {before}x{before} kernel."
        picture = Stack([rows_, Words(words)])
        return Worked(tuple(steps), Answer(before, "pixels"), tuple(slips), picture)


@dataclass(frozen=True)
class FieldOfStrides(Example):
    """A stride multiplies what every later layer adds."""

    kernels: tuple[int, ...] = several("the windows' sides, layer by layer", (11, 3, 5), 2, 8, 1,
                                       15)  # fmt: skip
    strides: tuple[int, ...] = several("their strides", (4, 2, 1), 2, 8, 1, 8)

    def check(self) -> None:
        if len(self.kernels) != len(self.strides):
            raise ValueError(
                f"{len(self.kernels)} kernels and {len(self.strides)} strides: give as many of each"
            )
        sides(self.kernels, "kernels"), sides(self.strides, "strides")

    @classmethod
    def draw(cls, random: Random) -> Self:
        count = random.choice((3, 4))
        kernels = [random.choice((2, 3, 3, 5)) for _ in range(count)]
        return cls(tuple(kernels), tuple(random.choice((1, 2, 2)) for _ in range(count)))

    def ask(self) -> str:
        pairs = zip(self.kernels, self.strides, strict=True)
        told = ", ".join(f"{int(k)}x{int(k)}/{int(s)}" for k, s in pairs)
        return (
            f"Windows of {told} (side and stride) stand one after another. How many pixels of the "
            "picture does one value of the last layer see, along one side?"
        )

    def work(self) -> Worked:
        kernels, strides = sides(self.kernels, "kernels"), sides(self.strides, "strides")
        rows = layers(kernels, strides)
        jumps = list(accumulate(strides, lambda a, b: a * b, initial=1))
        steps, before = [], 1
        for at, (kernel, jump, row) in enumerate(zip(kernels, jumps, rows, strict=False), 1):
            apart = "1 pixel" if jump == 1 else f"{jump} pixels"
            steps.append(
                Step(f"Layer {at}: the values in its window lie {apart} apart",
                     f"{before} + ({kernel} - 1)*{jump}", seen(row), "pixels")
            )  # fmt: skip
            before = seen(row)
        own = list(strides)
        slips = [
            Slip(
                1 + sum(k - 1 for k in kernels),
                "You left out the strides.",
                "Behind a stride of 2 neighbours lie 2 pixels apart, and so on.",
            ),
            Slip(
                1 + sum((k - 1) * s for k, s in zip(kernels, own, strict=True)),
                "You multiplied each kernel by its own stride.",
                "A stride spreads the values that come out: it counts from the next layer on.",
            ),
            Slip(
                sum(k * j for k, j in zip(kernels, jumps, strict=False)),
                "You forgot to take one from each kernel.",
                "A window of 3 has two steps between its values.",
            ),
        ]
        picture = Pyramid(kernels, strides)
        return Worked(tuple(steps), Answer(before, "pixels"), tuple(slips), picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "field-of-layers",
        CHAPTER,
        "How far a value sees",
        "Why do three 3x3 layers see 7x7 pixels, and not 9x9?",
        ReceptiveField,
        (
            NOTES[0].at("lines 740 to 792"),
            NOTES[1].at("line 660"),
            VGG.at("Simonyan and Zisserman 2014, section 2.3"),
        ),
    ),
    Lesson(
        "field-of-strides",
        CHAPTER,
        "Strides make fields grow",
        "How do three layers of AlexNet see 51 pixels?",
        FieldOfStrides,
        (ARAUJO.at("Araujo et al. 2019, section 2"), NOTES[2].at("AlexNet, lines 36 to 38")),
    ),
)

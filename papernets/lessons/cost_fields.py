"""How far a value sees: layer by layer, with strides, over branches and past shortcuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import comb
from random import Random
from typing import Self

from ..nets.papers import ARAUJO
from ..nets.resnet import PAPER as RESNET
from ..nets.vgg import PAPER as VGG
from ..said import NOTES
from ..spec import Concat, Conv, Identity, Part, Pool, Row, add, chain, concat, rows_of
from ..words import plural
from .answers import Answer
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import several, whole
from .pictures import Bars, Branches, Pyramid, Stack, Words

CHAPTER = "Cost"
LARGE = 4096


def layers(kernels: Sequence[int], strides: Sequence[int]) -> tuple[Row, ...]:
    """Convolutions one after another, as rows."""
    parts: dict[str, Part] = {
        f"layer{at}": Conv(1, kernel, stride)
        for at, (kernel, stride) in enumerate(zip(kernels, strides, strict=True), 1)
    }
    return rows_of(chain(parts), (1, LARGE, LARGE))


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


def module(windows: Sequence[int]) -> Concat:
    """Branches with one padded window each and a 3x3 pooling, as in an inception module."""
    branches: dict[str, Part] = {f"b{k}x{k}": Conv(1, k, padding=k // 2) for k in windows}
    return concat({**branches, "pool": Pool("max", 3, 1, padding=1)})


@dataclass(frozen=True)
class FieldOfBranches(Example):
    """Inception modules one after another: the widest path and the narrowest."""

    modules: int = whole("inception modules one after another", 2, 1, 12, stops=(2, 3, 4, 9))
    largest: int = whole("the largest window of a module", 5, 3, 15, stops=(5, 7))

    def check(self) -> None:
        if self.largest % 2 == 0:
            raise ValueError("--largest: an odd side, so that the branches fit on one another")

    @property
    def windows(self) -> tuple[int, ...]:
        """The windows of the branches."""
        return tuple(sorted({1, 3, self.largest}))

    def ask(self) -> str:
        told = ", ".join(f"{k}x{k}" for k in self.windows)
        many = "module joins" if self.modules == 1 else "modules one after another join"
        return (
            f"{self.modules} {many} branches of {told} and a 3x3 pooling, all of stride 1. How "
            "many pixels does a value of the last module see along one side, at most?"
        )

    def work(self) -> Worked:
        n, k = self.modules, self.largest
        parts: dict[str, Part] = {f"m{at}": module(self.windows) for at in range(1, n + 1)}
        joins = [row for row in rows_of(chain(parts), (1, LARGE, LARGE)) if row.kind == "concat"]
        steps, before = [], 1
        for at, row in enumerate(joins, 1):
            steps.append(
                Step(f"Module {at}: its widest window is {k}x{k}", f"{before} + ({k} - 1)",
                     seen(row), "pixels")
            )  # fmt: skip
            before = seen(row)
        steps.append(Step("The narrowest path goes through the 1x1 alone", f"1 + {n}*(1 - 1)",
                          1, "pixels"))  # fmt: skip
        every = (*self.windows, 3)
        slips = [
            Slip(
                1 + n * sum(w - 1 for w in every),
                "You added up what all branches see.",
                "Branches stand side by side on the same pixels: the widest holds the others.",
            ),
            Slip(
                n * k,
                "You added the windows.",
                "Windows of neighbours overlap: each module adds its widest window less one.",
            )
            if n > 1
            else Slip(3, "You took the middle.", "At most: the widest branch counts."),
            Slip(
                1,
                "That is the narrowest path.",
                "Through the 1x1 branches a value sees one pixel; at most it sees more.",
            ),
        ]
        drawn = [[f"{w}x{w}\nsees {w}"] for w in self.windows]
        branches = Branches("one place", [*drawn, ["3x3 pool\nsees 3"]], f"joined: 1 to {k} pixels")
        bars = Bars([(f"after module {at}", seen(row)) for at, row in enumerate(joins, 1)],
                    "pixels", "The widest path")  # fmt: skip
        picture = Stack([branches, bars])
        return Worked(tuple(steps), Answer(before, "pixels"), tuple(slips), picture)


@dataclass(frozen=True)
class Shortest(Example):
    """Past the shortcuts of residual blocks a value sees as little as its stem."""

    stem: int = whole("the window of the first layer", 3, 2, 15, stops=(3, 5, 7))
    blocks: int = whole("residual blocks behind it", 3, 1, 30, stops=(3, 5, 9))
    convolutions: int = whole("3x3 convolutions in each block", 2, 1, 4, stops=(2, 3))

    def ask(self) -> str:
        k, n = self.stem, self.blocks
        many = "block" if n == 1 else "blocks"
        convs = "a 3x3 convolution" if self.convolutions == 1 else f"{self.convolutions} of 3x3"
        return (
            f"A {k}x{k} convolution, then {n} residual {many} of {convs} with identity shortcuts, "
            "all of stride 1. How many pixels does the last value see along one side by its "
            "shortest path?"
        )

    def rows(self, past: bool) -> tuple[Row, ...]:
        """The network's rows; `past` goes past each block by its shortcut."""
        convs: dict[str, Part] = {
            f"conv{at}": Conv(1, 3, padding=1) for at in range(1, self.convolutions + 1)
        }
        block = chain({"": Identity()}) if past else add(
            {"residual": chain(convs), "shortcut": chain({})}
        )  # fmt: skip
        parts: dict[str, Part] = {"stem": Conv(1, self.stem)}
        parts |= {f"block{at}": block for at in range(1, self.blocks + 1)}
        return rows_of(chain(parts), (1, LARGE, LARGE))

    def work(self) -> Worked:
        k, n, m = self.stem, self.blocks, self.convolutions
        short, long = seen(self.rows(True)[-1]), seen(self.rows(False)[-1])
        steps = (
            Step("The first layer sees its window", f"1 + ({k} - 1)", seen(self.rows(True)[0]),
                 "pixels"),
            Step("Along the shortcuts a block adds nothing", f"{k} + {n}*0", short, "pixels"),
            Step("The longest path goes through every convolution", f"{k} + {n}*{m}*(3 - 1)", long,
                 "pixels"),
            Step("Paths in all: two ways past each block", f"2^{n}", 2**n, "paths"),
        )  # fmt: skip
        slips = [
            Slip(
                long,
                "That is the longest path.",
                "The shortest one takes the shortcut of each block.",
            ),
            Slip(
                1,
                "You forgot the first layer.",
                "It has no shortcut: every path goes through its window.",
            ),
        ]
        if n > 1:
            slips.append(
                Slip(
                    k + 2 * m,
                    "You went through one block.",
                    "Each block has a shortcut, the last one too.",
                )
            )
        block = Branches("x", [["3x3\nadds 2"] * m, []], "x + F(x)", "A block", "adds 0")
        some = range(n + 1) if n <= 9 else (0, 1, 2, n - 2, n - 1, n)
        by = [(f"{at} of {n}: {plural(comb(n, at), 'path')}", k + at * 2 * m) for at in some]
        bars = Bars(by, "pixels", "What a path sees that goes through so many blocks")
        return Worked(steps, Answer(short, "pixels"), tuple(slips), Stack([block, bars]))


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
    Lesson(
        "field-of-branches",
        CHAPTER,
        "A field of several branches",
        "How far does an inception module see?",
        FieldOfBranches,
        (NOTES[0].at("lines 1212 to 1234"), ARAUJO.at("Araujo et al. 2019, section 3")),
    ),
    Lesson(
        "field-of-shortcuts",
        CHAPTER,
        "Past the shortcut",
        "What is the least that a deep residual network sees?",
        Shortest,
        (RESNET.at("He et al. 2016, figure 2"), NOTES[4].at("lines 248 to 251")),
    ),
)

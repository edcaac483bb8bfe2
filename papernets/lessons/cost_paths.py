"""How far a value sees over branches and past shortcuts: the widest path and the narrowest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from ..nets.papers import ARAUJO
from ..nets.resnet import PAPER as RESNET
from ..said import NOTES
from ..spec import Concat, Conv, Identity, Part, Pool, Row, add, chain, concat, rows_of
from ..words import plural
from .answers import Answer
from .cost_fields import seen
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import whole
from .pictures import Bars, Branches, Stack

CHAPTER = "Cost"
LARGE = 4096


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

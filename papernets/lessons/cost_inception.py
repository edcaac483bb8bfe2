"""The inception module: naive, and with 1x1 convolutions that thin its maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..nets.googlenet import PAPER as GOOGLENET
from ..said import NOTES
from ..spec import Concat, Conv, Layer, Part, Pool, Row, Shape, chain, concat, rows_of
from .answers import Answer
from .cost_ones import mult
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import size, whole
from .pictures import Bars, Branches, Stack

CHAPTER = "Cost"


@dataclass(frozen=True)
class Widths:
    """The maps of an inception module's convolutions; without reductions it is the naive one."""

    ones: int
    threes: int
    fives: int
    reduced: tuple[int, int, int] | None = None

    def module(self) -> Concat:
        """The module, as figure 2 of the paper has it."""
        pool = Pool("max", 3, 1, padding=1)
        three, five = Conv(self.threes, 3, padding=1), Conv(self.fives, 5, padding=2)
        if self.reduced is None:
            branches: dict[str, Part] = {"b3x3": three, "b5x5": five, "pool": pool}
        else:
            before3, before5, behind = (Conv(maps, 1) for maps in self.reduced)
            branches = {
                "b3x3": chain({"reduce": before3, "conv": three}),
                "b5x5": chain({"reduce": before5, "conv": five}),
                "pool": chain({"pool": pool, "project": behind}),
            }
        return concat({"b1x1": Conv(self.ones, 1), **branches})

    def rows(self, shape: Shape) -> tuple[Row, ...]:
        """Its layers and the join at its end."""
        return rows_of(self.module(), shape)


def drawn(rows: Sequence[Row], title: str) -> Branches:
    """The picture of a module: each layer with its maps and what it costs."""
    branches: dict[str, list[str]] = {}
    for row in rows:
        if not isinstance(row.layer, Layer):
            continue
        kind = "max pool" if row.kind.endswith("pool") else "conv"
        cost = f"{row.macs / 1e6:.1f} M" if row.macs else f"{row.out[0]} maps"
        told = f"{row.kernel[0]}x{row.kernel[1]}" if row.kernel else ""
        label = f"{told} {kind if kind != 'conv' else f'to {row.out[0]}'}\n{cost}"
        branches.setdefault(row.name.partition(".")[0], []).append(label)
    end = rows[-1].out
    start = rows[0].input
    texts = ["x".join(map(str, (s[1], s[2], s[0]))) for s in (start, end)]
    return Branches(texts[0], list(branches.values()), f"{texts[1]}, joined", title)


def macs(rows: Sequence[Row]) -> int:
    """The multiply-adds of all of them."""
    return sum(row.macs for row in rows)


@dataclass(frozen=True)
class Inception(Example):
    """A module with its 1x1 reductions beside the naive one."""

    input: tuple[int, int] = size("the input", 28, 3, 512, stops=(14, 28))
    channels: int = whole("maps that come in", 192, 1, 4096, stops=(192, 256))
    ones: int = whole("maps of the 1x1 branch", 64, 1, 2048, stops=(64, 128))
    reduce3: int = whole("maps of the 1x1 before the 3x3", 96, 1, 2048, stops=(96,))
    threes: int = whole("maps of the 3x3", 128, 1, 2048, stops=(128, 192))
    reduce5: int = whole("maps of the 1x1 before the 5x5", 16, 1, 2048, stops=(16, 32))
    fives: int = whole("maps of the 5x5", 32, 1, 2048, stops=(32, 96))
    project: int = whole("maps of the 1x1 after the pooling", 32, 1, 2048, stops=(32,))

    def ask(self) -> str:
        h, w = self.input
        return (
            f"An inception module on {h}x{w}x{self.channels}: 1x1 to {self.ones}; 1x1 to "
            f"{self.reduce3}, then 3x3 to {self.threes}; 1x1 to {self.reduce5}, then 5x5 to "
            f"{self.fives}; 3x3 pooling, then 1x1 to {self.project}. How many multiply-adds?"
        )

    def work(self) -> Worked:
        (h, w), d = self.input, self.channels
        thin = (self.reduce3, self.reduce5, self.project)
        reduced = Widths(self.ones, self.threes, self.fives, thin).rows((d, h, w))
        naive = Widths(self.ones, self.threes, self.fives).rows((d, h, w))
        by = {row.name: row.macs for row in reduced}
        total, plain = macs(reduced), macs(naive)
        steps = (
            Step("The 1x1 branch", mult(h, w, d, self.ones), by["b1x1"], "multiply-adds"),
            Step("1x1, then 3x3 on what is left",
                 f"{mult(h, w, d, self.reduce3)} + {mult(h, w, 3, 3, self.reduce3, self.threes)}",
                 by["b3x3.reduce"] + by["b3x3.conv"], "multiply-adds"),
            Step("1x1, then 5x5 on what is left",
                 f"{mult(h, w, d, self.reduce5)} + {mult(h, w, 5, 5, self.reduce5, self.fives)}",
                 by["b5x5.reduce"] + by["b5x5.conv"], "multiply-adds"),
            Step("Pooling multiplies nothing; the 1x1 behind it does", mult(h, w, d, self.project),
                 by["pool.project"], "multiply-adds"),
            Step("All branches", " + ".join(str(one) for one in by.values() if one), total,
                 "multiply-adds"),
            Step("The naive module, without the 1x1 before and behind",
                 f"{mult(h, w, d)}*({self.ones} + 9*{self.threes} + 25*{self.fives})", plain,
                 "multiply-adds"),
        )  # fmt: skip
        slips = (
            Slip(
                plain,
                "That is the naive module.",
                "The 3x3 and the 5x5 read what their 1x1 leaves, not all maps.",
            ),
            Slip(
                total - by["b3x3.reduce"] - by["b5x5.reduce"] - by["pool.project"],
                "You took the three added 1x1 layers to be free.",
                "Each reads all maps at every place.",
            ),
            Slip(
                total - by["pool.project"],
                "You left out the branch with the pooling.",
                "Its 1x1 reads all maps, for pooling keeps their number.",
            ),
        )
        pictures = [
            drawn(naive, f"Naive: {plain / 1e6:,.0f} million multiply-adds"),
            drawn(reduced, f"Reduced: {total / 1e6:,.0f} million multiply-adds"),
        ]
        remarks = (
            "Notes 004 have a branch of 3x3 convolutions and then 1x1: it is 3x3 max pooling and "
            "then 1x1.",
        )
        return Worked(steps, Answer(total, "multiply-adds"), slips, Stack(pictures), remarks)


@dataclass(frozen=True)
class NaiveGrows(Example):
    """Pooling keeps all maps, so naive modules grow wider one after another."""

    channels: int = whole("maps that come in", 192, 1, 4096, stops=(64, 192, 256))
    ones: int = whole("maps of the 1x1 branch", 64, 1, 2048, stops=(64, 96))
    threes: int = whole("maps of the 3x3", 128, 1, 2048, stops=(128,))
    fives: int = whole("maps of the 5x5", 32, 1, 2048, stops=(32, 48))
    modules: int = whole("modules one after another", 2, 1, 12, stops=(2, 3, 4))

    def ask(self) -> str:
        many = "module" if self.modules == 1 else "modules"
        return (
            f"{self.modules} naive inception {many} one after another: each joins a 1x1 to "
            f"{self.ones}, a 3x3 to {self.threes}, a 5x5 to {self.fives} and a 3x3 max pooling. "
            f"{self.channels} maps come in. How many come out?"
        )

    def work(self) -> Worked:
        widths = Widths(self.ones, self.threes, self.fives)
        maps, costs = [self.channels], []
        for _ in range(self.modules):
            rows = widths.rows((maps[-1], 28, 28))
            maps.append(rows[-1].out[0])
            costs.append(macs(rows))
        convs = self.ones + self.threes + self.fives
        steps = [
            Step("The three convolutions of a module make", f"{self.ones} + {self.threes} + "
                 f"{self.fives}", convs, "maps"),
        ]  # fmt: skip
        steps += [
            Step(f"Module {at}: pooling keeps all {before} maps, and joining adds them up",
                 f"{before} + {convs}", after, "maps")
            for at, (before, after) in enumerate(pairwise(maps), 1)
        ]  # fmt: skip
        slips = [
            Slip(
                convs,
                "You left out the pooling.",
                "Pooling makes maps smaller or smoother, never fewer: all of them are joined too.",
            ),
            Slip(
                max(self.ones, self.threes, self.fives, self.channels),
                "You added the branches number by number.",
                "Maps of an inception module are joined one behind the other, so their counts add.",
            ),
        ]
        if self.modules > 1:
            slips.append(
                Slip(
                    maps[1],
                    "That is the first module.",
                    "The next one starts with these maps, and its pooling keeps them all.",
                )
            )
        bars = Bars(
            [(f"module {at}: {m} maps", cost) for at, (m, cost) in
             enumerate(zip(maps[1:], costs, strict=True), 1)],
            "multiply-adds", "Each module on 28x28, with the maps that it gives",
        )  # fmt: skip
        first = drawn(widths.rows((self.channels, 28, 28)), "The first module, on 28x28")
        remarks = (
            "Notes 000 and 004 say that a module sums its branches. It joins them: only a residual "
            "block adds number by number.",
        )
        picture = Stack([first, bars])
        return Worked(tuple(steps), Answer(maps[-1], "maps"), tuple(slips), picture, remarks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "inception-module",
        CHAPTER,
        "The naive and the reduced module",
        "Which convolutions of an inception module are there only to save others work?",
        Inception,
        (
            NOTES[0].at("lines 1298 to 1317"),
            NOTES[2].at("inception (3a), lines 168 to 175"),
            GOOGLENET.at("Szegedy et al. 2014, figure 2 and table 1"),
        ),
    ),
    Lesson(
        "naive-grows",
        CHAPTER,
        "Why the naive module blows up",
        "What happens to the maps when pooling is a branch?",
        NaiveGrows,
        (
            NOTES[0].at("lines 1144 to 1151"),
            NOTES[4].at("lines 99 to 105"),
            GOOGLENET.at("Szegedy et al. 2014, section 4"),
        ),
    ),
)

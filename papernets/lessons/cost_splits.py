"""Convolutions that do not read everything: depthwise, in groups, by a connection table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Self

from ..nets.alexnet import PAPER as ALEXNET
from ..nets.lenet import PAPER as LENET
from ..nets.lenet import TABLE_I
from ..nets.mobilenet import PAPER as MOBILENET
from ..said import NOTES
from ..spec import Conv, TableConv
from .answers import Answer
from .cost_memory import sums
from .lesson import Example, Lesson, Slip, Step, Worked
from .params import grid, size, whole
from .pictures import Bars, Beside, Cells, Picture, Stack, Words
from .values import Matrix

CHAPTER = "Cost"


SHOWN = 4


def readings(marks: frozenset[tuple[int, int]], side: int, window: str, caption: str) -> Cells:
    """Which map out (column) reads which map in (row), each with a window of its own."""
    places = range(side)
    matrix: Matrix = tuple(tuple(int((y, x) in marks) for x in places) for y in places)
    texts = [[window if cell else "0" for cell in row] for row in matrix]
    faint = frozenset((y, x) for y in places for x in places if (y, x) not in marks)
    return Cells(matrix, caption, marks, faint, texts)


@dataclass(frozen=True)
class Separable(Example):
    """A depthwise convolution and a 1x1 in place of a full one."""

    input: tuple[int, int] = size("the input", 14, 1, 1024, stops=(7, 14, 28, 56))
    channels: int = whole("maps that come in", 512, 2, 8192, stops=(64, 128, 512))
    kernel: int = whole("the kernel's side", 3, 2, 31, stops=(3, 5), unit="pixels")
    filters: int = whole("maps that come out", 512, 2, 8192, stops=(128, 256, 512))

    def ask(self) -> str:
        (h, w), k = self.input, self.kernel
        return (
            f"On {h}x{w}x{self.channels}, a depthwise {k}x{k} (one kernel a map, padded) and then "
            f"a 1x1 to {self.filters} maps take the place of a full {k}x{k}. How many "
            "multiply-adds do the two take?"
        )

    def work(self) -> Worked:
        (h, w), d, k, n = self.input, self.channels, self.kernel, self.filters
        shape = (d, h, w)
        wise = Conv(d, k, padding="same", groups=d).macs(shape)
        point = Conv(n, 1).macs(shape)
        full = Conv(n, k, padding="same").macs(shape)
        both = wise + point
        steps = (
            Step("Full: each of the kernels reads all maps", f"{h}*{w}*{k}*{k}*{d}*{n}", full,
                 "multiply-adds"),
            Step("Depthwise: each map has one flat kernel of its own", f"{h}*{w}*{k}*{k}*{d}",
                 wise, "multiply-adds"),
            Step("1x1: mixes the maps, place by place", f"{h}*{w}*{d}*{n}", point,
                 "multiply-adds"),
            Step("The two together", f"{wise} + {point}", both, "multiply-adds"),
            Step("In parts of the full one that is 1/kernels + 1/window", f"1/{n} + 1/{k}^2",
                 both / full),
        )  # fmt: skip
        slips = (
            Slip(
                full,
                f"That is the full {k}x{k}.",
                "A depthwise kernel reads its own map alone; the 1x1 alone reads all of them.",
            ),
            Slip(
                wise,
                "You stopped after the depthwise convolution.",
                "Its maps never meet: it takes the 1x1 to mix them, and that is the larger part.",
            ),
            Slip(
                point,
                "You took the depthwise convolution to be free.",
                "It is cheap, but it is the one that looks at neighbours.",
            ),
            Slip(
                wise + full,
                f"You gave the second layer a {k}x{k} window.",
                "It is 1x1: the first layer has looked at the neighbours.",
            ),
        )
        alone = frozenset((at, at) for at in range(SHOWN))
        every = frozenset((y, x) for y in range(SHOWN) for x in range(SHOWN))
        window = f"{k}x{k}"
        readers: list[Picture | str] = [
            readings(every, SHOWN, window, f"full {window}"), "or",
            readings(alone, SHOWN, window, f"depthwise {window}"), "+",
            readings(every, SHOWN, "1x1", "1x1"),
        ]  # fmt: skip
        bars = [(f"full {window}", full), (f"depthwise {window}", wise), ("1x1", point)]
        words = f"{SHOWN} of the maps that come in (down), {SHOWN} that come out (across)"
        picture = Stack([Beside(readers), Words(words), Bars(bars, "multiply-adds")])
        return Worked(steps, Answer(both, "multiply-adds"), slips, picture)


@dataclass(frozen=True)
class Groups(Example):
    """A convolution whose maps stand in groups that do not see each other."""

    channels: int = whole("maps that come in", 96, 1, 4096, stops=(96, 192, 384))
    filters: int = whole("maps that come out", 256, 1, 4096, stops=(192, 256, 384))
    kernel: int = whole("the kernel's side", 5, 1, 31, stops=(3, 5), unit="pixels")
    groups: int = whole("groups", 2, 2, 8, stops=(2, 4))

    def check(self) -> None:
        Conv(self.filters, self.kernel, groups=self.groups).check((self.channels, 1, 1))

    def ask(self) -> str:
        k, g = self.kernel, self.groups
        return (
            f"A {k}x{k} convolution from {self.channels} to {self.filters} maps, with biases, is "
            f"split into {g} groups that do not see each other. How many parameters has it?"
        )

    def work(self) -> Worked:
        d, n, k, g = self.channels, self.filters, self.kernel, self.groups
        shape = (d, k, k)
        whole_, split = Conv(n, k), Conv(n, k, groups=g)
        params = split.params(shape)
        steps = (
            Step("Maps that a kernel reads: those of its group", f"{d}/{g}", d // g, "maps"),
            Step("Parameters of a kernel", f"{k}*{k}*{d // g} + 1", params // n, "parameters"),
            Step("All kernels", f"({k}*{k}*{d // g} + 1)*{n}", params, "parameters"),
            Step("Without groups it would be", f"({k}*{k}*{d} + 1)*{n}", whole_.params(shape),
                 "parameters"),
        )  # fmt: skip
        weights = params - n
        slips = (
            Slip(
                whole_.params(shape),
                "That is the convolution without groups.",
                f"A kernel reads {d // g} maps, not all {d}.",
            ),
            Slip(
                weights // g + n,
                "You divided the kernels among the groups as well.",
                f"Each group has fewer kernels, but there are {g} groups: all {n} kernels stay.",
            ),
            Slip(
                weights,
                "You forgot the biases.",
                "Each kernel has one, in whatever group it stands.",
            ),
        )
        each = 2 if g <= 4 else 1
        side = each * g
        window = f"{k}x{k}" if side * (len(f"{k}x{k}") + 2) <= 30 else "X"
        alike = frozenset(
            (y, x) for y in range(side) for x in range(side) if y // each == x // each
        )
        every = frozenset((y, x) for y in range(side) for x in range(side))
        pictures: list[Picture | str] = [
            readings(every, side, window, "without groups"), "or",
            readings(alike, side, window, f"{g} groups"),
        ]  # fmt: skip
        words = Words(
            f"{'Two maps' if each == 2 else 'One map'} in (down) and as many out (across) of each "
            f"group. One part in {g} of the kernels is left."
        )
        picture = Stack([Beside(pictures), words])
        remarks: tuple[str, ...] = ()
        if (d, n, k, g) == (96, 256, 5, 2):
            towers, single = (sums(name).params for name in ("alexnet", "alexnet_single"))
            remarks = (
                f"This is conv2 of AlexNet. conv4 and conv5 have two groups as well: in two towers "
                f"the network has {towers:,} parameters, in one {single:,}. Notes 003 print 61 "
                "million, notes 002 62 million: both are right.",
            )
        return Worked(steps, Answer(params, "parameters"), slips, picture, remarks)


def table_of_figure() -> Matrix:
    """Table I of the 1998 paper: a row an S2 map, a column a C3 map, 1 where they are connected."""
    maps = 1 + max(max(seen) for seen in TABLE_I)
    return tuple(tuple(int(row in seen) for seen in TABLE_I) for row in range(maps))


@dataclass(frozen=True)
class ConnectionTable(Example):
    """Each map of C3 reads some maps of S2 only."""

    table: Matrix = grid("which map in (row) each map out (column) reads: 1 or 0", table_of_figure,
                         0, 1, most=24)  # fmt: skip
    kernel: int = whole("the kernel's side", 5, 1, 31, stops=(3, 5), unit="pixels")

    def check(self) -> None:
        if any(cell not in (0, 1) for row in self.table for cell in row):
            raise ValueError("--table: each cell is 1 where two maps are connected, or 0")
        for at, seen in enumerate(self.seen):
            if not seen:
                raise ValueError(f"--table: column {at + 1} is all 0: that map would read nothing")

    @classmethod
    def draw(cls, random: Random) -> Self:
        rows, columns = random.choice((3, 4, 5)), random.choice((6, 8, 10))
        table = tuple(tuple(random.choice((0, 1, 1)) for _ in range(columns)) for _ in range(rows))
        return cls(table, random.choice((3, 5)))

    @property
    def seen(self) -> tuple[tuple[int, ...], ...]:
        """The maps that each map out reads."""
        columns = zip(*self.table, strict=True)
        return tuple(tuple(at for at, cell in enumerate(column) if cell) for column in columns)

    def ask(self) -> str:
        k = self.kernel
        return (
            f"A {k}x{k} convolution from {len(self.table)} to {len(self.seen)} maps reads only the "
            "maps that its table marks, and has a bias for each map that it makes. How many "
            "parameters has it?"
        )

    def given(self) -> Picture:
        texts = [["X" if cell else "." for cell in row] for row in self.table]
        marks = frozenset(
            (y, x) for y, row in enumerate(self.table) for x, cell in enumerate(row) if cell
        )
        caption = "maps in (down) that each map out (across) reads"
        return Cells(self.table, caption, marks, texts=texts)

    def work(self) -> Worked:
        k, seen, maps = self.kernel, self.seen, len(self.table)
        shape = (maps, k, k)
        layer, dense = TableConv(seen, k), Conv(len(seen), k)
        params, kernels = layer.params(shape), layer.kernels
        counts = sorted(Counter(map(len, seen)).items())
        steps = [
            Step(f"{many} {'map reads' if many == 1 else 'maps read'} {fan}",
                 f"{many}*({fan}*{k}*{k} + 1)", many * (fan * k * k + 1), "parameters")
            for fan, many in counts
        ]  # fmt: skip
        steps.append(
            Step("All together", " + ".join(f"{many}*({fan}*{k}*{k} + 1)" for fan, many in counts),
                 params, "parameters")
        )  # fmt: skip
        steps.append(
            Step("If every map read all of them", f"{len(seen)}*({maps}*{k}*{k} + 1)",
                 dense.params(shape), "parameters")
        )  # fmt: skip
        slips = [
            Slip(
                dense.params(shape),
                "You let every map read all maps.",
                "Each reads those that its column marks.",
            ),
            Slip(
                params - len(seen),
                "You forgot the biases.",
                "Each map that comes out has one.",
            ),
            Slip(
                kernels * (k * k + 1),
                "You gave each cross a bias.",
                "The kernels of one column are added up, and get one bias together.",
            ),
        ]
        lines = f"{kernels} of {maps * len(seen)} cells are marked"
        out = TableConv(seen, k).shape((maps, k + 9, k + 9))
        words = Words(
            f"{lines}. On {k + 9}x{k + 9} maps each parameter has {out[1] * out[2]} connections: "
            f"{layer.connections((maps, k + 9, k + 9)):,} in all."
        )
        picture = Stack([self.given(), words])
        return Worked(tuple(steps), Answer(params, "parameters"), tuple(slips), picture)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "depthwise-separable",
        CHAPTER,
        "A convolution in two steps",
        "Why does MobileNet look at neighbours and at maps in two layers?",
        Separable,
        (
            NOTES[3].at("MobileNetV1, lines 1025 to 1029"),
            NOTES[4].at("lines 44 to 48"),
            MOBILENET.at("Howard et al. 2017, section 3.1 and table 3"),
        ),
    ),
    Lesson(
        "groups",
        CHAPTER,
        "Two towers",
        "Why has AlexNet 61 million parameters, or 62 million?",
        Groups,
        (
            NOTES[2].at("conv2, line 38"),
            ALEXNET.at("Krizhevsky et al. 2012, sections 3.2 and 3.5"),
        ),
    ),
    Lesson(
        "connection-table",
        CHAPTER,
        "Which map reads which",
        "Why has C3 of LeNet-5 1,516 parameters and not 2,416?",
        ConnectionTable,
        (
            NOTES[1].at("C3 layer, lines 105 to 119"),
            LENET.at("LeCun et al. 1998, table I"),
        ),
    ),
)

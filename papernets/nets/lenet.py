"""LeNet: convolution, trained subsampling and shared weights read handwritten digits.

LeNet-1 (1989) showed that a network with local, shared weights learns digits from pixels. LeNet-5
(1998) adds a connection table, a layer of 84 units, and outputs that measure the distance to a
small picture of each character. Three LeNet-4 that correct one another (boosting) made the fewest
errors of all methods that the paper compares.
"""

from __future__ import annotations

import random

from ..paper import Departure, Erratum, Fact, Init, Paper, Recipe, Table, crosses, number, table
from ..spec import (
    RBF,
    Committee,
    Conv,
    Dense,
    Flatten,
    Net,
    Part,
    Pool,
    Subsample,
    TableConv,
    chain,
    pair,
)
from .entry import Entry

PAPER_1989 = Paper(
    "Handwritten Digit Recognition with a Back-Propagation Network",
    "LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel",
    1989,
    "NIPS 2, 396-404",
)
PAPER = Paper(
    "Gradient-Based Learning Applied to Document Recognition",
    "LeCun, Bottou, Bengio, Haffner",
    1998,
    "Proceedings of the IEEE 86(11), 2278-2324",
)
BOOSTING = "method of Drucker, Schapire, Simard 1993, Boosting Performance in Neural Networks"
INIT = Init("fan_in", 2.4, "LeCun et al. 1998, appendix A: uniform in +-2.4/fan-in")
GLOROT = Init("glorot", 1.0, "Keras's default (Glorot and Bengio 2010)")

# Figure 2 and section II-B: the maps of each layer; sizes are what the arithmetic must give.
FIGURE_2 = table("""
layer   maps  size
C1      6     28x28
S2      6     14x14
C3      16    10x10
S4      16    5x5
C5      120   1x1
F6      84    1x1
output  10    1x1
""")

# Table I: a row an S2 map, a column a C3 map, X where the C3 map sees the S2 map.
TABLE_I = crosses("""
     0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15
0    X  .  .  .  X  X  X  .  .  X  X  X  X  .  X  X
1    X  X  .  .  .  X  X  X  .  .  X  X  X  X  .  X
2    X  X  X  .  .  .  X  X  X  .  .  X  .  X  X  X
3    .  X  X  X  .  .  X  X  X  X  .  .  X  .  X  X
4    .  .  X  X  X  .  .  X  X  X  X  .  X  X  .  X
5    .  .  .  X  X  X  .  .  X  X  X  X  .  X  X  X
""")

# The 1989 paper's table: which of the four H2 maps an H3 map sees.
TABLE_1989 = crosses("""
     0  1  2  3  4  5  6  7  8  9 10 11
0    X  X  X  .  X  X  .  .  .  .  .  .
1    .  X  X  X  X  X  .  .  .  .  .  .
2    .  .  .  .  .  .  X  X  X  .  X  X
3    .  .  .  .  .  .  .  X  X  X  X  X
""")

# Figure 3: the ten 7x12 bitmaps that the output compares with, 0 to 4, 5 to 9 (# is +1, . is -1).
FIGURE_3 = """
.#####.  ...##..  .#####.  #######  .#####.
.......  ..###..  .......  .....##  .......
..###..  .####..  .#####.  ....##.  .......
.##.##.  ...##..  ##...##  ...##..  .##..##
##...##  ...##..  #....##  ..####.  .##..##
##...##  ...##..  ....##.  .....##  ###..##
##...##  ...##..  ..###..  .....##  ##...##
##...##  ...##..  .##....  .....##  ##...##
.##.##.  ...##..  ##.....  ##...##  ##..###
..###..  .######  #######  .#####.  .######
.......  .......  .......  .......  .....##
.......  .......  .......  .......  .....##

.#####.  ..####.  #######  .#####.  .#####.
.......  .##....  .....##  ##...##  ##..###
#######  ##.....  .....##  ##...##  ##...##
##.....  ##.....  ....##.  ##...##  ##...##
##.....  ######.  ...##..  .#####.  ##..###
.####..  ###..##  ...##..  ##...##  .######
..####.  ##...##  ..##...  ##...##  .....##
.....##  ##...##  ..##...  ##...##  .....##
##...##  ###..##  ..##...  ##...##  ....##.
.#####.  .#####.  ..##...  .#####.  .####..
.......  .......  .......  .......  .......
.......  .......  .......  .......  .......
"""


def bitmaps(text: str) -> tuple[tuple[int, ...], ...]:
    """The codes of a page of bitmaps, each row by row: -1 for a dot, +1 for ink."""
    codes = []
    for block in text.strip().split("\n\n"):
        lines = [line.split() for line in block.splitlines()]
        for at in range(len(lines[0])):
            codes.append(tuple(1 if dot == "#" else -1 for line in lines for dot in line[at]))
    return tuple(codes)


def codes(classes: int, length: int = 84) -> tuple[tuple[int, ...], ...]:
    """One code a class: the bitmaps of figure 3 where they fit, else drawn by the class's number.

    Fewer classes than ten take the first bitmaps; a code does not change when classes are added.
    """
    drawn = bitmaps(FIGURE_3)[:classes] if length == 84 else ()
    more = []
    for label in range(len(drawn), classes):
        coin = random.Random(1998 * 1000 + label)
        more.append(tuple(coin.choice((-1, 1)) for _ in range(length)))
    return drawn + tuple(more)


SEEDED_CODES = Departure(
    "the paper has ten bitmaps; further classes get random codes of -1 and +1, fixed by a seed",
    "figure 3",
)
SOFTWARE = (
    Departure(
        "the bitmaps are copied by eye from the printed figure, not checked pixel by pixel",
        "figure 3",
    ),
    Departure(
        "trained by mini-batches with Adam, not by the stochastic diagonal Levenberg-Marquardt "
        "method "
        "one pattern at a time",
        "section III-B, appendix C",
    ),
)
MNIST = "MNIST, 60,000 training pictures, one network"

# Affine and elastic distortions of the training digits, drawn anew every epoch. Section III-B
# distorts by translation, scaling, squeezing and shearing; elastic fields are Simard, Steinkraus
# and Platt's (2003).
MILD = {
    "rotate": 7.0,
    "scale": 0.05,
    "squeeze": 0.05,
    "shear": 0.07,
    "shift": 1.0,
    "elastic_alpha": 15.0,
}
STRONG = {
    "rotate": 10.0,
    "scale": 0.08,
    "squeeze": 0.08,
    "shear": 0.1,
    "shift": 1.5,
    "elastic_alpha": 20.0,
}
LEARNING = {
    "optimizer": "adamw",
    "betas": [0.9, 0.98],
    "batch_size": 128,
    "schedule": "one_cycle",
    "warmup": 0.15,
    "average": 0.998,
    "augment": MILD,
}
# A long run of a fixed number of epochs ends with its learning rate at 0: its last epoch is taken,
# not chosen.
LONG = {**LEARNING, "average": 0.999, "augment": STRONG, "keep": "last"}
# For sets of one or two thousand digits.
SMALL = {**LEARNING, "epochs": 60, "batch_size": 32}
MAP = {"loss": "map", "distance_scale": 0.1}
LENET5_RECIPES = (
    Recipe(
        "quick",
        "ours: 0.95 % on MNIST in a minute",
        {**LEARNING, **MAP, "epochs": 10, "learning_rate": 3e-3},
    ),
    Recipe(
        "best",
        "ours: the table in docs/results.md",
        {**LONG, **MAP, "epochs": 45, "learning_rate": 3e-3},
    ),
    Recipe(
        "small", "ours: for small sets", {**SMALL, **MAP, "learning_rate": 3e-3}, data=("digits",)
    ),
)
# Section VII: a digit between its neighbours, or nothing; equation 9's j is the penalty of nothing.
SCAN = Recipe(
    "scan",
    "section VII, distances and distortions ours",
    {
        **LEARNING,
        **MAP,
        "constant": 10.0,
        "neighbours": 0.9,
        "epochs": 40,
        "learning_rate": 3e-3,
        "augment": {**MILD, "scale": 0.12, "shift": 1.5},
    },
)
LENET4_RECIPES = (
    Recipe("quick", "ours", {**LEARNING, "epochs": 12, "learning_rate": 6e-3}),
    Recipe(
        "best", "ours: the table in docs/results.md", {**LONG, "epochs": 50, "learning_rate": 6e-3}
    ),
    Recipe("small", "ours: for small sets", {**SMALL, "learning_rate": 6e-3}, data=("digits",)),
)
LENET1_RECIPES = (
    Recipe(
        "quick", "ours", {**LEARNING, "epochs": 14, "learning_rate": 1.5e-2, "distance_scale": 3.0}
    ),
    Recipe(
        "best",
        "ours: the table in docs/results.md",
        {
            **LONG,
            "augment": MILD,
            "average": 0.9995,
            "epochs": 100,
            "learning_rate": 1.5e-2,
            "distance_scale": 3.0,
        },
    ),
    Recipe(
        "small",
        "ours: for small sets",
        {**SMALL, "learning_rate": 1e-2, "distance_scale": 3.0},
        data=("digits",),
    ),
)
MODERN_RECIPES = (
    Recipe(
        "notes",
        "notes 001: Adam with Keras's defaults, batch 128, one epoch, pixels divided by 255",
        {
            "optimizer": "adam",
            "learning_rate": 1e-3,
            "batch_size": 128,
            "epochs": 10,
            "loss": "cross_entropy",
            "low": 0.0,
            "high": 1.0,
        },
    ),
)
BOOSTED_RECIPES = LENET4_RECIPES  # of each of the three networks


def lenet5(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 32) -> Net:
    """LeNet-5 (1998): connection table, trained subsampling, scaled tanh, RBF output."""
    maps = {row["layer"]: number(row["maps"], row["layer"], "maps") for row in FIGURE_2}
    f = "scaled_tanh"
    parts: dict[str, Part] = {
        "C1": Conv(maps["C1"], 5, activation=f),
        "S2": Subsample(2, activation=f),
        "C3": TableConv(TABLE_I, 5, activation=f),
        "S4": Subsample(2, activation=f),
        "C5": Conv(maps["C5"], 5, activation=f),
        "flatten": Flatten(),
        "F6": Dense(maps["F6"], activation=f),
        "output": RBF(codes(classes, maps["F6"])),
    }
    published = (
        Fact("params", 60_000, "section II-B, and III-C: 60,000 trainable free parameters"),
        Fact("connections", 340_908, "section II-B"),
        *_sizes(FIGURE_2, "figure 2"),
        *_facts(
            "notes 001, LeNet-5 layer by layer; section II-B",
            params={"C1": 156, "S2": 12, "C3": 1516, "S4": 32, "C5": 48120, "F6": 10164},
            connections={
                "C1": 122304,
                "S2": 5880,
                "C3": 151600,
                "S4": 2000,
                "C5": 48120,
                "F6": 10164,
                "output": 840,
            },
        ),
        Fact("fixed_params", 840, "section II-B: ten codes of 84"),
        Fact("error", 0.0095, "section III-B, figure 9", conditions=MNIST),
        Fact("error", 0.008, "section III-B", conditions=MNIST + ", 540,000 distorted ones added"),
    )
    errata = (
        Erratum(
            "C1.params",
            3900,
            "notes 001, C1: (5*5+1)*6*(5*5)",
            "a unit has 5*5+1 weights, and there are 6 kernels: 156; 3,900 is what the printed "
            "product gives",
        ),
        Erratum(
            "C1.params",
            26,
            "notes 001, C1: 5*5+1 = 156",
            "5*5+1 is one kernel; six of them are 156",
        ),
        Erratum(
            "S4.connections",
            16 * 2 * 2 * 16,
            "notes 001, S4: 16*2*2*16 = 2000",
            "the printed product is 1,024; (2*2+1)*16*5*5 is the printed 2,000",
        ),
        Erratum(
            "output.params",
            840,
            "notes 001, output layer",
            "the 840 weights are fixed bitmaps, none is trained: with them the total would not be "
            "60,000",
        ),
        Erratum(
            "C1.stride",
            (2, 2),
            "notes 002, text",
            "32 to 28 needs stride 1; the table under the text has it right",
        ),
        Erratum(
            "S2.stride",
            (1, 1),
            "notes 002, text",
            "28 to 14 needs stride 2; the table under the text has it right",
        ),
        Erratum(
            "C1.activation",
            "relu",
            "notes 003, LeNet-5",
            "the paper squashes with 1.7159 tanh(2a/3), after the subsampling layers too",
        ),
        Erratum(
            "C1.activation",
            "sigmoid",
            "notes 001 and 003",
            "the paper squashes with 1.7159 tanh(2a/3)",
        ),
        Erratum(
            "macs",
            401_000,
            "figure 11",
            "the table gives 326,520 uses of a weight, 416,520 with a dense C3; the printed "
            "figure cannot be rebuilt",
        ),
    )
    return Net(
        name="lenet5",
        ledger_name="lenet5_1998",
        title="LeNet-5",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(parts),
        init=INIT,
        facts=published if _as_printed(classes, channels, input, 32) else (),
        errata=errata if _as_printed(classes, channels, input, 32) else (),
        departures=SOFTWARE + ((SEEDED_CODES,) if classes > 10 else ()),
        recipes=(*LENET5_RECIPES, SCAN),
    )


def lenet1(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 28) -> Net:
    """LeNet-1 (1989): 12 sparse maps on 4, trained subsampling, 2,578 parameters."""
    f = "scaled_tanh"
    parts: dict[str, Part] = {
        "H1": Conv(4, 5, activation=f),
        "H2": Subsample(2, activation=f),
        "H3": TableConv(TABLE_1989, 5, activation=f),
        "H4": Subsample(2, activation=f),
        "flatten": Flatten(),
        "out": Dense(classes, activation=f),
    }
    published = (
        Fact("params", 2578, "LeCun et al. 1989"),
        Fact("params", 2600, "LeCun et al. 1998, section III-C", about=True),
        Fact("connections", 98_442, "LeCun et al. 1989"),
        Fact("connections", 100_000, "LeCun et al. 1998, section III-C", about=True),
        Fact("H1.out", (4, 24, 24), "notes 000, LeNet-1: four 24x24 feature maps"),
        Fact("error", 0.017, "section III-C, figure 9", conditions=MNIST + ", digits at 16x16"),
    )
    errata = (
        Erratum(
            "H3.out",
            (8, 12, 12),
            "notes 000, LeNet-1",
            "a 5x5 window on 12x12 gives 8x8, and only 12 maps on 4 with 20 kernels give the "
            "published 2,578 and 98,442",
        ),
    )
    return Net(
        name="lenet1",
        ledger_name="lenet1",
        title="LeNet-1",
        paper=PAPER_1989,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(parts),
        init=INIT,
        facts=published if _as_printed(classes, channels, input, 28) else (),
        errata=errata if _as_printed(classes, channels, input, 28) else (),
        departures=(SOFTWARE[1],),
        recipes=LENET1_RECIPES,
    )


# LeNet-4's connection tables were never printed. These meet both published counts.
LENET4_PAIRS = (
    0,
    0,
    1,
    1,
    2,
    2,
    3,
    3,
)  # section III-C: 8 subsampling maps, in pairs, on 4 first-level maps


def _ring(start: int, count: int, maps: int) -> tuple[int, ...]:
    return tuple(sorted((start + step) % maps for step in range(count)))


LENET4_C3 = tuple(_ring(start, 4 if start % 4 else 3, 8) for start in range(16))
LENET4_C5 = tuple(_ring(start, 5 if start < 80 else 4, 16) for start in range(120))


def lenet4(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 32) -> Net:
    """LeNet-4 (1998): 4, 8, 16, 16 maps, 120 units; its tables are ours, its counts the paper's."""
    f = "scaled_tanh"
    parts: dict[str, Part] = {
        "C1": Conv(4, 5, activation=f),
        "S2": Subsample(2, activation=f, sources=LENET4_PAIRS),
        "C3": TableConv(LENET4_C3, 5, activation=f),
        "S4": Subsample(2, activation=f),
        "C5": TableConv(LENET4_C5, 5, activation=f),
        "flatten": Flatten(),
        "output": Dense(classes),
    }
    published = (
        Fact("params", 17_000, "section III-C", about=True),
        Fact("connections", 260_000, "section III-C", about=True),
        Fact("C1.out", (4, 28, 28), "section III-C; notes 000, LeNet-4"),
        Fact("S2.out", (8, 14, 14), "section III-C"),
        Fact("C3.out", (16, 10, 10), "section III-C; notes 000, LeNet-4"),
        Fact("S4.out", (16, 5, 5), "section III-C"),
        Fact("C5.out", (120, 1, 1), "section III-C; notes 000, LeNet-4"),
        Fact("output.out", (10, 1, 1), "section III-C; notes 000, LeNet-4"),
        Fact("error", 0.011, "section III-C, figure 9", conditions=MNIST),
    )
    errata = (
        Erratum(
            "params",
            51_050,
            "notes 000, LeNet-4, listed as dense",
            "dense, it has three times the paper's 17,000: see lenet4_notes",
        ),
    )
    return Net(
        name="lenet4",
        ledger_name="lenet4_paper",
        title="LeNet-4",
        paper=PAPER,
        input=(channels, *pair(input)),
        classes=classes,
        body=chain(parts),
        init=INIT,
        facts=published if _as_printed(classes, channels, input, 32) else (),
        errata=errata if _as_printed(classes, channels, input, 32) else (),
        departures=(
            Departure(
                "the connection tables of C3 and C5 were never printed: here a C3 map sees 3 or 4 "
                "neighbouring "
                "maps of the 8 (60 kernels, as many as in LeNet-5), and a C5 unit 5 or 4 "
                "neighbouring maps of the 16",
                "section III-C",
            ),
            Departure(
                "the output layer is not described: here ten trained linear outputs, which with "
                "these tables "
                "meet 17,000 parameters, 260,000 connections, and 51,000 variables for three "
                "networks",
                "section III-C, figure 12",
            ),
            SOFTWARE[1],
        ),
        recipes=LENET4_RECIPES,
    )


# The modern readings, as the notes print or imply them: layer, maps, kernel, stride, activation.
MODERN_TEXT = """
layer  kind     maps  kernel  activation
conv1  conv     6     5x5     tanh
pool1  average  .     2x2     .
conv2  conv     16    5x5     tanh
pool2  average  .     2x2     .
fc1    dense    120   .       tanh
fc2    dense    84    .       tanh
out    dense    10    .       softmax
"""
MODERN = table(MODERN_TEXT)
LENET1_TEXT = """
layer  kind     maps  kernel  activation
conv1  conv     4     5x5     tanh
pool1  average  .     2x2     .
conv2  conv     8     5x5     tanh
pool2  average  .     2x2     .
out    dense    10    .       softmax
"""
LENET1_NOTES = table(LENET1_TEXT)
LENET4_NOTES = table("""
layer  kind     maps  kernel  activation
conv1  conv     4     5x5     tanh
pool1  average  .     2x2     .
conv2  conv     16    5x5     tanh
pool2  average  .     2x2     .
fc1    dense    120   .       tanh
out    dense    10    .       softmax
""")
# Notes 003, "CNN-Example to calculate parameters": activation shape, activation size, parameters.
LECTURE = table("""
layer    kind   maps  kernel  activation  shape     size  params
CONV1    conv   8     5x5     relu        28x28x8   6272  608
POOL1    max    .     2x2     .           14x14x8   1568  0
CONV2    conv   16    5x5     relu        10x10x16  1600  3216
POOL2    max    .     2x2     .           5x5x16    400   0
FC3      dense  120   .       relu        120x1     120   48120
FC4      dense  84    .       relu        84x1      84    10164
softmax  dense  10    .       softmax     10x1      10    850
""")


def _modern(
    name: str,
    title: str,
    printed: Table,
    shape: tuple[int, int, int],
    classes: int,
    facts: tuple[Fact, ...],
    errata: tuple[Erratum, ...] = (),
) -> Net:
    """A table of the notes as a network: convolutions, poolings, dense layers on the flat map."""
    parts: dict[str, Part] = {}
    for row in printed:
        layer, kind = row["layer"], row["kind"]
        activation = None if row["activation"] == "." else row["activation"]
        if kind == "conv":
            maps, kernel = (
                number(row["maps"], layer, "maps"),
                number(row["kernel"][0], layer, "kernel"),
            )
            parts[layer] = Conv(maps, kernel, activation=activation)
        elif kind == "dense":
            parts.setdefault("flatten", Flatten())
            units = classes if activation == "softmax" else number(row["maps"], layer, "maps")
            parts[layer] = Dense(units, activation=activation)
        else:
            parts[layer] = Pool(kind, number(row["kernel"][0], layer, "kernel"))
    return Net(
        name=name,
        ledger_name=name,
        title=title,
        paper=PAPER,
        input=shape,
        classes=classes,
        body=chain(parts),
        init=GLOROT,
        facts=facts,
        errata=errata,
        departures=(
            Departure(
                "a modern reading, not the paper's network: see lenet1, lenet4, lenet5", "the notes"
            ),
        ),
        recipes=MODERN_RECIPES,
    )


def lenet5_modern(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 32) -> Net:
    """LeNet-5 as taught today: dense, average pooling, tanh, softmax; 61,706 parameters."""
    printed = _as_printed(classes, channels, input, 32)
    return _modern(
        "lenet5_modern",
        "LeNet-5, modern: dense, average pooling, softmax",
        MODERN,
        (channels, *pair(input)),
        classes,
        facts=(
            Fact("params", 61_706, "156 + 2,416 + 48,120 + 10,164 + 850: public implementations"),
            Fact("conv1.params", 156, "notes 001, comment in the code: 6*(5*5+1)"),
            Fact("conv1.out", (6, 28, 28), "notes 000, LeNet-5 list; notes 002, table"),
            Fact("pool1.out", (6, 14, 14), "notes 000, LeNet-5 list; notes 002, table"),
            Fact("conv2.out", (16, 10, 10), "notes 000, LeNet-5 list; notes 002, table"),
            Fact("pool2.out", (16, 5, 5), "notes 000, LeNet-5 list; notes 002, table"),
            Fact("fc1.out", (120, 1, 1), "notes 000, LeNet-5 list"),
            Fact("fc2.out", (84, 1, 1), "notes 002, table"),
        )
        if printed
        else (),
        errata=(
            Erratum(
                "params",
                60_000,
                "notes 002 and 003, beside the dense, softmax network",
                "60,000 belongs to the paper's sparse C3, trained subsampling and fixed output",
            ),
        )
        if printed
        else (),
    )


def lenet5_keras_28(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 28) -> Net:
    """The notes' Keras model: LeNet-5's widths on 28x28, max pooling; 44,426 parameters."""
    printed = _as_printed(classes, channels, input, 28)
    comment = "notes 001, comments in the code of the first Keras model"
    coded = "the comment speaks of 32x32; the code and its printed summary have 28x28"
    layers = table(MODERN_TEXT.replace("average", "max"))
    return _modern(
        "lenet5_keras_28",
        "LeNet-5, Keras model of the notes on 28x28",
        layers,
        (channels, *pair(input)),
        classes,
        facts=(
            Fact("params", 44_426, "notes 001, printed summary"),
            *_facts(
                "notes 001, printed summary",
                params={
                    "conv1": 156,
                    "pool1": 0,
                    "conv2": 2416,
                    "pool2": 0,
                    "flatten": 0,
                    "fc1": 30840,
                    "fc2": 10164,
                    "out": 850,
                },
            ),
            Fact("conv1.out", (6, 24, 24), "notes 001, printed summary"),
            Fact("pool1.out", (6, 12, 12), "notes 001, printed summary"),
            Fact("conv2.out", (16, 8, 8), "notes 001, printed summary"),
            Fact("pool2.out", (16, 4, 4), "notes 001, printed summary"),
            Fact("flatten.out", (256, 1, 1), "notes 001, printed summary"),
            Fact(
                "error",
                0.0263,
                "notes 001: 97.37 % after one epoch",
                conditions="MNIST, Adam, batch 128, one epoch",
            ),
        )
        if printed
        else (),
        errata=(
            Erratum("conv1.out", (6, 28, 28), comment, coded),
            Erratum("pool1.out", (6, 14, 14), comment, coded),
            Erratum("conv2.out", (16, 10, 10), comment, coded),
            Erratum("pool2.out", (16, 5, 5), comment, coded),
        )
        if printed
        else (),
    )


def lenet1_notes(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 28) -> Net:
    """LeNet-1 as the notes word it: eight second maps, dense, plain average pooling."""
    return _modern(
        "lenet1_notes",
        "LeNet-1 as the notes word it: 8 maps, dense",
        LENET1_NOTES,
        (channels, *pair(input)),
        classes,
        facts=(
            Fact("conv1.out", (4, 24, 24), "notes 000, LeNet-1"),
            Fact("params", 2202, "104 + 808 + 1,290"),
        )
        if _as_printed(classes, channels, input, 28)
        else (),
        errata=(
            Erratum(
                "conv2.out", (8, 12, 12), "notes 000, LeNet-1", "a 5x5 window on 12x12 gives 8x8"
            ),
        )
        if _as_printed(classes, channels, input, 28)
        else (),
    )


def lenet1_12maps_dense(
    classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 28
) -> Net:
    """LeNet-1 with its 12 maps, but dense, with plain average pooling: 3,246 parameters."""
    twelve = table(LENET1_TEXT.replace("conv     8 ", "conv     12"))
    return _modern(
        "lenet1_12maps_dense",
        "LeNet-1, modern: 12 maps, dense",
        twelve,
        (channels, *pair(input)),
        classes,
        facts=(Fact("params", 3246, "104 + 1,212 + 1,930"),)
        if _as_printed(classes, channels, input, 28)
        else (),
    )


def lenet4_notes(classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 32) -> Net:
    """LeNet-4 as the notes list it, dense: 51,050 parameters, three times the paper's."""
    printed = _as_printed(classes, channels, input, 32)
    return _modern(
        "lenet4_notes",
        "LeNet-4 as the notes list it, dense",
        LENET4_NOTES,
        (channels, *pair(input)),
        classes,
        facts=(
            Fact("conv1.out", (4, 28, 28), "notes 000, LeNet-4"),
            Fact("conv2.out", (16, 10, 10), "notes 000, LeNet-4"),
            Fact("fc1.out", (120, 1, 1), "notes 000, LeNet-4"),
            Fact("out.out", (10, 1, 1), "notes 000, LeNet-4"),
            Fact("params", 51_050, "104 + 1,616 + 48,120 + 1,210"),
        )
        if printed
        else (),
        errata=(
            Erratum(
                "params",
                17_000,
                "section III-C, for LeNet-4",
                "dense layers have three times the paper's parameters: see lenet4",
            ),
        )
        if printed
        else (),
    )


def lecture_cnn(classes: int = 10, channels: int = 3, input: int | tuple[int, int] = 32) -> Net:
    """The lecture's worked example on 32x32 colour pictures: 62,958 parameters."""
    printed = _as_printed(classes, channels, input, 32, colours=3)
    source = "notes 003, CNN-Example to calculate parameters"
    facts: list[Fact] = [Fact("params", 62_958, f"{source}: the rows' sum")]
    for row in LECTURE:
        facts += [
            Fact(f"{row['layer']}.params", number(row["params"], row["layer"], "params"), source),
            Fact(f"{row['layer']}.size", number(row["size"], row["layer"], "size"), source),
        ]
        if row["shape"].count("x") == 2:
            height, width, maps = (int(n) for n in row["shape"].split("x"))
            facts.append(Fact(f"{row['layer']}.out", (maps, height, width), source))
    colour = (3, 32, 32)
    dense = Fact(
        "weights of a dense layer from 32x32x3 to 28x28x6",
        14_450_688,
        "notes 003, Why Convolutions: nearly 14 million",
        ours=Dense(28 * 28 * 6).macs((3 * 32 * 32, 1, 1)),
    )
    wrong = Erratum(
        "parameters of six 5x5 kernels on 32x32x3",
        156,
        "notes 003, Why Convolutions",
        "a kernel sees all three colours: (5*5*3+1)*6 = 456",
        ours=Conv(6, 5).params(colour),
    )
    return _modern(
        "lecture_cnn",
        "Lecture CNN with worked parameter counts",
        LECTURE,
        (channels, *pair(input)),
        classes,
        facts=(*facts, dense) if printed else (),
        errata=(wrong,) if printed else (),
    )


def boosted_lenet4(
    classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 32
) -> Committee:
    """Three LeNet-4: the second learns what the first gets wrong, the third where they disagree."""
    member = lenet4(classes, channels, input)
    printed = _as_printed(classes, channels, input, 32)
    return Committee(
        name="boosted_lenet4",
        title="Boosted LeNet-4",
        paper=PAPER,
        member=member,
        count=3,
        rule="sum of outputs; the first network alone where it is sure",
        facts=(
            Fact("params", 51_000, "figure 12: 51,000 variables", about=True),
            Fact(
                "error",
                0.007,
                "section III-C, figure 9",
                conditions="MNIST, distorted pictures added, three networks",
            ),
        )
        if printed
        else (),
        departures=(
            Departure(
                "the filtered sets come from 20 passes of distorted training pictures", BOOSTING
            ),
            Departure(
                "outputs are added with weights that make held-out pictures most likely",
                "section III-C: simply added",
            ),
            *member.departures,
        ),
        recipes=BOOSTED_RECIPES,
    )


def _as_printed(
    classes: int, channels: int, input: int | tuple[int, int], side: int, colours: int = 1
) -> bool:
    """Published numbers hold for the published classes, channels and input alone."""
    return classes == 10 and channels == colours and pair(input) == (side, side)


def _sizes(figure: Table, source: str) -> tuple[Fact, ...]:
    facts = []
    for row in figure:
        height, width = (int(n) for n in row["size"].split("x"))
        facts.append(
            Fact(
                f"{row['layer']}.out",
                (number(row["maps"], row["layer"], "maps"), height, width),
                source,
            )
        )
    return tuple(facts)


def _facts(source: str, **columns: dict[str, int]) -> tuple[Fact, ...]:
    return tuple(
        Fact(f"{row}.{column}", value, source)
        for column, values in columns.items()
        for row, value in values.items()
    )


NETWORKS = (
    Entry("lenet1", lenet1, PAPER_1989.year),
    Entry("lenet1_12maps_dense", lenet1_12maps_dense, PAPER_1989.year),
    Entry("lenet1_notes", lenet1_notes, PAPER_1989.year),
    Entry("lenet4", lenet4, PAPER.year, aliases=("lenet4_paper",)),
    Entry("lenet4_notes", lenet4_notes, PAPER.year),
    Entry("lenet5", lenet5, PAPER.year, aliases=("lenet5_1998",)),
    Entry("lenet5_modern", lenet5_modern, PAPER.year),
    Entry("lenet5_keras_28", lenet5_keras_28, PAPER.year),
    Entry("lecture_cnn", lecture_cnn, PAPER.year),
    Entry("boosted_lenet4", boosted_lenet4, PAPER.year),
)

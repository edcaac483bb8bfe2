"""LeNet: convolution, trained subsampling and shared weights read handwritten digits.

LeNet-1 (1989) showed that a network with local, shared weights learns digits from pixels. LeNet-5
(1998) adds a connection table, a layer of 84 units, and outputs that measure the distance to a
small picture of each character. Three LeNet-4 that correct one another (boosting) made the fewest
errors of all methods that the paper compares.
"""

from __future__ import annotations

import random

from ...said import UNEXPLAINED, Departure, Erratum, Fact, Paper, crosses, number, table
from ...spec import (
    RBF,
    Committee,
    Conv,
    Dense,
    Flatten,
    Initialisation,
    Net,
    Part,
    Subsample,
    TableConv,
    chain,
    pair,
)
from ..entry import Entry
from ..lenet.recipes import BOOSTED_RECIPES, LENET1_RECIPES, LENET4_RECIPES, LENET5_RECIPES, SCAN
from ..printed import as_printed, row_facts, sizes

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
INIT = Initialisation("fan_in", 2.4, "LeCun et al. 1998, appendix A: uniform in +-2.4/fan-in")

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


MOST_CODES = 100_000


def codes(classes: int, length: int = 84) -> tuple[tuple[int, ...], ...]:
    """One code a class: the bitmaps of figure 3 where they fit, else drawn by the class's number.

    Fewer classes than ten take the first bitmaps; a code does not change when classes are added.
    ValueError for more classes than anyone has codes for.
    """
    if classes > MOST_CODES:
        raise ValueError(
            f"{classes:,} classes: a network with one code a class takes at most {MOST_CODES:,}; "
            "lenet5_modern has none"
        )
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
        *sizes(FIGURE_2, "figure 2"),
        *row_facts(
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
            "(5*5+1)*6*(5*5)",
            156,
            "notes 001, C1: trainable parameters",
            "156 is right, but the printed product is another: 6 kernels of 5*5+1 are (5*5+1)*6",
            ours=(5 * 5 + 1) * 6 * (5 * 5),
        ),
        Erratum(
            "5*5+1",
            156,
            "notes 001, C1: 5*5+1 = 156 parameters",
            "156 is right, but 5*5+1 is one kernel of the six",
            ours=5 * 5 + 1,
        ),
        Erratum(
            "16*2*2*16",
            2000,
            "notes 001, S4: connections",
            "2,000 is right, but the printed product is another: it is (2*2+1)*16*5*5",
            ours=16 * 2 * 2 * 16,
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
            f"{UNEXPLAINED}: the table gives 326,520 uses of a weight, 416,520 with a dense C3",
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
        facts=published if as_printed(classes, channels, input, 32) else (),
        errata=errata if as_printed(classes, channels, input, 32) else (),
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
        facts=published if as_printed(classes, channels, input, 28) else (),
        errata=errata if as_printed(classes, channels, input, 28) else (),
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
        facts=published if as_printed(classes, channels, input, 32) else (),
        errata=errata if as_printed(classes, channels, input, 32) else (),
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


def boosted_lenet4(
    classes: int = 10, channels: int = 1, input: int | tuple[int, int] = 32
) -> Committee:
    """Three LeNet-4: the second learns what the first gets wrong, the third where they disagree."""
    member = lenet4(classes, channels, input)
    printed = as_printed(classes, channels, input, 32)
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


NETWORKS = (
    Entry("lenet1", lenet1, PAPER_1989.year),
    Entry("lenet4", lenet4, PAPER.year, aliases=("lenet4_paper",)),
    Entry("lenet5", lenet5, PAPER.year, aliases=("lenet5_1998",)),
    Entry("boosted_lenet4", boosted_lenet4, PAPER.year),
)

"""LeNet: convolution, trained subsampling and shared weights read handwritten digits.

LeNet-1 (1989) showed that a network with local, shared weights learns digits from pixels. LeNet-5
(1998) adds a connection table, a layer of 84 units, and outputs that measure the distance to a
small picture of each character. Three LeNet-4 that correct one another (boosting) made the fewest
errors of all methods that the paper compares.
"""

from __future__ import annotations

import random

from ...said import Paper, crosses, number, table
from ...spec import RBF, Committee, Conv, Dense, Flatten, Net, Subsample, TableConv, chain, pair
from ..entry import Entry, Size

PAPER_1989 = Paper(
    "Handwritten Digit Recognition with a Back-Propagation Network",
    "LeCun, Boser, Denker, Henderson, Howard, Hubbard, Jackel",
    1989,
    "NIPS 2, 396-404",
    given="Yann, Bernhard E., John S., Donnie, Richard E., Wayne, Lawrence D.",
)
PAPER = Paper(
    "Gradient-Based Learning Applied to Document Recognition",
    "LeCun, Bottou, Bengio, Haffner",
    1998,
    "Proceedings of the IEEE 86(11), 2278-2324",
    given="Yann, Léon, Yoshua, Patrick",
)

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


def lenet5(classes: int = 10, channels: int = 1, input: Size = 32) -> Net:
    """LeNet-5 (1998): connection table, trained subsampling, scaled tanh, RBF output."""
    maps = {row["layer"]: number(row["maps"], row["layer"], "maps") for row in FIGURE_2}
    f = "scaled_tanh"
    layers = chain(
        {
            "C1": Conv(maps["C1"], 5, activation=f),
            "S2": Subsample(2, activation=f),
            "C3": TableConv(TABLE_I, 5, activation=f),
            "S4": Subsample(2, activation=f),
            "C5": Conv(maps["C5"], 5, activation=f),
            "flatten": Flatten(),
            "F6": Dense(maps["F6"], activation=f),
            "output": RBF(codes(classes, maps["F6"])),
        }
    )
    return Net("lenet5", (channels, *pair(input)), classes, layers)


def lenet1(classes: int = 10, channels: int = 1, input: Size = 28) -> Net:
    """LeNet-1 (1989): 12 sparse maps on 4, trained subsampling, 2,578 parameters."""
    f = "scaled_tanh"
    layers = chain(
        {
            "H1": Conv(4, 5, activation=f),
            "H2": Subsample(2, activation=f),
            "H3": TableConv(TABLE_1989, 5, activation=f),
            "H4": Subsample(2, activation=f),
            "flatten": Flatten(),
            "out": Dense(classes, activation=f),
        }
    )
    return Net("lenet1", (channels, *pair(input)), classes, layers)


# LeNet-4's connection tables were never printed. These meet both published counts.
LENET4_PAIRS = (0, 0, 1, 1, 2, 2, 3, 3)  # section III-C: 8 subsampling maps, in pairs, on 4


def _ring(start: int, count: int, maps: int) -> tuple[int, ...]:
    return tuple(sorted((start + step) % maps for step in range(count)))


LENET4_C3 = tuple(_ring(start, 4 if start % 4 else 3, 8) for start in range(16))
LENET4_C5 = tuple(_ring(start, 5 if start < 80 else 4, 16) for start in range(120))


def lenet4(classes: int = 10, channels: int = 1, input: Size = 32) -> Net:
    """LeNet-4 (1998): 4, 8, 16, 16 maps, 120 units; its tables are ours, its counts the paper's."""
    f = "scaled_tanh"
    layers = chain(
        {
            "C1": Conv(4, 5, activation=f),
            "S2": Subsample(2, activation=f, sources=LENET4_PAIRS),
            "C3": TableConv(LENET4_C3, 5, activation=f),
            "S4": Subsample(2, activation=f),
            "C5": TableConv(LENET4_C5, 5, activation=f),
            "flatten": Flatten(),
            "output": Dense(classes),
        }
    )
    return Net("lenet4", (channels, *pair(input)), classes, layers)


def boosted_lenet4(classes: int = 10, channels: int = 1, input: Size = 32) -> Committee:
    """Three LeNet-4: the second learns what the first gets wrong, the third where they disagree."""
    return Committee(
        "boosted_lenet4",
        lenet4(classes, channels, input),
        3,
        "sum of outputs; the first network alone where it is sure",
    )


NETWORKS = (
    Entry("lenet1", lenet1, PAPER_1989.year),
    Entry("lenet4", lenet4, PAPER.year, aliases=("lenet4_paper",)),
    Entry("lenet5", lenet5, PAPER.year, aliases=("lenet5_1998",)),
    Entry("boosted_lenet4", boosted_lenet4, PAPER.year),
)

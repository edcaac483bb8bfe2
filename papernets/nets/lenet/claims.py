"""What was said of the LeNets: by their papers, and by notes of how they are read today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...said import (
    BY_HAND,
    NOTES,
    UNEXPLAINED,
    Claim,
    Departure,
    Record,
    Source,
    Together,
    of_rows,
    table,
    value,
)
from ...spec import Committee, Conv, Dense, Net
from . import FIGURE_2, PAPER, PAPER_1989
from .notes import LECTURE

MNIST = "MNIST, 60,000 training pictures, one network"

# LeNet-5. Notes 001 print the numbers of section II-B layer by layer.
LAYER_BY_LAYER = table("""
layer   params  connections
C1      156     122304
S2      12      5880
C3      1516    151600
S4      32      2000
C5      48120   48120
F6      10164   10164
output  .       840
""")
LENET5 = (
    *PAPER.claims("""
quantity     printed  where
params       60000    section II-B, and III-C: 60,000 trainable free parameters
connections  340908   section II-B
"""),
    *(
        Claim(f"{row['layer']}.out", value(f"{row['maps']}x{row['size']}"), PAPER.at("figure 2"))
        for row in FIGURE_2
    ),
    *of_rows(
        LAYER_BY_LAYER,
        Source((NOTES[1], PAPER), "notes 001, LeNet-5 layer by layer; section II-B"),
    ),
    *PAPER.claims(f"""
quantity      printed  where                          conditions
fixed_params  840      section II-B: ten codes of 84
error         0.95 %   section III-B, figure 9        {MNIST}
error         0.8 %    section III-B                  {MNIST},
                                                      540,000 distorted ones added
"""),
    *NOTES[1].claims(
        """
quantity         printed  where                       why it is wrong
(5*5+1)*6*(5*5)  156      C1: trainable parameters    156 is right, but the printed product is
                                                      another: 6 kernels of 5*5+1 are (5*5+1)*6
5*5+1            156      C1: 5*5+1 = 156 parameters  156 is right, but 5*5+1 is one kernel of the
                                                      six
16*2*2*16        2000     S4: connections             2,000 is right, but the printed product is
                                                      another: it is (2*2+1)*16*5*5
output.params    840      output layer                the 840 weights are fixed bitmaps, none is
                                                      trained: with them the total would not be
                                                      60,000
""",
        ours={
            "(5*5+1)*6*(5*5)": (5 * 5 + 1) * 6 * (5 * 5),
            "5*5+1": 5 * 5 + 1,
            "16*2*2*16": 16 * 2 * 2 * 16,
        },
    ),
    *NOTES[2].claims("""
quantity   printed  where  why it is wrong
C1.stride  2x2      text   32 to 28 needs stride 1; the table under the text has it right
S2.stride  1x1      text   28 to 14 needs stride 2; the table under the text has it right
"""),
    *NOTES[3].claims("""
quantity       printed  where    why it is wrong
C1.activation  relu     LeNet-5  the paper squashes with 1.7159 tanh(2a/3), after the subsampling
                                 layers too
"""),
    *Together(NOTES[1], NOTES[3]).claims("""
quantity       printed  where              why it is wrong
C1.activation  sigmoid  notes 001 and 003  the paper squashes with 1.7159 tanh(2a/3)
"""),
    *PAPER.claims(f"""
quantity  printed  where      why it is wrong
macs      401,000  figure 11  {UNEXPLAINED}: the table gives 326,520 uses of a weight, 416,520 with
                              a dense C3
"""),
)
BITMAPS = Departure(
    "the bitmaps are copied by eye from the printed figure, not checked pixel by pixel",
    "figure 3",
)
TRAINING = Departure(
    "trained by mini-batches with Adam, not by the stochastic diagonal Levenberg-Marquardt method "
    "one pattern at a time",
    "section III-B, appendix C",
)
SEEDED_CODES = Departure(
    "the paper has ten bitmaps; further classes get random codes of -1 and +1, fixed by a seed",
    "figure 3",
)

# LeNet-1, of which the later paper speaks too.
LATER = "LeCun et al. 1998, section III-C"
LENET1 = (
    Claim("params", 2578, PAPER_1989.at("LeCun et al. 1989")),
    Claim("params", 2600, PAPER.at(LATER), about=True),
    Claim("connections", 98_442, PAPER_1989.at("LeCun et al. 1989")),
    Claim("connections", 100_000, PAPER.at(LATER), about=True),
    *NOTES[0].claims("""
quantity  printed  where                             why it is wrong
H1.out    4x24x24  LeNet-1: four 24x24 feature maps
H3.out    8x12x12  LeNet-1                           a 5x5 window on 12x12 gives 8x8, and only 12
                                                     maps on 4 with 20 kernels give the published
                                                     2,578 and 98,442
"""),
    *PAPER.claims(f"""
quantity  printed  where                    conditions
error     1.7 %    section III-C, figure 9  {MNIST}, digits at 16x16
"""),
)

# LeNet-4, and three of them.
LENET4 = (
    *PAPER.claims("""
quantity     printed        where
params       about 17,000   section III-C
connections  about 260,000  section III-C
"""),
    *Together(PAPER, NOTES[0]).claims("""
quantity    printed   where
C1.out      4x28x28   section III-C; notes 000, LeNet-4
S2.out      8x14x14   section III-C
C3.out      16x10x10  section III-C; notes 000, LeNet-4
S4.out      16x5x5    section III-C
C5.out      120x1x1   section III-C; notes 000, LeNet-4
output.out  10x1x1    section III-C; notes 000, LeNet-4
"""),
    *PAPER.claims(f"""
quantity  printed  where                    conditions
error     1.1 %    section III-C, figure 9  {MNIST}
"""),
    *NOTES[0].claims("""
quantity  printed  where                     why it is wrong
params    51,050   LeNet-4, listed as dense  dense, it has three times the paper's 17,000: see
                                             lenet4_notes
"""),
)
BOOSTED = PAPER.claims("""
quantity  printed       where                        conditions
params    about 51,000  figure 12: 51,000 variables
error     0.7 %         section III-C, figure 9      MNIST, distorted pictures added,
                                                     three networks
""")
TABLES = Departure(
    "the connection tables of C3 and C5 were never printed: here a C3 map sees 3 or 4 neighbouring "
    "maps of the 8 (60 kernels, as many as in LeNet-5), and a C5 unit 5 or 4 neighbouring maps of "
    "the 16",
    "section III-C",
)
OUTPUT = Departure(
    "the output layer is not described: here ten trained linear outputs, which with these tables "
    "meet 17,000 parameters, 260,000 connections, and 51,000 variables for three networks",
    "section III-C, figure 12",
)
BOOSTING = (
    Departure(
        "the filtered sets come from 20 passes of distorted training pictures",
        "method of Drucker, Schapire, Simard 1993, Boosting Performance in Neural Networks",
    ),
    Departure(
        "outputs are added with weights that make held-out pictures most likely",
        "section III-C: simply added",
    ),
)

# The modern readings. Notes 001 print the summary of their first Keras model.
SUMMARY = table("""
layer    params
conv1    156
pool1    0
conv2    2416
pool2    0
flatten  0
fc1      30840
fc2      10164
out      850
""")
MODERN = Departure(
    "a modern reading, not the paper's network: see lenet1, lenet4, lenet5", "the notes"
)
THREE_TIMES = Departure(
    "dense layers have 51,050 parameters, three times the paper's 17,000: see lenet4",
    "section III-C; notes 000, LeNet-4",
)
LENET5_MODERN = (
    Claim(
        "params", 61_706, BY_HAND.at("156 + 2,416 + 48,120 + 10,164 + 850: public implementations")
    ),
    *NOTES[1].claims("""
quantity      printed  where
conv1.params  156      comment in the code: 6*(5*5+1)
"""),
    *Together(NOTES[0], NOTES[2]).claims("""
quantity   printed   where
conv1.out  6x28x28   notes 000, LeNet-5 list; notes 002, table
pool1.out  6x14x14   "
conv2.out  16x10x10  "
pool2.out  16x5x5    "
"""),
    Claim("fc1.out", (120, 1, 1), NOTES[0].at("LeNet-5 list")),
    Claim("fc2.out", (84, 1, 1), NOTES[2].at("table")),
    Claim(
        "params",
        60_000,
        Source((NOTES[2], NOTES[3]), "notes 002 and 003, beside the dense, softmax network"),
        "60,000 belongs to the paper's sparse C3, trained subsampling and fixed output",
    ),
)
LENET5_KERAS_28 = (
    Claim("params", 44_426, NOTES[1].at("printed summary")),
    *of_rows(SUMMARY, NOTES[1].at("printed summary")),
    *NOTES[1].claims("""
quantity     printed  where                              conditions
conv1.out    6x24x24  printed summary
pool1.out    6x12x12  printed summary
conv2.out    16x8x8   printed summary
pool2.out    16x4x4   printed summary
flatten.out  256x1x1  printed summary
error        2.63 %   : 97.37 % after one epoch          MNIST, Adam, batch 128, one epoch
"""),
    *NOTES[1].claims("""
quantity   printed   where                                            why it is wrong
conv1.out  6x28x28   comments in the code of the first Keras model    the comment speaks of 32x32;
                     the code and its printed summary have 28x28
pool1.out  6x14x14   "                                                "
conv2.out  16x10x10  "                                                "
pool2.out  16x5x5    "                                                "
"""),
)
LENET1_NOTES = (
    Claim("conv1.out", (4, 24, 24), NOTES[0].at("LeNet-1")),
    Claim("params", 2202, BY_HAND.at("104 + 808 + 1,290")),
    Claim("conv2.out", (8, 12, 12), NOTES[0].at("LeNet-1"), "a 5x5 window on 12x12 gives 8x8"),
)
LENET1_12MAPS = (Claim("params", 3246, BY_HAND.at("104 + 1,212 + 1,930")),)
LENET4_NOTES = (
    *NOTES[0].claims("""
quantity   printed   where
conv1.out  4x28x28   LeNet-4
conv2.out  16x10x10  LeNet-4
fc1.out    120x1x1   LeNet-4
out.out    10x1x1    LeNet-4
"""),
    Claim("params", 51_050, BY_HAND.at("104 + 1,616 + 48,120 + 1,210")),
)


def lecture() -> Iterator[Claim]:
    """Notes 003's worked example, row by row, and two numbers beside it."""
    example = NOTES[3].at("CNN-Example to calculate parameters")
    yield Claim("params", 62_958, NOTES[3].at("CNN-Example to calculate parameters: the rows' sum"))
    for row in LECTURE:
        for column in ("params", "size"):
            yield Claim(f"{row['layer']}.{column}", value(row[column]), example)
        if row["shape"].count("x") == 2:
            height, width, maps = map(int, row["shape"].split("x"))
            yield Claim(f"{row['layer']}.out", (maps, height, width), example)
    yield Claim(
        "weights of a dense layer from 32x32x3 to 28x28x6",
        14_450_688,
        NOTES[3].at("Why Convolutions: nearly 14 million"),
        ours=Dense(28 * 28 * 6).macs((3 * 32 * 32, 1, 1)),
    )
    yield Claim(
        "parameters of six 5x5 kernels on 32x32x3",
        156,
        NOTES[3].at("Why Convolutions"),
        "a kernel sees all three colours: (5*5*3+1)*6 = 456",
        ours=Conv(6, 5).params((3, 32, 32)),
    )


def _reading(title: str, claims: Iterable[Claim], *departures: Departure) -> Record:
    return Record(title, PAPER, tuple(claims), (MODERN, *departures))


RECORDS = {
    "lenet1": Record("LeNet-1", PAPER_1989, LENET1, (TRAINING,)),
    "lenet4": Record("LeNet-4", PAPER, LENET4, (TABLES, OUTPUT, TRAINING), "lenet4_paper"),
    "lenet5": Record("LeNet-5", PAPER, LENET5, (BITMAPS, TRAINING), "lenet5_1998"),
    "boosted_lenet4": Record(
        "Boosted LeNet-4", PAPER, BOOSTED, (*BOOSTING, TABLES, OUTPUT, TRAINING)
    ),
    "lenet5_modern": _reading("LeNet-5, modern: dense, average pooling, softmax", LENET5_MODERN),
    "lenet5_keras_28": _reading("LeNet-5, Keras model of the notes on 28x28", LENET5_KERAS_28),
    "lenet1_notes": _reading("LeNet-1 as the notes word it: 8 maps, dense", LENET1_NOTES),
    "lenet1_12maps_dense": _reading("LeNet-1, modern: 12 maps, dense", LENET1_12MAPS),
    "lenet4_notes": _reading("LeNet-4 as the notes list it, dense", LENET4_NOTES, THREE_TIMES),
    "lecture_cnn": _reading("Lecture CNN with worked parameter counts", lecture()),
}


def record(net: Net | Committee) -> Record:
    """What was said of a LeNet; more classes than the paper's ten bitmaps are a departure."""
    found = RECORDS[net.name]
    found = replace(found, ledger_name=found.ledger_name or net.name)
    if net.name == "lenet5" and net.member.classes > 10:
        found = replace(found, departures=(*found.departures, SEEDED_CODES))
    if net.name == "lenet4_notes" and (net.member.input, net.member.classes) != ((1, 32, 32), 10):
        found = replace(found, departures=(MODERN,))  # the other is of its 51,050 parameters
    return found
